import { Timestamp, type Firestore } from '@google-cloud/firestore';
import { callbackStates } from './callback.ts';
import { grpcCode } from './failure.ts';

/** A document as Firestore hands it out; its times are `seconds.nanoseconds`. */
export interface CallbackDocument {
  readonly data: unknown;
  readonly createTime: string;
  readonly updateTime: string;
}

/** Where callbacks are read from: nobody but the callback system writes them. */
export interface CallbackStore {
  /** One read. */
  read(callbackId: string): Promise<CallbackDocument | undefined>;
  /**
   * As it was at a moment of the last hour, which is as long as Firestore remembers. One read.
   *
   * @param at epoch microseconds
   * @returns undefined where there was none, or nobody knows any more
   */
  readAsOf(callbackId: string, at: number): Promise<CallbackDocument | undefined>;
  /** Callbacks that wait, in the order of their ids, from the one after `after` on: one read each. */
  waiting(
    after: string | undefined,
    limit: number,
  ): Promise<readonly { readonly callbackId: string; readonly document: CallbackDocument }[]>;
}

/** What every Firestore client's snapshot has, and that of the functions' events. */
interface Snapshot {
  readonly exists: boolean;
  readonly createTime?: Moment | undefined;
  readonly updateTime?: Moment | undefined;
  data(): unknown;
}

interface Moment {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export function documentOf(snapshot: Snapshot): CallbackDocument | undefined {
  if (!snapshot.exists) return undefined;
  return { data: snapshot.data(), createTime: textOf(snapshot.createTime), updateTime: textOf(snapshot.updateTime) };
}

function textOf({ seconds, nanoseconds }: Moment = { seconds: 0, nanoseconds: 0 }): string {
  return `${seconds}.${String(nanoseconds).padStart(9, '0')}`;
}

/** Epoch microseconds of `seconds.nanoseconds`: exactly what Firestore tells times by. */
export function microsecondsOf(time: string): number {
  const [seconds = '0', nanoseconds = '0'] = time.split('.');
  return Number(seconds) * 1_000_000 + Math.floor(Number(nanoseconds) / 1000);
}

const waitingStates = callbackStates.filter((state) => state !== 'PROCESSING' && state !== 'COMPLETED');
const tooLongAgo = [3, 9];

export function createCallbackStore(db: Firestore): CallbackStore {
  const callbacks = db.collection('callbacks');
  return {
    read: async (callbackId) => documentOf(await callbacks.doc(callbackId).get()),

    async readAsOf(callbackId, at) {
      const readTime = new Timestamp(Math.floor(at / 1_000_000), (at % 1_000_000) * 1000);
      const past = { readOnly: true, readTime } as const;
      try {
        return documentOf(await db.runTransaction((then) => then.get(callbacks.doc(callbackId)), past));
      } catch (error) {
        if (tooLongAgo.includes(grpcCode(error))) return undefined;
        throw error;
      }
    },

    async waiting(after, limit) {
      let query = callbacks.where('callbackState', 'in', waitingStates).orderBy('__name__').limit(limit);
      if (after !== undefined) query = query.startAfter(after);
      const found = await query.get();
      return found.docs.flatMap((snapshot) => {
        const document = documentOf(snapshot);
        return document ? [{ callbackId: snapshot.id, document }] : [];
      });
    },
  };
}
