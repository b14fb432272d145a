import type { PushResult } from '../fcm/result.ts';

export interface Pace {
  /** When the next message may go, in epoch milliseconds; undefined = now. */
  until(now: number): number | undefined;
  /** A message goes. */
  take(now: number): void;
  learn(result: PushResult, now: number): void;
}

/** What an instance that has been silent may send at once: more than any ordinary minute of a contact centre. */
const burst = 500;
/** Messages a second: after a silence or trouble, and at most. 600,000 a minute is FCM's quota for a project. */
export const slowest = 50;
const fastest = 1000;
/** FCM asks for 60 s at least from nothing to full speed (https://firebase.google.com/docs/cloud-messaging/scale-fcm). */
const rampMs = 60_000;
/** Failures of one moment count once. */
const slowEveryMs = 1000;

/**
 * A token bucket whose rate grows from `slowest` to `fastest` within a minute of being made use of, is forgotten as
 * fast where it is not, and is halved by each second in which FCM is overloaded or down: nobody storms a service that
 * has just come back.
 */
export function createPace(): Pace {
  let tokens = burst;
  let capacity = burst;
  let rate = slowest;
  let at = 0;
  let slowedAt = 0;

  /** Brings rate and tokens to the present. A clock that was set back begins to count from there. */
  function advance(now: number): void {
    const elapsed = Math.max(0, now - at);
    at = now;
    // A full bucket means that nobody wanted to send so fast: that is no speed to have got used to.
    const fillingMs = Math.min(elapsed, ((capacity - tokens) * 1000) / rate);
    tokens = Math.min(capacity, tokens + (rate * elapsed) / 1000);
    rate = clamp(slowest, fastest, rate + ((fastest - slowest) * (2 * fillingMs - elapsed)) / rampMs);
    capacity = Math.min(burst, capacity + (burst * elapsed) / rampMs);
  }

  return {
    until(now) {
      advance(now);
      return tokens >= 1 ? undefined : now + Math.ceil(((1 - tokens) * 1000) / rate);
    },
    take(now) {
      advance(now);
      // What is under way already goes, and is paid for afterwards; but no debt stops an instance for long.
      tokens = Math.max(-burst, tokens - 1);
    },
    learn(result, now) {
      if (result.outcome !== 'try-later' || (result.scope !== 'provider' && result.scope !== 'quota')) return;
      if (Math.abs(now - slowedAt) < slowEveryMs) return;
      advance(now);
      slowedAt = now;
      rate = Math.max(slowest, rate / 2);
      capacity = rate;
      tokens = Math.min(tokens, capacity);
    },
  };
}

function clamp(least: number, most: number, value: number): number {
  return Math.max(least, Math.min(most, value));
}
