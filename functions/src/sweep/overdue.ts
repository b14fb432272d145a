import type { Firestore } from '@google-cloud/firestore';
import { ledgerCollection, timestamp } from '../delivery/ledger-entry.ts';

/** What the sweep asks of the ledger. */
export interface Overdue {
  /** Ids of entries that the sweep must look at, oldest first: lapsed leases and waits that are over. */
  overdue(now: number, limit: number): Promise<string[]>;
}

export function createOverdue(db: Firestore): Overdue {
  const entries = db.collection(ledgerCollection);
  return {
    async overdue(now, limit) {
      const found = await entries.where('sweepAt', '<=', timestamp(now)).orderBy('sweepAt').limit(limit).select().get();
      return found.docs.map(({ id }) => id);
    },
  };
}
