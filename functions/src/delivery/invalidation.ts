import type { PushResult } from '../fcm/result.ts';

export interface InvalidationGuard {
  /** The result as it is to be taken: while too many devices are said to be gone, none is given up. */
  judge(result: PushResult, now: number): PushResult;
  /** Whether the last result made it stop believing. */
  readonly alarmed: boolean;
}

const windowMs = 5 * 60_000;
/** So many devices gone, and this share of all that were tried, within a window is no ordinary loss of devices. */
const fewest = 20;
const share = 0.2;
/** How long nothing is believed then. */
const disbeliefMs = 10 * 60_000;

/**
 * Keeps a fault of FCM's, or a mistake of ours, from costing a contact centre its devices: Firebase has taken live
 * registrations for dead before. Many devices suddenly gone are tried again later instead.
 */
export function createInvalidationGuard(): InvalidationGuard {
  let window = { since: 0, tried: 0, gone: 0 };
  let doubtedSince = -Infinity;
  let alarmed = false;

  // A clock that was set back ends both, a window and a disbelief.
  const isWithin = (since: number, lengthMs: number, now: number) => now >= since && now < since + lengthMs;

  return {
    get alarmed() {
      return alarmed;
    },
    judge(result, now) {
      alarmed = false;
      if (result.outcome !== 'accepted' && result.outcome !== 'target-gone') return result;
      const isGone = result.outcome === 'target-gone';
      if (!isWithin(window.since, windowMs, now)) window = { since: now, tried: 0, gone: 0 };
      window.tried += 1;
      if (isGone) window.gone += 1;
      if (!isGone) return result;
      if (!isWithin(doubtedSince, disbeliefMs, now)) {
        if (window.gone < fewest || window.gone <= window.tried * share) return result;
        alarmed = true;
        doubtedSince = now;
      }
      const { code, detail } = result;
      return { outcome: 'try-later', scope: 'device', code, detail, retryAfterMs: doubtedSince + disbeliefMs - now };
    },
  };
}
