import { createHash } from 'node:crypto';
import { fieldsOf } from '../base/json.ts';
import type { Moment } from '../google/document-value.ts';
import type { Documents } from '../google/documents.ts';
import { keepMs, timestamp } from './ledger-entry.ts';

/**
 * When a callback was given another desired time, `rebookings/{hash}`. A booking is named by its desired time, so one that
 * comes back (A ▸ B ▸ A) has the name of the first: only this tells that it is another. A Firestore TTL policy on
 * `expireAt` removes what no entry of the ledger can ask for any more.
 */
export interface Rebookings {
  /** One write. @param at epoch milliseconds of the change */
  note(callbackId: string, at: number): Promise<void>;
  /** One read. @returns epoch milliseconds of the last rebooking; undefined where there was none */
  last(callbackId: string): Promise<number | undefined>;
}

export function createRebookings(documents: Documents): Rebookings {
  const pathOf = (callbackId: string) => `rebookings/${createHash('sha256').update(callbackId).digest('hex')}`;
  return {
    async note(callbackId, at) {
      const fields = { rebookedAt: timestamp(at), expireAt: timestamp(at + keepMs) };
      await documents.write({ set: pathOf(callbackId), fields });
    },
    async last(callbackId) {
      const [document] = await documents.read([pathOf(callbackId)]);
      return (fieldsOf(document?.data)['rebookedAt'] as Moment | undefined)?.toMillis();
    },
  };
}
