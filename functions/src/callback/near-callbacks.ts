import type { Firestore, Query, QueryDocumentSnapshot } from '@google-cloud/firestore';
import { documentOf } from '../google/snapshot.ts';
import { readCallback, type Callback } from './callback.ts';
import { noticeFieldPaths } from './fields.ts';

export interface FoundCallback {
  readonly callbackId: string;
  readonly callback: Callback;
}

/** Callbacks whose consumers may be owed something now: far fewer than all that wait. */
export interface NearCallbacks {
  /**
   * Those that wait less than the highest threshold of any queue, those in ROUTING, and those with a call-in that has not
   * expired: a read each, and one for the threshold. The nearest first; no more than `limit` of each, and where
   * there may be more, `isWhole` is false.
   *
   * @param now epoch milliseconds
   */
  find(now: number, limit: number): Promise<{ found: readonly FoundCallback[]; isWhole: boolean }>;
}

/** Minutes: the threshold of a queue that has none of its own, and the highest that there may be. */
const builtInThreshold = 5;
const highestThreshold = 1440;

export function createNearCallbacks(db: Firestore): NearCallbacks {
  const callbacks = db.collection('callbacks').select(...noticeFieldPaths);

  /** A queue with a mistake in its settings has the default ones: then this is only higher than need be. */
  async function longestWait(): Promise<number> {
    const threshold = 'pushNotificationThresholdMinutes';
    const highest = await db
      .collection('callbackSettings')
      .where(threshold, '<=', highestThreshold)
      .orderBy(threshold, 'desc')
      .limit(1)
      .select(threshold)
      .get();
    const found: unknown = highest.docs[0]?.get(threshold);
    // NaN is a number to Firestore, and less than any other.
    return (typeof found === 'number' && found > builtInThreshold ? found : builtInThreshold) * 60;
  }

  return {
    async find(now, limit) {
      const near = callbacks
        .where('callbackState', 'in', ['SCHEDULED', 'QUEUED'])
        .where('estimatedWaitTime', '>=', 0)
        .where('estimatedWaitTime', '<', await longestWait())
        .orderBy('estimatedWaitTime');
      const routing = callbacks.where('callbackState', '==', 'ROUTING');
      const callIns = callbacks.where('callIn.expirationTime', '>', new Date(now));
      const found = new Map<string, Callback>();
      let isWhole = true;
      for (const query of [near, routing, callIns]) {
        const some = await all(query, limit);
        for (const { callbackId, callback } of some) found.set(callbackId, callback);
        isWhole &&= some.length < limit;
      }
      return { found: [...found].map(([callbackId, callback]) => ({ callbackId, callback })), isWhole };
    },
  };
}

/** So that what is read at a time fits into the memory of a small instance. */
const pageSize = 200;

async function all(query: Query, limit: number): Promise<FoundCallback[]> {
  const found: FoundCallback[] = [];
  let page = await query.limit(Math.min(pageSize, limit)).get();
  for (;;) {
    found.push(...page.docs.map((snapshot) => ({ callbackId: snapshot.id, callback: callbackIn(snapshot) })));
    const last = page.docs.at(-1);
    const left = limit - found.length;
    if (!last || page.size < pageSize || left <= 0) return found;
    page = await query.startAfter(last).limit(Math.min(pageSize, left)).get();
  }
}

function callbackIn(snapshot: QueryDocumentSnapshot): Callback {
  return readCallback(documentOf(snapshot)).callback;
}
