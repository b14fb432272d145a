import { randomUUID } from 'node:crypto';
import { changedSince, createdBefore, unlessRefused } from '../base/failure.ts';
import { fieldsOf } from '../base/json.ts';
import type { Fields } from '../google/document-value.ts';
import type { Documents, DocumentWrite, StoredDocument } from '../google/documents.ts';
import { isDead, type DeliveryState } from './delivery-state.ts';
import {
  dueTimes,
  entryOf,
  keepMs,
  ledgerCollection,
  newDocument,
  openingFields,
  timestamp,
  type Claim,
  type Entry,
  type NewEntry,
  type Opening,
  type ProviderError,
} from './ledger-entry.ts';
import type { TargetRow } from './target-row.ts';

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

/** One's own claim, or the entry of whoever was first. */
export type Claimed = { readonly claim: Claim } | { readonly before: Entry };

/**
 * Each write that is refused costs a read: the answer to it may have been lost and the client asked again, so that it
 * was refused for its own sake. Then it counts as made.
 */
export interface Ledger {
  /** One write, no read. */
  claim(noticeId: string, entry: NewEntry): Promise<Claimed>;
  /** One read. */
  read(noticeId: string): Promise<Entry | undefined>;
  /** One read each. */
  readMany(noticeIds: readonly string[]): Promise<ReadonlyMap<string, Entry>>;
  /** One write: another attempt, or the wait for one. Undefined where somebody else was faster. */
  takeOver(entry: Entry, opening: Opening): Promise<Claim | undefined>;
  /**
   * One write, and one more for each device that is gone. False where the lease had lapsed and somebody else has taken
   * the entry over.
   */
  settle(claim: Claim, settlement: Settlement): Promise<boolean>;
}

export function createLedger(documents: Documents): Ledger {
  const pathOf = (noticeId: string) => `${ledgerCollection}/${noticeId}`;
  const read = (noticeIds: readonly string[]) => documents.read(noticeIds.map(pathOf));

  /** Makes a write of an entry. Where it is refused, it answers with what it finds instead. */
  async function write(
    noticeId: string,
    refusals: readonly number[],
    writes: (writer: Fields) => readonly DocumentWrite[],
  ): Promise<{ readonly claim: Claim } | { readonly found: StoredDocument | undefined }> {
    const writer = randomUUID();
    const written = await unlessRefused(refusals, () => documents.write(...writes({ writer })));
    if (written) return { claim: claimOf(noticeId, written[0]) };
    const [found] = await read([noticeId]);
    return isBy(writer, found) ? { claim: claimOf(noticeId, found?.updateTime) } : { found };
  }

  /** Undefined where somebody else has written the entry since, or it is gone. */
  async function change(claim: Claim, fields: Fields, ...others: DocumentWrite[]): Promise<Claim | undefined> {
    const { noticeId, updateTime } = claim;
    const written = await write(noticeId, changedSince, (writer) => [
      { update: pathOf(noticeId), fields: { ...fields, ...writer }, updateTime },
      ...others,
    ]);
    return 'claim' in written ? written.claim : undefined;
  }

  return {
    async claim(noticeId, entry) {
      const written = await write(noticeId, createdBefore, (writer) => [
        { create: pathOf(noticeId), fields: { ...newDocument(entry), ...writer } },
      ]);
      if ('claim' in written) return written;
      if (!written.found) throw new Error(`${noticeId} was there, and is not`);
      return { before: entryOf(noticeId, written.found) };
    },

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

    takeOver: (entry, opening) =>
      change(entry.claim, { ...openingFields(opening, entry), deadAt: undefined, discardedAt: undefined }),

    async settle(claim, settlement) {
      const { noticeId } = claim;
      const { now, retired = [] } = settlement;
      const reports = retired.map(({ hash, code }) => ({
        set: `${retiredCollection}/${hash}`,
        fields: { noticeId, code: code ?? null, retiredAt: timestamp(now), expireAt: timestamp(now + keepMs) },
      }));
      return (await change(claim, settlementFields(settlement), ...reports)) !== undefined;
    },
  };
}

function settlementFields({ state, targets, now, dueAt, sweepAt = dueAt, lastError }: Settlement): Fields {
  return {
    state,
    targets,
    updatedAt: timestamp(now),
    ...(dueAt !== undefined && sweepAt !== undefined
      ? dueTimes(dueAt, sweepAt)
      : { dueAt: undefined, sweepAt: undefined }),
    deadAt: isDead(state) ? timestamp(now) : undefined,
    ...(lastError && { lastError }),
  };
}

/** Each write of an entry has a `writer` of its own, so whoever finds theirs there knows that it was the last. */
function isBy(writer: string, found: StoredDocument | undefined): boolean {
  return fieldsOf(found?.data)['writer'] === writer;
}

function claimOf(noticeId: string, updateTime: string | undefined): Claim {
  if (updateTime === undefined) throw new Error(`Firestore did not say when ${noticeId} was written`);
  return { noticeId, updateTime };
}
