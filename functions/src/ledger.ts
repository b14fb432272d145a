import { FieldValue, type Firestore } from '@google-cloud/firestore';
import { isDead, type DeliveryState, type TargetRow } from './delivery-state.ts';
import {
  change,
  changedSince,
  createdBefore,
  dueTimes,
  entryOf,
  keepMs,
  ledgerCollection,
  newDocument,
  timestamp,
  unlessRefused,
  type Claim,
  type Entry,
  type NewEntry,
  type ProviderError,
} from './ledger-entry.ts';

/**
 * Devices that FCM does not know any more, `retiredTargets/{targetHash}`: for the callback system, which alone knows
 * the targets themselves, to find out which it should drop. A Firestore TTL policy on `expireAt` removes reports.
 */
export const retiredCollection = 'retiredTargets';

export interface Settlement {
  readonly state: Exclude<DeliveryState, 'SENDING'>;
  readonly targets: readonly TargetRow[];
  readonly now: number;
  /** With WAITING: the next attempt, and who makes it. */
  readonly dueAt?: number;
  readonly sweepAt?: number;
  readonly lastError?: ProviderError;
  /** Devices that this attempt found gone: they are reported to the callback system. */
  readonly retired?: readonly TargetRow[];
}

export interface Ledger {
  /** One write, no read. Undefined where the notice has been claimed before. */
  claim(noticeId: string, entry: NewEntry): Promise<Claim | undefined>;
  /** One read. */
  read(noticeId: string): Promise<Entry | undefined>;
  /** One write: a new lease for another attempt. Undefined where somebody else was faster. */
  takeOver(entry: Entry, leaseUntil: number, now: number): Promise<Claim | undefined>;
  /**
   * One write, and one more for each device that is gone. False where the lease had lapsed and somebody else has taken
   * the entry over.
   */
  settle(claim: Claim, settlement: Settlement): Promise<boolean>;
  /** Ids of entries that the sweep must look at, oldest first: lapsed leases and waits that are over. */
  overdue(now: number, limit: number): Promise<string[]>;
}

export function createLedger(db: Firestore): Ledger {
  const entries = db.collection(ledgerCollection);

  return {
    claim: (noticeId, entry) =>
      unlessRefused(createdBefore, async () => {
        const { writeTime } = await entries.doc(noticeId).create(newDocument(entry));
        return { noticeId, updateTime: writeTime };
      }),

    async read(noticeId) {
      const snapshot = await entries.doc(noticeId).get();
      return snapshot.exists ? entryOf(snapshot) : undefined;
    },

    takeOver: ({ claim, staleAt, deleted }, leaseUntil, now) =>
      change(entries.doc(claim.noticeId), claim, {
        state: 'SENDING',
        attempts: FieldValue.increment(1),
        staleAt: timestamp(staleAt),
        updatedAt: timestamp(now),
        ...dueTimes(leaseUntil, deleted ? staleAt : leaseUntil),
      }),

    async settle(claim, { state, targets, now, dueAt, sweepAt = dueAt, lastError, retired = [] }) {
      const fields = {
        state,
        targets,
        updatedAt: timestamp(now),
        ...(dueAt !== undefined && sweepAt !== undefined
          ? dueTimes(dueAt, sweepAt)
          : { dueAt: FieldValue.delete(), sweepAt: FieldValue.delete() }),
        deadAt: isDead(state) ? timestamp(now) : FieldValue.delete(),
        ...(lastError && { lastError }),
      };
      if (retired.length === 0) return (await change(entries.doc(claim.noticeId), claim, fields)) !== undefined;
      const batch = db.batch();
      batch.update(entries.doc(claim.noticeId), fields, { lastUpdateTime: claim.updateTime });
      for (const { hash, code } of retired) {
        const report = { noticeId: claim.noticeId, code, retiredAt: timestamp(now), expireAt: timestamp(now + keepMs) };
        batch.set(db.collection(retiredCollection).doc(hash), report);
      }
      return (await unlessRefused(changedSince, () => batch.commit())) !== undefined;
    },

    async overdue(now, limit) {
      const found = await entries.where('sweepAt', '<=', timestamp(now)).orderBy('sweepAt').limit(limit).select().get();
      return found.docs.map(({ id }) => id);
    },
  };
}
