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
  /** A read and a write. @param at epoch milliseconds of the change */
  note(callbackId: string, at: number): Promise<void>;
  /** One read. @returns epoch milliseconds of the last rebooking until `at`; undefined where there was none */
  last(callbackId: string, at: number): Promise<number | undefined>;
}

/** Of more rebookings the oldest are forgotten. */
const mostTimes = 20;

export function createRebookings(documents: Documents): Rebookings {
  const pathOf = (callbackId: string) => `rebookings/${createHash('sha256').update(callbackId).digest('hex')}`;

  async function timesOf(callbackId: string): Promise<number[]> {
    const [document] = await documents.read([pathOf(callbackId)]);
    const { rebookedAt } = fieldsOf(document?.data);
    return Array.isArray(rebookedAt) ? rebookedAt.map((moment: Moment) => moment.toMillis()) : [];
  }

  return {
    async note(callbackId, at) {
      const times = new Set([...(await timesOf(callbackId)), Math.floor(at)]);
      const kept = [...times].sort((one, other) => one - other).slice(-mostTimes);
      const fields = { rebookedAt: kept.map(timestamp), expireAt: timestamp(at + keepMs) };
      await documents.write({ set: pathOf(callbackId), fields });
    },
    async last(callbackId, at) {
      return (await timesOf(callbackId)).findLast((time) => time <= at);
    },
  };
}
