import type { Value } from '../document/value.ts';

/** A query as it travels on the wire. */
export interface StructuredQuery {
  select?: { fields?: FieldReference[] };
  from?: { collectionId?: string; allDescendants?: boolean }[];
  where?: Filter;
  orderBy?: Order[];
  startAt?: Cursor;
  endAt?: Cursor;
  offset?: number;
  limit?: { value?: number };
  findNearest?: unknown;
}

export interface FieldReference {
  fieldPath?: string;
}

export interface Filter {
  compositeFilter?: { op?: string; filters?: Filter[] };
  fieldFilter?: FieldFilter;
  unaryFilter?: UnaryFilter;
}

export interface FieldFilter {
  field?: FieldReference;
  op?: string;
  value?: Value;
}

export interface UnaryFilter {
  op?: string;
  field?: FieldReference;
}

export interface Order {
  field?: FieldReference;
  direction?: string;
}

/** A position in the order; `before` puts it just before (else just after) the rows with these values. */
export interface Cursor {
  values?: Value[];
  before?: boolean;
}

export interface Aggregation {
  alias?: string;
  count?: { upTo?: { value?: string } };
  sum?: { field?: FieldReference };
  avg?: { field?: FieldReference };
}

/** The field filters of a query, whatever they are nested in. */
export function fieldFiltersOf(filter: Filter | undefined): FieldFilter[] {
  if (filter?.fieldFilter !== undefined) return [filter.fieldFilter];
  return (filter?.compositeFilter?.filters ?? []).flatMap(fieldFiltersOf);
}

/** The unary filters of a query, whatever they are nested in. */
export function unaryFiltersOf(filter: Filter | undefined): UnaryFilter[] {
  if (filter?.unaryFilter !== undefined) return [filter.unaryFilter];
  return (filter?.compositeFilter?.filters ?? []).flatMap(unaryFiltersOf);
}

/** Filters that must all hold, where that can be told without looking into an OR. */
export function requiredFiltersOf(filter: Filter | undefined): FieldFilter[] {
  if (filter?.fieldFilter !== undefined) return [filter.fieldFilter];
  if (filter?.compositeFilter?.op !== 'AND') return [];
  return (filter.compositeFilter.filters ?? []).flatMap(requiredFiltersOf);
}
