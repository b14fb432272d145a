import { monday, hour, second } from '../support/builders.ts';
import { timeText, type History, type Moment, type State } from './history.ts';

/**
 * The rules of the contract written a second time, over whole histories and in plain words: what the tests hold the
 * functions against. A notice is `event occasion`.
 */
export interface Queue {
  /** Seconds. */
  readonly threshold: number;
  readonly mostAttempts: number;
  /** Nobody is served before this, epoch milliseconds. */
  readonly opensAt: number;
}

export const ordinaryQueue: Queue = { threshold: 300, mostAttempts: 3, opensAt: -Infinity };

export const longestRing = 60 * second;

type Written = Moment & { readonly state: State };

const isWritten = (moment: Moment | undefined): moment is Written => moment?.state !== undefined;
const consumerDials = ({ callDirection, wrong }: State) =>
  callDirection === 'USERORIGINATED' && !('callDirection' in wrong);
const waits = ({ callbackState }: State) => ['SCHEDULED', 'QUEUED', 'ROUTING'].includes(callbackState);

export function bookingOf({ state, createdAt }: Written): string {
  return `${timeText(createdAt)}/${state.desiredTime ?? ''}`;
}

const hasNumber = ({ callInId }: State, at: number) => callInId !== undefined && at < monday + 2 * hour;

function isNear(state: State, at: number, { threshold, opensAt }: Queue): boolean {
  if (hasNumber(state, at)) return false;
  const { estimatedWaitTime = -1, expirationTime = Infinity } = state;
  if ('estimatedWaitTime' in state.wrong || estimatedWaitTime < 0 || estimatedWaitTime >= threshold) return false;
  if (!waits(state) || (state.callbackState === 'ROUTING' && consumerDials(state))) return false;
  const turn = at + estimatedWaitTime * second;
  // Open at its turn; who is asked while it is closed is told at the opening.
  return turn <= expirationTime && turn >= opensAt;
}

function failedAttempt(moment: Written, { mostAttempts }: Queue): string | undefined {
  const { dialAttempts: n, lastDialResult = '', callbackState, callbackReason } = moment.state;
  if (consumerDials(moment.state) || n === 0 || !['BUSY', 'NO_ANSWER'].includes(lastDialResult)) return undefined;
  const gaveUp = callbackState === 'COMPLETED' && (callbackReason === undefined || callbackReason.startsWith('FAIL_'));
  if (n >= mostAttempts || gaveUp) return `CALLBACK_FINAL_ATTEMPT_FAILED ${bookingOf(moment)}`;
  return callbackState === 'COMPLETED' ? undefined : `CALLBACK_ATTEMPT_FAILED ${bookingOf(moment)}#${n}`;
}

/** The update time of the write with which the state at `index` entered ROUTING. */
function entryOf(history: History, index: number): string {
  let entered = index;
  while (history[entered - 1]?.state?.callbackState === 'ROUTING') entered -= 1;
  return timeText(history[entered]?.at ?? 0);
}

/** What the state that the `index`-th write left owes at a moment. */
export function owedAt(history: History, index: number, at: number, queue: Queue): string[] {
  const moment = history[index];
  if (!isWritten(moment) || moment.state.targets.length === 0) return [];
  const { state } = moment;
  return [
    failedAttempt(moment, queue),
    state.callbackState === 'COMPLETED' &&
      state.callbackReason === 'PURGED' &&
      state.rescheduledTo === undefined &&
      `CALLBACK_PURGED ${bookingOf(moment)}`,
    isNear(state, at, queue) && `CALLBACK_UPCOMING ${bookingOf(moment)}`,
    state.callbackState === 'ROUTING' &&
      consumerDials(state) &&
      !hasNumber(state, at) &&
      `CALLBACK_READY ${entryOf(history, index)}`,
    hasNumber(state, at) && waits(state) && `CALLBACK_CALL_IN ${state.callInId ?? ''}`,
  ].filter((notice) => typeof notice === 'string');
}

/** What the deletion by the `index`-th write says. */
export function saidByDeletion(history: History, index: number): string[] {
  const before = history[index - 1];
  if (history[index]?.state || !isWritten(before) || before.state.targets.length === 0) return [];
  const isSaid = waits(before.state) && before.state.rescheduledTo === undefined;
  return isSaid ? [`CALLBACK_PURGED ${bookingOf(before)}`] : [];
}

const eventOf = (notice: string) => notice.split(' ')[0] ?? '';
const isAttempt = (notice: string) => eventOf(notice).endsWith('ATTEMPT_FAILED');

/**
 * What the `index`-th write makes news: what its state owes and the state before did not, each judged when it was
 * written. `rings` is what may be left over from the attempt before, and is told when the phone cannot ring any more.
 */
export function newsOf(history: History, index: number, queue: Queue): { now: string[]; rings: string[] } {
  const [before, after] = [history[index - 1], history[index]];
  if (!isWritten(after)) return { now: saidByDeletion(history, index), rings: [] };
  const owed = owedAt(history, index, after.at, queue);
  if (!isWritten(before)) {
    return { now: owed.filter((notice) => /READY|CALL_IN/.test(notice)), rings: [] };
  }
  const known = owedAt(history, index - 1, before.at, queue);
  const isRebooked = bookingOf(before) !== bookingOf(after);
  const isSameAttempt = after.state.dialAttempts <= before.state.dialAttempts;
  const news = owed.filter((notice) => {
    if (isAttempt(notice)) return !isSameAttempt || !known.some((one) => eventOf(one) === eventOf(notice));
    if (eventOf(notice) === 'CALLBACK_PURGED' && isRebooked) return false;
    if (isHistory(before, notice)) return false;
    return !known.includes(notice);
  });
  const isOver = after.state.callbackState === 'COMPLETED';
  const mayRing = !isSameAttempt && !isOver && before.state.lastDialResult === after.state.lastDialResult;
  return {
    now: news.filter((notice) => !(mayRing && isAttempt(notice))),
    rings: mayRing ? news.filter(isAttempt) : [],
  };
}

/** Whoever imports what is over tells nobody that it is. */
function isHistory({ at, createdAt, state }: Written, notice: string): boolean {
  return at === createdAt && eventOf(notice) === 'CALLBACK_PURGED' && state.callbackState === 'COMPLETED';
}

/** When the desired time of a living document changed, the last time up to a write. */
function rebookedBy(history: History, index: number): number {
  for (let n = index; n > 0; n--) {
    const [before, after] = [history[n - 1], history[n]];
    if (isWritten(before) && isWritten(after) && bookingOf(before) !== bookingOf(after)) return after.at;
  }
  return -Infinity;
}

/** What a consumer with a reliable device is told of a history whose events come as it happens. */
export function expectedNotices(history: History, queue: Queue): Set<string> {
  const toldAt = new Map<string, number>();
  const tell = (notice: string, at: number, index: number): void => {
    const rebookedAt = rebookedBy(history, index);
    const known = toldAt.get(notice);
    if (known === undefined) toldAt.set(notice, at);
    else if (isOfBooking(notice) && rebookedAt > known && at > known) tellReturn(notice, at, rebookedAt);
  };
  const tellReturn = (notice: string, at: number, rebookedAt: number): void => {
    const name = `${notice}~${Math.floor(rebookedAt)}`;
    if (!toldAt.has(name)) toldAt.set(name, at);
  };
  const rings: string[] = [];
  history.forEach(({ at }, index) => {
    const news = newsOf(history, index, queue);
    // What waits for the end of the ringing is not told in between.
    for (const notice of news.now) if (!rings.includes(notice)) tell(notice, at, index);
    rings.push(...news.rings);
  });
  const end = history.length - 1;
  const still = owedAt(history, end, (history[end]?.at ?? 0) + longestRing, queue);
  for (const notice of rings) if (still.includes(notice)) tell(notice, history[end]?.at ?? 0, end);
  return new Set(toldAt.keys());
}

const isOfBooking = (notice: string) => !/READY|CALL_IN/.test(notice);

/** All that may be told of a history, whatever came late, twice, never or in another order; returns without their time. */
export function permittedNotices(history: History, queues: readonly Queue[], until: number): Set<string> {
  const told = history.flatMap((moment, index) => {
    const next = history[index + 1]?.at ?? until;
    const ats = [moment.at, next, ...queues.map(({ opensAt }) => opensAt)].filter(
      (at) => at >= moment.at && at <= next,
    );
    const isBirth = moment.at === moment.createdAt;
    const owed = queues.flatMap((queue) => ats.flatMap((at) => owedAt(history, index, at, queue)));
    const may = owed.filter((notice) => !isAttempt(notice) && (!isBirth || /READY|CALL_IN|UPCOMING/.test(notice)));
    // An attempt is told by its own name, however many bookings its document goes through.
    const news = queues.flatMap((queue) => newsOf(history, index, queue));
    const attempts = news.flatMap(({ now, rings }) => [...now, ...rings]).filter(isAttempt);
    return [...may, ...attempts, ...saidByDeletion(history, index)];
  });
  return new Set(told);
}

/** Without the time of a return. */
export const nameOf = (notice: string) => notice.split('~')[0] ?? '';
