import * as v from 'valibot';
import { parse, type Parsed } from '../base/problems.ts';

export const callbackStates = ['SCHEDULED', 'QUEUED', 'ROUTING', 'PROCESSING', 'COMPLETED'] as const;
export type CallbackState = (typeof callbackStates)[number];

export const callDirections = ['USERTERMINATED', 'USERORIGINATED'] as const;
export type CallDirection = (typeof callDirections)[number];

/** More devices than one consumer can own; a longer list is a mistake of the writer. */
export const maxPushTargets = 100;

/** The Call-In request by which the consumer dials in: what the device must show. */
export interface CallIn {
  readonly id: string;
  readonly toPhoneNumber: string;
  readonly accessCode?: string;
  readonly expirationTime: Date;
}

/**
 * A callback document, `callbacks/{callbackId}`, as far as pushes depend on it.
 *
 * The consumer's phone number and `userData` are checked at the door and left there: nothing behind it needs them.
 */
export interface Callback {
  readonly serviceName: string;
  readonly callDirection: CallDirection;
  readonly callbackState: CallbackState;
  readonly callbackReason?: string;
  /** Milliseconds since the epoch of `desiredTime`, 0 for an immediate callback: one booking of the callback. */
  readonly generation: number;
  /** Seconds; absent when unknown. */
  readonly estimatedWaitTime?: number;
  readonly expirationTime?: Date;
  /** FCM registration tokens or installation ids, each once. */
  readonly pushTargets: readonly string[];
  readonly language: string;
  readonly dialAttempts: number;
  readonly lastDialResult?: string;
  readonly rescheduledTo?: string;
  readonly callIn?: CallIn;
  /** Firestore's update time of the document, to the nanosecond: `seconds.nanoseconds`. */
  readonly updateTime: string;
}

/** What a Firestore client of any version calls a Timestamp. */
interface TimestampLike {
  toDate(): Date;
}

const isTimestamp = (value: unknown): value is TimestampLike =>
  typeof value === 'object' && value !== null && typeof (value as Partial<TimestampLike>).toDate === 'function';

const timestamp = v.pipe(
  v.custom<TimestampLike>(isTimestamp, 'expected a Timestamp'),
  v.transform((value) => value.toDate()),
);

const boundedText = (maxLength: number) =>
  v.pipe(
    v.string(),
    v.nonEmpty('must not be empty'),
    v.maxLength(maxLength, `must have at most ${maxLength} characters`),
  );
const optional = <S extends v.GenericSchema>(schema: S) => v.nullish(schema);

/** The queue's name is the id of its settings document. */
export function isDocumentId(name: string): boolean {
  return !/\/|^\.{1,2}$|^__.*__$/.test(name) && name.isWellFormed();
}

const callInSchema = v.object({
  id: boundedText(256),
  toPhoneNumber: boundedText(64),
  accessCode: optional(
    v.custom<string>(
      (code) => typeof code === 'string' && code.length <= 64,
      'expected a string: a number loses leading zeros',
    ),
  ),
  groupName: optional(v.string()),
  fromPhoneNumber: optional(v.string()),
  expirationTime: timestamp,
});

const callbackSchema = v.object({
  serviceName: v.pipe(
    boundedText(256),
    v.check(isDocumentId, 'must do as a document id: no "/", not ".", ".." or "__…__"'),
  ),
  phoneNumber: boundedText(64),
  callDirection: optional(v.picklist(callDirections)),
  callbackState: v.picklist(callbackStates),
  callbackReason: optional(v.string()),
  desiredTime: optional(timestamp),
  estimatedWaitTime: optional(
    v.pipe(
      v.number(),
      v.finite('must be finite'),
      v.check((s) => s >= 0 || s === -1, 'must be ≥ 0 seconds, or -1 for unknown'),
    ),
  ),
  positionInQueue: optional(v.number()),
  expirationTime: optional(timestamp),
  pushTargets: optional(
    v.pipe(
      v.array(v.object({ channel: v.literal('FCM'), target: boundedText(4096) })),
      v.maxLength(maxPushTargets, `must hold at most ${maxPushTargets} targets`),
    ),
  ),
  language: optional(v.string()),
  dialAttempts: optional(v.pipe(v.number(), v.integer('must be a whole number'), v.minValue(0, 'must be ≥ 0'))),
  lastDialResult: optional(v.string()),
  rescheduledTo: optional(v.string()),
  callIn: optional(callInSchema),
  userData: optional(v.record(v.string(), v.unknown())),
});

/**
 * Parses the fields of a callback document. Unknown fields are ignored, `null` is taken for absent.
 *
 * @param data the document's fields, as a Firestore client returns them
 * @param updateTime Firestore's update time of the document
 */
export function parseCallback(data: unknown, updateTime: string): Parsed<Callback> {
  const parsed = parse(callbackSchema, data);
  if ('problems' in parsed) return parsed;
  const d = parsed.value;
  return {
    value: {
      serviceName: d.serviceName,
      callDirection: d.callDirection ?? 'USERTERMINATED',
      callbackState: d.callbackState,
      generation: d.desiredTime?.getTime() ?? 0,
      pushTargets: [...new Set(d.pushTargets?.map(({ target }) => target))],
      language: d.language ?? 'en-US',
      dialAttempts: d.dialAttempts ?? 0,
      updateTime,
      ...present({
        callbackReason: d.callbackReason,
        estimatedWaitTime: d.estimatedWaitTime === -1 ? undefined : d.estimatedWaitTime,
        expirationTime: d.expirationTime,
        lastDialResult: d.lastDialResult,
        rescheduledTo: d.rescheduledTo,
        callIn: d.callIn ? callInOf(d.callIn) : undefined,
      }),
    },
  };
}

/** The fields of a callback document, as they are written. */
export type CallbackFields = v.InferOutput<typeof callbackSchema>;

/** undefined where the document does not exist or does not parse. */
export function callbackFieldsOf(data: unknown): CallbackFields | undefined {
  const parsed = parse(callbackSchema, data);
  return 'value' in parsed ? parsed.value : undefined;
}

function callInOf({ id, toPhoneNumber, expirationTime, accessCode }: v.InferOutput<typeof callInSchema>): CallIn {
  return { id, toPhoneNumber, expirationTime, ...present({ accessCode }) };
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Leaves out what is null, undefined or an empty string: all three mean "absent" in a document. */
function present<T extends object>(fields: T): Present<T> {
  const kept: Partial<T> = {};
  for (const name in fields) if (fields[name] != null && fields[name] !== '') kept[name] = fields[name];
  return kept as Present<T>;
}

/** SCHEDULED, QUEUED or ROUTING: nobody has spoken to the consumer yet. */
export function isWaiting({ callbackState }: Callback): boolean {
  return callbackState === 'SCHEDULED' || callbackState === 'QUEUED' || callbackState === 'ROUTING';
}
