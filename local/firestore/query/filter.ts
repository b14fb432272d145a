import type { StoredDocument } from '../document/document.ts';
import type { FieldPath } from '../document/field-path.ts';
import { documentIdPath, parseFieldPath, valueAt } from '../document/field-path.ts';
import { compareValues, sameValue } from '../document/order.ts';
import { invalid } from '../document/refusal.ts';
import type { Value } from '../document/value.ts';
import { elementsOf, isNaNValue, isNull, kindOf } from '../document/value.ts';
import type { FieldFilter, Filter, UnaryFilter } from './structured-query.ts';

/** Whether a document satisfies a filter. */
export type Condition = (document: StoredDocument) => boolean;

const always: Condition = () => true;

export function compileFilter(filter: Filter | undefined): Condition {
  if (filter === undefined) return always;
  if (filter.fieldFilter !== undefined) return compileFieldFilter(filter.fieldFilter);
  if (filter.unaryFilter !== undefined) return compileUnaryFilter(filter.unaryFilter);
  const { op, filters = [] } = filter.compositeFilter ?? {};
  const conditions = filters.map(compileFilter);
  if (conditions.length === 0) throw invalid('A composite filter needs at least one filter.');
  if (op === 'OR') return (document) => conditions.some((holds) => holds(document));
  if (op === 'AND') return (document) => conditions.every((holds) => holds(document));
  throw invalid('A composite filter needs an operator.');
}

/** The value a filter, an order or a cursor sees at a field; `__name__` is the document itself. */
export function readField(document: StoredDocument, field: string, path: FieldPath): Value | undefined {
  if (field === documentIdPath) return { referenceValue: document.name.full };
  return valueAt(document.fields, path);
}

type Comparison = (value: Value, operand: Value) => boolean;

/** Inequalities hold only between values of one type class. */
const inequality =
  (holds: (difference: number) => boolean): Comparison =>
  (value, operand) =>
    kindOf(value) === kindOf(operand) && holds(compareValues(value, operand));

const oneOf: Comparison = (value, operand) => elementsOf(operand).some((element) => sameValue(value, element));

const comparisons: Partial<Record<string, Comparison>> = {
  EQUAL: sameValue,
  LESS_THAN: inequality((difference) => difference < 0),
  LESS_THAN_OR_EQUAL: inequality((difference) => difference <= 0),
  GREATER_THAN: inequality((difference) => difference > 0),
  GREATER_THAN_OR_EQUAL: inequality((difference) => difference >= 0),
  NOT_EQUAL: (value, operand) => !isNull(value) && !sameValue(value, operand),
  IN: oneOf,
  // A null in the list makes the whole comparison unknown, so nothing matches.
  NOT_IN: (value, operand) => !isNull(value) && !elementsOf(operand).some(isNull) && !oneOf(value, operand),
  ARRAY_CONTAINS: (value, operand) => elementsOf(value).some((element) => sameValue(element, operand)),
  ARRAY_CONTAINS_ANY: (value, operand) => elementsOf(value).some((element) => oneOf(element, operand)),
};

function compileFieldFilter({ field, op, value: operand }: FieldFilter): Condition {
  const compare = comparisons[op ?? ''];
  const name = field?.fieldPath ?? '';
  const path = parseFieldPath(name);
  if (compare === undefined || operand === undefined || kindOf(operand) === undefined) {
    throw invalid(`The filter on "${name}" needs an operator and a value.`);
  }
  return (document) => {
    const value = readField(document, name, path);
    return value !== undefined && compare(value, operand);
  };
}

const unaryTests: Partial<Record<string, (value: Value) => boolean>> = {
  IS_NULL: isNull,
  IS_NAN: isNaNValue,
  IS_NOT_NULL: (value) => !isNull(value),
  IS_NOT_NAN: (value) => !isNull(value) && !isNaNValue(value),
};

function compileUnaryFilter({ op, field }: UnaryFilter): Condition {
  const test = unaryTests[op ?? ''];
  const name = field?.fieldPath ?? '';
  const path = parseFieldPath(name);
  if (test === undefined) throw invalid(`The filter on "${name}" needs an operator.`);
  return (document) => {
    const value = readField(document, name, path);
    return value !== undefined && test(value);
  };
}
