import type { Moment } from './moment.ts';
import { toTimestamp } from './moment.ts';
import { compareValues, sameValue } from './order.ts';
import { invalid } from './refusal.ts';
import type { Value } from './value.ts';
import { elementsOf, isNaNValue, kindOf, nullValue, numberOf } from './value.ts';

/** One server-side change of a field, as writes carry it. */
export interface FieldTransform {
  fieldPath?: string;
  setToServerValue?: string;
  increment?: Value;
  maximum?: Value;
  minimum?: Value;
  appendMissingElements?: { values?: Value[] };
  removeAllFromArray?: { values?: Value[] };
}

/** The new value of the field, and what the client is told about it (nothing for arrays). */
export interface Transformed {
  value: Value;
  result: Value;
}

const minInteger = -(2n ** 63n);
const maxInteger = 2n ** 63n - 1n;

export function applyTransform(transform: FieldTransform, old: Value | undefined, at: Moment): Transformed {
  if (transform.setToServerValue === 'REQUEST_TIME') return reported(serverTime(at));
  if (transform.increment !== undefined) return reported(sum(old, checkNumber(transform.increment)));
  if (transform.maximum !== undefined) return reported(extreme(old, checkNumber(transform.maximum), 1));
  if (transform.minimum !== undefined) return reported(extreme(old, checkNumber(transform.minimum), -1));
  if (transform.appendMissingElements !== undefined) {
    return { value: append(old, transform.appendMissingElements.values ?? []), result: nullValue };
  }
  if (transform.removeAllFromArray !== undefined) {
    return { value: remove(old, transform.removeAllFromArray.values ?? []), result: nullValue };
  }
  throw invalid('A field transform must have a type.');
}

function reported(value: Value): Transformed {
  return { value, result: value };
}

/** Request time has millisecond precision even though commit times are finer. */
function serverTime(at: Moment): Value {
  return { timestampValue: toTimestamp(Math.floor(at / 1000) * 1000) };
}

/** Integers saturate at the 64-bit bounds; a double on either side makes the sum a double. */
function sum(old: Value | undefined, by: Value): Value {
  if (old === undefined || kindOf(old) !== 'number') return by;
  if (old.integerValue === undefined || by.integerValue === undefined) {
    return { doubleValue: Number(numberOf(old)) + Number(numberOf(by)) };
  }
  const exact = BigInt(old.integerValue) + BigInt(by.integerValue);
  const bounded = exact > maxInteger ? maxInteger : exact < minInteger ? minInteger : exact;
  return { integerValue: bounded.toString() };
}

/** Equal numbers leave the field as it was, even when one is an integer and the other a double. */
function extreme(old: Value | undefined, operand: Value, sign: 1 | -1): Value {
  if (old === undefined || kindOf(old) !== 'number' || isNaNValue(operand)) return operand;
  if (isNaNValue(old)) return old;
  return compareValues(operand, old) * sign > 0 ? operand : old;
}

function append(old: Value | undefined, added: readonly Value[]): Value {
  const values = [...elementsOf(old)];
  for (const value of added) {
    if (!values.some((present) => sameValue(present, value))) values.push(value);
  }
  return { arrayValue: { values } };
}

function remove(old: Value | undefined, removed: readonly Value[]): Value {
  const values = elementsOf(old).filter((present) => !removed.some((value) => sameValue(present, value)));
  return { arrayValue: { values } };
}

function checkNumber(operand: Value): Value {
  if (kindOf(operand) !== 'number') throw invalid('Operand of a numeric transform must be an integer or a double.');
  return operand;
}
