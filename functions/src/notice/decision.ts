import { hasFailedAttempt, isWaiting, type Callback } from '../callback/callback.ts';
import { noticeEvents, type NoticeEvent } from '../callback/notice-event.ts';
import type { Settings } from '../callback/settings.ts';
import { events } from './events.ts';
import type { Silence } from './silences.ts';

/** One thing worth telling one consumer about one callback. */
export interface Notice {
  readonly event: NoticeEvent;
  /** Which occurrence of the event it is: a notice goes out once for each callback, event and occasion. */
  readonly occasion: string;
  /** Epoch milliseconds before which it is not to be told; absent = now. */
  readonly notBefore?: number;
}

/** A notice whose occasion the states at hand do not tell: that of the entry into ROUTING, which lies further back. */
export type OwedNotice = Notice | { readonly event: 'CALLBACK_READY'; readonly occasion: undefined };

export type Decision =
  | { readonly notices: readonly OwedNotice[] }
  /** No news: the reason held before the change, too; an earlier one told it, or that the callback was created. */
  | { readonly silence: Silence; readonly isNews: boolean };

/**
 * Decides what a change of one callback announces: what `after` owes and `before` did not. `before` is judged at the moment
 * it was written and `after` now, so what the clock made due in between is told with the next write, and the answer
 * does not depend on how often or in which order events arrive. A state without targets owes nothing: whoever adds a
 * target is told what is still true.
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
  if ((after ?? before)?.pushTargets.length === 0) {
    return { silence: 'no-push-targets', isNews: before?.pushTargets.length !== 0 };
  }
  if (!after) return decideDeleted(before);
  [before, after] = ofOneBooking(before, after);
  const notices: OwedNotice[] = [];
  const reasons: Silence[] = [];
  for (const event of noticeEvents) {
    const owes = events[event].owes(after, settings, now);
    if (owes === undefined) continue;
    const lacks = owes === true ? undefined : owes;
    const noNews = whyNoNews(event, before, after, settings);
    // Of a new document, that it is new says more than what it lacks, and needs no settings.
    const why = before ? (lacks ?? noNews) : (noNews ?? lacks);
    if (why) reasons.push(why);
    else notices.push(noticeOf(event, before, after));
  }
  if (notices.length > 0) return { notices };
  return silent(reasons, before, settings);
}

/** What is new about the reasons is what to tell; the others were told before. */
function silent(reasons: readonly Silence[], before: Callback | undefined, settings: Settings): Decision {
  const known = before ? reasonsOf(before, settings) : [];
  const news = reasons.find((reason) => reason !== 'already-due' && !known.includes(reason));
  return { silence: news ?? reasons[0] ?? 'unchanged', isNews: news !== undefined };
}

function reasonsOf(state: Callback, settings: Settings): readonly (true | Silence | undefined)[] {
  return noticeEvents.map((event) => events[event].owes(state, settings, state.writtenAt));
}

/** What a deletion says: a callback that waited will not be made. */
function decideDeleted(before: Callback | undefined): Decision {
  if (!before || !isWaiting(before)) return { silence: 'deleted-after-waiting', isNews: true };
  if (before.rescheduledTo !== undefined) return { silence: 'rescheduled', isNews: true };
  return { notices: [{ event: 'CALLBACK_PURGED', occasion: before.booking }] };
}

/**
 * Why `after`, which owes the notice, is no news all the same; undefined where it is.
 *
 * @param before absent when the document was created
 */
export function whyNoNews(
  event: NoticeEvent,
  before: Callback | undefined,
  after: Callback,
  settings: Settings,
): Silence | undefined {
  const { owes, isSameOccasion, whenCreated, isHistory, takenBack } = events[event];
  if (!before) return whenCreated;
  [before, after] = ofOneBooking(before, after);
  if (before.isCreation && isHistory?.(before)) return 'imported';
  const back = takenBack?.(before, after);
  if (back) return back;
  const wasOwed =
    before.pushTargets.length > 0 && isSameOccasion(before, after) && owes(before, settings, before.writtenAt) === true;
  return wasOwed ? 'already-due' : undefined;
}

/** Where the desired time of one state is wrong, it counts as that of the other: a typo books nothing. */
function ofOneBooking<B extends Callback | undefined>(before: B, after: Callback): [B, Callback] {
  if (!before || before.isBookingKnown === after.isBookingKnown) return [before, after];
  return before.isBookingKnown
    ? [before, { ...after, booking: before.booking }]
    : [{ ...before, booking: after.booking }, after];
}

function noticeOf(event: NoticeEvent, before: Callback | undefined, after: Callback): OwedNotice {
  const { occasion, isSameOccasion, notBefore } = events[event];
  // It owes now what it did not owe before, but it entered ROUTING earlier.
  if (event === 'CALLBACK_READY' && before && isSameOccasion(before, after)) return { event, occasion: undefined };
  const earliest = before && notBefore?.(before, after);
  return { event, occasion: occasion(after), ...(earliest !== undefined && { notBefore: earliest }) };
}

/** The notices that a state owes by itself, whatever came before it; of READY only history tells the occasion. */
export function owed(state: Callback, settings: Settings, at: number): NoticeEvent[] {
  if (state.pushTargets.length === 0) return [];
  return noticeEvents.filter((event) => {
    const { owes, isOfBooking } = events[event];
    return (state.isBookingKnown || !isOfBooking) && owes(state, settings, at) === true;
  });
}

/**
 * Whether the answer of `decide` can depend on the settings of the queue (but for which of several silences is news):
 * everything else is decided without reading them, so that most updates cost no I/O even in a fresh instance.
 */
export function dependsOnSettings(before: Callback | undefined, after: Callback | undefined): boolean {
  if (!after || after.pushTargets.length === 0) return false;
  const isTurn = after.callbackState === 'ROUTING';
  if (isTurn && after.callDirection === undefined) return true;
  if (!before) return false;
  if (isTurn && before.callDirection === undefined) return true;
  if (after.dialAttempts > 0 && after.callDirection === undefined) return true;
  return hasFailedAttempt(after) || (isWaiting(after) && (after.estimatedWaitTime ?? Infinity) < longestThreshold);
}

/** Seconds: no queue may have a larger threshold. */
const longestThreshold = 24 * 3600;

/**
 * Whether a notice, decided earlier, is still true of the callback as it is now; if not, it is superseded. Of READY it tells
 * whether it is the consumer's turn; whether it is still the same turn only history tells.
 *
 * @param current absent when the document no longer exists
 */
export function stillHolds(
  { event, occasion }: Notice,
  current: Callback | undefined,
  settings: Settings,
  now: number,
): boolean {
  const row = events[event];
  if (!current) return row.outlivesCallback;
  if (current.pushTargets.length === 0 || row.owes(current, settings, now) !== true) return false;
  if (event === 'CALLBACK_READY') return true;
  if (row.isOfBooking && !current.isBookingKnown) return true;
  const spokenOf = row.occasion(current);
  return occasion === spokenOf || (row.isOfBooking && occasion.startsWith(spokenOf + returned));
}

/** Where a booking came back under a name that was told before, this stands between the name and the time of the return. */
const returned = '~';

/** The same occasion once more, after its booking came back (a desired time A ▸ B ▸ A). @param at epoch milliseconds */
export function onReturn(notice: Notice, at: number): Notice {
  const [name = ''] = notice.occasion.split(returned);
  return { ...notice, occasion: `${name}${returned}${at}` };
}

/**
 * When a notice stops being worth sending; never later than 60 minutes after the change.
 *
 * @param changedAt epoch milliseconds of the change that it announces
 * @param trueAt epoch milliseconds at which the callback was as given; absent = when it changed
 * @returns epoch milliseconds
 */
export function staleAt({ event }: Notice, callback: Callback, changedAt: number, trueAt = changedAt): number {
  const { staleAfterMinutes, endsAt } = events[event];
  return Math.min(changedAt + staleAfterMinutes * 60_000, endsAt?.(callback, trueAt) ?? Infinity);
}
