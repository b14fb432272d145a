/** A moment as Firestore keeps it; it looks like the Timestamp of every Firestore client. */
export class Moment {
  readonly seconds: number;
  readonly nanoseconds: number;

  constructor(seconds: number, nanoseconds: number) {
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
  }

  toMillis(): number {
    return this.seconds * 1000 + Math.floor(this.nanoseconds / 1_000_000);
  }

  toDate(): Date {
    return new Date(this.toMillis());
  }
}

/** The name of another document: no text, though it is written as one. */
export class Reference {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** `seconds.nanoseconds`: how times of documents are told apart everywhere, to the nanosecond. */
export function momentText({ seconds, nanoseconds }: { seconds: number; nanoseconds: number }): string {
  return `${seconds}.${String(nanoseconds).padStart(9, '0')}`;
}

/** A value in Firestore's JSON: an object with one member, which names the type. */
export type WireValue = Readonly<Record<string, unknown>>;
export type WireFields = Readonly<Record<string, WireValue>>;

/** Plain values of what Firestore has sent in JSON. */
export function plainFields(fields: WireFields | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields ?? {}).map(([name, value]) => [name, plainValue(value)]));
}

interface Nested {
  readonly values?: readonly WireValue[];
  readonly fields?: WireFields;
}

function plainValue(wire: WireValue): unknown {
  for (const [type, value] of Object.entries(wire)) {
    switch (type) {
      case 'nullValue':
        return null;
      case 'integerValue':
      case 'doubleValue':
        return Number(value);
      case 'timestampValue':
        return momentOf(String(value));
      case 'bytesValue':
        return Buffer.from(String(value), 'base64');
      case 'referenceValue':
        return new Reference(String(value));
      case 'arrayValue':
        return ((value as Nested).values ?? []).map(plainValue);
      case 'mapValue':
        return plainFields((value as Nested).fields);
      default:
        // Strings, booleans, places.
        return value;
    }
  }
  return undefined;
}

/** @param text RFC 3339, as Google writes it: in UTC, with up to nine digits after the point */
export function momentOf(text: string): Moment {
  const point = text.indexOf('.');
  if (point < 0) return new Moment(Date.parse(text) / 1000, 0);
  const nanoseconds = Number(text.slice(point + 1, -1).padEnd(9, '0'));
  return new Moment(Date.parse(`${text.slice(0, point)}Z`) / 1000, nanoseconds);
}

/** RFC 3339 of `seconds.nanoseconds`. */
export function rfc3339(moment: string): string {
  const [seconds = '0', nanoseconds = '0'] = moment.split('.');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${nanoseconds}Z`;
}

/** What is to be written: a document's fields. */
export type Fields = Readonly<Record<string, unknown>>;

export function wireFields(fields: Fields): WireFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, wireValue(value)]));
}

/** @throws {TypeError} for anything but what is written here: a mistake of ours must not end up as something else */
function wireValue(value: unknown): WireValue {
  if (value === null) return { nullValue: null };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value === 'number' && Number.isFinite(value)) {
    return Number.isSafeInteger(value) ? { integerValue: String(value) } : { doubleValue: value };
  }
  if (value instanceof Date) return { timestampValue: value.toISOString() };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(wireValue) } };
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return { mapValue: { fields: wireFields(value as Fields) } };
  }
  throw new TypeError(`a document cannot hold a ${typeof value} here`);
}
