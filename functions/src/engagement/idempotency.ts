import { createHash } from 'node:crypto';
import { ApiError } from '../base/api-error.ts';
import type { Fields } from './booking.ts';
import { grpcCode, statusCodes } from '../base/failure.ts';

/** Header by which a client that repeats a request is answered as it was the first time. */
export const idempotencyKeyPattern = /^[\x21-\x7e]{1,255}$/;

/** How long a repetition is recognised. A Firestore TTL policy on `expireAt` removes the records some time later. */
export const rememberMs = 24 * 3600_000;

/**
 * `idempotency/{id}`: what was answered to a request. It is written in the same commit as what the request did, and
 * only where there is none: of any number of simultaneous repetitions one does it, and the others find the record.
 */
export interface AnswerRecord {
  readonly id: string;
  readonly fields: Fields;
}

export interface FormerAnswer {
  readonly fingerprint: string;
  readonly answer: object;
  readonly expireAt: Date;
  /** Removes this record; one that somebody else has written meanwhile stays. */
  readonly forget: () => Promise<void>;
}

export interface Repeatable {
  readonly keyId: string;
  readonly operation: string;
  readonly idempotencyKey: string;
  /** The request as it was understood. */
  readonly request: object;
}

export function recordOf(repeatable: Repeatable, answer: object, now: number): AnswerRecord {
  const expireAt = new Date(now + rememberMs);
  return { id: idOf(repeatable), fields: { fingerprint: fingerprintOf(repeatable), answer, expireAt } };
}

/**
 * Does something once. Whatever is in its way the second time, a limit that the first time exhausted among it, the
 * repetition is answered as the first time was; that costs one read, and the first time none.
 *
 * @param act writes what it does together with the record that it is given, if none is there
 * @param find the record of a former time, expired ones included: nobody says when they are removed
 */
export async function once<T extends object>(
  repeatable: Repeatable,
  now: number,
  act: (recordFor: (answer: T) => AnswerRecord) => Promise<T>,
  find: (id: string) => Promise<FormerAnswer | undefined>,
): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await act((answer) => recordOf(repeatable, answer, now));
    } catch (error) {
      const isTaken = grpcCode(error) === statusCodes.ALREADY_EXISTS;
      if (!isTaken && !(error instanceof ApiError)) throw error;
      const former = await find(idOf(repeatable));
      // The record is ours: it holds what this operation answered.
      if (former && former.expireAt.getTime() > now) return replayed(repeatable, former) as T;
      // Taken, and gone again: somebody else has just removed an expired record, and may have been faster with the next.
      if (round === mostRounds || (!former && !isTaken)) throw error;
      await former?.forget();
    }
  }
}

/** A round is lost only to another request of the same key that was faster, and it leaves a record. */
const mostRounds = 5;

function replayed(repeatable: Repeatable, former: FormerAnswer): object {
  if (former.fingerprint !== fingerprintOf(repeatable))
    throw new ApiError('idempotency-key-reused', 'This Idempotency-Key was used for another request. Use a new one.');
  return former.answer;
}

/** The same header of another key or another operation is another one. */
function idOf({ keyId, operation, idempotencyKey }: Repeatable): string {
  return digest([keyId, operation, idempotencyKey].join('\n'));
}

function fingerprintOf({ request }: Repeatable): string {
  return digest(JSON.stringify(request));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
