import type { Change } from '../delivery/announce.ts';
import { readDocumentEvent, type DocumentEvent } from './document-event.ts';
import type { Log } from '../base/log.ts';

/** A Firestore event as functions-framework hands it on: a CloudEvent with the attributes of Eventarc. */
export interface FirestoreEvent {
  readonly id: string;
  readonly time?: string;
  /** Path of the document, percent-encoded: `callbacks/{callbackId}`. */
  readonly document?: string;
  /** DocumentEventData: protobuf's bytes, or JSON. */
  readonly data?: unknown;
}

/** Who hears of a change. Both reject only where redelivering the event helps. */
export interface ChangeListener {
  onChange(change: Change): Promise<void>;
  /** Something changed, but the event does not say what. */
  lookAt(callbackId: string, changedAt: number): Promise<void>;
}

/** What a write of a callback sets going. The returned function rejects only where redelivering the event helps. */
export function createCallbackWritten(
  listener: ChangeListener,
  log: Log,
  now: () => number,
): (event: FirestoreEvent) => Promise<void> {
  async function lookAt(callbackId: string, eventId: string, changedAt: number): Promise<void> {
    log('WARNING', 'change-unreadable', { callbackId, eventId });
    await listener.lookAt(callbackId, changedAt);
  }

  return (event) => {
    const { id: eventId } = event;
    const { name, before, after } = read(event);
    const callbackId = idIn(name ?? decoded(event.document));
    // An event that does not tell its time is as young as can be.
    const changedAt = Date.parse(event.time ?? '') || now();
    // A change too large for an event (512 kB) comes without its documents: they are read. So is what came damaged.
    if (!before && !after) return lookAt(callbackId, eventId, changedAt);
    return listener.onChange({ callbackId, eventId, changedAt, before, after });
  };
}

function read({ data }: FirestoreEvent): DocumentEvent {
  try {
    return readDocumentEvent(data);
  } catch {
    return {};
  }
}

function idIn(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function decoded(path = ''): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
