import { isOpen, type TargetRow } from './target-row.ts';

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
