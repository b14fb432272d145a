import { isServedUntil } from '../callback/business-hours.ts';
import { isWaiting, type Callback } from '../callback/callback.ts';
import type { NoticeEvent } from '../callback/notice-event.ts';
import type { Settings } from '../callback/settings.ts';

/** One thing worth telling one consumer about one callback. */
export interface Notice {
  readonly event: NoticeEvent;
  /** Which occurrence of the event it is: a notice goes out once for ever a callback, event and occasion. */
  readonly occasion: string;
}

/** Why a change announces nothing, in words that read well in a log. */
export const silences = {
  'no-push-targets': 'the callback has no push targets',
  unchanged: 'nothing changed that is worth a notice',
  created: 'the callback is new: its consumer has only just asked for it',
  'already-due': 'the wait was below the threshold before',
  'wait-unknown': 'the estimated wait time is not known',
  'wait-above-threshold': 'the estimated wait time is not below the threshold of the queue',
  'expires-first': 'the callback expires before its turn',
  'closes-first': 'the business hours end before its turn',
  'centre-dials': 'it reached ROUTING, but the centre dials this callback itself',
  'consumer-dials': 'the consumer dials this callback, so there are no outbound attempts',
  connected: 'the outbound call connected',
  'dial-result-missing': 'dialAttempts grew without a lastDialResult, so the call may still be ringing',
  'attempts-over': 'the callback completed, so no further attempt follows',
  'call-in-too-late': 'a call-in was requested for a callback that has completed',
  rescheduled: 'it was purged, but another callback replaces it',
  'rescheduled-in-place': 'it was purged, but its desired time was changed with it',
  'completed-otherwise': 'it completed for another reason than PURGED',
  'deleted-after-waiting': 'it was deleted when it no longer waited',
} as const;
export type Silence = keyof typeof silences;

export type Decision =
  | { readonly notices: readonly Notice[] }
  /** No news: the reason held before the change, too; an earlier one told it, or that the callback was created. */
  | { readonly silence: Silence; readonly isNews: boolean };

/** A rule answers with its notice, with why it is silent, or with nothing where the change does not concern it. */
type Answer = Notice | Silence | undefined;

/**
 * Decides what a change of one callback announces (design: which change is which event).
 *
 * Both sides are judged with the same settings and the same `now`, so the answer does not depend on when, how often
 * or in which order events arrive, as far as the settings and the clock let it.
 *
 * @param before absent when the document was created
 * @param after absent when it was deleted
 * @param settings of the queue of the callback; built-in ones do where `dependsOnSettings` says no
 * @param now epoch milliseconds
 */
export function decide(
  before: Callback | undefined,
  after: Callback | undefined,
  settings: Settings,
  now: number,
): Decision {
  const subject = after ?? before;
  if (!subject || subject.pushTargets.length === 0) {
    return { silence: 'no-push-targets', isNews: before?.pushTargets.length !== 0 };
  }
  const answers: Answer[] = after
    ? [
        callIn(before, after),
        attemptFailed(before, after, settings),
        purged(before, after),
        ready(before, after),
        upcoming(before, after, settings, now),
      ]
    : [deleted(subject)];
  const notices = answers.filter((answer) => typeof answer === 'object');
  if (notices.length > 0) return { notices };
  const silence = answers.find((answer) => typeof answer === 'string') ?? 'unchanged';
  return { silence, isNews: silence !== 'unchanged' && !(before && whyNotDue(before, settings, now) === silence) };
}

/**
 * Whether the answer of `decide` can depend on the settings of the queue: everything else is decided without
 * reading them, so that most updates cost no I/O even in a fresh instance.
 */
export function dependsOnSettings(before: Callback | undefined, after: Callback | undefined): boolean {
  if (!before || !after || after.pushTargets.length === 0) return false;
  const isDialled = after.callDirection === 'USERTERMINATED' && hasNewAttempt(before, after);
  return isDialled || (after.estimatedWaitTime !== undefined && mayBecomeDue(before, after));
}

/**
 * Whether a notice, decided earlier, is still true of the callback as it is now; if not, it is superseded.
 *
 * @param current absent when the document no longer exists
 */
export function stillHolds(notice: Notice, current: Callback | undefined, settings: Settings, now: number): boolean {
  if (!current) return outlivesCallback(notice);
  if (current.pushTargets.length === 0) return false;
  switch (notice.event) {
    case 'CALLBACK_UPCOMING':
      return notice.occasion === booking(current) && whyNotDue(current, settings, now) === undefined;
    case 'CALLBACK_READY':
      return current.callbackState === 'ROUTING';
    case 'CALLBACK_CALL_IN':
      return (
        current.callIn?.id === notice.occasion &&
        current.callIn.expirationTime.getTime() > now &&
        current.callbackState !== 'COMPLETED'
      );
    case 'CALLBACK_PURGED':
      return isPurged(current) && notice.occasion === booking(current) && !current.rescheduledTo;
    case 'CALLBACK_ATTEMPT_FAILED':
      return current.callbackState !== 'COMPLETED' && notice.occasion === attempt(current) && !isConnection(current);
    case 'CALLBACK_FINAL_ATTEMPT_FAILED':
      return (
        notice.occasion === booking(current) &&
        current.dialAttempts >= settings.maxDialAttempts &&
        !isConnection(current)
      );
    default:
      return notice.event satisfies never;
  }
}

/**
 * Whether the state of a callback, whatever it was before, is one of which its consumer should have been told. Says
 * nothing of callbacks that no longer wait.
 */
export function mayBeOwed(current: Callback, settings: Settings, now: number): boolean {
  if (!isWaiting(current) || current.pushTargets.length === 0) return false;
  return (
    whyNotDue(current, settings, now) === undefined ||
    current.callIn !== undefined ||
    (current.callDirection === 'USERORIGINATED' && current.callbackState === 'ROUTING') ||
    (current.callDirection === 'USERTERMINATED' && current.dialAttempts > 0 && !isConnection(current))
  );
}

/** Whether it is over and done with, and so stays true of a callback whose document was cleared away. */
export function outlivesCallback({ event }: Notice): boolean {
  return event === 'CALLBACK_PURGED' || event === 'CALLBACK_FINAL_ATTEMPT_FAILED';
}

/** One booking of a callback: rescheduled in place it starts anew and may be announced anew. */
const booking = ({ generation }: Callback) => String(generation);
const attempt = (callback: Callback) => `${booking(callback)}#${callback.dialAttempts}`;

function upcoming(before: Callback | undefined, after: Callback, settings: Settings, now: number): Answer {
  if (!before) return 'created';
  if (!mayBecomeDue(before, after)) return undefined;
  const why = whyNotDue(after, settings, now);
  if (why) return why;
  if (isWaiting(before) && whyNotDue(before, settings, now) === undefined) return 'already-due';
  return { event: 'CALLBACK_UPCOMING', occasion: booking(after) };
}

/** Whether anything changed that being due depends on; the clock and the settings are the same for both sides. */
function mayBecomeDue(before: Callback, after: Callback): boolean {
  return (
    isWaiting(after) &&
    (!isWaiting(before) ||
      before.estimatedWaitTime !== after.estimatedWaitTime ||
      before.expirationTime?.getTime() !== after.expirationTime?.getTime())
  );
}

function whyNotDue(callback: Callback, settings: Settings, now: number): Silence | undefined {
  const { estimatedWaitTime, expirationTime } = callback;
  if (!isWaiting(callback)) return 'unchanged';
  if (estimatedWaitTime === undefined) return 'wait-unknown';
  if (estimatedWaitTime >= settings.pushNotificationThresholdMinutes * 60) return 'wait-above-threshold';
  const turn = now + estimatedWaitTime * 1000;
  if (expirationTime && turn > expirationTime.getTime()) return 'expires-first';
  if (settings.businessHours && !isServedUntil(settings.businessHours, now, turn)) return 'closes-first';
  return undefined;
}

function ready(before: Callback | undefined, after: Callback): Answer {
  if (after.callbackState !== 'ROUTING' || before?.callbackState === 'ROUTING') return undefined;
  if (after.callDirection !== 'USERORIGINATED') return 'centre-dials';
  return { event: 'CALLBACK_READY', occasion: after.updateTime };
}

function callIn(before: Callback | undefined, after: Callback): Answer {
  if (!after.callIn || after.callIn.id === before?.callIn?.id) return undefined;
  if (after.callbackState === 'COMPLETED') return 'call-in-too-late';
  return { event: 'CALLBACK_CALL_IN', occasion: after.callIn.id };
}

function purged(before: Callback | undefined, after: Callback): Answer {
  if (!before || after.callbackState !== 'COMPLETED') return undefined;
  if (!isPurged(after)) return before.callbackState === 'COMPLETED' ? undefined : 'completed-otherwise';
  if (isPurged(before)) return undefined;
  if (after.rescheduledTo) return 'rescheduled';
  if (after.generation !== before.generation) return 'rescheduled-in-place';
  return { event: 'CALLBACK_PURGED', occasion: booking(after) };
}

function deleted(before: Callback): Answer {
  if (!isWaiting(before)) return 'deleted-after-waiting';
  if (before.rescheduledTo) return 'rescheduled';
  return { event: 'CALLBACK_PURGED', occasion: booking(before) };
}

function attemptFailed(before: Callback | undefined, after: Callback, settings: Settings): Answer {
  if (!hasNewAttempt(before, after)) return undefined;
  if (after.callDirection === 'USERORIGINATED') return 'consumer-dials';
  if (!after.lastDialResult) return 'dial-result-missing';
  if (isConnection(after)) return 'connected';
  if (after.dialAttempts >= settings.maxDialAttempts) {
    return { event: 'CALLBACK_FINAL_ATTEMPT_FAILED', occasion: booking(after) };
  }
  if (after.callbackState === 'COMPLETED') return 'attempts-over';
  return { event: 'CALLBACK_ATTEMPT_FAILED', occasion: attempt(after) };
}

/** A document that arrives with attempts already made is history that somebody imports, not news. */
function hasNewAttempt(before: Callback | undefined, after: Callback): boolean {
  return before !== undefined && after.dialAttempts > before.dialAttempts;
}

/** Dial results of the reporting model by which somebody answered in person. */
const connections = new Set(['CONNECTED', 'PERSON', 'USERORIGINATED_CONNECTED']);

function isConnection({ lastDialResult }: Callback): boolean {
  return lastDialResult !== undefined && connections.has(lastDialResult);
}

function isPurged({ callbackState, callbackReason }: Callback): boolean {
  return callbackState === 'COMPLETED' && callbackReason === 'PURGED';
}
