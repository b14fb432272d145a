import type { Fields, Value } from './value.ts';

/** Field values the way Firestore keeps them: timestamps lose what is finer than a microsecond. */
export function storableFields(fields: Fields): Fields {
  const kept: Fields = {};
  for (const [name, value] of Object.entries(fields)) kept[name] = storable(value);
  return kept;
}

/** One value the way Firestore keeps it. */
export function storable(value: Value): Value {
  if (value.timestampValue !== undefined) {
    const { seconds = 0, nanos = 0 } = value.timestampValue;
    return { timestampValue: { seconds: Number(seconds), nanos: nanos - (nanos % 1000) } };
  }
  if (value.mapValue !== undefined) return { mapValue: { fields: storableFields(value.mapValue.fields ?? {}) } };
  if (value.arrayValue !== undefined) {
    return { arrayValue: { values: (value.arrayValue.values ?? []).map(storable) } };
  }
  return value;
}
