import fc from 'fast-check';
import type { Change } from '../../functions/src/delivery/announce.ts';
import type { StoredDocument } from '../../functions/src/google/documents.ts';
import {
  callDirections,
  callbackStates,
  type CallDirection,
  type CallbackState,
} from '../../functions/src/callback/fields.ts';
import { callbackFields, hour, minute, monday, second, timestamp } from '../support/builders.ts';

/** One state of a callback document, in plain words. */
export interface State {
  readonly callDirection: CallDirection;
  readonly callbackState: CallbackState;
  readonly callbackReason?: string;
  readonly desiredTime?: number;
  readonly estimatedWaitTime?: number;
  readonly expirationTime?: number;
  readonly dialAttempts: number;
  readonly lastDialResult?: string;
  readonly rescheduledTo?: string;
  readonly callInId?: string;
  readonly targets: readonly string[];
}

/** Everything that happened to one callback: each state with the time of its writing; `deletedAt` is the end. */
export interface History {
  readonly states: readonly (State & { readonly writtenAt: number })[];
  readonly deletedAt: number | undefined;
}

const stateStep = fc.constantFrom(...callbackStates).map((callbackState): Partial<State> => ({ callbackState }));
const step: fc.Arbitrary<Partial<State>> = fc.oneof(
  {
    arbitrary: fc.constantFrom(-1, 0, 100, 299, 300, 900).map((estimatedWaitTime) => ({ estimatedWaitTime })),
    weight: 4,
  },
  { arbitrary: stateStep, weight: 3 },
  fc
    .constantFrom('PURGED', 'CANCELLED')
    .map((callbackReason) => ({ callbackState: 'COMPLETED' as const, callbackReason })),
  fc
    .tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom('BUSY', 'CONNECTED'))
    .map(([dialAttempts, lastDialResult]) => ({
      dialAttempts,
      lastDialResult,
    })),
  fc.constantFrom('call-in-1', 'call-in-2').map((callInId) => ({ callInId })),
  fc.constantFrom(monday + hour, monday + 2 * hour).map((desiredTime) => ({ desiredTime })),
  fc.constantFrom(monday + 3 * minute, monday + hour).map((expirationTime) => ({ expirationTime })),
  fc.constantFrom<readonly string[]>([], ['one'], ['one', 'two']).map((targets) => ({ targets })),
  fc.constant({ rescheduledTo: 'callback-2' }),
);

export const anyHistory: fc.Arbitrary<History> = fc
  .record({
    callDirection: fc.constantFrom(...callDirections),
    first: stateStep,
    targets: fc.constantFrom<readonly string[]>(['one'], ['one', 'two'], []),
    steps: fc.array(fc.tuple(step, fc.integer({ min: 0, max: 4 * second })), { maxLength: 9 }),
    deleted: fc.boolean(),
  })
  .map(({ callDirection, first, targets, steps, deleted }) => {
    let writtenAt = monday;
    const start = { callDirection, callbackState: 'QUEUED', dialAttempts: 0, targets, ...first, writtenAt } as const;
    const states: History['states'][number][] = [start];
    for (const [changes, later] of steps) {
      writtenAt += later;
      const last = states.at(-1) ?? start;
      // Nobody asks for a number to call once the callback is over.
      if (changes.callInId && last.callbackState === 'COMPLETED') continue;
      states.push({ ...last, ...changes, writtenAt });
    }
    return { states, deletedAt: deleted ? writtenAt + second : undefined };
  });

/** The writings of one moment are a microsecond apart, as in Firestore. */
function updateTimeOf(writtenAt: number, index: number): string {
  const nanoseconds = (writtenAt % second) * 1_000_000 + index * 1000;
  return `${Math.floor(writtenAt / second)}.${String(nanoseconds).padStart(9, '0')}`;
}

export function documentOf(state: History['states'][number] | undefined, index: number): StoredDocument | undefined {
  if (!state) return undefined;
  const { desiredTime, expirationTime, callInId, targets, writtenAt, ...plain } = state;
  const callIn = { id: callInId, toPhoneNumber: '+18005550100', expirationTime: timestamp(monday + 2 * hour) };
  return {
    createTime: updateTimeOf(monday, 0),
    updateTime: updateTimeOf(writtenAt, index),
    data: callbackFields({
      ...plain,
      pushTargets: targets.map((target) => ({ channel: 'FCM', target })),
      ...(desiredTime !== undefined && { desiredTime: timestamp(desiredTime) }),
      ...(expirationTime !== undefined && { expirationTime: timestamp(expirationTime) }),
      ...(callInId !== undefined && { callIn }),
    }),
  };
}

/** The events of a history in the order of its writes. */
export function changesOf({ states, deletedAt }: History): Change[] {
  const changes = states.map(({ writtenAt }, index): Change => ({
    callbackId: 'callback-1',
    eventId: `event-${index}`,
    changedAt: writtenAt,
    before: documentOf(states[index - 1], index - 1),
    after: documentOf(states[index], index),
  }));
  if (deletedAt === undefined) return changes;
  const before = documentOf(states.at(-1), states.length - 1);
  return [
    ...changes,
    { callbackId: 'callback-1', eventId: 'event-end', changedAt: deletedAt, before, after: undefined },
  ];
}

const generation = ({ desiredTime = 0 }: State) => String(desiredTime);
const waits = ({ callbackState }: State) => ['SCHEDULED', 'QUEUED', 'ROUTING'].includes(callbackState);
const isPurged = ({ callbackState, callbackReason }: State) =>
  callbackState === 'COMPLETED' && callbackReason === 'PURGED';
const threshold = 300;
const mostAttempts = 3;

function isShort({ estimatedWaitTime = -1 }: State): boolean {
  return estimatedWaitTime >= 0 && estimatedWaitTime < threshold;
}

function isDue(state: State, now: number): boolean {
  const { estimatedWaitTime = -1, expirationTime = Infinity } = state;
  return waits(state) && isShort(state) && now + estimatedWaitTime * second <= expirationTime;
}

function failedAttempt(state: State): string | undefined {
  if (state.callDirection === 'USERORIGINATED' || state.lastDialResult !== 'BUSY') return undefined;
  if (state.dialAttempts >= mostAttempts) return `CALLBACK_FINAL_ATTEMPT_FAILED ${generation(state)}`;
  return state.callbackState === 'COMPLETED'
    ? undefined
    : `CALLBACK_ATTEMPT_FAILED ${generation(state)}#${state.dialAttempts}`;
}

/** What a consumer with a reliable device is told of a history that is told as it happens: `event occasion`. */
export function expectedNotices({ states, deletedAt }: History): Set<string> {
  const told = states.flatMap((now, index) => {
    const before = states[index - 1];
    if (now.targets.length === 0) return [];
    return [
      before && isDue(now, now.writtenAt) && !isDue(before, now.writtenAt) && `CALLBACK_UPCOMING ${generation(now)}`,
      isReady(now) && before?.callbackState !== 'ROUTING' && `CALLBACK_READY ${updateTimeOf(now.writtenAt, index)}`,
      now.callInId && now.callInId !== before?.callInId && `CALLBACK_CALL_IN ${now.callInId}`,
      before &&
        isPurged(now) &&
        !isPurged(before) &&
        !now.rescheduledTo &&
        now.desiredTime === before.desiredTime &&
        `CALLBACK_PURGED ${generation(now)}`,
      before && now.dialAttempts > before.dialAttempts && failedAttempt(now),
    ];
  });
  const last = states.at(-1);
  if (deletedAt !== undefined && last && waits(last) && !last.rescheduledTo && last.targets.length > 0) {
    told.push(`CALLBACK_PURGED ${generation(last)}`);
  }
  return new Set(told.filter((notice) => typeof notice === 'string'));
}

const isReady = ({ callDirection, callbackState }: State) =>
  callDirection === 'USERORIGINATED' && callbackState === 'ROUTING';

/** All that may be told of a history, whatever came late, twice or in another order. */
export function permittedNotices({ states, deletedAt }: History): Set<string> {
  const told = states.flatMap((state, index) => [
    index > 0 && waits(state) && isShort(state) && `CALLBACK_UPCOMING ${generation(state)}`,
    isReady(state) && `CALLBACK_READY ${updateTimeOf(state.writtenAt, index)}`,
    state.callInId && `CALLBACK_CALL_IN ${state.callInId}`,
    index > 0 && isPurged(state) && !state.rescheduledTo && `CALLBACK_PURGED ${generation(state)}`,
    index > 0 && state.dialAttempts > 0 && failedAttempt(state),
  ]);
  const last = states.at(-1);
  if (deletedAt !== undefined && last && waits(last) && !last.rescheduledTo)
    told.push(`CALLBACK_PURGED ${generation(last)}`);
  return new Set(told.filter((notice) => typeof notice === 'string'));
}

/**
 * What could truly be told while the document was as its `index`-th write left it: `event occasion`. Of a document that
 * was deleted nobody knows what came after its end, so what once was true of it stays true.
 */
export function truthsOf({ states, deletedAt }: History, index: number, at: number): Set<string> {
  const state = states[index];
  if (!state) return new Set();
  const isDeleted = deletedAt !== undefined && deletedAt <= at;
  const past = isDeleted ? states.slice(0, index + 1) : [state];
  const lasting = past.flatMap((one) => [
    isPurged(one) && !one.rescheduledTo && `CALLBACK_PURGED ${generation(one)}`,
    failedAttempt(one)?.startsWith('CALLBACK_FINAL') && failedAttempt(one),
  ]);
  const present = isDeleted
    ? [waits(state) && !state.rescheduledTo && `CALLBACK_PURGED ${generation(state)}`]
    : [
        waits(state) && isShort(state) && `CALLBACK_UPCOMING ${generation(state)}`,
        ...(isReady(state) ? entriesIntoRouting(states, index) : []),
        state.callInId && state.callbackState !== 'COMPLETED' && `CALLBACK_CALL_IN ${state.callInId}`,
        failedAttempt(state),
      ];
  return new Set([...lasting, ...present].filter((notice) => typeof notice === 'string'));
}

/** It is the consumer's turn: whichever entry into ROUTING says so, it is true. */
function entriesIntoRouting(states: History['states'], index: number): string[] {
  const routing = (n: number) => states[n]?.callbackState === 'ROUTING';
  return states.flatMap(({ writtenAt }, n) =>
    n <= index && routing(n) && !routing(n - 1) ? `CALLBACK_READY ${updateTimeOf(writtenAt, n)}` : [],
  );
}
