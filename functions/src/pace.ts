import type { PushResult } from './delivery-state.ts';

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
const slowest = 50;
const fastest = 1000;
/** FCM asks for 60 s at least from nothing to full speed (https://firebase.google.com/docs/cloud-messaging/scale-fcm). */
const rampMs = 60_000;
const silenceMs = 60_000;
/** Failures of one moment count once. */
const slowEveryMs = 1000;

/**
 * A token bucket whose rate grows from `slowest` to `fastest` within a minute, begins anew after a silence, and is
 * halved by each second in which FCM is overloaded or down: nobody storms a service that has just come back.
 */
export function createPace(): Pace {
  let tokens = burst;
  let capacity = burst;
  let rate = slowest;
  let at = 0;
  let slowedAt = 0;

  /** Brings rate and tokens to the present. */
  function advance(now: number): void {
    const elapsed = Math.max(0, now - at);
    at = Math.max(at, now);
    if (elapsed >= silenceMs) {
      rate = slowest;
      tokens = capacity = burst;
      return;
    }
    rate = Math.min(fastest, rate + ((fastest - slowest) * elapsed) / rampMs);
    tokens = Math.min(capacity, tokens + (rate * elapsed) / 1000);
    if (rate === fastest) capacity = burst;
  }

  return {
    until(now) {
      advance(now);
      return tokens >= 1 ? undefined : now + Math.ceil(((1 - tokens) * 1000) / rate);
    },
    take(now) {
      advance(now);
      // What is under way already goes; the debt of it is a second's worth at most.
      tokens = Math.max(-rate, tokens - 1);
    },
    learn(result, now) {
      if (result.outcome !== 'try-later' || (result.scope !== 'provider' && result.scope !== 'quota')) return;
      if (now - slowedAt < slowEveryMs) return;
      advance(now);
      slowedAt = now;
      rate = Math.max(slowest, rate / 2);
      capacity = rate;
      tokens = Math.min(tokens, capacity);
    },
  };
}
