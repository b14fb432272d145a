import { foreignProject, type PushResult } from '../fcm/result.ts';
import { createDevicesInARow } from './devices-in-a-row.ts';

export interface Judgement {
  /** The result as it is to be taken. */
  readonly result: PushResult;
  /** Whether this result made the guard stop believing that devices are gone. */
  readonly isAlarm: boolean;
}

export interface InvalidationGuard {
  /** @param now epoch milliseconds */
  judge(result: PushResult, target: string, now: number): Judgement;
}

const windowMs = 5 * 60_000;
/** So many devices gone, and this share of all that were tried, within a window is no ordinary loss of devices. */
const fewest = 20;
const share = 0.2;
/** How long nothing is believed then. */
const disbeliefMs = 10 * 60_000;
/** So many devices of another project in a row are no coincidence: it is the project that is wrong. */
const foreignersInARow = 3;

/** A clock that was set back ends a span of time rather than to lengthen it. */
const isWithin = (since: number, lengthMs: number, now: number) => now >= since && now < since + lengthMs;

/**
 * Keeps a fault of FCM's, or a mistake of ours, from costing a contact centre its devices or its notices. What FCM says of
 * a device for good is believed of some devices among others. Of many at once it is doubted, and they are tried again
 * later: Firebase has taken live registrations for dead before, and to a wrong project every device is foreign.
 */
export function createInvalidationGuard(): InvalidationGuard {
  const foreigners = createDevicesInARow(foreignersInARow);
  let window = { since: 0, tried: 0, gone: 0 };
  let doubtedSince = -Infinity;
  let acceptedAt = -Infinity;

  function count(isGone: boolean, now: number): void {
    if (!isWithin(window.since, windowMs, now)) window = { since: now, tried: 0, gone: 0 };
    window.tried += 1;
    if (isGone) window.gone += 1;
  }

  function judgeGone(result: PushResult & { outcome: 'target-gone' }, now: number): Judgement {
    const isDoubted = isWithin(doubtedSince, disbeliefMs, now);
    const isOrdinary = window.gone < fewest || window.gone <= window.tried * share;
    if (!isDoubted && isOrdinary) return { result, isAlarm: false };
    if (!isDoubted) doubtedSince = now;
    const { code, detail } = result;
    const retryAfterMs = doubtedSince + disbeliefMs - now;
    return { result: { outcome: 'try-later', scope: 'device', code, detail, retryAfterMs }, isAlarm: !isDoubted };
  }

  /**
   * One device is foreign where others were reached a moment ago. Where none was, nobody can tell whose fault it is; and
   * several in a row stand for all.
   */
  function judgeForeign(result: PushResult & { outcome: 'refused' }, target: string, now: number): PushResult {
    const { code, detail } = result;
    if (foreigners.add(target)) return { outcome: 'try-later', scope: 'credentials', code, detail };
    return isWithin(acceptedAt, windowMs, now) ? result : { outcome: 'try-later', scope: 'device', code, detail };
  }

  return {
    judge(result, target, now) {
      if (result.outcome === 'accepted') {
        foreigners.end();
        acceptedAt = now;
        count(false, now);
      }
      if (result.outcome === 'target-gone') {
        count(true, now);
        return judgeGone(result, now);
      }
      const isForeign = result.outcome === 'refused' && result.code === foreignProject;
      return { result: isForeign ? judgeForeign(result, target, now) : result, isAlarm: false };
    },
  };
}
