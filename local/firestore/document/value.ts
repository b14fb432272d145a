/** A moment as it travels on the wire; 64-bit numbers arrive as strings. */
export interface Timestamp {
  seconds?: string | number;
  nanos?: number;
}

/** A field's value in the shape the wire decoder produces: exactly one member is present. */
export interface Value {
  nullValue?: 'NULL_VALUE';
  booleanValue?: boolean;
  integerValue?: string;
  doubleValue?: number;
  timestampValue?: Timestamp;
  stringValue?: string;
  bytesValue?: Uint8Array;
  referenceValue?: string;
  geoPointValue?: { latitude?: number; longitude?: number };
  arrayValue?: { values?: Value[] };
  mapValue?: { fields?: Fields };
}

export type Fields = Record<string, Value>;

/** The type classes of Firestore, in the order in which values of different classes sort. */
export const kinds = [
  'null',
  'boolean',
  'number',
  'timestamp',
  'string',
  'bytes',
  'reference',
  'geoPoint',
  'array',
  'vector',
  'map',
] as const;

export type Kind = (typeof kinds)[number];

/** The type class of a value, or undefined when no member (or only one Firestore does not store) is present. */
export function kindOf(value: Value): Kind | undefined {
  if (value.stringValue !== undefined) return 'string';
  if (value.integerValue !== undefined || value.doubleValue !== undefined) return 'number';
  if (value.mapValue !== undefined) return isVector(value) ? 'vector' : 'map';
  if (value.booleanValue !== undefined) return 'boolean';
  if (value.timestampValue !== undefined) return 'timestamp';
  if (value.arrayValue !== undefined) return 'array';
  if (value.nullValue !== undefined) return 'null';
  if (value.referenceValue !== undefined) return 'reference';
  if (value.bytesValue !== undefined) return 'bytes';
  if (value.geoPointValue !== undefined) return 'geoPoint';
  return undefined;
}

/** The number a value holds: a bigint only where a double would lose digits, so that mixed comparison stays exact. */
export function numberOf(value: Value): number | bigint | undefined {
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.integerValue === undefined) return undefined;
  const number = Number(value.integerValue);
  return Number.isSafeInteger(number) ? number : BigInt(value.integerValue);
}

export function elementsOf(value: Value | undefined): readonly Value[] {
  return value?.arrayValue?.values ?? [];
}

export function fieldsOf(value: Value | undefined): Fields {
  return value?.mapValue?.fields ?? {};
}

/** The elements of a vector, which travels as a marked map. */
export function vectorOf(value: Value): readonly Value[] {
  return elementsOf(value.mapValue?.fields?.['value']);
}

export const nullValue: Value = { nullValue: 'NULL_VALUE' };

export function isNull(value: Value): boolean {
  return value.nullValue !== undefined;
}

export function isNaNValue(value: Value): boolean {
  return value.doubleValue !== undefined && Number.isNaN(value.doubleValue);
}

function isVector(value: Value): boolean {
  return value.mapValue?.fields?.['__type__']?.stringValue === '__vector__';
}
