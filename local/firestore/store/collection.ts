import type { StoredDocument } from '../document/document.ts';
import type { Moment } from '../document/moment.ts';
import type { Query } from '../query/query.ts';
import { EqualityIndex } from './equality-index.ts';

/** What a name held until a commit replaced it; `undefined` where there was no document. */
interface PastVersion {
  readonly document: StoredDocument | undefined;
  readonly until: Moment;
}

const indexedFrom = 100;

/** The documents of one collection: those of now, and for a while those of before. */
export class Collection {
  readonly name: string;
  readonly id: string;
  readonly #current = new Map<string, StoredDocument>();
  readonly #past = new Map<string, PastVersion[]>();
  readonly #indexes = new Map<string, EqualityIndex>();

  constructor(name: string) {
    this.name = name;
    this.id = name.slice(name.lastIndexOf('/') + 1);
  }

  get isEmpty(): boolean {
    return this.#current.size === 0 && this.#past.size === 0;
  }

  read(name: string, at?: Moment): StoredDocument | undefined {
    const replaced = at === undefined ? undefined : this.#past.get(name)?.find(({ until }) => until > at);
    return replaced === undefined ? this.#current.get(name) : replaced.document;
  }

  replace(name: string, after: StoredDocument | undefined, at: Moment): void {
    const before = this.#current.get(name);
    const past = this.#past.get(name);
    if (past === undefined) this.#past.set(name, [{ document: before, until: at }]);
    else past.push({ document: before, until: at });
    if (after === undefined) this.#current.delete(name);
    else this.#current.set(name, after);
    for (const index of this.#indexes.values()) index.replace(before, after);
  }

  /** Forgets the versions of a name that were replaced before the horizon. */
  forget(name: string, horizon: Moment): void {
    const kept = (this.#past.get(name) ?? []).filter(({ until }) => until > horizon);
    if (kept.length === 0) this.#past.delete(name);
    else this.#past.set(name, kept);
  }

  documents(at?: Moment): Iterable<StoredDocument> {
    return at === undefined ? this.#current.values() : this.#documentsAt(at);
  }

  /** A superset of the documents that match the query now. */
  candidates({ equalities }: Query): Iterable<StoredDocument> {
    const [equality] = equalities;
    if (equality === undefined || this.#current.size < indexedFrom) return this.#current.values();
    let index = this.#indexes.get(equality.field);
    if (index === undefined) {
      index = new EqualityIndex(equality.field, this.#current.values());
      this.#indexes.set(equality.field, index);
    }
    return index.find(equality.value);
  }

  *#documentsAt(at: Moment): Generator<StoredDocument> {
    for (const name of new Set([...this.#current.keys(), ...this.#past.keys()])) {
      const document = this.read(name, at);
      if (document !== undefined) yield document;
    }
  }
}
