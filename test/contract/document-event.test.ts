import { createRequire } from 'node:module';
import fc from 'fast-check';
import compiled from '../../functions/node_modules/firebase-functions/protos/compiledFirestore.js';
import { Moment, Reference } from '../../functions/src/google/document-value.ts';
import { readDocumentEvent } from '../../functions/src/event/document-event.ts';

/** What firebase-functions makes of the same event. */
interface Theirs {
  readonly data: { readonly before: Snapshot; readonly after: Snapshot };
}
interface Snapshot {
  readonly exists: boolean;
  readonly createTime?: Time;
  readonly updateTime?: Time;
  data(): unknown;
}
interface Time {
  readonly seconds: number;
  readonly nanoseconds: number;
}
type OnDocumentWritten = (path: string, handler: (event: Theirs) => unknown) => (event: object) => unknown;

process.env['GCLOUD_PROJECT'] = 'demo-p';
const { onDocumentWritten } = createRequire(new URL('../../functions/package.json', import.meta.url))(
  'firebase-functions/v2/firestore',
) as { onDocumentWritten: OnDocumentWritten };
const { DocumentEventData } = compiled.google.events.cloud.firestore.v1;

const root = 'projects/demo-p/databases/(default)/documents';
const id = 'cb-ü';

/** A value in Firestore's JSON. */
type Json = Record<string, unknown>;
interface JsonDocument {
  readonly name: string;
  readonly fields: Record<string, Json>;
  readonly createTime: string;
  readonly updateTime: string;
}

const anyTime = fc
  .tuple(fc.integer({ min: -1_000_000_000, max: 4_000_000_000 }), fc.integer({ min: 0, max: 999_999 }))
  .map(([seconds, micros]) => {
    const upToSeconds = new Date(seconds * 1000).toISOString().slice(0, 19);
    return micros === 0 ? `${upToSeconds}Z` : `${upToSeconds}.${String(micros).padStart(6, '0')}Z`;
  });
const anyKey = fc.oneof(fc.constantFrom('serviceName', 'ä b.c', 'x'), fc.string({ minLength: 1, maxLength: 8 }));
const { value: anyValue } = fc.letrec<{ value: Json; fields: Record<string, Json> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string().map((stringValue) => ({ stringValue })),
    fc.string({ unit: 'grapheme' }).map((stringValue) => ({ stringValue })),
    fc.boolean().map((booleanValue) => ({ booleanValue })),
    fc.maxSafeInteger().map((n) => ({ integerValue: String(n) })),
    fc.integer({ min: -3, max: 3 }).map((n) => ({ integerValue: String(n) })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((doubleValue) => ({ doubleValue })),
    fc.constant({ nullValue: null }),
    anyTime.map((timestampValue) => ({ timestampValue })),
    fc.uint8Array().map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
    fc.constant({ referenceValue: `${root}/callbacks/other` }),
    fc
      .tuple(fc.integer({ min: -90, max: 90 }), fc.integer({ min: -180, max: 180 }))
      .map(([latitude, longitude]) => ({ geoPointValue: { latitude, longitude } })),
    fc.array(tie('value'), { maxLength: 4 }).map((values) => ({ arrayValue: { values } })),
    tie('fields').map((fields) => ({ mapValue: { fields } })),
  ),
  fields: fc.dictionary(anyKey, tie('value'), { maxKeys: 5 }),
}));
const anyDocument = fc.record({
  name: fc.constant(`${root}/callbacks/${id}`),
  fields: fc.dictionary(anyKey, anyValue, { maxKeys: 8 }),
  createTime: anyTime,
  updateTime: anyTime,
});
const anyChange = fc.oneof(
  fc.record({ value: anyDocument, oldValue: anyDocument }),
  fc.record({ value: anyDocument }),
  fc.record({ oldValue: anyDocument }),
);

function time(text: string): { seconds: number; nanos: number } {
  const [upToSeconds = '', fraction = ''] = text.slice(0, -1).split('.');
  return { seconds: Date.parse(`${upToSeconds}Z`) / 1000, nanos: Number(fraction.padEnd(9, '0')) };
}

function inProtobuf(value: Json): object {
  const { timestampValue, bytesValue, arrayValue, mapValue } = value as Record<string, string> & {
    readonly arrayValue?: { readonly values: Json[] };
    readonly mapValue?: { readonly fields: Record<string, Json> };
  };
  if ('nullValue' in value) return { nullValue: 0 };
  if (timestampValue !== undefined) return { timestampValue: time(timestampValue) };
  if (bytesValue !== undefined) return { bytesValue: Buffer.from(bytesValue, 'base64') };
  if (arrayValue) return { arrayValue: { values: arrayValue.values.map(inProtobuf) } };
  if (mapValue) return { mapValue: { fields: fieldsInProtobuf(mapValue.fields) } };
  return value;
}

function fieldsInProtobuf(fields: Record<string, Json>): object {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, inProtobuf(value)]));
}

function bytesOf(change: { value?: JsonDocument; oldValue?: JsonDocument }): Buffer {
  const document = (given: JsonDocument | undefined) =>
    given && {
      name: given.name,
      fields: fieldsInProtobuf(given.fields),
      createTime: time(given.createTime),
      updateTime: time(given.updateTime),
    };
  const event = {
    value: document(change.value),
    oldValue: document(change.oldValue),
    updateMask: { fieldPaths: ['x'] },
  };
  return Buffer.from(DocumentEventData.encode(DocumentEventData.fromObject(event)).finish());
}

function theirs(data: unknown, datacontenttype: string): unknown {
  let seen: unknown;
  const see = onDocumentWritten('callbacks/{callbackId}', ({ data: { before, after } }) => {
    const documentOf = (snapshot: Snapshot) =>
      snapshot.exists ? { data: comparable(snapshot.data()), ...timesOf(snapshot) } : undefined;
    seen = { before: documentOf(before), after: documentOf(after) };
  });
  void see({ data, datacontenttype, project: 'demo-p', database: '(default)', document: `callbacks/${id}`, id: 'e' });
  return seen;
}

function timesOf({ createTime, updateTime }: Snapshot): object {
  const text = (moment?: Time) => `${moment?.seconds ?? 0}.${String(moment?.nanoseconds ?? 0).padStart(9, '0')}`;
  return { createTime: text(createTime), updateTime: text(updateTime) };
}

function ours(data: unknown): unknown {
  const { before, after } = readDocumentEvent(data);
  return {
    before: before && { ...pick(before), data: comparable(before.data) },
    after: after && { ...pick(after), data: comparable(after.data) },
  };
}

const pick = ({ createTime, updateTime }: { createTime: string; updateTime: string }) => ({ createTime, updateTime });

/** Their classes and ours, by what they hold. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (value instanceof Reference) return { reference: value.name };
  const { nanoseconds, seconds, latitude, longitude, path, firestore } = value as Record<string, unknown>;
  if (value instanceof Moment || 'toDate' in value) return { seconds, nanoseconds };
  if (firestore !== undefined) return { reference: `${root}/${String(path)}` };
  if (latitude !== undefined && longitude !== undefined) return { latitude, longitude };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, comparable(inner)]));
}

test('an event in protobuf reads as with firebase-functions', () => {
  fc.assert(
    fc.property(anyChange, (change) => {
      const bytes = bytesOf(change);
      expect(ours(bytes)).toEqual(theirs(bytes, 'application/protobuf'));
    }),
    { numRuns: 500 },
  );
});

test('an event in JSON reads as with firebase-functions', () => {
  fc.assert(
    fc.property(anyChange, (change) => {
      expect(ours(change)).toEqual(theirs(change, 'application/json'));
    }),
    { numRuns: 500 },
  );
});

test('bytes that are cut off anywhere are no event, or one of fewer documents', () => {
  const document = { name: `${root}/callbacks/${id}`, fields: { a: { stringValue: 'b' } }, createTime: '2026-03-02T10:00:00Z', updateTime: '2026-03-02T10:00:00Z' }; // prettier-ignore
  const bytes = bytesOf({ value: document, oldValue: document });
  const whole = readDocumentEvent(bytes);
  for (let length = 0; length < bytes.length; length++) {
    let read: ReturnType<typeof readDocumentEvent> = {};
    try {
      read = readDocumentEvent(bytes.subarray(0, length));
    } catch {
      continue;
    }
    expect([undefined, whole.after]).toContainEqual(read.after);
    expect([undefined, whole.before]).toContainEqual(read.before);
  }
});

test('any bytes at all are read to their end or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        readDocumentEvent(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 2000 },
  );
});

test('what is no payload is an event of nothing', () => {
  expect([undefined, null, '', {}, new Uint8Array()].map((payload) => readDocumentEvent(payload))).toEqual(
    Array.from({ length: 5 }, () => ({})),
  );
});
