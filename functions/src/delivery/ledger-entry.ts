import { createHash } from 'node:crypto';
import { microsecondsOf } from '../callback/callback.ts';
import type { Notice } from '../notice/decision.ts';
import type { NoticeEvent } from '../callback/notice-event.ts';
import type { DeliveryState } from './delivery-state.ts';
import type { TargetRow } from './target-row.ts';
import type { Fields, Moment } from '../google/document-value.ts';
import type { StoredDocument } from '../google/documents.ts';

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

/** How an attempt at a notice begins, or the wait for one. Times are epoch milliseconds. */
export interface Opening {
  readonly state: 'SENDING' | 'WAITING';
  readonly targets: readonly TargetRow[];
  readonly changedAt: number;
  readonly now: number;
  readonly staleAt: number;
  /** End of the lease of an attempt that begins now, or the time of the next one. */
  readonly dueAt: number;
  /** Why it waits, where nothing can be sent. */
  readonly lastError?: ProviderError;
}

export interface NewEntry extends Opening {
  readonly callbackId: string;
  readonly serviceName: string;
  readonly notice: Notice;
  /** Its event, not the sweep, must bring the targets again. */
  readonly deleted: boolean;
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
  /** When it became a dead letter; absent where it is none, or none any more. */
  readonly deadAt?: number;
  readonly lastError?: ProviderError;
  readonly claim: Claim;
}

/** Proof of holding an entry as it was read or written last: whoever changed it since has taken it over. */
export interface Claim {
  readonly noticeId: string;
  readonly updateTime: string;
}

/** The provider's own words of the last failure, without targets; or why nothing could be sent. */
export interface ProviderError {
  readonly code: string;
  readonly detail: string;
}

/**
 * `sweepAt` is there only in open states, so one single-field index finds all that the sweep must look at. It is
 * `dueAt`, but where the event itself is redelivered: then the sweep only clears up once the notice is stale.
 */
export function dueTimes(dueAt: number, sweepAt: number): Fields {
  return { dueAt: timestamp(dueAt), sweepAt: timestamp(sweepAt) };
}

export function newDocument(entry: NewEntry): Fields {
  const { notice, callbackId, serviceName, deleted, now } = entry;
  return {
    event: notice.event,
    occasion: notice.occasion,
    callbackId,
    serviceName,
    deleted,
    createdAt: timestamp(now),
    expireAt: timestamp(now + keepMs),
    ...openingFields(entry, { attempts: 0, deleted }),
  };
}

/** What an opening makes of an entry, be it new or there before. */
export function openingFields(opening: Opening, { attempts, deleted }: Pick<Entry, 'attempts' | 'deleted'>): Fields {
  const { state, targets, changedAt, now, staleAt, dueAt, lastError } = opening;
  return {
    state,
    attempts: state === 'SENDING' ? attempts + 1 : attempts,
    targets,
    changedAt: timestamp(changedAt),
    updatedAt: timestamp(now),
    staleAt: timestamp(staleAt),
    ...dueTimes(dueAt, deleted ? staleAt : dueAt),
    ...(lastError && { lastError }),
  };
}

/** Only the delivery writes entries, so what is read is what it wrote. */
interface WrittenEntry extends Pick<Entry, 'callbackId' | 'serviceName' | 'state' | 'attempts'> {
  readonly event: NoticeEvent;
  readonly occasion: string;
  readonly targets: readonly TargetRow[];
  readonly deleted: boolean;
  readonly changedAt?: Moment;
  readonly staleAt?: Moment;
  readonly dueAt?: Moment;
  readonly deadAt?: Moment;
  readonly lastError?: ProviderError;
}

export function entryOf(noticeId: string, { data, updateTime }: StoredDocument): Entry {
  const { event, occasion, callbackId, serviceName, state, attempts, targets, deleted, ...rest } = data as WrittenEntry;
  const { changedAt, staleAt, dueAt, deadAt, lastError } = rest;
  return {
    noticeId,
    callbackId,
    serviceName,
    notice: { event, occasion },
    state,
    attempts,
    targets,
    changedAt: changedAt?.toMillis() ?? 0,
    staleAt: staleAt?.toMillis() ?? 0,
    deleted,
    ...(dueAt && { dueAt: dueAt.toMillis() }),
    ...(deadAt && { deadAt: deadAt.toMillis() }),
    ...(lastError && { lastError }),
    claim: { noticeId, updateTime },
  };
}

/** Whether one device has it. */
export function hasReached({ targets }: Pick<Entry, 'targets'>): boolean {
  return targets.some(({ state }) => state === 'ACCEPTED');
}

/** When it was written last, in epoch milliseconds. */
export function settledAt({ claim }: Pick<Entry, 'claim'>): number {
  return microsecondsOf(claim.updateTime) / 1000;
}

/** Firestore's own clients take dates, too. */
export function timestamp(epochMilliseconds: number): Date {
  return new Date(Math.round(epochMilliseconds));
}
