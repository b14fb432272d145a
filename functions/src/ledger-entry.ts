import { createHash } from 'node:crypto';
import { Timestamp, type DocumentData, type DocumentReference, type DocumentSnapshot } from '@google-cloud/firestore';
import type { Notice, NoticeEvent } from './decision.ts';
import type { DeliveryState, TargetRow } from './delivery-state.ts';
import { grpcCode } from './failure.ts';

/** The ledger's collection: one document a notice, `pushNotifications/{noticeId}`. */
export const ledgerCollection = 'pushNotifications';
/** A Firestore TTL policy on `expireAt` removes entries after this. */
export const keepMs = 30 * 24 * 3600_000;

/** Id of the one entry a notice can have: a hash, so that neither the callback nor the occasion can be read off it. */
export function noticeIdOf(callbackId: string, { event, occasion }: Notice): string {
  return createHash('sha256')
    .update(JSON.stringify([callbackId, event, occasion]))
    .digest('hex');
}

/** Tells one device from another without holding what could reach it: 16 hexadecimal digits of its SHA-256. */
export function targetHash(target: string): string {
  return createHash('sha256').update(target).digest('hex').slice(0, 16);
}

export interface NewEntry {
  /** Of this very attempt: whoever finds it in the entry knows that the claim was theirs, though its answer was lost. */
  readonly claimant: string;
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
  /** End of the lease of an attempt that begins now, or the time of the first one. */
  readonly dueAt: number;
  readonly state: 'SENDING' | 'WAITING';
}

export interface Entry {
  readonly noticeId: string;
  readonly callbackId: string;
  readonly notice: Notice;
  readonly serviceName: string;
  readonly state: DeliveryState;
  readonly claimant: string;
  readonly attempts: number;
  readonly targets: readonly TargetRow[];
  readonly changedAt: number;
  readonly staleAt: number;
  readonly deleted: boolean;
  /** End of the lease, or time of the next attempt; absent in a final state. */
  readonly dueAt?: number;
  /** When it became a dead letter; absent where it is none, or none any more. */
  readonly deadAt?: number;
  readonly lastError?: ProviderError;
  readonly claim: Claim;
}

/** Proof of holding an entry as it was read or written last: whoever changed it since has taken it over. */
export interface Claim {
  readonly noticeId: string;
  readonly updateTime: Timestamp;
}

/** The provider's own words of the last failure, without targets. */
export interface ProviderError {
  readonly code: string;
  readonly detail: string;
}

/**
 * `sweepAt` is there only in open states, so one single-field index finds all that the sweep must look at. It is
 * `dueAt`, but where the event itself is redelivered: then the sweep only clears up once the notice is stale.
 */
export function dueTimes(dueAt: number, sweepAt: number): DocumentData {
  return { dueAt: timestamp(dueAt), sweepAt: timestamp(sweepAt) };
}

export function newDocument(entry: NewEntry): DocumentData {
  return {
    event: entry.notice.event,
    occasion: entry.notice.occasion,
    callbackId: entry.callbackId,
    serviceName: entry.serviceName,
    state: entry.state,
    claimant: entry.claimant,
    attempts: entry.state === 'SENDING' ? 1 : 0,
    targets: entry.targets,
    changedAt: timestamp(entry.changedAt),
    createdAt: timestamp(entry.now),
    updatedAt: timestamp(entry.now),
    staleAt: timestamp(entry.staleAt),
    deleted: entry.deleted,
    expireAt: timestamp(entry.now + keepMs),
    ...dueTimes(entry.dueAt, entry.deleted ? entry.staleAt : entry.dueAt),
  };
}

/** Only this module writes entries, so what is read is what `newDocument` and `settle` wrote. */
export function entryOf(snapshot: DocumentSnapshot): Entry {
  const at = (field: string) => (snapshot.get(field) as Timestamp | undefined)?.toMillis();
  const [dueAt, deadAt] = [at('dueAt'), at('deadAt')];
  const lastError = snapshot.get('lastError') as ProviderError | undefined;
  return {
    noticeId: snapshot.id,
    callbackId: snapshot.get('callbackId') as string,
    serviceName: snapshot.get('serviceName') as string,
    notice: { event: snapshot.get('event') as NoticeEvent, occasion: snapshot.get('occasion') as string },
    state: snapshot.get('state') as DeliveryState,
    claimant: snapshot.get('claimant') as string,
    attempts: snapshot.get('attempts') as number,
    targets: snapshot.get('targets') as TargetRow[],
    changedAt: at('changedAt') ?? 0,
    staleAt: at('staleAt') ?? 0,
    deleted: snapshot.get('deleted') as boolean,
    ...(dueAt !== undefined && { dueAt }),
    ...(deadAt !== undefined && { deadAt }),
    ...(lastError && { lastError }),
    claim: { noticeId: snapshot.id, updateTime: snapshot.updateTime ?? Timestamp.fromMillis(0) },
  };
}

export function timestamp(epochMilliseconds: number): Timestamp {
  return Timestamp.fromMillis(Math.round(epochMilliseconds));
}

/** gRPC status codes that mean "another writer was first": of a creation, and of a change. */
export const createdBefore = [6] as const;
export const changedSince = [9, 5] as const;

/**
 * Changes an entry, if it is still as the claim knows it: one write.
 *
 * @returns the claim on the changed entry; undefined where somebody else has written it since, or it is gone
 */
export async function change(
  reference: DocumentReference,
  { noticeId, updateTime }: Claim,
  fields: DocumentData,
): Promise<Claim | undefined> {
  return unlessRefused(changedSince, async () => {
    const { writeTime } = await reference.update(fields, { lastUpdateTime: updateTime });
    return { noticeId, updateTime: writeTime };
  });
}

/** Undefined where the write was refused with one of the gRPC status codes. */
export async function unlessRefused<T>(codes: readonly number[], write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (codes.includes(grpcCode(error))) return undefined;
    throw error;
  }
}
