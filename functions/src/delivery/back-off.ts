import type { TryLater } from '../fcm/result.ts';

const firstWaitMs = 10_000;
const quotaWaitMs = 60_000;
const longestWaitMs = 600_000;
/** Broken credentials are asked about by one message at a time, so the others may come as often late as early. */
const credentialsWaitMs = 30_000;
const longestSpreadMs = 30_000;

/**
 * How long to wait after an attempt: the longer of what the provider asked for and of our own back-off
 * (https://firebase.google.com/docs/cloud-messaging/scale-fcm). What was asked for is spread by up to half of it, 30 s at
 * most: never earlier, and not all at once.
 *
 * @param attempt which attempt it was, from 1
 * @param random 0 ≤ random < 1
 */
export function waitMs(result: TryLater, attempt: number, random: number): number {
  const { retryAfterMs = 0 } = result;
  const asked = retryAfterMs + random * Math.min(retryAfterMs / 2, longestSpreadMs);
  return Math.max(asked, backOffMs(result, attempt, random));
}

/** From 10 s doubling up to 10 min, plus up to half of it; 60 s at least after a quota error without a word of when. */
function backOffMs({ scope, retryAfterMs = 0 }: TryLater, attempt: number, random: number): number {
  if (scope === 'credentials') return credentialsWaitMs * (1 + random);
  const isSlow = (scope === 'quota' || scope === 'device') && retryAfterMs === 0;
  const least = isSlow ? quotaWaitMs : firstWaitMs;
  return Math.min(longestWaitMs, Math.max(least, firstWaitMs * 2 ** (attempt - 1)) * (1 + random / 2));
}
