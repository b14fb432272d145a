import { onReturn } from '../notice/decision.ts';
import { planOf, type Announcement, type Planned } from './announcement.ts';
import { createAttempt, type AttemptParts } from './attempt.ts';
import { reclaim } from './claimed-before.ts';
import { createComeAgain, iso, RedeliveryNeeded, type ComeAgainParts } from './come-again.ts';
import { targetHash, type Entry } from './ledger-entry.ts';
import type { Ledger } from './ledger.ts';
import { createOpener, pendingRows, type OpenerParts } from './opening.ts';
import { createRetry, type Retry, type RetryParts } from './retry.ts';
import { rowsNow } from './target-row.ts';

type PartsOfAll = Omit<AttemptParts & OpenerParts & RetryParts & ComeAgainParts, 'attempt' | 'comeAgain' | 'opener'>;

export interface DeliveryParts extends PartsOfAll {
  readonly ledger: Ledger;
  /** When the callback was given another desired time last, until a moment; both in epoch milliseconds. One read. */
  readonly rebookedAt: (callbackId: string, until: number) => Promise<number | undefined>;
}

export interface Delivery {
  /**
   * Claims the notice, sends it, settles it: two ledger writes and one FCM request a target. Claimed before, it
   * leaves after one read. Where nothing can be sent now, it waits in the ledger: one write.
   *
   * @throws where redelivering the event helps: Firestore did not answer, or `RedeliveryNeeded`
   */
  readonly deliver: (announcement: Announcement) => Promise<void>;
  readonly retry: Retry;
}

export function createDelivery(parts: DeliveryParts): Delivery {
  const { log, now } = parts;
  const comeAgain = createComeAgain(parts);
  const opener = createOpener({ ...parts, comeAgain, attempt: createAttempt({ ...parts, comeAgain }) });

  async function deliver(announcement: Announcement): Promise<void> {
    const on = planOf(announcement);
    if (now() >= on.staleAt) {
      const { callbackId, noticeId, notice, changedAt } = on;
      log('WARNING', 'notice-stale', { callbackId, noticeId, event: notice.event, ageMs: now() - changedAt });
      return;
    }
    const before = await opener.first(on);
    if (before) await claimedBefore(on, before);
  }

  async function claimedBefore(on: Planned, entry: Entry): Promise<void> {
    const what = reclaim(entry, on, now());
    if (what === 'come-again') throw dueLater(entry);
    if (what === 'next-attempt') return nextAttempt(on, entry);
    if (what === 'anew') return opener.again(entry, on, pendingRows(on));
    const returnedAt = what === 'returned?' ? await returnOf(on, entry) : undefined;
    if (returnedAt !== undefined) return deliver({ ...on, notice: onReturn(on.notice, returnedAt) });
    const { callbackId, noticeId, notice } = on;
    log('DEBUG', 'notice-claimed-before', { callbackId, noticeId, event: notice.event });
  }

  async function nextAttempt(on: Planned, entry: Entry): Promise<void> {
    // A wait in the ledger goes on as it is: nothing is written while nothing can be sent.
    if (parts.gate.stop()) throw dueLater(entry);
    const { staleAt, changedAt } = entry;
    const targets = rowsNow(entry.targets, on.callback.pushTargets.map(targetHash));
    await opener.again(entry, { ...on, staleAt, changedAt }, targets);
  }

  /** When the booking came back that the notice speaks of; undefined where it is the one that was told. */
  async function returnOf({ callbackId, changedAt }: Planned, told: Entry): Promise<number | undefined> {
    const rebookedAt = await parts.rebookedAt(callbackId, changedAt);
    return rebookedAt !== undefined && told.changedAt < rebookedAt ? rebookedAt : undefined;
  }

  return { deliver, retry: createRetry({ ...parts, opener }) };
}

function dueLater({ noticeId, dueAt = 0 }: Entry): RedeliveryNeeded {
  return new RedeliveryNeeded(`${noticeId} is not due before ${iso(dueAt)}`);
}
