import { failureMessage } from '../base/failure.ts';
import type { Gate } from '../guards/guards.ts';
import type { Overdue } from './overdue.ts';
import type { Log } from '../base/log.ts';

export interface SweepParts {
  readonly ledger: Overdue;
  readonly retry: (noticeId: string) => Promise<unknown>;
  readonly gate: Gate;
  /** Looks at so many callbacks of each kind near their turn, and resolves with how many there were. */
  readonly reconcile: (limit: number) => Promise<number>;
  /** Callbacks of each kind that one sweep looks at; 0 = none. */
  readonly reconciled: number;
  readonly log: Log;
  readonly now: () => number;
}

/** Entries that one sweep looks after, and how many of them at a time. */
const longest = 500;
const atATime = 20;

/**
 * Takes up what was left behind: attempts that never ended, waits whose task was lost, callbacks whose event never came, or
 * whose turn came near without a write. Costs a query, a read of each entry found, what its attempt costs, and the price of
 * the reconciliation.
 *
 * @returns a function that resolves with how many entries it looked after
 */
export function createSweep(parts: SweepParts): () => Promise<number> {
  const { ledger, gate, log, now } = parts;

  /** One entry that fails leaves the sweep the others; the next sweep finds it again. */
  async function lookAfter(noticeId: string): Promise<void> {
    try {
      await parts.retry(noticeId);
    } catch (error) {
      log('ERROR', 'retry-failed', { noticeId, reason: failureMessage(error) });
    }
  }

  return async () => {
    if (gate.stop()) return 0;
    const overdue = await ledger.overdue(now(), longest);
    for (let start = 0; start < overdue.length; start += atATime) {
      await Promise.all(overdue.slice(start, start + atATime).map(lookAfter));
    }
    const looked = parts.reconciled > 0 ? await parts.reconcile(parts.reconciled) : 0;
    if (overdue.length > 0) log('INFO', 'sweep-finished', { count: overdue.length, looked });
    return overdue.length;
  };
}
