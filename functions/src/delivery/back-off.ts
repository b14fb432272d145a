import type { PushResult } from '../fcm/result.ts';

const firstWaitMs = 10_000;
const quotaWaitMs = 60_000;
const longestWaitMs = 600_000;
/** Broken credentials are asked about by one message at a time, so the others may come often: they cost nothing. */
const credentialsWaitMs = 30_000;
const longestSpreadMs = 30_000;

/**
 * How long to wait after an attempt at one device: what the provider asked for, if that is not 0, else 10 s doubling
 * up to 10 min, 60 s at least after a quota error (https://firebase.google.com/docs/cloud-messaging/scale-fcm). Plus up
 * to half of it at random, 30 s at most of what was asked for: never earlier, and not all at once.
 *
 * @param attempt which attempt it was, from 1
 */
export function waitMs(result: PushResult, attempt: number, random: number): number {
  if (result.outcome !== 'try-later') return 0;
  const { retryAfterMs, scope } = result;
  if (retryAfterMs) return retryAfterMs + random * Math.min(retryAfterMs / 2, longestSpreadMs);
  if (scope === 'credentials') return credentialsWaitMs * (1 + random);
  const floor = scope === 'quota' || scope === 'device' ? quotaWaitMs : firstWaitMs;
  const backoff = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
  return Math.max(floor, backoff) * (1 + random / 2);
}
