import type { Firestore } from '@google-cloud/firestore';
import { callbackStates } from './callback.ts';
import { momentText } from '../google/document-value.ts';
import type { Documents, StoredDocument } from '../google/documents.ts';
import { grpcCode, statusCodes } from '../base/failure.ts';

export type CallbackDocument = StoredDocument;

/** Where callbacks are read from: nobody but the callback system writes them. */
export interface CallbackReader {
  /** One read. */
  read(callbackId: string): Promise<CallbackDocument | undefined>;
  /**
   * As it was at a moment of the last hour, which is as long as Firestore remembers. One read.
   *
   * @param at epoch microseconds
   * @returns undefined where there was none, or nobody knows any more
   */
  readAsOf(callbackId: string, at: number): Promise<CallbackDocument | undefined>;
}

export interface WaitingCallbacks {
  /** Callbacks that wait, in the order of their ids, from the one after `after` on: one read each. */
  waiting(
    after: string | undefined,
    limit: number,
  ): Promise<readonly { readonly callbackId: string; readonly document: CallbackDocument }[]>;
}

/** What every Firestore client's snapshot has. */
interface Snapshot {
  readonly exists: boolean;
  readonly createTime?: Time | undefined;
  readonly updateTime?: Time | undefined;
  data(): unknown;
}

interface Time {
  readonly seconds: number;
  readonly nanoseconds: number;
}

const never = { seconds: 0, nanoseconds: 0 };

export function documentOf(snapshot: Snapshot): StoredDocument | undefined {
  if (!snapshot.exists) return undefined;
  const { createTime = never, updateTime = never } = snapshot;
  return { data: snapshot.data(), createTime: momentText(createTime), updateTime: momentText(updateTime) };
}

/** Epoch microseconds of `seconds.nanoseconds`: exactly what Firestore tells times by. */
export function microsecondsOf(time: string): number {
  const [seconds = '0', nanoseconds = '0'] = time.split('.');
  return Number(seconds) * 1_000_000 + Math.floor(Number(nanoseconds) / 1000);
}

const waitingStates = callbackStates.filter((state) => state !== 'PROCESSING' && state !== 'COMPLETED');
/** Of a moment that is forgotten, or to come. */
const notRemembered: readonly number[] = [statusCodes.INVALID_ARGUMENT, statusCodes.FAILED_PRECONDITION];

export function createCallbackReader(documents: Documents): CallbackReader {
  const pathOf = (callbackId: string) => `callbacks/${callbackId}`;
  return {
    async read(callbackId) {
      const [document] = await documents.read([pathOf(callbackId)]);
      return document;
    },
    async readAsOf(callbackId, at) {
      try {
        const [document] = await documents.read([pathOf(callbackId)], at);
        return document;
      } catch (error) {
        if (notRemembered.includes(grpcCode(error))) return undefined;
        throw error;
      }
    },
  };
}

export function createWaitingCallbacks(db: Firestore): WaitingCallbacks {
  const callbacks = db.collection('callbacks');
  return {
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
