import type { NearCallbacks } from '../callback/near-callbacks.ts';
import type { Log } from '../base/log.ts';
import { rememberedMs, type Reconciler } from './reconciler.ts';

export interface ReconciliationParts {
  readonly near: NearCallbacks;
  readonly reconciler: Pick<Reconciler, 'reconcile'>;
  /** Until when everything was looked at, in epoch milliseconds. */
  readonly bookmark: { read(): Promise<number | undefined>; write(at: number): Promise<void> };
  readonly log: Log;
  readonly now: () => number;
}

/** Looked at together: as many as are asked for must be done within the minute of a sweep. */
const atATime = 20;
/** Two looks overlap by this: clocks differ, and a query sees what was committed before it began. */
const overlapMs = 10_000;

/**
 * Looks at the callbacks near their turn, for what becomes due without a write (a queue opens, somebody raises its
 * threshold) and for what an event that never came would have told. Its cost follows what is near, not what waits: a read
 * of each, what the reconciler reads, and a read and a write of the bookmark.
 *
 * @returns a function that looks at `limit` of each kind at most (see `NearCallbacks`), and resolves with how many it
 *   looked at
 */
export function createReconciliation({ near, reconciler, bookmark, log, now }: ReconciliationParts) {
  return async (limit: number): Promise<number> => {
    const until = now() - overlapMs;
    const since = Math.max(now() - rememberedMs, (await bookmark.read()) ?? 0);
    const { found, isWhole: isAll } = await near.find(now(), limit);
    if (!isAll) log('WARNING', 'sweep-incomplete', { looked: found.length });
    let isWhole = isAll;
    for (let start = 0; start < found.length; start += atATime) {
      isWhole = (await reconciler.reconcile(found.slice(start, start + atATime), since)) && isWhole;
    }
    if (isWhole) await bookmark.write(until);
    return found.length;
  };
}
