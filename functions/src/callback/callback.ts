import type { StoredDocument } from '../google/documents.ts';
import { readFields, type CallbackState, type CallDirection, type CallInFields } from './fields.ts';

/** Settings of the queue whose name is missing or wrong: the default ones, which lie under this name. */
export const unknownQueue = 'default';

/**
 * One state of a callback, as far as notices depend on it. The consumer's phone number and `userData` are left at the
 * door: nothing behind it needs them.
 */
export interface Callback {
  readonly serviceName: string;
  /** Absent = the queue's. */
  readonly callDirection?: CallDirection;
  /** Absent where it is wrong. */
  readonly callbackState?: CallbackState;
  readonly callbackReason?: string;
  /**
   * Names the booking: one life of the document at one desired time. An id that is used again is another booking, and so
   * is another desired time.
   */
  readonly booking: string;
  /** Whether the desired time can be read; otherwise it is not known which booking it is. */
  readonly isBookingKnown: boolean;
  /** Whether it is for a desired time; otherwise it is immediate. */
  readonly isScheduled: boolean;
  /** Seconds; absent when unknown. */
  readonly estimatedWaitTime?: number;
  readonly expirationTime?: Date;
  /** FCM registration tokens or installation ids, each once. */
  readonly pushTargets: readonly string[];
  readonly language: string;
  readonly dialAttempts: number;
  readonly lastDialResult?: string;
  readonly rescheduledTo?: string;
  readonly callIn?: CallInFields;
  /** Firestore's update time of the document, to the nanosecond: `seconds.nanoseconds`. */
  readonly updateTime: string;
  /** The same in epoch milliseconds. */
  readonly writtenAt: number;
  /** The document was created in this state. */
  readonly isCreation: boolean;
}

export interface ReadCallback {
  readonly callback: Callback;
  /** What is wrong in the document and therefore counts as absent. */
  readonly problems: readonly string[];
}

/** Reads one state of a callback: there is no document that cannot be read. */
export function readCallback({ data, createTime, updateTime }: StoredDocument): ReadCallback {
  const { fields, problems } = readFields(data);
  const { estimatedWaitTime, desiredTime } = fields;
  const callback: Callback = {
    serviceName: fields.serviceName ?? unknownQueue,
    booking: `${createTime}/${fields.isDesiredTimeWrong ? '?' : (desiredTime?.getTime() ?? '')}`,
    isBookingKnown: !fields.isDesiredTimeWrong,
    isScheduled: desiredTime !== undefined,
    pushTargets: fields.pushTargets,
    language: fields.language ?? 'en-US',
    dialAttempts: fields.dialAttempts ?? 0,
    updateTime,
    writtenAt: microsecondsOf(updateTime) / 1000,
    isCreation: createTime === updateTime,
    ...present({
      callDirection: fields.callDirection,
      callbackState: fields.callbackState,
      callbackReason: fields.callbackReason,
      estimatedWaitTime: estimatedWaitTime === -1 ? undefined : estimatedWaitTime,
      expirationTime: fields.expirationTime,
      lastDialResult: fields.lastDialResult,
      rescheduledTo: fields.rescheduledTo,
      callIn: fields.callIn,
    }),
  };
  return { callback, problems };
}

/** Epoch microseconds of `seconds.nanoseconds`: exactly what Firestore tells times by. */
export function microsecondsOf(time: string): number {
  const [seconds = '0', nanoseconds = '0'] = time.split('.');
  return Number(seconds) * 1_000_000 + Math.floor(Number(nanoseconds) / 1000);
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Leaves out what is undefined. */
function present<T extends object>(fields: T): Present<T> {
  const kept: Partial<T> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept as Present<T>;
}

/** SCHEDULED, QUEUED or ROUTING: nobody has spoken to the consumer yet. */
export function isWaiting({ callbackState }: Callback): boolean {
  return callbackState === 'SCHEDULED' || callbackState === 'QUEUED' || callbackState === 'ROUTING';
}

/** Dial results of the reporting model by which somebody answered in person. */
const connections = new Set(['CONNECTED', 'PERSON', 'USERORIGINATED_CONNECTED']);

/** Whether there is a result of the last attempt, and nobody answered. */
export function hasFailedAttempt({ dialAttempts, lastDialResult }: Callback): boolean {
  return dialAttempts > 0 && lastDialResult !== undefined && !connections.has(lastDialResult);
}
