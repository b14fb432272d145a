import type { DocumentChange, StoredDocument } from '../document/document.ts';
import { parseDocumentName } from '../document/name.ts';
import { invalid } from '../document/refusal.ts';
import type { Fields } from '../document/value.ts';
import type { Query } from '../query/query.ts';
import { compileQuery } from '../query/query.ts';
import type { Database } from '../store/database.ts';
import type { Target } from './messages.ts';

/** What a listener is told about one document. */
export type Sighting =
  | { readonly kind: 'shown'; readonly document: StoredDocument; readonly fields: Fields }
  | { readonly kind: 'deleted' | 'left'; readonly name: string };

/** One thing a listener watches: some documents by name, or the result of a query. */
export interface Watch {
  /** Everything to be told at the beginning. */
  begin(): Sighting[];
  /** What changes are to be told of one commit. */
  follow(changes: readonly DocumentChange[]): Sighting[];
}

export function watchOf(target: Target, database: Database): Watch {
  if (target.documents !== undefined) return watchDocuments(target.documents.documents ?? [], database);
  if (target.query === undefined) throw invalid('A target needs documents or a query.');
  const query = compileQuery(target.query.parent, target.query.structuredQuery);
  return query.limit === undefined ? watchMatches(query, database) : watchWindow(query, database);
}

function watchDocuments(names: readonly string[], database: Database): Watch {
  const parsed = names.map(parseDocumentName);
  const watched = new Set(names);
  const sighting = (name: string, document: StoredDocument | undefined): Sighting =>
    document === undefined ? { kind: 'deleted', name } : { kind: 'shown', document, fields: document.fields };
  return {
    begin: () => parsed.map((name) => sighting(name.full, database.read(name))),
    follow: (changes) =>
      changes.filter(({ name }) => watched.has(name.full)).map(({ name, after }) => sighting(name.full, after)),
  };
}

/** Without a limit each document belongs to the result or not on its own, so only changed ones are tested. */
function watchMatches(query: Query, database: Database): Watch {
  return {
    begin: () => database.run(query).map((document) => shown(query, document)),
    follow: (changes) =>
      changes.flatMap((change): Sighting[] => {
        if (change.after !== undefined && query.matches(change.after)) return [shown(query, change.after)];
        return change.before !== undefined && query.matches(change.before) ? [gone(change)] : [];
      }),
  };
}

/** With a limit one document's change can move another in or out: run again and compare. */
function watchWindow(query: Query, database: Database): Watch {
  let rows = new Map<string, StoredDocument>();
  const run = (): Map<string, StoredDocument> =>
    new Map(database.run(query).map((document) => [document.name.full, document]));
  const touches = ({ before, after }: DocumentChange): boolean =>
    (before !== undefined && query.matches(before)) || (after !== undefined && query.matches(after));
  return {
    begin: () => {
      rows = run();
      return [...rows.values()].map((document) => shown(query, document));
    },
    follow: (changes) => {
      if (!changes.some(touches)) return [];
      const old = rows;
      rows = run();
      const deleted = new Set(changes.filter(({ after }) => after === undefined).map(({ name }) => name.full));
      const lost = [...old.keys()].filter((name) => !rows.has(name));
      const changed = [...rows.values()].filter((document) => old.get(document.name.full) !== document);
      return [
        ...lost.map((name): Sighting => ({ kind: deleted.has(name) ? 'deleted' : 'left', name })),
        ...changed.map((document) => shown(query, document)),
      ];
    },
  };
}

function shown(query: Query, document: StoredDocument): Sighting {
  return { kind: 'shown', document, fields: query.project(document) };
}

function gone({ name, after }: DocumentChange): Sighting {
  return { kind: after === undefined ? 'deleted' : 'left', name: name.full };
}
