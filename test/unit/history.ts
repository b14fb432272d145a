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
  /** Absent = the queue's. */
  readonly callDirection?: CallDirection;
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
  /** Fields that are wrong, beside these or in their place. */
  readonly wrong: Readonly<Record<string, unknown>>;
}

/** What one write left. Without a state the document was deleted. */
export interface Moment {
  readonly at: number;
  readonly state?: State;
  /** When the life of the document began that this belongs to. */
  readonly createdAt: number;
}

/** Everything that happened to one callback id. */
export type History = readonly Moment[];

const stateStep = fc.constantFrom(...callbackStates).map((callbackState): Partial<State> => ({ callbackState }));
const wrongs = [{ positionInQueue: NaN }, { estimatedWaitTime: 'soon' }, { callDirection: 'SIDEWAYS' }, {}];
const step: fc.Arbitrary<Partial<State>> = fc.oneof(
  {
    arbitrary: fc.constantFrom(-1, 0, 100, 299, 300, 900).map((estimatedWaitTime) => ({ estimatedWaitTime })),
    weight: 4,
  },
  { arbitrary: stateStep, weight: 3 },
  fc
    .constantFrom('PURGED', 'CANCELLED', 'FAIL_CALL_TO_CUSTOMER')
    .map((callbackReason) => ({ callbackState: 'COMPLETED' as const, callbackReason })),
  fc
    .tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom('BUSY', 'NO_ANSWER', 'CONNECTED', ''))
    .map(([dialAttempts, lastDialResult]) => ({ dialAttempts, lastDialResult })),
  fc.constantFrom('BUSY', 'NO_ANSWER').map((lastDialResult) => ({ lastDialResult })),
  fc.constantFrom('call-in-1', 'call-in-2').map((callInId) => ({ callInId })),
  fc.constantFrom(monday + hour, monday + 2 * hour).map((desiredTime) => ({ desiredTime })),
  fc.constantFrom(monday + 3 * minute, monday + hour).map((expirationTime) => ({ expirationTime })),
  fc.constantFrom<readonly string[]>([], ['one'], ['one', 'two']).map((targets) => ({ targets })),
  fc.constantFrom(...wrongs).map((wrong) => ({ wrong })),
  fc.constant({ rescheduledTo: 'callback-2' }),
);

/** A deletion stands among the steps; whatever is written next creates the document anew. */
const anyStep = fc.oneof({ arbitrary: step, weight: 14 }, { arbitrary: fc.constant('delete' as const), weight: 1 });

/** @param longestPause between two writes, in milliseconds */
export const histories = (longestPause: number): fc.Arbitrary<History> =>
  fc
    .record({
      callDirection: fc.constantFrom(...callDirections, undefined),
      first: stateStep,
      targets: fc.constantFrom<readonly string[]>(['one'], ['one', 'two'], []),
      steps: fc.array(fc.tuple(anyStep, fc.integer({ min: 0, max: longestPause })), { maxLength: 9 }),
    })
    .map(({ callDirection, first, targets, steps }) => {
      const born: State = {
        ...(callDirection && { callDirection }),
        callbackState: 'QUEUED',
        dialAttempts: 0,
        targets,
        wrong: {},
        ...first,
      };
      const moments: Moment[] = [{ at: monday, state: born, createdAt: monday }];
      for (const [change, later] of steps) {
        const last = moments.at(-1);
        if (!last) break;
        // Firestore counts microseconds, and no two writes have the same.
        const at = Math.round((last.at + later + 1.001) * 1000) / 1000;
        if (change === 'delete') {
          if (last.state) moments.push({ at, createdAt: last.createdAt });
        } else {
          const createdAt = last.state ? last.createdAt : at;
          moments.push({ at, createdAt, state: { ...(last.state ?? born), ...change } });
        }
      }
      return moments;
    });

/** The writes of seconds, so that events are young. */
export const anyHistory = histories(4 * second);

export function timeText(at: number): string {
  const microseconds = Math.round(at * 1000);
  return `${Math.floor(microseconds / 1_000_000)}.${String((microseconds % 1_000_000) * 1000).padStart(9, '0')}`;
}

export function documentOf({ at, state, createdAt }: Moment): StoredDocument | undefined {
  if (!state) return undefined;
  const { desiredTime, expirationTime, callInId, targets, wrong, ...plain } = state;
  const callIn = { id: callInId, toPhoneNumber: '+18005550100', expirationTime: timestamp(monday + 2 * hour) };
  return {
    createTime: timeText(createdAt),
    updateTime: timeText(at),
    data: callbackFields({
      ...plain,
      pushTargets: targets.map((target) => ({ channel: 'FCM', target })),
      ...(desiredTime !== undefined && { desiredTime: timestamp(desiredTime) }),
      ...(expirationTime !== undefined && { expirationTime: timestamp(expirationTime) }),
      ...(callInId !== undefined && { callIn }),
      ...wrong,
    }),
  };
}

/** The events of a history in the order of its writes. */
export function changesOf(history: History): Change[] {
  return history.map((moment, index) => {
    const before = history[index - 1];
    return {
      callbackId: 'callback-1',
      eventId: `event-${index}`,
      // As the event tells it: in whole milliseconds.
      changedAt: Math.floor(moment.at),
      before: before && documentOf(before),
      after: documentOf(moment),
    };
  });
}
