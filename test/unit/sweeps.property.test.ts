import fc from 'fast-check';
import type { BusinessHours } from '../../functions/src/callback/business-hours.ts';
import { builtInSettings } from '../../functions/src/callback/settings.ts';
import { hour, minute, monday, second, without } from '../support/builders.ts';
import { runTasks, told, write, type Room } from '../support/playback.ts';
import { createRoom } from './doubles.ts';
import { changesOf, histories, type History } from './history.ts';
import { newsOf, owedAt, permittedNotices, type Queue } from './rules.ts';

/** The queue opens some minutes after the callback was created, and somebody may raise its threshold. */
const opening = 2 * minute;
const hours: BusinessHours = { timeZone: 'UTC', weekly: { monday: [{ open: '10:02', close: '20:00' }] } };
const queueWith = (threshold: number, isClosedAtFirst: boolean): Queue => ({
  threshold,
  mostAttempts: 3,
  opensAt: isClosedAtFirst ? monday + opening : -Infinity,
});
const settingsWith = (thresholdMinutes: number, isClosedAtFirst: boolean, changedAt?: number) => ({
  ...builtInSettings,
  pushNotificationThresholdMinutes: thresholdMinutes,
  ...(isClosedAtFirst && { businessHours: hours }),
  ...(changedAt !== undefined && { changedAt }),
});

/** Minutes between writes, as callbacks live; no desired time comes back while events are lost. */
const slowly = histories(2 * minute).map((history) =>
  history.map((moment) => {
    if (!moment.state) return moment;
    return { ...moment, state: without(moment.state, 'desiredTime') };
  }),
);

const runs = fc.record({
  history: slowly,
  isClosedAtFirst: fc.boolean(),
  raisedAt: fc.option(fc.integer({ min: 1, max: 8 }).map((n) => monday + n * minute + 30 * second)),
  /** What becomes of each event: seconds of delay, or it never comes. */
  fates: fc.array(fc.option(fc.integer({ min: 0, max: 90 })), { minLength: 1, maxLength: 9 }),
  sweepAt: fc.integer({ min: 0, max: 59 }),
});
type Run = typeof runs extends fc.Arbitrary<infer R> ? R : never;

const low = 5;
const high = 10;

/** Plays a history second by second: its writes, its events as far as they come, a sweep a minute. */
async function play(room: Room, { history, isClosedAtFirst, raisedAt, fates, sweepAt }: Run, until: number) {
  const changes = changesOf(history);
  room.state.settings = settingsWith(low, isClosedAtFirst);
  for (let now = monday; now <= until; now += second) {
    const from = now - second;
    room.state.now = now;
    history.forEach(({ at }, index) => {
      if (at > from && at <= now) write(room, history, index);
    });
    if (raisedAt !== null && raisedAt > from && raisedAt <= now) {
      room.state.formerSettings = [{ until: raisedAt, settings: room.state.settings }];
      room.state.settings = settingsWith(high, isClosedAtFirst, raisedAt);
    }
    for (const [index, change] of changes.entries()) {
      const delay = fates[index % fates.length];
      const comesAt = delay === null || delay === undefined ? Infinity : change.changedAt + delay * second;
      if (comesAt > from && comesAt <= now) await room.onChange(change).catch(() => undefined);
    }
    await runTasks(room);
    if (Math.floor(now / second) % 60 === sweepAt) await room.delivery.sweep();
  }
}

/**
 * What is owed without a break for more than two sweeps, of what the sweep looks at: callbacks near their turn, in ROUTING
 * or with a call-in. UPCOMING and attempts only where something made them due since the document was created.
 */
function owedForTwoSweeps({ history, isClosedAtFirst, raisedAt }: Run, until: number): Set<string> {
  const queueAt = (at: number) => queueWith((raisedAt !== null && at >= raisedAt ? high : low) * 60, isClosedAtFirst);
  const owed = new Set<string>();
  const heldSince = new Map<string, number>();
  for (let now = monday; now <= until; now += second) {
    const index = history.findLastIndex(({ at }) => at <= now);
    const notices = owedAt(history, index, now, queueAt(now)).filter((notice) => isSwept(history, index, notice, now));
    for (const known of heldSince.keys()) if (!notices.includes(known)) heldSince.delete(known);
    for (const notice of notices) {
      const since = heldSince.get(notice) ?? now;
      heldSince.set(notice, since);
      if (now - since > 2 * minute + 2 * second && becameDue(history, index, notice, queueAt)) owed.add(notice);
    }
  }
  return owed;
}

function isSwept(history: History, index: number, notice: string, now: number): boolean {
  const state = history[index]?.state;
  if (!state || /PURGED/.test(notice)) return false;
  const { estimatedWaitTime = -1, callbackState, callInId } = state;
  const isNear = ['SCHEDULED', 'QUEUED'].includes(callbackState) && estimatedWaitTime >= 0 && estimatedWaitTime < 300;
  const isKnown = !('estimatedWaitTime' in state.wrong);
  return (isNear && isKnown) || callbackState === 'ROUTING' || (callInId !== undefined && now < monday + 2 * hour);
}

function becameDue(history: History, index: number, notice: string, queueAt: (at: number) => Queue): boolean {
  if (/READY|CALL_IN/.test(notice)) return true;
  // Who counts attempts down, or books anew, has dialled nobody.
  if (/ATTEMPT/.test(notice) && !isNews(history, index, notice, queueAt)) return false;
  for (let n = index; n >= 0 && history[n]?.createdAt === history[index]?.createdAt; n--) {
    const at = history[n]?.at ?? 0;
    if (!owedAt(history, n, at, queueAt(at)).includes(notice)) return true;
  }
  return false;
}

function isNews(history: History, index: number, notice: string, queueAt: (at: number) => Queue): boolean {
  return history.slice(0, index + 1).some(({ at }, n) => {
    const { now, rings } = newsOf(history, n, queueAt(at));
    return [...now, ...rings].includes(notice);
  });
}

test('whatever becomes of the events, all that is owed for two sweeps is told, once, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(runs, async (run) => {
      const room = createRoom({ reconciled: 100 });
      const until = Math.max(run.history.at(-1)?.at ?? 0, monday + 8 * minute) + 4 * minute;
      await play(room, run, until);
      const queues = [low, high].map((minutes) => queueWith(minutes * 60, run.isClosedAtFirst));
      const { known, unknown, twice } = told(room, permittedNotices(run.history, queues, until));
      const missing = [...owedForTwoSweeps(run, until)].filter((notice) => !known.has(notice));
      expect({ missing, unknown, twice }).toEqual({ missing: [], unknown: [], twice: [] });
    }),
    { numRuns: 1500 },
  );
}, 300_000);
