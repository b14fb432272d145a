/** What became of one message at the provider; only the sender knows the provider's own words. */
export type PushResult =
  | { readonly outcome: 'accepted'; readonly messageId: string }
  /** The device will never be reached under this target again. */
  | { readonly outcome: 'target-gone'; readonly code: string; readonly detail: string }
  /** Repeating it would be refused again. */
  | { readonly outcome: 'refused'; readonly code: string; readonly detail: string }
  | {
      readonly outcome: 'try-later';
      /** Whose trouble it is, and so who else need not be tried meanwhile. */
      readonly scope: TroubleScope;
      readonly code: string;
      readonly detail: string;
      /** What the provider asked for. */
      readonly retryAfterMs?: number;
    };

/**
 * `device`: only this one is to be left alone. `quota`: the whole project sends too much. `credentials`: nothing can
 * be sent until somebody mends the credentials or the project. `provider`: the provider or the way to it is down.
 */
export type TroubleScope = 'device' | 'quota' | 'credentials' | 'provider';

/** `SENDING` under a lease, `WAITING` until a time; the others are final. */
export const deliveryStates = ['SENDING', 'WAITING', 'SENT', 'FAILED', 'EXPIRED', 'SUPERSEDED'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export type TargetState = 'PENDING' | 'ACCEPTED' | 'GONE' | 'REFUSED' | 'LATER';

/** One device of a notice, told apart by a hash: the target itself is a secret of the consumer's. */
export interface TargetRow {
  readonly hash: string;
  readonly state: TargetState;
  /** FCM's message id, once accepted. */
  readonly messageId?: string;
  /** Error code of the last failure. */
  readonly code?: string;
}

const stateOf = {
  accepted: 'ACCEPTED',
  'target-gone': 'GONE',
  refused: 'REFUSED',
  'try-later': 'LATER',
} as const satisfies Record<PushResult['outcome'], TargetState>;

/** The row of a target after one more attempt. */
export function rowAfter(hash: string, result: PushResult): TargetRow {
  return result.outcome === 'accepted'
    ? { hash, state: stateOf.accepted, messageId: result.messageId }
    : { hash, state: stateOf[result.outcome], code: result.code };
}

export function isOpen({ state }: TargetRow): boolean {
  return state === 'PENDING' || state === 'LATER';
}

/** Where a notice stands after an attempt. `at` is the time of the next one, in epoch milliseconds. */
export type Standing =
  { readonly state: 'SENT' | 'FAILED' | 'EXPIRED' } | { readonly state: 'WAITING'; readonly at: number };

/**
 * Sums an attempt up. One device that has it makes the notice SENT; one that is to be tried again keeps it open,
 * unless it would be stale by then.
 *
 * @param attempt which attempt it was, from 1
 * @param random 0 ≤ random < 1
 */
export function standing(
  rows: readonly TargetRow[],
  results: readonly PushResult[],
  { attempt, now, staleAt, random }: { attempt: number; now: number; staleAt: number; random: number },
): Standing {
  const reached = rows.some(({ state }) => state === 'ACCEPTED');
  if (!rows.some(isOpen)) return { state: reached ? 'SENT' : 'FAILED' };
  const at = now + Math.max(...results.map((result) => waitMs(result, attempt, random)));
  if (at < staleAt) return { state: 'WAITING', at };
  return { state: reached ? 'SENT' : 'EXPIRED' };
}

const firstWaitMs = 10_000;
const quotaWaitMs = 60_000;
const longestWaitMs = 600_000;

/**
 * How long to wait after an attempt: what the provider asked for, if that is not 0, else 10 s doubling up to 10 min,
 * plus up to half of it at random; 60 s at least after a quota error
 * (https://firebase.google.com/docs/cloud-messaging/scale-fcm).
 */
export function waitMs(result: PushResult, attempt: number, random: number): number {
  if (result.outcome !== 'try-later') return 0;
  if (result.retryAfterMs) return result.retryAfterMs;
  const floor = result.code.endsWith('QUOTA_EXCEEDED') ? quotaWaitMs : firstWaitMs;
  const backoff = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
  return Math.max(floor, backoff) * (1 + random / 2);
}
