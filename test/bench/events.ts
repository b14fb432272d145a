import { randomUUID } from 'node:crypto';
import type { StoredDocument } from '../../local/firestore/document/document.ts';
import { parseDocumentName } from '../../local/firestore/document/name.ts';
import type { Fields, Value } from '../../local/firestore/document/value.ts';
import { eventBody, eventHeaders } from '../../local/firestore/events/cloud-event.ts';
import { loadProtocol } from '../../local/firestore/wire/protocol.ts';
import { projectId } from './project.ts';
import { serviceName } from './world.ts';

/** An event as Eventarc posts it: a binary CloudEvent with a protobuf body. */
export interface WireEvent {
  readonly headers: Record<string, string>;
  readonly body: Buffer | string;
}

/** What a callback system writes into a document. */
export type CallbackFields = Readonly<Record<string, unknown>>;

const encode = loadProtocol().encodeDocument;

/** Epoch microseconds. */
const born = (Date.now() - 60_000) * 1000;

export function eventOf(
  callbackId: string,
  before: CallbackFields | undefined,
  after: CallbackFields | undefined,
): WireEvent {
  const at = Date.now() * 1000;
  const name = parseDocumentName(`projects/${projectId}/databases/(default)/documents/callbacks/${callbackId}`);
  const stored = (fields: CallbackFields | undefined, updateTime: number): StoredDocument | undefined =>
    fields && { name, fields: wireFields(fields), createTime: before ? born : at, updateTime };
  const change = { name, before: stored(before, at - 30_000_000), after: stored(after, at), at };
  const event = { id: randomUUID(), type: 'google.cloud.firestore.document.v1.written', change };
  return { headers: eventHeaders(event), body: Buffer.from(eventBody(event, encode), 'base64') };
}

/** About a kilobyte, as callback systems write them. */
export function callback(callbackId: string, changes: CallbackFields = {}): CallbackFields {
  return {
    serviceName,
    phoneNumber: '+493055501000',
    callDirection: 'USERTERMINATED',
    callbackState: 'QUEUED',
    estimatedWaitTime: 1200,
    positionInQueue: 12,
    expirationTime: new Date(Date.now() + 4 * 3600_000),
    pushTargets: [{ channel: 'FCM', target: `${callbackId}:APA91b${'Xy-9_'.repeat(26)}` }],
    language: 'de-DE',
    dialAttempts: 0,
    userData: {
      customerId: 'C-1029384756',
      segment: 'gold',
      topic: 'invoice',
      lastContact: '2026-11-12T09:30:00Z',
      note: 'Wants to talk about the invoice of October; has called twice about it and prefers the afternoon.',
    },
    ...changes,
  };
}

/** A new wait that nobody needs to be told of. */
export function silentEvent(callbackId: string): WireEvent {
  return eventOf(callbackId, callback(callbackId), callback(callbackId, { estimatedWaitTime: 1140 }));
}

/** A wait that falls below the queue's threshold: CALLBACK_UPCOMING is due. */
export function pushEvent(callbackId: string): WireEvent {
  return eventOf(callbackId, callback(callbackId), callback(callbackId, { estimatedWaitTime: 240 }));
}

/** A life of a callback, as the table of costs states it: what was written, one after the other. */
export function life(callbackId: string): readonly WireEvent[] {
  const waits = Array.from({ length: ewtUpdates }, (_, n) => ({ estimatedWaitTime: 1200 - 60 * n }));
  const callIn = {
    id: randomUUID(),
    groupName: serviceName,
    toPhoneNumber: '+18005550199',
    accessCode: '0471',
    expirationTime: new Date(Date.now() + 600_000),
  };
  const changes = [
    { estimatedWaitTime: 1260 },
    ...waits,
    { callbackState: 'ROUTING' },
    { callIn },
    { callbackState: 'PROCESSING' },
    { callbackState: 'COMPLETED', callbackReason: 'AGENT_CONNECTED' },
  ];
  let before: CallbackFields | undefined;
  return changes.map((change) => {
    const after = before ? { ...before, ...change } : callback(callbackId, { ...change, callDirection });
    const event = eventOf(callbackId, before, after);
    before = after;
    return event;
  });
}

const callDirection = 'USERORIGINATED';
export const ewtUpdates = 20;
/** UPCOMING, READY and CALL_IN. */
export const noticesOfALife = 3;
/** Created, its waits, its turn, its call-in, answered and completed. */
export const writesOfALife = ewtUpdates + 5;

function wireFields(fields: CallbackFields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, wireValue(value)]));
}

function wireValue(value: unknown): Value {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { integerValue: String(value) } : { doubleValue: value };
  if (value instanceof Date) {
    const milliseconds = value.getTime();
    return {
      timestampValue: { seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1_000_000 },
    };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(wireValue) } };
  if (typeof value === 'object' && value !== null) return { mapValue: { fields: wireFields({ ...value }) } };
  return { nullValue: 'NULL_VALUE' };
}
