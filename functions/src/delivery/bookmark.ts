import type { Firestore } from '@google-cloud/firestore';
import type { ReconciliationParts } from './reconciliation.ts';

/** Where the last sweep ended, in `sweeps/reconciliation`. */
export function createBookmark(db: Firestore): ReconciliationParts['bookmark'] {
  const bookmark = db.doc('sweeps/reconciliation');
  return {
    async read() {
      const until: unknown = (await bookmark.get()).get('until');
      return typeof until === 'number' ? until : undefined;
    },
    async write(at) {
      await bookmark.set({ until: Math.floor(at) });
    },
  };
}
