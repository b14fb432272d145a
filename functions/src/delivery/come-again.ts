import { failureMessage } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Planned } from './announcement.ts';

/** The notice must be tried again by redelivering its event: only that still knows the targets. */
export class RedeliveryNeeded extends Error {
  override readonly name = 'RedeliveryNeeded';
}

export interface ComeAgainParts {
  /** Has `retry` called at that time, in epoch milliseconds. The sweep covers for it when it fails. */
  readonly scheduleRetry: (noticeId: string, at: number) => Promise<void>;
  readonly log: Log;
}

/**
 * Sees to it that a notice is tried again at a time, in epoch milliseconds.
 *
 * @throws {RedeliveryNeeded} of a deleted callback
 */
export type ComeAgain = (on: Planned, at: number) => Promise<void>;

export function createComeAgain({ scheduleRetry, log }: ComeAgainParts): ComeAgain {
  return async ({ noticeId, callbackId, deleted }, at) => {
    if (deleted) throw new RedeliveryNeeded(`${noticeId} is to be tried again at ${iso(at)}`);
    try {
      await scheduleRetry(noticeId, at);
    } catch (error) {
      log('WARNING', 'retry-not-scheduled', { callbackId, noticeId, reason: failureMessage(error) });
    }
  };
}

/**
 * Somebody else has the notice, and sees to it. But if they fail, too, only the event of a deleted callback can bring its
 * targets back.
 */
export function leaveToOthers({ deleted, noticeId }: Planned): void {
  if (deleted) throw new RedeliveryNeeded(`${noticeId} was changed by somebody else`);
}

export function iso(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
