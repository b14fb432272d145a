import type { Log } from '../base/log.ts';
import type { NearCallbacks } from '../callback/near-callbacks.ts';
import { rememberedMs, type Reconciler } from './reconciler.ts';

/** Until when callbacks were looked at, in epoch milliseconds: all of them, but for those that failed. */
export interface Looked {
  readonly until: number;
  /** Ids of callbacks ▶ until when they were looked at instead. */
  readonly behind: Readonly<Record<string, number>>;
}

export interface ReconciliationParts {
  readonly near: NearCallbacks;
  readonly reconciler: Pick<Reconciler, 'reconcile'>;
  readonly bookmark: { read(): Promise<Looked | undefined>; write(looked: Looked): Promise<void> };
  readonly log: Log;
  readonly now: () => number;
}

/** Looked at together: as many as are asked for must be done within the minute of a sweep. */
const atATime = 20;
/** Two looks overlap by this: clocks differ, and a query sees what was committed before it began. */
const overlapMs = 10_000;
/** Where more fail, all are looked at again with all that they went through. */
const mostBehind = 200;

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
    const foundAt = now();
    const until = foundAt - overlapMs;
    const last = await bookmark.read();
    const since = (at = 0) => (at > until ? foundAt - rememberedMs : Math.max(foundAt - rememberedMs, at));
    const sinceOf = (callbackId: string) => since(last?.behind[callbackId] ?? last?.until);
    const { found, isWhole } = await near.find(foundAt, limit);
    if (!isWhole) log('WARNING', 'sweep-incomplete', { looked: found.length });
    const failed: string[] = [];
    for (let start = 0; start < found.length; start += atATime) {
      failed.push(...(await reconciler.reconcile(found.slice(start, start + atATime), foundAt, sinceOf)));
    }
    if (failed.length <= mostBehind) {
      await bookmark.write({ until, behind: Object.fromEntries(failed.map((id) => [id, sinceOf(id)])) });
    }
    return found.length;
  };
}
