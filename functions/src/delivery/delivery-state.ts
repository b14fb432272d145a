import type { PushResult } from '../fcm/result.ts';
import { waitMs } from './back-off.ts';

/** `SENDING` under a lease, `WAITING` until a time; the others are final. */
export const deliveryStates = ['SENDING', 'WAITING', 'SENT', 'FAILED', 'EXPIRED', 'SUPERSEDED'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** Whether no further attempt of it will be made by itself. */
export function isOver(state: DeliveryState): boolean {
  return state !== 'SENDING' && state !== 'WAITING';
}

/** Whether a notice ended without having reached anybody: a dead letter. */
export function isDead(state: DeliveryState): boolean {
  return state === 'FAILED' || state === 'EXPIRED';
}

export type TargetState = 'PENDING' | 'ACCEPTED' | 'GONE' | 'REFUSED' | 'LATER';

/** One device of a notice, told apart by a hash: the target itself is a secret of the consumer's. */
export interface TargetRow {
  readonly hash: string;
  readonly state: TargetState;
  /** How often it was tried. */
  readonly attempts: number;
  /** FCM's message id, once accepted. */
  readonly messageId?: string;
  /** Error code of the last failure. */
  readonly code?: string;
  /** With LATER: not before this, epoch milliseconds. */
  readonly dueAt?: number;
}

const stateOf = {
  accepted: 'ACCEPTED',
  'target-gone': 'GONE',
  refused: 'REFUSED',
  'try-later': 'LATER',
} as const satisfies Record<PushResult['outcome'], TargetState>;

export function pendingRow(hash: string): TargetRow {
  return { hash, state: 'PENDING', attempts: 0 };
}

/**
 * The row of a target after one more attempt.
 *
 * @param now epoch milliseconds
 * @param random 0 ≤ random < 1
 */
export function rowAfter(row: TargetRow, result: PushResult, now: number, random: number): TargetRow {
  const next = { hash: row.hash, state: stateOf[result.outcome], attempts: row.attempts + 1 };
  if (result.outcome === 'accepted') return { ...next, messageId: result.messageId };
  if (result.outcome !== 'try-later') return { ...next, code: result.code };
  return { ...next, code: result.code, dueAt: Math.round(now + waitMs(result, next.attempts, random)) };
}

export function isOpen({ state }: TargetRow): boolean {
  return state === 'PENDING' || state === 'LATER';
}

/** Whether an attempt now may try this device: each waits for its own time. */
export function isDue(row: TargetRow, now: number): boolean {
  return isOpen(row) && (row.dueAt ?? 0) <= now;
}

/** Where a notice stands after an attempt. `at` is the time of the next one, in epoch milliseconds. */
export type Standing =
  { readonly state: 'SENT' | 'FAILED' | 'EXPIRED' } | { readonly state: 'WAITING'; readonly at: number };

/**
 * Sums an attempt up. One device that has it makes the notice SENT; one that is to be tried again keeps it open,
 * until the first of them is due, unless it would be stale by then.
 */
export function standing(rows: readonly TargetRow[], staleAt: number): Standing {
  const reached = rows.some(({ state }) => state === 'ACCEPTED');
  const open = rows.filter(isOpen);
  if (open.length === 0) return { state: reached ? 'SENT' : 'FAILED' };
  const at = Math.min(...open.map(({ dueAt = 0 }) => dueAt));
  if (at < staleAt) return { state: 'WAITING', at };
  return { state: reached ? 'SENT' : 'EXPIRED' };
}
