import type { Firestore } from '@google-cloud/firestore';
import { fieldsOf } from '../base/json.ts';
import type { ReconciliationParts } from './reconciliation.ts';

/** Where the last sweep ended, in `sweeps/reconciliation`. */
export function createBookmark(db: Firestore): ReconciliationParts['bookmark'] {
  const bookmark = db.doc('sweeps/reconciliation');
  return {
    async read() {
      const { until, behind } = fieldsOf((await bookmark.get()).data());
      if (typeof until !== 'number') return undefined;
      const times = Object.entries(fieldsOf(behind)).filter(([, at]) => typeof at === 'number');
      return { until, behind: Object.fromEntries(times) as Record<string, number> };
    },
    async write({ until, behind }) {
      await bookmark.set({ until, behind });
    },
  };
}
