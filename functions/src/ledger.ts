import { createHash } from 'node:crypto';
import {
  FieldValue,
  Timestamp,
  type DocumentData,
  type DocumentSnapshot,
  type Firestore,
} from '@google-cloud/firestore';
import type { Notice, NoticeEvent } from './decision.ts';
import type { DeliveryState, TargetRow } from './delivery-state.ts';
import { grpcCode } from './failure.ts';

/** The ledger's collection: one document a notice, `pushNotifications/{noticeId}`. */
export const ledgerCollection = 'pushNotifications';
/** A Firestore TTL policy on `expireAt` removes entries after this. */
const keepMs = 30 * 24 * 3600_000;

/** States in which a notice ended without having reached anybody. */
const deadStates: readonly DeliveryState[] = ['FAILED', 'EXPIRED'];
const isDead = ({ state }: Entry) => deadStates.includes(state);
/** A dead letter that is replayed has as long as the longest notice, if it is still true. */
const replayedLifeMs = 60 * 60_000;

/** Id of the one entry a notice can have: a hash, so that neither the callback nor the occasion can be read off it. */
export function noticeIdOf(callbackId: string, { event, occasion }: Notice): string {
  return createHash('sha256')
    .update(JSON.stringify([callbackId, event, occasion]))
    .digest('hex');
}

/** Tells one device from another without holding what could reach it. */
export function targetHash(target: string): string {
  return createHash('sha256').update(target).digest('hex').slice(0, 16);
}

export interface NewEntry {
  readonly callbackId: string;
  readonly serviceName: string;
  readonly notice: Notice;
  readonly targets: readonly TargetRow[];
  /** Its event, not the sweep, must bring the targets again. */
  readonly deleted: boolean;
  /** Times are epoch milliseconds. */
  readonly changedAt: number;
  readonly now: number;
  readonly staleAt: number;
  readonly leaseUntil: number;
}

export interface Entry {
  readonly noticeId: string;
  readonly callbackId: string;
  readonly notice: Notice;
  readonly serviceName: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly targets: readonly TargetRow[];
  readonly changedAt: number;
  readonly staleAt: number;
  readonly deleted: boolean;
  /** End of the lease, or time of the next attempt; absent in a final state. */
  readonly dueAt?: number;
  readonly claim: Claim;
}

/** Proof of holding an entry as it was read or written last: whoever changed it since has taken it over. */
export interface Claim {
  readonly noticeId: string;
  readonly updateTime: Timestamp;
}

export interface Settlement {
  readonly state: Exclude<DeliveryState, 'SENDING'>;
  readonly targets: readonly TargetRow[];
  readonly now: number;
  /** With WAITING: the next attempt, and who makes it. */
  readonly dueAt?: number;
  readonly sweepAt?: number;
  /** The provider's own words of the last failure, without targets. */
  readonly lastError?: { readonly code: string; readonly detail: string };
}

export interface Ledger {
  /** One write, no read. Undefined where the notice has been claimed before. */
  claim(noticeId: string, entry: NewEntry): Promise<Claim | undefined>;
  /** One read. */
  read(noticeId: string): Promise<Entry | undefined>;
  /** One write: a new lease for another attempt. Undefined where somebody else was faster. */
  takeOver(entry: Entry, leaseUntil: number, now: number): Promise<Claim | undefined>;
  /** One write. False where the lease had lapsed and somebody else has taken the entry over. */
  settle(claim: Claim, settlement: Settlement): Promise<boolean>;
  /** One write: a dead letter waits again. False where it is none any more, or its callback was deleted. */
  replay(entry: Entry, now: number): Promise<boolean>;
  /** Dead letters, the newest first: one read each. */
  deadLetters(limit: number): Promise<Entry[]>;
  /** Ids of entries that the sweep must look at, oldest first: lapsed leases and waits that are over. */
  overdue(now: number, limit: number): Promise<string[]>;
}

/** gRPC status codes that mean "another writer was first". */
const ALREADY_EXISTS = 6;
const FAILED_PRECONDITION = 9;
const NOT_FOUND = 5;

export function createLedger(db: Firestore): Ledger {
  const entries = db.collection(ledgerCollection);
  return {
    claim: (noticeId, entry) =>
      unlessRefused([ALREADY_EXISTS], async () => {
        const { writeTime } = await entries.doc(noticeId).create(newDocument(entry));
        return { noticeId, updateTime: writeTime };
      }),

    async read(noticeId) {
      const snapshot = await entries.doc(noticeId).get();
      return snapshot.exists ? entryOf(snapshot) : undefined;
    },

    takeOver: (entry, leaseUntil, now) =>
      unlessRefused([FAILED_PRECONDITION, NOT_FOUND], async () => {
        const { noticeId, updateTime } = entry.claim;
        const lease = {
          state: 'SENDING',
          attempts: FieldValue.increment(1),
          staleAt: timestamp(entry.staleAt),
          ...dueTimes(leaseUntil, entry.deleted ? entry.staleAt : leaseUntil),
        };
        const { writeTime } = await entries
          .doc(noticeId)
          .update({ ...lease, updatedAt: timestamp(now) }, { lastUpdateTime: updateTime });
        return { noticeId, updateTime: writeTime };
      }),

    async settle({ noticeId, updateTime }, { state, targets, now, dueAt, sweepAt = dueAt, lastError }) {
      const settled = await unlessRefused([FAILED_PRECONDITION, NOT_FOUND], () =>
        entries.doc(noticeId).update(
          {
            state,
            targets,
            updatedAt: timestamp(now),
            ...(dueAt !== undefined && sweepAt !== undefined
              ? dueTimes(dueAt, sweepAt)
              : { dueAt: FieldValue.delete(), sweepAt: FieldValue.delete() }),
            ...(lastError && { lastError }),
          },
          { lastUpdateTime: updateTime },
        ),
      );
      return settled !== undefined;
    },

    async replay(entry, now) {
      // Of a deleted callback nobody knows the targets any more, and a device that is gone stays gone.
      if (!isDead(entry) || entry.deleted) return false;
      const targets = entry.targets.map((row) => (row.state === 'REFUSED' ? { ...row, state: 'LATER' } : row));
      const replayed = await unlessRefused([FAILED_PRECONDITION, NOT_FOUND], () =>
        entries.doc(entry.noticeId).update(
          {
            state: 'WAITING',
            targets,
            updatedAt: timestamp(now),
            staleAt: timestamp(now + replayedLifeMs),
            ...dueTimes(now, now),
          },
          { lastUpdateTime: entry.claim.updateTime },
        ),
      );
      return replayed !== undefined;
    },

    async deadLetters(limit) {
      const dead = entries.where('state', 'in', deadStates).orderBy('changedAt', 'desc');
      return (await dead.limit(limit).get()).docs.map(entryOf);
    },

    async overdue(now, limit) {
      const found = await entries.where('sweepAt', '<=', timestamp(now)).orderBy('sweepAt').limit(limit).select().get();
      return found.docs.map(({ id }) => id);
    },
  };
}

/**
 * `sweepAt` is there only in open states, so one single-field index finds all that the sweep must look at. It is
 * `dueAt`, but where the event itself is redelivered: then the sweep only clears up once the notice is stale.
 */
function dueTimes(dueAt: number, sweepAt: number): DocumentData {
  return { dueAt: timestamp(dueAt), sweepAt: timestamp(sweepAt) };
}

function newDocument(entry: NewEntry): DocumentData {
  return {
    event: entry.notice.event,
    occasion: entry.notice.occasion,
    callbackId: entry.callbackId,
    serviceName: entry.serviceName,
    state: 'SENDING',
    attempts: 1,
    targets: entry.targets,
    changedAt: timestamp(entry.changedAt),
    createdAt: timestamp(entry.now),
    updatedAt: timestamp(entry.now),
    staleAt: timestamp(entry.staleAt),
    deleted: entry.deleted,
    expireAt: timestamp(entry.now + keepMs),
    ...dueTimes(entry.leaseUntil, entry.deleted ? entry.staleAt : entry.leaseUntil),
  };
}

/** Only this module writes entries, so what is read is what `newDocument` and `settle` wrote. */
function entryOf(snapshot: DocumentSnapshot): Entry {
  const at = (field: string) => (snapshot.get(field) as Timestamp | undefined)?.toMillis();
  const dueAt = at('dueAt');
  return {
    noticeId: snapshot.id,
    callbackId: snapshot.get('callbackId') as string,
    serviceName: snapshot.get('serviceName') as string,
    notice: { event: snapshot.get('event') as NoticeEvent, occasion: snapshot.get('occasion') as string },
    state: snapshot.get('state') as DeliveryState,
    attempts: snapshot.get('attempts') as number,
    targets: snapshot.get('targets') as TargetRow[],
    changedAt: at('changedAt') ?? 0,
    staleAt: at('staleAt') ?? 0,
    deleted: snapshot.get('deleted') as boolean,
    ...(dueAt !== undefined && { dueAt }),
    claim: { noticeId: snapshot.id, updateTime: snapshot.updateTime ?? Timestamp.fromMillis(0) },
  };
}

function timestamp(epochMilliseconds: number): Timestamp {
  return Timestamp.fromMillis(Math.round(epochMilliseconds));
}

async function unlessRefused<T>(codes: readonly number[], write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (codes.includes(grpcCode(error))) return undefined;
    throw error;
  }
}
