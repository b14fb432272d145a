import { Moment, momentOf, momentText, plainFields, Reference, type WireFields } from '../google/document-value.ts';
import type { StoredDocument } from '../google/documents.ts';
import { fieldsOf } from '../base/json.ts';
import { ProtobufReader } from './protobuf-reader.ts';

/** A document before and after a write, as the event of the write tells it; absent where there was none. */
export interface DocumentEvent {
  /** Resource name of the document; absent where the event tells nothing. */
  readonly name?: string;
  readonly before?: StoredDocument;
  readonly after?: StoredDocument;
}

interface NamedDocument extends StoredDocument {
  readonly name: string;
}

/**
 * Reads the payload of a Firestore event: `google.events.cloud.firestore.v1.DocumentEventData` in protobuf, as
 * production sends it, or in JSON.
 *
 * firebase-functions would do it, with Google's Firestore client for the values; but loading them is most of a cold start,
 * and reading the bytes here takes less CPU than an empty handler of theirs (`npm run bench -- --only cold,silent`).
 *
 * @throws where the bytes are no such message
 */
export function readDocumentEvent(payload: unknown): DocumentEvent {
  const { value, oldValue } = payload instanceof Uint8Array ? eventIn(payload) : eventInJson(payload);
  const name = (value ?? oldValue)?.name;
  return { ...(name !== undefined && { name }), ...(oldValue && { before: oldValue }), ...(value && { after: value }) };
}

interface EventData {
  readonly value?: NamedDocument | undefined;
  readonly oldValue?: NamedDocument | undefined;
}

function eventInJson(payload: unknown): EventData {
  const { value, oldValue } = fieldsOf(payload);
  return { value: documentInJson(value), oldValue: documentInJson(oldValue) };
}

function documentInJson(document: unknown): NamedDocument | undefined {
  const { name, fields, createTime, updateTime } = fieldsOf(document);
  if (typeof name !== 'string') return undefined;
  return {
    name,
    data: plainFields(fields as WireFields | undefined),
    createTime: momentText(momentOf(String(createTime))),
    updateTime: momentText(momentOf(String(updateTime))),
  };
}

function eventIn(payload: Uint8Array): EventData {
  const whole = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const bytes = new ProtobufReader(whole);
  const event: { value?: NamedDocument; oldValue?: NamedDocument } = {};
  let entries: readonly Entry[] = [];
  while (bytes.isBefore(bytes.length)) {
    const field = bytes.field();
    if (field === 1) [event.value, entries] = documentIn(bytes);
    else if (field === 2) [event.oldValue] = documentIn(bytes, entries);
    else bytes.skip();
  }
  return event;
}

/** A field of a document, and where it lies. */
interface Entry {
  readonly at: number;
  readonly length: number;
  readonly key: string;
  readonly value: unknown;
}

/**
 * google.firestore.v1.Document
 *
 * @param twins fields of the same document after the write, which has left most of them as they were: what has the same
 *   bytes is not read again
 */
function documentIn(bytes: ProtobufReader, twins: readonly Entry[] = []): [NamedDocument, readonly Entry[]] {
  let name = '';
  const entries: Entry[] = [];
  const data: Record<string, unknown> = {};
  let [createTime, updateTime] = [new Moment(0, 0), new Moment(0, 0)];
  for (const end = bytes.message(); bytes.isBefore(end);) {
    const field = bytes.field();
    if (field === 1) name = bytes.text();
    else if (field === 2) {
      const twin = twins[entries.length];
      const entry = twin && bytes.skipSame(twin.at, twin.length) ? twin : locatedEntryIn(bytes);
      entries.push(entry);
      data[entry.key] = entry.value;
    } else if (field === 3) createTime = momentIn(bytes);
    else if (field === 4) updateTime = momentIn(bytes);
    else bytes.skip();
  }
  return [{ name, data, createTime: momentText(createTime), updateTime: momentText(updateTime) }, entries];
}

function locatedEntryIn(bytes: ProtobufReader): Entry {
  const at = bytes.position;
  const [key, value] = entryIn(bytes, unread);
  return { at, length: bytes.position - at, key, value };
}

/** What callback systems carry along, often most of a document: that it is a map is all that anybody asks. */
const unread = 'userData';

function entryIn(bytes: ProtobufReader, unreadKey?: string): [key: string, value: unknown] {
  let key = '';
  let value: unknown;
  for (const end = bytes.message(); bytes.isBefore(end);) {
    const field = bytes.field();
    if (field === 1) key = bytes.text();
    else if (field === 2) value = valueIn(bytes, key === unreadKey);
    else bytes.skip();
  }
  return [key, value];
}

/** google.firestore.v1.Value */
function valueIn(bytes: ProtobufReader, isUnread = false): unknown {
  let value: unknown;
  for (const end = bytes.message(); bytes.isBefore(end);) {
    switch (bytes.field()) {
      case 1:
        value = bytes.integer() !== 0;
        break;
      case 2:
        value = bytes.integer();
        break;
      case 3:
        value = bytes.double();
        break;
      case 5:
        value = new Reference(bytes.text());
        break;
      case 6:
        if (isUnread) bytes.skip();
        value = isUnread ? {} : mapIn(bytes);
        break;
      case 8:
        value = placeIn(bytes);
        break;
      case 9:
        value = arrayIn(bytes);
        break;
      case 10:
        value = momentIn(bytes);
        break;
      case 11:
        bytes.skip();
        value = null;
        break;
      case 17:
        value = bytes.text();
        break;
      case 18:
        value = bytes.bytes();
        break;
      default:
        bytes.skip();
    }
  }
  return value;
}

function mapIn(bytes: ProtobufReader): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (const end = bytes.message(); bytes.isBefore(end);) {
    if (bytes.field() === 1) {
      const [key, value] = entryIn(bytes);
      map[key] = value;
    } else bytes.skip();
  }
  return map;
}

function arrayIn(bytes: ProtobufReader): unknown[] {
  const values: unknown[] = [];
  for (const end = bytes.message(); bytes.isBefore(end);) {
    if (bytes.field() === 1) values.push(valueIn(bytes));
    else bytes.skip();
  }
  return values;
}

function momentIn(bytes: ProtobufReader): Moment {
  let [seconds, nanoseconds] = [0, 0];
  for (const end = bytes.message(); bytes.isBefore(end);) {
    const field = bytes.field();
    if (field === 1) seconds = bytes.integer();
    else if (field === 2) nanoseconds = bytes.integer();
    else bytes.skip();
  }
  return new Moment(seconds, nanoseconds);
}

function placeIn(bytes: ProtobufReader): object {
  const place = { latitude: 0, longitude: 0 };
  for (const end = bytes.message(); bytes.isBefore(end);) {
    const field = bytes.field();
    if (field === 1) place.latitude = bytes.double();
    else if (field === 2) place.longitude = bytes.double();
    else bytes.skip();
  }
  return place;
}
