import type { Firestore } from '@google-cloud/firestore';
import { isDead, type DeliveryState, type TargetRow } from './delivery-state.ts';
import type { Fields } from '../google/document-value.ts';
import type { Documents, DocumentWrite } from '../google/documents.ts';
import {
  dueTimes,
  entryOf,
  keepMs,
  ledgerCollection,
  newDocument,
  timestamp,
  type Claim,
  type Entry,
  type NewEntry,
  type ProviderError,
} from './ledger-entry.ts';
import { changedSince, createdBefore, unlessRefused } from '../base/failure.ts';

/**
 * Devices that FCM does not know any more, `retiredTargets/{targetHash}`: for the callback system, which alone knows
 * the targets themselves, to find out which it should drop. A Firestore TTL policy on `expireAt` removes reports.
 */
export const retiredCollection = 'retiredTargets';

/** Entries that are read in one request. */
const atATime = 100;

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
  /** One read each. */
  readMany(noticeIds: readonly string[]): Promise<ReadonlyMap<string, Entry>>;
  /** One write: a new lease for another attempt. Undefined where somebody else was faster. */
  takeOver(entry: Entry, leaseUntil: number, now: number): Promise<Claim | undefined>;
  /**
   * One write, and one more for each device that is gone. False where the lease had lapsed and somebody else has taken
   * the entry over.
   */
  settle(claim: Claim, settlement: Settlement): Promise<boolean>;
}

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

export function createLedger(documents: Documents): Ledger {
  const pathOf = (noticeId: string) => `${ledgerCollection}/${noticeId}`;
  const read = (noticeIds: readonly string[]) => documents.read(noticeIds.map(pathOf));

  /** Undefined where somebody else has written the entry since, or it is gone. */
  async function change(claim: Claim, fields: Fields, ...others: DocumentWrite[]): Promise<Claim | undefined> {
    const { noticeId, updateTime } = claim;
    return unlessRefused(changedSince, async () => {
      const [changed] = await documents.write({ update: pathOf(noticeId), fields, updateTime }, ...others);
      return claimOf(noticeId, changed);
    });
  }

  return {
    claim: (noticeId, entry) =>
      unlessRefused(createdBefore, async () => {
        const [created] = await documents.write({ create: pathOf(noticeId), fields: newDocument(entry) });
        return claimOf(noticeId, created);
      }),

    async read(noticeId) {
      const [document] = await read([noticeId]);
      return document && entryOf(noticeId, document);
    },

    async readMany(noticeIds) {
      const found = new Map<string, Entry>();
      for (let start = 0; start < noticeIds.length; start += atATime) {
        const ids = noticeIds.slice(start, start + atATime);
        const documents = await read(ids);
        for (const [index, document] of documents.entries()) {
          const id = ids[index];
          if (id !== undefined && document) found.set(id, entryOf(id, document));
        }
      }
      return found;
    },

    takeOver: ({ claim, attempts, staleAt, deleted }, leaseUntil, now) =>
      change(claim, {
        state: 'SENDING',
        attempts: attempts + 1,
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
          : { dueAt: undefined, sweepAt: undefined }),
        deadAt: isDead(state) ? timestamp(now) : undefined,
        ...(lastError && { lastError }),
      };
      const reports = retired.map(({ hash, code }) => ({
        set: `${retiredCollection}/${hash}`,
        fields: {
          noticeId: claim.noticeId,
          code: code ?? null,
          retiredAt: timestamp(now),
          expireAt: timestamp(now + keepMs),
        },
      }));
      return (await change(claim, fields, ...reports)) !== undefined;
    },
  };
}

function claimOf(noticeId: string, updateTime: string | undefined): Claim {
  if (updateTime === undefined) throw new Error(`Firestore did not say when ${noticeId} was written`);
  return { noticeId, updateTime };
}
