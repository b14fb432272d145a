import {
  FieldValue,
  type DocumentData,
  type DocumentReference,
  type Firestore,
  type Query,
  type Transaction,
} from '@google-cloud/firestore';
import { openStates, type Booking, type Fields, type Limits } from './booking.ts';
import { callInKey, callInRecord, keyOnCallback, type CallInRequest } from './call-in.ts';
import { knownCallback } from '../callback/fields.ts';
import type { KnownCallback } from '../callback/fields.ts';
import type { AnswerRecord, FormerAnswer } from './idempotency.ts';
import { changedSince, unlessRefused } from '../base/failure.ts';
import type { Slot } from './slots.ts';

/** Why something was not written; `written` where it was. */
export type Written = 'written' | 'number-limit-reached' | 'slot-full';

/** What a change makes of a callback: fields to write, or nothing; it throws where the change is not allowed. */
export type Decide<T> = (callback: KnownCallback | undefined) => { fields?: Fields; limits?: Limits; result: T };

/**
 * Callbacks and call-ins in Firestore, as the API writes and reads them.
 *
 * The answer of a commit may be lost although it was carried out; the client then commits anew. Whatever is written here finds
 * its own former writing, and is answered as if it had been told at once.
 */
export interface BookingStore {
  /**
   * Writes a new callback, and the record of it if there is one: one write each. A limit costs one read (a count), and
   * a transaction with it, so that two requests cannot both take the last place.
   */
  book(id: string, booking: Booking, record?: AnswerRecord): Promise<Written>;
  /** One read. */
  callback(id: string): Promise<KnownCallback | undefined>;
  /**
   * One read, one write, in a transaction: nobody changes the callback in between. With a slot one read (a count) more.
   * Where it takes a live call-in off the callback, or ends it, the call-in goes too: one read and one write more.
   */
  change<T>(id: string, decide: Decide<T>): Promise<{ written: Written; result: T }>;
  /**
   * Writes a call-in whose access code no other live one of its group has: one write, and one read for each code that
   * is tried. As the acceptance of a callback it costs one read and one write more.
   *
   * @param propose a call-in with another code at each call; throws where the callback does not allow it
   * @param fieldOf what of it goes onto the callback
   * @returns undefined where every code that was tried is taken
   */
  callIn(
    callbackId: string | undefined,
    propose: (callback: KnownCallback | undefined) => CallInRequest,
    fieldOf: (request: CallInRequest) => Fields,
    recordOf: ((request: CallInRequest) => AnswerRecord) | undefined,
  ): Promise<CallInRequest | undefined>;
  /** How many callbacks that are not over a slot has: one read. */
  countIn(serviceName: string, slot: Slot): Promise<number>;
  /** What was reported of a queue: one read. */
  queue(serviceName: string): Promise<unknown>;
  /** One read. */
  formerAnswer(id: string): Promise<FormerAnswer | undefined>;
}

/** Codes that one request tries, and how often a transaction is run again where another one was in its way. */
const codeTries = 10;
const maxAttempts = 10;

export function createBookingStore(db: Firestore, now: () => number): BookingStore {
  const callbacks = db.collection('callbacks');
  const callIns = db.collection('callInRequests');
  const records = db.collection('idempotency');
  const open = (serviceName: string) =>
    callbacks.where('serviceName', '==', serviceName).where('callbackState', 'in', openStates);
  const inSlot = (serviceName: string, { start, end }: Slot) =>
    open(serviceName).where('desiredTime', '>=', new Date(start)).where('desiredTime', '<', new Date(end));

  /** @param own where the callback itself stands among those that are counted */
  async function broken(
    transaction: Transaction,
    serviceName: string,
    { number, slot }: Limits,
    own?: KnownCallback,
  ): Promise<Written> {
    if (number) {
      const query = open(serviceName).where('phoneNumber', '==', number.phoneNumber);
      if ((await count(transaction, query)) >= number.most) return 'number-limit-reached';
    }
    if (slot) {
      const desired = own?.desiredTime?.getTime() ?? NaN;
      const isInIt = desired >= slot.start && desired < slot.end;
      const others = (await count(transaction, inSlot(serviceName, slot))) - (isInIt ? 1 : 0);
      if (others >= slot.most) return 'slot-full';
    }
    return 'written';
  }

  /** The live call-in that a callback leaves behind when it is booked anew or over: its code must let nobody in. */
  async function endedCallIn(
    transaction: Transaction,
    callback: KnownCallback | undefined,
    fields: Fields,
  ): Promise<DocumentReference | undefined> {
    const callIn = callback?.callIn;
    if (!callIn || callIn.expirationTime.getTime() <= now()) return undefined;
    if (fields['callIn'] !== null && fields['callbackState'] !== 'COMPLETED') return undefined;
    const key = keyOnCallback(callIn);
    if (key === undefined) return undefined;
    const record = await transaction.get(callIns.doc(key));
    // A callback system may write call-ins of its own, with a code that somebody else has here.
    return record.get('id') === callIn.id ? record.ref : undefined;
  }

  function keep(write: Creates, record: AnswerRecord | undefined): void {
    if (record) write.create(records.doc(record.id), { ...record.fields });
  }

  async function freeCode(
    transaction: Transaction,
    propose: () => CallInRequest,
  ): Promise<{ request: CallInRequest; reference: DocumentReference } | undefined> {
    for (let tries = 0; tries < codeTries; tries++) {
      const request = propose();
      const reference = callIns.doc(callInKey(request));
      if (request.accessCode === undefined) return { request, reference };
      const taken: unknown = (await transaction.get(reference)).get('expirationTime');
      if (!isTimestamp(taken) || taken.toMillis() <= now()) return { request, reference };
    }
    return undefined;
  }

  return {
    async book(id, { serviceName, fields, limits }, record) {
      const reference = callbacks.doc(id);
      if (!limits.number && !limits.slot) {
        // The id is new: it can be there only from a former time of this very commit.
        const batch = db.batch().set(reference, { ...fields });
        keep(batch, record);
        await batch.commit();
        return 'written';
      }
      let isAnotherRun = false;
      return db.runTransaction(
        async (transaction) => {
          if (isAnotherRun && (await transaction.get(reference)).exists) return 'written';
          isAnotherRun = true;
          const written = await broken(transaction, serviceName, limits);
          if (written !== 'written') return written;
          transaction.create(reference, { ...fields });
          keep(transaction, record);
          return written;
        },
        { maxAttempts },
      );
    },

    async callback(id) {
      return knownCallback((await callbacks.doc(id).get()).data());
    },

    async change(id, decide) {
      const reference = callbacks.doc(id);
      return db.runTransaction(
        async (transaction) => {
          const callback = knownCallback((await transaction.get(reference)).data());
          const { fields, limits = {}, result } = decide(callback);
          const written = await broken(transaction, callback?.serviceName ?? '', limits, callback);
          if (!fields || written !== 'written') return { written, result };
          const ended = await endedCallIn(transaction, callback, fields);
          transaction.update(reference, changed(fields));
          if (ended) transaction.delete(ended);
          return { written, result };
        },
        { maxAttempts },
      );
    },

    async callIn(callbackId, propose, fieldOf, recordOf) {
      let made: CallInRequest | undefined;
      return db.runTransaction(
        async (transaction) => {
          const callback = callbackId === undefined ? undefined : callbacks.doc(callbackId);
          const accepted = callback && knownCallback((await transaction.get(callback)).data());
          if (made && accepted?.callIn?.id === made.id && accepted.callIn.accessCode === made.accessCode) return made;
          const found = await freeCode(transaction, () => propose(accepted));
          if (!found) return undefined;
          const { request, reference } = found;
          transaction.set(reference, { ...callInRecord(request) });
          if (callback) transaction.update(callback, { callIn: { ...fieldOf(request) } });
          keep(transaction, recordOf?.(request));
          made = request;
          return request;
        },
        { maxAttempts },
      );
    },

    async countIn(serviceName, slot) {
      return (await inSlot(serviceName, slot).count().get()).data().count;
    },

    async queue(serviceName) {
      return (await db.collection('queues').doc(serviceName).get()).data();
    },

    async formerAnswer(id) {
      const snapshot = await records.doc(id).get();
      const { updateTime: lastUpdateTime } = snapshot;
      const data = snapshot.data();
      if (!data || !lastUpdateTime) return undefined;
      // Only this module writes records.
      const { fingerprint, answer, expireAt } = data as {
        fingerprint: string;
        answer: object;
        expireAt: TimestampLike;
      };
      return {
        fingerprint,
        answer,
        expireAt: new Date(expireAt.toMillis()),
        async forget() {
          await unlessRefused(changedSince, () => records.doc(id).delete({ lastUpdateTime }));
        },
      };
    },
  };
}

/** A batch or a transaction. */
interface Creates {
  create(reference: DocumentReference, data: DocumentData): unknown;
}

interface TimestampLike {
  toMillis(): number;
}

function isTimestamp(value: unknown): value is TimestampLike {
  return typeof value === 'object' && value !== null && 'toMillis' in value;
}

async function count(transaction: Transaction, query: Query): Promise<number> {
  return (await transaction.get(query.count())).data().count;
}

/** These fields and no others: what else the callback system wrote is not ours to write again. */
function changed(fields: Fields): DocumentData {
  const entries = Object.entries(fields).map(([name, value]) => [name, value ?? FieldValue.delete()] as const);
  return Object.fromEntries(entries);
}
