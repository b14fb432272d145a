import type { StoredDocument } from '../document/document.ts';
import { documentIdPath, parseFieldPath, pickPaths } from '../document/field-path.ts';
import { compareNames, compareText, compareValues } from '../document/order.ts';
import type { DocumentName } from '../document/name.ts';
import { invalid, Refusal } from '../document/refusal.ts';
import type { Fields, Value } from '../document/value.ts';
import { compileFilter, readField } from './filter.ts';
import { checkQuery } from './query-limits.ts';
import type { Cursor, StructuredQuery } from './structured-query.ts';
import { fieldFiltersOf, requiredFiltersOf, unaryFiltersOf } from './structured-query.ts';

/** Which documents a query looks at. */
export interface Scope {
  /** Full name of the document, or of the root, below which the collections lie. */
  readonly parent: string;
  /** Undefined means every collection below the parent. */
  readonly collectionId: string | undefined;
  readonly allDescendants: boolean;
}

/** A query made ready to be asked about many documents. */
export interface Query {
  readonly scope: Scope;
  readonly limit: number | undefined;
  /** Fields that a matching document must have equal to a value; what an index can be asked for. */
  readonly equalities: readonly { field: string; value: Value }[];
  /** Whether the document is a row of the result, leaving offset and limit aside. */
  matches(document: StoredDocument): boolean;
  compare(a: StoredDocument, b: StoredDocument): number;
  /** Sorts matching documents and cuts off what offset and limit exclude. */
  arrange(matching: StoredDocument[]): StoredDocument[];
  /** The fields a row shows. */
  project(document: StoredDocument): Fields;
}

interface Ordering {
  readonly field: string;
  readonly path: readonly string[];
  readonly sign: 1 | -1;
}

const inequalities = new Set([
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUAL',
  'NOT_EQUAL',
  'NOT_IN',
]);

export function compileQuery(parent: string | undefined, query: StructuredQuery | undefined): Query {
  if (parent === undefined || query === undefined) throw invalid('A query needs a parent and a structured query.');
  if (query.findNearest !== undefined) throw new Refusal('UNIMPLEMENTED', 'Vector search is not available locally.');
  checkQuery(query);
  const scope = scopeOf(parent, query);
  const holds = compileFilter(query.where);
  const orderings = orderingsOf(query);
  const ordered = orderings.filter(({ field }) => field !== documentIdPath);
  const within = cursorTest(query, orderings);
  const compare = (a: StoredDocument, b: StoredDocument): number => compareRows(a, b, orderings);
  const limit = query.limit?.value;
  const offset = query.offset ?? 0;
  return {
    scope,
    limit,
    equalities: equalitiesOf(query),
    matches: (document) =>
      inScope(document.name, scope) &&
      holds(document) &&
      ordered.every(({ field, path }) => readField(document, field, path) !== undefined) &&
      within(document),
    compare,
    arrange: (matching) => matching.sort(compare).slice(offset, limit === undefined ? undefined : offset + limit),
    project: projectionOf(query),
  };
}

/** Whether a document lies in one of the collections a query looks at. */
export function inScope(name: DocumentName, { parent, collectionId, allDescendants }: Scope): boolean {
  if (collectionId !== undefined && name.collectionId !== collectionId) return false;
  if (!allDescendants) return name.collection === `${parent}/${collectionId ?? ''}`;
  return name.full.startsWith(`${parent}/`);
}

function scopeOf(parent: string, query: StructuredQuery): Scope {
  const [selector, ...more] = query.from ?? [];
  if (selector === undefined || more.length > 0) throw invalid('A query needs exactly one collection selector.');
  const { collectionId, allDescendants = false } = selector;
  if (!allDescendants && collectionId === undefined) throw invalid('A query needs a collection id.');
  return { parent, collectionId, allDescendants };
}

/** Explicit orders, then the fields of inequalities, then the name: together they leave no two rows equal. */
function orderingsOf(query: StructuredQuery): Ordering[] {
  const orderings = (query.orderBy ?? []).map(({ field, direction }) =>
    ordering(field?.fieldPath ?? '', direction === 'DESCENDING' ? -1 : 1),
  );
  const lastSign = orderings.at(-1)?.sign ?? 1;
  const named = (field: string): boolean => orderings.some((known) => known.field === field);
  for (const field of inequalityFields(query)) if (!named(field)) orderings.push(ordering(field, lastSign));
  if (!named(documentIdPath)) orderings.push(ordering(documentIdPath, lastSign));
  return orderings;
}

function ordering(field: string, sign: 1 | -1): Ordering {
  return { field, path: parseFieldPath(field), sign };
}

function inequalityFields({ where }: StructuredQuery): string[] {
  const compared = fieldFiltersOf(where).filter(({ op }) => inequalities.has(op ?? ''));
  const negated = unaryFiltersOf(where).filter(({ op }) => op === 'IS_NOT_NULL' || op === 'IS_NOT_NAN');
  const fields = [...compared, ...negated].map(({ field }) => field?.fieldPath ?? '');
  return [...new Set(fields)].filter((field) => field !== documentIdPath).sort(compareText);
}

function compareRows(a: StoredDocument, b: StoredDocument, orderings: readonly Ordering[]): number {
  for (const { field, path, sign } of orderings) {
    const difference =
      field === documentIdPath
        ? compareNames(a.name.full, b.name.full)
        : compareValues(readField(a, field, path) ?? {}, readField(b, field, path) ?? {});
    if (difference !== 0) return difference * sign;
  }
  return 0;
}

function cursorTest(
  { startAt, endAt }: StructuredQuery,
  orderings: readonly Ordering[],
): (d: StoredDocument) => boolean {
  checkCursor(startAt, orderings);
  checkCursor(endAt, orderings);
  return (document) => {
    const fromStart = startAt === undefined ? 1 : compareToCursor(document, startAt, orderings);
    if (fromStart < 0 || (fromStart === 0 && startAt?.before !== true)) return false;
    const fromEnd = endAt === undefined ? -1 : compareToCursor(document, endAt, orderings);
    return fromEnd < 0 || (fromEnd === 0 && endAt?.before !== true);
  };
}

function checkCursor(cursor: Cursor | undefined, orderings: readonly Ordering[]): void {
  const values = cursor?.values ?? [];
  if (values.length > orderings.length) throw invalid('A cursor has more values than the query has orders.');
  for (const [i, { field }] of orderings.entries()) {
    const value = values[i];
    if (field !== documentIdPath || value === undefined || value.referenceValue !== undefined) continue;
    throw invalid('A cursor on __name__ must be a reference.');
  }
}

function compareToCursor(document: StoredDocument, cursor: Cursor, orderings: readonly Ordering[]): number {
  for (const [i, value] of (cursor.values ?? []).entries()) {
    const { field, path, sign } = orderings[i] ?? ordering(documentIdPath, 1);
    const difference = compareValues(readField(document, field, path) ?? {}, value);
    if (difference !== 0) return difference * sign;
  }
  return 0;
}

function equalitiesOf({ where }: StructuredQuery): Query['equalities'] {
  return requiredFiltersOf(where).flatMap(({ field, op, value }) =>
    op === 'EQUAL' && value !== undefined && field?.fieldPath !== documentIdPath
      ? [{ field: field?.fieldPath ?? '', value }]
      : [],
  );
}

function projectionOf({ select }: StructuredQuery): Query['project'] {
  if (select === undefined) return ({ fields }) => fields;
  const paths = (select.fields ?? []).map(({ fieldPath }) => parseFieldPath(fieldPath));
  return ({ fields }) => pickPaths(fields, paths);
}
