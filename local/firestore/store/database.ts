import type { DocumentChange, StoredDocument } from '../document/document.ts';
import type { Moment } from '../document/moment.ts';
import { CommitClock } from '../document/moment.ts';
import type { DocumentName } from '../document/name.ts';
import { parseDocumentName } from '../document/name.ts';
import { invalid, Refusal } from '../document/refusal.ts';
import type { DocumentWrite, WriteEffect } from '../document/write.ts';
import { applyWrite } from '../document/write.ts';
import type { Query } from '../query/query.ts';
import { Collection } from './collection.ts';
import { History } from './history.ts';

/** What a list of writes would do now; it stands until anything else is committed. */
export interface CommitPlan {
  readonly at: Moment;
  readonly effects: readonly WriteEffect[];
  readonly changes: readonly DocumentChange[];
}

/** Why documents changed: deletions by an emptied database start no triggers. */
export type ChangeCause = 'commit' | 'clear';

export type CommitObserver = (changes: readonly DocumentChange[], at: Moment, cause: ChangeCause) => void;

export interface DatabaseOptions {
  /** How long replaced versions can still be read. */
  readonly historyMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** All documents of one database. Every method is synchronous, which is what makes a commit atomic. */
export class Database {
  readonly name: string;
  readonly #clock: CommitClock;
  readonly #history: History;
  readonly #collections = new Map<string, Collection>();
  readonly #observers = new Set<CommitObserver>();

  constructor(name: string, { historyMs, now }: DatabaseOptions) {
    this.name = name;
    this.#clock = new CommitClock(now);
    this.#history = new History(historyMs);
  }

  get root(): string {
    return `${this.name}/documents`;
  }

  now(): Moment {
    return this.#clock.now();
  }

  /** Observers run inside the commit, after the documents are in place and before anyone else can read. */
  observe(observer: CommitObserver): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  read(name: DocumentName, at?: Moment): StoredDocument | undefined {
    return this.#collections.get(name.collection)?.read(name.full, at);
  }

  /** The rows of a query in order. */
  run(query: Query, at?: Moment): StoredDocument[] {
    const matching: StoredDocument[] = [];
    for (const collection of this.#collectionsOf(query)) {
      const documents = at === undefined ? collection.candidates(query) : collection.documents(at);
      for (const document of documents) if (query.matches(document)) matching.push(document);
    }
    return query.arrange(matching);
  }

  /** Checks that the past of a moment is still known. */
  checkReadTime(at: Moment): void {
    if (at > this.now()) throw invalid('The read time must not lie in the future.');
    if (at < this.#history.horizon(this.now())) {
      throw new Refusal('FAILED_PRECONDITION', 'The requested snapshot version is too old.');
    }
  }

  /** Works out writes in order, each seeing the ones before it; throws the first refusal. */
  plan(writes: readonly DocumentWrite[]): CommitPlan {
    const at = this.now();
    const changes = new Map<string, DocumentChange>();
    const effects = writes.map((write) => {
      const { full } = write.name;
      const before = this.read(write.name);
      const known = changes.get(full);
      const effect = applyWrite(write, known === undefined ? before : known.after, at);
      if (effect.after === before) changes.delete(full);
      else changes.set(full, { name: write.name, before, after: effect.after, at });
      return effect;
    });
    return { at, effects, changes: [...changes.values()] };
  }

  /** Puts a plan in place; it must have been made in the same turn. */
  install({ changes, at }: CommitPlan, cause: ChangeCause = 'commit'): void {
    for (const { name, after } of changes) {
      const collection = this.#collection(name.collection);
      collection.replace(name.full, after, at);
      this.#history.replaced(collection, name.full, at);
    }
    for (const forgotten of this.#history.expire(at)) {
      if (forgotten.isEmpty) this.#collections.delete(forgotten.name);
    }
    if (changes.length > 0) for (const observer of this.#observers) observer(changes, at, cause);
  }

  clear(): void {
    const at = this.now();
    const everything = [...this.#collections.values()].flatMap((collection) => [...collection.documents()]);
    const changes = everything.map((before) => ({ name: before.name, before, after: undefined, at }));
    this.install({ at, effects: [], changes }, 'clear');
  }

  /** Ids of the collections directly below a parent that hold documents, at any depth. */
  collectionIds(parent: string, at?: Moment): string[] {
    const ids = new Set<string>();
    for (const collection of this.#collections.values()) {
      const id = idBelow(collection.name, parent);
      if (id !== undefined && !ids.has(id) && holdsAny(collection, at)) ids.add(id);
    }
    return [...ids];
  }

  /** The names of a collection's documents and, on request, of missing ones that have documents below them. */
  documentNames(collectionName: string, withMissing: boolean, at?: Moment): DocumentName[] {
    const names = new Set<string>();
    for (const collection of this.#collections.values()) {
      if (collection.name === collectionName) for (const { name } of collection.documents(at)) names.add(name.full);
      const id = withMissing ? idBelow(collection.name, collectionName) : undefined;
      if (id !== undefined && holdsAny(collection, at)) names.add(`${collectionName}/${id}`);
    }
    return [...names].map(parseDocumentName);
  }

  *#collectionsOf({ scope }: Query): Generator<Collection> {
    const { parent, collectionId, allDescendants } = scope;
    if (!allDescendants) {
      const collection = this.#collections.get(`${parent}/${collectionId ?? ''}`);
      if (collection !== undefined) yield collection;
      return;
    }
    for (const collection of this.#collections.values()) {
      const named = collectionId === undefined || collection.id === collectionId;
      if (named && collection.name.startsWith(`${parent}/`)) yield collection;
    }
  }

  #collection(name: string): Collection {
    const known = this.#collections.get(name);
    if (known !== undefined) return known;
    const created = new Collection(name);
    this.#collections.set(name, created);
    return created;
  }
}

function idBelow(name: string, parent: string): string | undefined {
  return name.startsWith(`${parent}/`) ? name.slice(parent.length + 1).split('/')[0] : undefined;
}

function holdsAny(collection: Collection, at: Moment | undefined): boolean {
  return collection.documents(at)[Symbol.iterator]().next().done !== true;
}
