import type { StoredDocument } from '../document/document.ts';
import { parseFieldPath } from '../document/field-path.ts';
import { invalid } from '../document/refusal.ts';
import type { Fields, Value } from '../document/value.ts';
import { kindOf, nullValue, numberOf } from '../document/value.ts';
import { readField } from './filter.ts';
import type { Aggregation, FieldReference } from './structured-query.ts';

const maxAggregations = 5;

/** The values of count, sum and average over the rows of a query, by alias. */
export function aggregate(aggregations: readonly Aggregation[], rows: readonly StoredDocument[]): Fields {
  if (aggregations.length === 0) throw invalid('An aggregation query needs an aggregation.');
  if (aggregations.length > maxAggregations) throw invalid(`At most ${maxAggregations} aggregations are allowed.`);
  const fields: Fields = {};
  for (const [i, aggregation] of aggregations.entries()) {
    fields[aggregation.alias ?? `field_${i + 1}`] = compute(aggregation, rows);
  }
  return fields;
}

function compute({ count, sum, avg }: Aggregation, rows: readonly StoredDocument[]): Value {
  if (count !== undefined) {
    const upTo = count.upTo?.value === undefined ? rows.length : Number(count.upTo.value);
    return { integerValue: String(Math.min(rows.length, upTo)) };
  }
  if (sum !== undefined) return total(numbers(sum.field, rows));
  if (avg !== undefined) return average(numbers(avg.field, rows));
  throw invalid('An aggregation needs an operator.');
}

function numbers(field: FieldReference | undefined, rows: readonly StoredDocument[]): Value[] {
  const name = field?.fieldPath ?? '';
  const path = parseFieldPath(name);
  return rows.flatMap((row) => {
    const value = readField(row, name, path);
    return value !== undefined && kindOf(value) === 'number' ? [value] : [];
  });
}

/** Integers are summed exactly; the sum turns into a double only when it leaves 64 bits or meets a double. */
function total(values: readonly Value[]): Value {
  if (values.every((value) => value.integerValue !== undefined)) {
    const exact = values.reduce((sum, value) => sum + BigInt(value.integerValue ?? 0), 0n);
    if (BigInt.asIntN(64, exact) === exact) return { integerValue: exact.toString() };
    return { doubleValue: Number(exact) };
  }
  return { doubleValue: values.reduce((sum, value) => sum + Number(numberOf(value)), 0) };
}

function average(values: readonly Value[]): Value {
  if (values.length === 0) return nullValue;
  return { doubleValue: Number(numberOf(total(values))) / values.length };
}
