import { randomUUID } from 'node:crypto';
import {
  FieldValue,
  Timestamp,
  type DocumentData,
  type Firestore,
  type QueryDocumentSnapshot,
} from '@google-cloud/firestore';
import { documentOf } from '../google/snapshot.ts';
import type { NoticeEvent } from '../callback/notice-event.ts';
import { dueTimes, entryOf, ledgerCollection, timestamp, type Claim, type Entry } from './ledger-entry.ts';
import { pendingRow, type TargetRow } from './target-row.ts';
import { changedSince, unlessRefused } from '../base/failure.ts';

/** A dead letter that is replayed has as long as the longest notice, if it is still true. */
const replayedLifeMs = 60 * 60_000;

/** Which dead letters: all of them, where nothing is named. */
export interface DeadLetterFilter {
  readonly serviceName?: string;
  readonly event?: NoticeEvent;
  /** Of one of its devices, or of its last failure. */
  readonly code?: string;
  /** Dead for so long at least, and at most: epoch milliseconds of their death. */
  readonly before?: number;
  readonly after?: number;
}

/** Why a dead letter cannot be replayed. */
export type Obstacle = 'not-dead' | 'callback-deleted';

/** Notices that ended without having reached anybody: entries of the ledger with a `deadAt`. */
export interface DeadLetters {
  /**
   * One write: a dead letter waits again, for devices that refused it or were not reached, for those that its callback
   * names by now, and, where that is asked for, for those that were taken for gone; without any it fails again.
   * `not-dead` where somebody else was faster.
   */
  replay(entry: Entry, now: number, options?: ReplayOptions): Promise<'replayed' | Obstacle>;
  /** One write: nobody wants to hear of it any more. False where it is no dead letter any more. */
  discard(entry: Entry, now: number): Promise<boolean>;
  /** Dead letters, the newest first: one read for each dead letter of the time, whatever else is asked of them. */
  find(filter: DeadLetterFilter): AsyncGenerator<Entry>;
  /** Notices, dead or not, whose id begins like this, two at most: one read each. */
  lookUp(noticeId: string): Promise<Entry[]>;
}

export interface ReplayOptions {
  readonly gone?: boolean;
}

const deadPageSize = 300;

/**
 * What is in the way of replaying it, as far as that can be told without trying: its callback may name other devices by
 * now.
 */
export function obstacle({ deadAt, deleted }: Pick<Entry, 'deadAt' | 'deleted'>): Obstacle | undefined {
  if (deadAt === undefined) return 'not-dead';
  // Nobody knows the targets any more.
  return deleted ? 'callback-deleted' : undefined;
}

/** A device that has it is not told again. */
function rowsAgain({ targets }: Entry, { gone = false }: ReplayOptions): TargetRow[] {
  return targets.map((row) => {
    const again = row.state === 'REFUSED' || row.state === 'LATER' || (gone && row.state === 'GONE');
    return again ? pendingRow(row.hash) : row;
  });
}

export function createDeadLetters(db: Firestore): DeadLetters {
  const entries = db.collection(ledgerCollection);

  /**
   * False where somebody else has written the entry since, or it is gone. Where the answer was lost and the client asked
   * again, it was refused for its own sake: it finds its own write.
   */
  async function change({ noticeId, updateTime }: Claim, fields: DocumentData): Promise<boolean> {
    const [seconds, nanoseconds] = updateTime.split('.').map(Number);
    const lastUpdateTime = new Timestamp(seconds ?? 0, nanoseconds ?? 0);
    const [entry, writer] = [entries.doc(noticeId), randomUUID()];
    const written = await unlessRefused(changedSince, () => entry.update({ ...fields, writer }, { lastUpdateTime }));
    return written !== undefined || (await entry.get()).get('writer') === writer;
  }

  return {
    async replay(entry, now, options = {}) {
      const inTheWay = obstacle(entry);
      if (inTheWay) return inTheWay;
      const waits = {
        state: 'WAITING',
        targets: rowsAgain(entry, options),
        updatedAt: timestamp(now),
        staleAt: timestamp(now + replayedLifeMs),
        deadAt: FieldValue.delete(),
        ...dueTimes(now, now),
      };
      return (await change(entry.claim, waits)) ? 'replayed' : 'not-dead';
    },

    async discard({ claim, deadAt }, now) {
      if (deadAt === undefined) return false;
      const discarded = { deadAt: FieldValue.delete(), discardedAt: timestamp(now), updatedAt: timestamp(now) };
      return change(claim, discarded);
    },

    async *find({ serviceName, event, code, before, after }) {
      let dead = entries.orderBy('deadAt', 'desc').limit(deadPageSize);
      if (before !== undefined) dead = dead.where('deadAt', '<=', timestamp(before));
      if (after !== undefined) dead = dead.where('deadAt', '>=', timestamp(after));
      for (let page = await dead.get(); ; page = await dead.startAfter(page.docs.at(-1)).get()) {
        yield* page.docs
          .map(entryIn)
          .filter(
            (entry) =>
              (serviceName === undefined || entry.serviceName === serviceName) &&
              (event === undefined || entry.notice.event === event) &&
              (code === undefined || codesOf(entry).includes(code)),
          );
        if (page.size < deadPageSize) return;
      }
    },

    async lookUp(noticeId) {
      const found = await entries.orderBy('__name__').startAt(noticeId).endAt(`${noticeId}\uf8ff`).limit(2).get();
      return found.docs.map(entryIn);
    },
  };
}

function entryIn(snapshot: QueryDocumentSnapshot): Entry {
  return entryOf(snapshot.id, documentOf(snapshot));
}

/** Every error code that a notice has met with, each once. */
export function codesOf({ targets, lastError }: Pick<Entry, 'targets' | 'lastError'>): string[] {
  return [...new Set([...targets.flatMap(({ code }) => code ?? []), ...(lastError ? [lastError.code] : [])])];
}
