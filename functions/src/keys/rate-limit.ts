import type { Firestore } from '@google-cloud/firestore';
import { ApiError } from '../base/api-error.ts';

const windowMs = 60_000;

/** A share of a key's limit: what an instance serves before it asks, and how much it then asks for at once. */
const shareOf = (perMinute: number) => Math.max(1, Math.ceil(perMinute / 20));

export interface RateLimitParts {
  /** Grants up to `wanted` of what is left of the key's limit in that minute. One read, one write. */
  readonly lease: (keyId: string, minute: number, wanted: number, perMinute: number) => Promise<number>;
  readonly now: () => number;
  /** A lease that failed: for the log. Nobody is refused for it. */
  readonly report: (error: unknown) => void;
}

/** @throws {ApiError} 429 */
export type RateLimit = (keyId: string, perMinute: number) => Promise<void>;

/** Keys that one instance counts for. */
const maxKeys = 1000;

/**
 * Requests of a key in a minute of the clock, over all instances.
 *
 * Each instance serves a twentieth of the limit by itself, so that a key that asks little costs nothing, and leases
 * more in twentieths from a counter in Firestore (one read and one write each). So n instances together serve at most
 * limit × (1 + n ⁄ 20) a minute, and refuse nothing before limit × (1 − n ⁄ 20) of it was asked for.
 */
export function createRateLimit({ lease, now, report }: RateLimitParts): RateLimit {
  const counts = new Map<string, Count>();

  function countOf(keyId: string, minute: number, perMinute: number): Count {
    const known = counts.get(keyId);
    if (known?.minute === minute) return known;
    const count: Count = { minute, left: shareOf(perMinute), leasing: undefined, exhausted: false };
    counts.delete(keyId);
    counts.set(keyId, count);
    if (counts.size > maxKeys) counts.delete([...counts.keys()][0] ?? '');
    return count;
  }

  async function leaseMore(keyId: string, count: Count, perMinute: number): Promise<void> {
    const share = shareOf(perMinute);
    const granted = await lease(keyId, count.minute, share, perMinute).catch((error: unknown) => {
      report(error);
      return share;
    });
    count.left += granted;
    count.exhausted = granted === 0;
    count.leasing = undefined;
  }

  return async (keyId, perMinute) => {
    const minute = Math.floor(now() / windowMs);
    const count = countOf(keyId, minute, perMinute);
    // Those who wait for the same lease share it, and whoever it does not reach asks for the next.
    while (count.left < 1 && !count.exhausted) await (count.leasing ??= leaseMore(keyId, count, perMinute));
    if (count.left < 1) {
      const retryAfterSeconds = Math.ceil(((minute + 1) * windowMs - now()) / 1000);
      throw new ApiError('rate-limited', `This API key may send ${perMinute} requests a minute.`, {
        retryAfterSeconds: Math.max(1, retryAfterSeconds),
      });
    }
    count.left -= 1;
  };
}

interface Count {
  readonly minute: number;
  left: number;
  leasing: Promise<void> | undefined;
  exhausted: boolean;
}

/** `rateLimits/{keyId}`: how much of a minute was leased, by all instances together. */
export function createLeases(db: Firestore): RateLimitParts['lease'] {
  const counters = db.collection('rateLimits');
  return (keyId, minute, wanted, perMinute) =>
    db.runTransaction(async (transaction) => {
      const counter = counters.doc(keyId);
      const data = (await transaction.get(counter)).data() as { minute: number; leased: number } | undefined;
      // An instance whose clock is behind must not set the counter back: all would be leased once more.
      const latest = Math.max(minute, data?.minute ?? 0);
      const leased = data?.minute === latest ? data.leased : 0;
      const granted = Math.max(0, Math.min(wanted, perMinute - leased));
      if (granted > 0) transaction.set(counter, { minute: latest, leased: leased + granted });
      return granted;
    });
}
