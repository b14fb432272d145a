import { isServedUntil } from '../callback/business-hours.ts';
import { hasFailedAttempt, isWaiting, type Callback } from '../callback/callback.ts';
import type { CallDirection } from '../callback/fields.ts';
import type { NoticeEvent } from '../callback/notice-event.ts';
import type { Settings } from '../callback/settings.ts';
import type { Silence } from './silences.ts';

/** Apps register this category (iOS), or read it from `data` (Android), to offer confirm and cancel. */
export const actionCategory = 'CALLBACK_CONFIRM_CANCEL';

/** All that is particular to one event. */
export interface EventRow {
  /**
   * Whether a state of a callback owes its consumer this notice: true, or why not. Undefined where the state has nothing
   * to do with the event, so that there is nothing to explain.
   *
   * @param at epoch milliseconds at which the state is judged
   */
  readonly owes: (state: Callback, settings: Settings, at: number) => true | Silence | undefined;
  /**
   * Which occurrence of the event the state speaks of: each is told once. Of READY it is the entry into ROUTING,
   * told by the update time of the document that entered: of a later one only history can tell (see `isSameOccasion`).
   */
  readonly occasion: (state: Callback) => string;
  /** Whether two states that owe it, one written after the other, speak of one occasion. */
  readonly isSameOccasion: (before: Callback, after: Callback) => boolean;
  /** Its occasion is a booking or a part of one, which may come back under its name (see `onReturn`). */
  readonly isOfBooking: boolean;
  /** Why a document that is created in such a state owes nothing all the same; absent = it does. */
  readonly whenCreated?: Silence;
  /** Whether a document that was created so owes nothing after its next write either. */
  readonly isHistory?: (creation: Callback) => boolean;
  /** Why the step from one state to the next takes the notice back; absent = it never does. */
  readonly takenBack?: (before: Callback, after: Callback) => Silence | undefined;
  /** Not to be told before this, epoch milliseconds: a later write may show that it never was true. */
  readonly notBefore?: (before: Callback, after: Callback) => number | undefined;
  /** It is over and done with, and so stays true of a callback whose document was cleared away. */
  readonly outlivesCallback: boolean;
  /** Minutes after the change, at most 60, after which nobody wants to read it any more. */
  readonly staleAfterMinutes: number;
  /** What else ends its life earlier. @param at when the callback was in this state; times are epoch milliseconds */
  readonly endsAt?: (state: Callback, at: number) => number;
  /** Worth waking the device, because a minute later it may be too late. */
  readonly urgent: boolean;
  /** The consumer must do something now: it may break through what silences a device. */
  readonly timeSensitive: boolean;
  /** Whether confirming and cancelling make sense. */
  readonly actions: boolean;
  /** What the app can act on, beside what every notice carries. */
  readonly data?: (state: Callback) => Readonly<Record<string, string>>;
  /** The seconds that its text speaks of, from `now` in epoch milliseconds. */
  readonly seconds?: (state: Callback, now: number) => number;
}

/** Who dials: the callback's own say, or its queue's. */
export function directionOf({ callDirection }: Callback, settings: Settings): CallDirection {
  return callDirection ?? settings.callDirection;
}

const isSameBooking = (before: Callback, after: Callback) => before.booking === after.booking;

/** Who has a number to call must keep it: any other notice would take its place on the device. */
const hasNumber = ({ callIn }: Callback, at: number) => callIn !== undefined && callIn.expirationTime.getTime() > at;

/** The longest that a phone rings before somebody or something gives up. */
const longestRingMs = 60_000;

/**
 * An attempt that was made before a callback was booked anew is no news of the new booking, and nobody dials where
 * attempts are counted down.
 */
const isSameAttempt = (before: Callback, after: Callback) => after.dialAttempts <= before.dialAttempts;

const attempt = ({ booking, dialAttempts }: Callback) => `${booking}#${dialAttempts}`;

/**
 * A result that is there already when the attempt is made known may be left over from the attempt before, while the
 * phone rings: it is believed once the phone cannot ring any more. Of a callback that is over no phone rings.
 */
function untilRung(before: Callback, after: Callback): number | undefined {
  const mayBeLeftOver = before.dialAttempts < after.dialAttempts && before.lastDialResult === after.lastDialResult;
  return mayBeLeftOver && after.callbackState !== 'COMPLETED' ? after.writtenAt + longestRingMs : undefined;
}

/** Why a callback has no failed attempt of the centre's to speak of; undefined where it has one. */
function whyNoFailedAttempt(state: Callback, settings: Settings): Silence | 'none' | undefined {
  if (state.dialAttempts === 0) return 'none';
  if (directionOf(state, settings) === 'USERORIGINATED') return 'consumer-dials';
  if (state.lastDialResult === undefined) return 'dial-result-missing';
  // Whoever talked to an agent was reached, though the result of an attempt before may be left over.
  const isConnected = state.callbackState === 'COMPLETED' && state.callbackReason === 'AGENT_CONNECTED';
  return hasFailedAttempt(state) && !isConnected ? undefined : 'connected';
}

/** The centre stopped trying: it was the last attempt, or it became the last one. */
function hasGivenUp({ dialAttempts, callbackState, callbackReason }: Callback, settings: Settings): boolean {
  if (dialAttempts >= settings.maxDialAttempts) return true;
  return callbackState === 'COMPLETED' && (callbackReason === undefined || callbackReason.startsWith('FAIL_'));
}

/** What consumers are told, and when: one row an event. */
export const events: Readonly<Record<NoticeEvent, EventRow>> = {
  CALLBACK_ATTEMPT_FAILED: {
    owes(state, settings) {
      const why = whyNoFailedAttempt(state, settings);
      if (why) return why === 'none' ? undefined : why;
      if (hasGivenUp(state, settings)) return undefined;
      return state.callbackState === 'COMPLETED' ? 'attempts-over' : true;
    },
    occasion: attempt,
    isSameOccasion: isSameAttempt,
    isOfBooking: true,
    whenCreated: 'imported',
    notBefore: untilRung,
    outlivesCallback: false,
    staleAfterMinutes: 30,
    urgent: false,
    timeSensitive: false,
    actions: true,
  },
  CALLBACK_FINAL_ATTEMPT_FAILED: {
    owes(state, settings) {
      const isOwed = whyNoFailedAttempt(state, settings) === undefined && hasGivenUp(state, settings);
      return isOwed || undefined;
    },
    occasion: ({ booking }) => booking,
    isSameOccasion: isSameAttempt,
    isOfBooking: true,
    whenCreated: 'imported',
    notBefore: untilRung,
    outlivesCallback: true,
    staleAfterMinutes: 60,
    urgent: false,
    timeSensitive: false,
    actions: false,
  },
  CALLBACK_PURGED: {
    owes({ callbackState, callbackReason, rescheduledTo }) {
      if (callbackState !== 'COMPLETED') return undefined;
      if (callbackReason !== 'PURGED') return 'completed-otherwise';
      return rescheduledTo === undefined ? true : 'rescheduled';
    },
    occasion: ({ booking }) => booking,
    isSameOccasion: isSameBooking,
    isOfBooking: true,
    whenCreated: 'imported',
    isHistory: (creation) => creation.callbackState === 'COMPLETED',
    takenBack: (before, after) =>
      after.isScheduled && !isSameBooking(before, after) ? 'rescheduled-in-place' : undefined,
    outlivesCallback: true,
    staleAfterMinutes: 60,
    urgent: false,
    timeSensitive: false,
    actions: false,
  },
  CALLBACK_UPCOMING: {
    owes(state, settings, at) {
      const { callbackState, estimatedWaitTime, expirationTime } = state;
      const isTheirTurn = callbackState === 'ROUTING' && directionOf(state, settings) === 'USERORIGINATED';
      if (!isWaiting(state) || isTheirTurn) return undefined;
      if (hasNumber(state, at)) return 'accepted-already';
      if (estimatedWaitTime === undefined) return 'wait-unknown';
      if (estimatedWaitTime >= settings.pushNotificationThresholdMinutes * 60) return 'wait-above-threshold';
      const turn = at + estimatedWaitTime * 1000;
      if (expirationTime && turn > expirationTime.getTime()) return 'expires-first';
      const { businessHours } = settings;
      return !businessHours || isServedUntil(businessHours, at, turn) || 'closes-first';
    },
    occasion: ({ booking }) => booking,
    isSameOccasion: isSameBooking,
    isOfBooking: true,
    whenCreated: 'created',
    outlivesCallback: false,
    staleAfterMinutes: 60,
    endsAt: ({ estimatedWaitTime = 0, expirationTime }, at) =>
      Math.min(at + Math.max(60, estimatedWaitTime) * 1000, expirationTime?.getTime() ?? Infinity),
    urgent: true,
    timeSensitive: false,
    actions: true,
    data: ({ estimatedWaitTime = -1 }) => ({ estimatedWaitTime: String(estimatedWaitTime) }),
    seconds: ({ estimatedWaitTime = 0 }) => estimatedWaitTime,
  },
  CALLBACK_READY: {
    owes(state, settings, at) {
      if (state.callbackState !== 'ROUTING') return undefined;
      if (directionOf(state, settings) !== 'USERORIGINATED') return 'centre-dials';
      return hasNumber(state, at) ? 'accepted-already' : true;
    },
    occasion: ({ updateTime }) => updateTime,
    isSameOccasion: ({ callbackState }) => callbackState === 'ROUTING' || callbackState === undefined,
    isOfBooking: false,
    outlivesCallback: false,
    staleAfterMinutes: 10,
    // A callback that got its turn in spite of its expiry is not to be purged any more.
    endsAt: ({ expirationTime }, at) => {
      const expiry = expirationTime?.getTime() ?? Infinity;
      return expiry > at ? expiry : Infinity;
    },
    urgent: true,
    timeSensitive: true,
    actions: true,
  },
  CALLBACK_CALL_IN: {
    owes(state, _, at) {
      if (!state.callIn) return undefined;
      if (!isWaiting(state)) return 'call-in-too-late';
      return state.callIn.expirationTime.getTime() > at || 'call-in-expired';
    },
    occasion: ({ callIn }) => callIn?.id ?? '',
    isSameOccasion: (before, after) => before.callIn?.id === after.callIn?.id,
    isOfBooking: false,
    outlivesCallback: false,
    staleAfterMinutes: 60,
    endsAt: ({ callIn }) => callIn?.expirationTime.getTime() ?? Infinity,
    urgent: true,
    timeSensitive: true,
    actions: false,
    data: ({ callIn }) =>
      callIn
        ? {
            toPhoneNumber: callIn.toPhoneNumber,
            ...(callIn.accessCode !== undefined && { accessCode: callIn.accessCode }),
            expirationTime: callIn.expirationTime.toISOString(),
          }
        : {},
    seconds: ({ callIn }, now) => ((callIn?.expirationTime.getTime() ?? now) - now) / 1000,
  },
};
