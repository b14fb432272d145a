import { canonicalTag } from '../base/language.ts';
import { FieldReader, type Kind } from './field-reader.ts';

export const callbackStates = ['SCHEDULED', 'QUEUED', 'ROUTING', 'PROCESSING', 'COMPLETED'] as const;
export type CallbackState = (typeof callbackStates)[number];

export const callDirections = ['USERTERMINATED', 'USERORIGINATED'] as const;
export type CallDirection = (typeof callDirections)[number];

/** More devices than one consumer can own; what goes beyond is a mistake of the writer. */
export const maxPushTargets = 100;

/** The Call-In request by which the consumer dials in. */
export interface CallInFields {
  readonly id: string;
  readonly toPhoneNumber: string;
  readonly expirationTime: Date;
  readonly accessCode?: string | undefined;
  readonly groupName?: string | undefined;
  readonly fromPhoneNumber?: string | undefined;
}

/**
 * A callback document, `callbacks/{callbackId}`, as far as anybody here looks at it; `userData` is carried by the
 * callback system and not read. What is absent, and what is wrong, is undefined.
 */
export interface CallbackFields {
  readonly serviceName: string | undefined;
  readonly phoneNumber: string | undefined;
  readonly callbackState: CallbackState | undefined;
  readonly callDirection: CallDirection | undefined;
  readonly callbackReason: string | undefined;
  readonly desiredTime: Date | undefined;
  /** There is a desired time, but it cannot be read: then nobody knows which booking it is. */
  readonly isDesiredTimeWrong: boolean;
  /** Seconds; -1 = unknown. */
  readonly estimatedWaitTime: number | undefined;
  readonly positionInQueue: number | undefined;
  readonly expirationTime: Date | undefined;
  /** FCM registration tokens or installation ids, each once. */
  readonly pushTargets: readonly string[];
  /** BCP 47, in its canonical spelling. */
  readonly language: string | undefined;
  readonly dialAttempts: number | undefined;
  readonly lastDialResult: string | undefined;
  readonly rescheduledTo: string | undefined;
  readonly callIn: CallInFields | undefined;
}

/**
 * What of a document notices depend on: whoever reads many documents need not fetch anything else, and of a map only the
 * members that count, however much else lies in it.
 */
export const noticeFieldPaths = [
  'serviceName',
  'callbackState',
  'callDirection',
  'callbackReason',
  'desiredTime',
  'estimatedWaitTime',
  'expirationTime',
  'pushTargets',
  'language',
  'dialAttempts',
  'lastDialResult',
  'rescheduledTo',
  'callIn.id',
  'callIn.toPhoneNumber',
  'callIn.accessCode',
  'callIn.expirationTime',
] as const;

/** The queue's name is the id of its settings document. */
export function isDocumentId(name: string): boolean {
  return !/\/|^\.{1,2}$|^__.*__$/.test(name) && name.isWellFormed();
}

const text = (most: number): Kind<string> => ({
  expected: `a text of at most ${most} characters`,
  read: (value) => (typeof value === 'string' && value.length <= most ? value : undefined),
});

const word = <T extends string>(words: readonly T[]): Kind<T> => ({
  expected: `one of ${words.join(', ')}`,
  read: (value) => words.find((known) => known === value),
});

const documentId: Kind<string> = {
  expected: 'a text that can be a document id: at most 256 characters, no "/", not ".", ".." or "__…__"',
  read: (value) => (typeof value === 'string' && value.length <= 256 && isDocumentId(value) ? value : undefined),
};

/** What a Firestore client of any version calls a Timestamp. */
const moment: Kind<Date> = {
  expected: 'a Timestamp',
  read(value) {
    if (typeof value !== 'object' || value === null || !('toDate' in value)) return undefined;
    if (typeof value.toDate !== 'function') return undefined;
    const date = (value as { toDate(): unknown }).toDate();
    return date instanceof Date && !Number.isNaN(date.getTime()) ? date : undefined;
  },
};

const seconds: Kind<number> = {
  expected: 'a number of seconds ≥ 0, or -1 for unknown',
  read: (value) =>
    typeof value === 'number' && Number.isFinite(value) && (value >= 0 || value === -1) ? value : undefined,
};

const count: Kind<number> = {
  expected: 'a whole number ≥ 0',
  read: (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined),
};

const number: Kind<number> = {
  expected: 'a number',
  read: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
};

const languageTag: Kind<string> = {
  expected: 'a BCP 47 language tag such as de-DE',
  read: (value) => (typeof value === 'string' ? canonicalTag(value) || undefined : undefined),
};

/** A number would have lost its leading zeros. */
const accessCode: Kind<string> = { ...text(64), expected: 'a text, for a number loses leading zeros' };

/** Blanks and line ends around a token come from copying it, and belong to no token. */
const target: Kind<string> = {
  expected: 'a text of 1 to 4096 characters',
  read: (value) => (typeof value === 'string' && value.length <= 4096 ? value.trim() || undefined : undefined),
};

/**
 * Reads the fields of a callback document. What is wrong is named in `problems` and counts as absent; unknown fields
 * are ignored. No field costs more than its share of time, whatever it holds.
 *
 * @param data the document's fields, as a Firestore client returns them
 */
export function readFields(data: unknown): { fields: CallbackFields; problems: readonly string[] } {
  const reader = new FieldReader(data);
  const desiredTime = reader.optional('desiredTime', moment);
  const fields: CallbackFields = {
    serviceName: reader.required('serviceName', documentId),
    phoneNumber: reader.required('phoneNumber', text(64)),
    callbackState: reader.required('callbackState', word(callbackStates)),
    callDirection: reader.optional('callDirection', word(callDirections)),
    callbackReason: reader.optional('callbackReason', text(256)),
    desiredTime,
    isDesiredTimeWrong: desiredTime === undefined && reader.has('desiredTime'),
    estimatedWaitTime: reader.optional('estimatedWaitTime', seconds),
    positionInQueue: reader.optional('positionInQueue', number),
    expirationTime: reader.optional('expirationTime', moment),
    pushTargets: targetsIn(reader),
    language: reader.optional('language', languageTag),
    dialAttempts: reader.optional('dialAttempts', count),
    lastDialResult: reader.optional('lastDialResult', text(256)),
    rescheduledTo: reader.optional('rescheduledTo', text(1500)),
    callIn: callInOf(reader.within('callIn')),
  };
  return { fields, problems: reader.problems };
}

function targetsIn(reader: FieldReader): readonly string[] {
  const found: string[] = [];
  for (const [index, element] of reader.list('pushTargets', maxPushTargets).entries()) {
    const entry = reader.within('pushTargets', element ?? '', index);
    if (!entry?.required('channel', fcm)) continue;
    const one = entry.required('target', target);
    if (one !== undefined && !found.includes(one)) found.push(one);
  }
  return found;
}

const fcm = word(['FCM']);

function callInOf(reader: FieldReader | undefined): CallInFields | undefined {
  if (!reader) return undefined;
  const id = reader.required('id', text(256));
  const toPhoneNumber = reader.required('toPhoneNumber', text(64));
  const expirationTime = reader.required('expirationTime', moment);
  const rest = {
    accessCode: reader.optional('accessCode', accessCode),
    groupName: reader.optional('groupName', text(1500)),
    fromPhoneNumber: reader.optional('fromPhoneNumber', text(64)),
  };
  if (id === undefined || toPhoneNumber === undefined || expirationTime === undefined) return undefined;
  return { id, toPhoneNumber, expirationTime, ...rest };
}

/** A callback that has what every callback must have. */
export type KnownCallback = CallbackFields & {
  readonly serviceName: string;
  readonly phoneNumber: string;
  readonly callbackState: CallbackState;
};

/** Undefined where the document does not exist, or lacks what every callback must have. */
export function knownCallback(data: unknown): KnownCallback | undefined {
  if (data === undefined) return undefined;
  const { fields } = readFields(data);
  const { serviceName, phoneNumber, callbackState } = fields;
  if (serviceName === undefined || phoneNumber === undefined || callbackState === undefined) return undefined;
  return { ...fields, serviceName, phoneNumber, callbackState };
}
