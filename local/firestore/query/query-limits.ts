import { documentIdPath } from '../document/field-path.ts';
import { invalid } from '../document/refusal.ts';
import { elementsOf } from '../document/value.ts';
import type { FieldFilter, Filter, StructuredQuery } from './structured-query.ts';
import { fieldFiltersOf } from './structured-query.ts';

const maxListElements: Partial<Record<string, number>> = { IN: 30, ARRAY_CONTAINS_ANY: 30, NOT_IN: 10 };
const maxDisjunctions = 30;

/** Refuses what production refuses, so that a query which works here does not fail there. */
export function checkQuery(query: StructuredQuery): void {
  if ((query.offset ?? 0) < 0) throw invalid('The offset must not be negative.');
  if ((query.limit?.value ?? 0) < 0) throw invalid('The limit must not be negative.');
  const filters = fieldFiltersOf(query.where);
  filters.forEach(checkList);
  filters.forEach(checkDocumentId);
  checkCombination(filters, query.where);
  if (disjunctions(query.where) > maxDisjunctions) {
    throw invalid(`The query has more than ${maxDisjunctions} disjunctions.`);
  }
  if (mostArrayFilters(query.where) > 1) throw invalid('A maximum of 1 array filter is allowed per disjunction.');
}

function checkList({ op, value }: FieldFilter): void {
  const most = maxListElements[op ?? ''];
  if (most === undefined) return;
  const elements = elementsOf(value);
  if (elements.length === 0) throw invalid(`'${op ?? ''}' requires a non-empty array.`);
  if (elements.length > most) throw invalid(`'${op ?? ''}' supports up to ${most} comparison values.`);
}

function checkDocumentId({ field, op, value }: FieldFilter): void {
  if (field?.fieldPath !== documentIdPath) return;
  const operands = op === 'IN' || op === 'NOT_IN' ? elementsOf(value) : [value];
  if (operands.some((operand) => operand?.referenceValue === undefined)) {
    throw invalid('__key__ filter value must be a Key');
  }
}

function checkCombination(filters: readonly FieldFilter[], where: Filter | undefined): void {
  const count = (op: string): number => filters.filter((filter) => filter.op === op).length;
  if (count('NOT_IN') === 0) return;
  if (count('NOT_IN') > 1) throw invalid("Only a single 'NOT_IN' is allowed per query.");
  if (count('NOT_EQUAL') + count('IN') + count('ARRAY_CONTAINS_ANY') > 0 || hasOr(where)) {
    throw invalid("'NOT_IN' cannot be combined with 'NOT_EQUAL', 'IN', 'ARRAY_CONTAINS_ANY' or 'OR'.");
  }
}

function hasOr(filter: Filter | undefined): boolean {
  const composite = filter?.compositeFilter;
  return composite !== undefined && (composite.op === 'OR' || (composite.filters ?? []).some(hasOr));
}

/** How many conjunctions the filter becomes when every OR and every list is multiplied out. */
function disjunctions(filter: Filter | undefined): number {
  const { fieldFilter, compositeFilter } = filter ?? {};
  if (fieldFilter !== undefined) {
    return fieldFilter.op === 'IN' || fieldFilter.op === 'ARRAY_CONTAINS_ANY'
      ? elementsOf(fieldFilter.value).length
      : 1;
  }
  const counts = (compositeFilter?.filters ?? []).map(disjunctions);
  if (compositeFilter?.op === 'OR') return counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((product, count) => product * count, 1);
}

function mostArrayFilters(filter: Filter | undefined): number {
  const { fieldFilter, compositeFilter } = filter ?? {};
  if (fieldFilter !== undefined) return fieldFilter.op?.startsWith('ARRAY_CONTAINS') === true ? 1 : 0;
  const counts = (compositeFilter?.filters ?? []).map(mostArrayFilters);
  if (compositeFilter?.op === 'OR') return Math.max(0, ...counts);
  return counts.reduce((sum, count) => sum + count, 0);
}
