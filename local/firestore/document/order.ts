import type { Value } from './value.ts';
import { elementsOf, fieldsOf, kindOf, kinds, numberOf, vectorOf } from './value.ts';

/** Firestore's total order over values of every type: by type class first, then by value. */
export function compareValues(a: Value, b: Value): number {
  const kind = kindOf(a);
  const other = kindOf(b);
  if (kind !== other) return rank(kind) - rank(other);
  switch (kind) {
    case undefined:
    case 'null':
      return 0;
    case 'boolean':
      return Number(a.booleanValue) - Number(b.booleanValue);
    case 'number':
      return compareNumbers(numberOf(a) ?? 0, numberOf(b) ?? 0);
    case 'timestamp':
      return compareTimestamps(a, b);
    case 'string':
      return compareText(a.stringValue ?? '', b.stringValue ?? '');
    case 'bytes':
      return Buffer.compare(a.bytesValue ?? Buffer.alloc(0), b.bytesValue ?? Buffer.alloc(0));
    case 'reference':
      return compareNames(a.referenceValue ?? '', b.referenceValue ?? '');
    case 'geoPoint':
      return compareGeoPoints(a, b);
    case 'array':
      return compareLists(elementsOf(a), elementsOf(b));
    case 'vector':
      return vectorOf(a).length - vectorOf(b).length || compareLists(vectorOf(a), vectorOf(b));
    case 'map':
      return compareMaps(a, b);
  }
}

/** Equality as queries and array transforms see it: 1 equals 1.0, NaN equals NaN, 0 equals -0. */
export function sameValue(a: Value, b: Value): boolean {
  return compareValues(a, b) === 0;
}

/** UTF-8 byte order without encoding: only surrogates sort differently in UTF-16. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

/** The order of resource names: segment by segment, numeric ids (`__id7__`) before all others. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  const left = a.split('/');
  const right = b.split('/');
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const difference = compareIds(left[i] ?? '', right[i] ?? '');
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  const x = numericId(a);
  const y = numericId(b);
  if (x !== undefined && y !== undefined) return x < y ? -1 : 1;
  if (x !== undefined) return -1;
  if (y !== undefined) return 1;
  return compareText(a, b);
}

function numericId(id: string): bigint | undefined {
  if (!id.startsWith('__id')) return undefined;
  const digits = /^__id(-?\d+)__$/.exec(id)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareTimestamps(a: Value, b: Value): number {
  const seconds = Number(a.timestampValue?.seconds ?? 0) - Number(b.timestampValue?.seconds ?? 0);
  return seconds || (a.timestampValue?.nanos ?? 0) - (b.timestampValue?.nanos ?? 0);
}

function compareGeoPoints(a: Value, b: Value): number {
  const latitude = (a.geoPointValue?.latitude ?? 0) - (b.geoPointValue?.latitude ?? 0);
  return latitude || (a.geoPointValue?.longitude ?? 0) - (b.geoPointValue?.longitude ?? 0);
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = compareValues(a[i] ?? {}, b[i] ?? {});
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareMaps(a: Value, b: Value): number {
  const left = Object.entries(fieldsOf(a)).sort(([x], [y]) => compareText(x, y));
  const right = Object.entries(fieldsOf(b)).sort(([x], [y]) => compareText(x, y));
  for (const [i, [key, value]] of left.entries()) {
    const pair = right[i];
    if (pair === undefined) return 1;
    const difference = compareText(key, pair[0]) || compareValues(value, pair[1]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function rank(kind: ReturnType<typeof kindOf>): number {
  return kind === undefined ? -1 : kinds.indexOf(kind);
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}
