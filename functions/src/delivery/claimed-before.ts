import { events } from '../notice/events.ts';
import type { Planned } from './announcement.ts';
import { isOver } from './delivery-state.ts';
import { hasReached, type Entry } from './ledger-entry.ts';

/**
 * What to do about a notice that somebody claimed before:
 *
 * - `leave`: whoever claimed it looks after it, with the tasks and the sweep.
 * - `next-attempt`, `come-again`: of a deleted callback the event must come again as long as the notice is open, for it
 *   alone knows the targets.
 * - `anew`: it ended without having reached anybody, and became due again: the wait rose and has now fallen once more.
 * - `returned?`: it was told, but its booking may be another one under the same name (a desired time A ▸ B ▸ A).
 */
export type Reclaim = 'leave' | 'next-attempt' | 'come-again' | 'anew' | 'returned?';

/** @param now epoch milliseconds */
export function reclaim(entry: Entry, { notice, changedAt, deleted }: Planned, now: number): Reclaim {
  const { dueAt, state } = entry;
  if (deleted && dueAt !== undefined) return dueAt > now ? 'come-again' : 'next-attempt';
  // An event that comes twice is nothing new.
  if (changedAt <= entry.changedAt) return 'leave';
  if (hasReached(entry)) return events[notice.event].isOfBooking ? 'returned?' : 'leave';
  return isOver(state) ? 'anew' : 'leave';
}
