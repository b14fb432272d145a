import { randomUUID } from 'node:crypto';
import type { Callback } from '../callback/callback.ts';
import { staleAt, type Notice } from '../notice/decision.ts';
import { events } from '../notice/events.ts';
import { isDead, isDue, pendingRow, rowAfter, standing, type TargetRow } from './delivery-state.ts';
import type { PushResult } from '../fcm/result.ts';
import type { PushSender } from './push-sender.ts';
import { failureMessage } from '../base/failure.ts';
import type { Stop } from './circuit.ts';
import type { Gate } from './guards.ts';
import { hasReached, noticeIdOf, targetHash, type Claim, type Entry } from './ledger-entry.ts';
import type { Ledger, Settlement } from './ledger.ts';
import type { Log } from '../base/log.ts';
import { buildMessage } from '../notice/message.ts';
import type { Settings } from '../callback/settings.ts';
import type { Truth } from './truth.ts';

/** A notice that is to go out, with all that its message is made of. */
export interface Announcement {
  readonly callbackId: string;
  readonly callback: Callback;
  readonly notice: Notice;
  readonly settings: Settings;
  /** Epoch milliseconds of the change that is announced. */
  readonly changedAt: number;
  /** When the callback was read, in epoch milliseconds; absent = it is as the change left it. */
  readonly trueAt?: number;
  /** The callback's document is gone, so the targets are known to nobody but the event of its deletion. */
  readonly deleted: boolean;
}

export interface DeliveryParts {
  readonly ledger: Ledger;
  readonly send: PushSender;
  readonly gate: Gate;
  readonly settingsOf: (serviceName: string) => Promise<Settings>;
  readonly truth: Pick<Truth, 'holds'>;
  /** When the callback was given another desired time last, in epoch milliseconds. One read. */
  readonly rebookedAt: (callbackId: string) => Promise<number | undefined>;
  /** The callback as it is now; undefined where it does not exist. One read. */
  readonly currentCallback: (callbackId: string) => Promise<Callback | undefined>;
  /** Has `retry` called at that time, in epoch milliseconds. The sweep covers for it when it fails. */
  readonly scheduleRetry: (noticeId: string, at: number) => Promise<void>;
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
  /** How long one attempt may take before another may be made of it. */
  readonly leaseMs: number;
}

/** The notice must be tried again by redelivering its event: only that still knows the targets. */
export class RedeliveryNeeded extends Error {
  override readonly name = 'RedeliveryNeeded';
}

export interface Delivery {
  /**
   * Claims the notice, sends it, settles it: two ledger writes and one FCM request a target. Claimed before, it
   * leaves after one read. Where nothing can be sent now, it waits in the ledger: one write.
   *
   * @throws where redelivering the event helps: Firestore did not answer, or `RedeliveryNeeded`
   */
  readonly deliver: (announcement: Announcement) => Promise<void>;
  /**
   * One more attempt at a notice that waits, or whose attempt never ended; `not-due` asks the caller to come again.
   * Without I/O, where nothing can be sent now.
   */
  readonly retry: (noticeId: string) => Promise<'done' | 'not-due'>;
}

/** What was held back comes again within this of the end of the stop, not all at once. */
const longestHoldMs = 10_000;

export function createDelivery(parts: DeliveryParts): Delivery {
  const { ledger, log, now } = parts;

  async function deliver(announcement: Announcement): Promise<void> {
    const { callbackId, callback, notice, changedAt, trueAt, deleted } = announcement;
    const noticeId = noticeIdOf(callbackId, notice);
    const stale = staleAt(notice, callback, changedAt, trueAt);
    if (now() >= stale) {
      log('WARNING', 'notice-stale', {
        callbackId,
        noticeId,
        event: notice.event,
        ageMs: now() - changedAt,
      });
      return;
    }
    const stop = parts.gate.stop();
    const heldUntil = stop && Math.round(Math.min(stop.until + parts.random() * longestHoldMs, stale));
    const entry = {
      state: stop ? 'WAITING' : 'SENDING',
      claimant: randomUUID(),
      callbackId,
      serviceName: callback.serviceName,
      notice,
      targets: pendingRows(callback),
      deleted,
      changedAt,
      now: now(),
      staleAt: stale,
      dueAt: heldUntil ?? now() + parts.leaseMs,
    } as const;
    const claim = await ledger.claim(noticeId, entry);
    const on = { ...announcement, noticeId, staleAt: stale, targets: entry.targets };
    if (!claim) await claimedBefore(on, entry.claimant, stop);
    else if (stop) await hold(on, entry.dueAt, stop);
    else await attempt({ ...on, claim, leaseUntil: entry.dueAt, number: 1 });
  }

  async function hold(on: Held, until: number, { code }: Stop): Promise<void> {
    const { callbackId, noticeId, notice } = on;
    log('WARNING', 'notice-held', { callbackId, noticeId, event: notice.event, code, nextAttemptAt: iso(until) });
    await comeAgain(on, until);
  }

  /**
   * Whoever claimed a notice looks after it, with the tasks and the sweep, but for three cases. It may be ourselves,
   * where the answer to the claim was lost and the client asked again. Of a deleted callback the event must come
   * again as long as the notice is open. And what was superseded before it reached anybody may be true again: the
   * wait rose and has now fallen once more.
   */
  async function claimedBefore(on: Held, claimant: string, stop: Stop | undefined): Promise<void> {
    const { callbackId, noticeId, notice, settings, deleted, staleAt } = on;
    const entry = await ledger.read(noticeId);
    const isOurs = entry?.claimant === claimant;
    if (isOurs && entry.state === 'SENDING' && entry.attempts === 1 && entry.dueAt !== undefined) {
      await attempt({ ...on, claim: entry.claim, targets: entry.targets, leaseUntil: entry.dueAt, number: 1 });
    } else if (isOurs && stop && entry.state === 'WAITING' && entry.dueAt !== undefined) {
      await hold(on, entry.dueAt, stop);
    } else if (entry && deleted && entry.dueAt !== undefined) {
      if (stop || entry.dueAt > now()) throw new RedeliveryNeeded(`${noticeId} is not due before ${iso(entry.dueAt)}`);
      await attemptAgain(entry, on, entry.targets);
    } else if (entry?.state === 'SUPERSEDED' && !hasReached(entry)) {
      const callback = await parts.currentCallback(callbackId);
      if (!callback || !(await parts.truth.holds(notice, callbackId, callback, settings))) return;
      await attemptAgain({ ...entry, staleAt }, { ...on, callback }, pendingRows(callback));
    } else {
      log('DEBUG', 'notice-claimed-before', { callbackId, noticeId, event: notice.event });
    }
  }

  async function attemptAgain(entry: Entry, announcement: Announcement, targets: readonly TargetRow[]): Promise<void> {
    const { noticeId, staleAt, attempts } = entry;
    const leaseUntil = now() + parts.leaseMs;
    const claim = await ledger.takeOver(entry, leaseUntil, now());
    if (!claim) {
      leaveToOthers(announcement, noticeId);
      return;
    }
    await attempt({ ...announcement, noticeId, staleAt, claim, targets, leaseUntil, number: attempts + 1 });
  }

  /**
   * Somebody else has the notice, or our own write whose answer was lost: they see to it. But if they fail, too, only
   * the event of a deleted callback can bring its targets back.
   */
  function leaveToOthers({ deleted }: Announcement, noticeId: string): void {
    if (deleted) throw new RedeliveryNeeded(`${noticeId} was changed by somebody else`);
  }

  async function attempt(on: Attempt): Promise<void> {
    const { noticeId, callbackId, notice, claim, number, staleAt } = on;
    const said = { callbackId, noticeId, event: notice.event, attempt: number };
    const { rows: targets, results } = await sendToAll(on);
    const stands = standing(targets, staleAt);
    const failure = results.findLast((result) => result.outcome !== 'accepted');
    const wasGone = new Set(on.targets.filter(({ state }) => state === 'GONE').map(({ hash }) => hash));
    const settled = await ledger.settle(claim, {
      state: stands.state,
      targets,
      now: now(),
      retired: targets.filter(({ state, hash }) => state === 'GONE' && !wasGone.has(hash)),
      ...(stands.state === 'WAITING' && { dueAt: stands.at, sweepAt: on.deleted ? staleAt : stands.at }),
      ...(failure && { lastError: { code: failure.code, detail: failure.detail } }),
    });
    if (!settled) {
      log('WARNING', 'notice-taken-over', said);
      leaveToOthers(on, noticeId);
      return;
    }
    const next = stands.state === 'WAITING' && { nextAttemptAt: iso(stands.at) };
    log(isDead(stands.state) ? 'ERROR' : 'INFO', 'notice-settled', {
      ...said,
      state: stands.state,
      ...next,
    });
    if (stands.state === 'WAITING') await comeAgain(on, stands.at);
  }

  async function sendToAll(on: Attempt): Promise<{ rows: TargetRow[]; results: PushResult[] }> {
    const message = buildMessage({ ...on, now: now() });
    const targetOf = new Map(on.callback.pushTargets.map((target) => [targetHash(target), target]));
    const results: PushResult[] = [];
    const rows = await Promise.all(
      on.targets.map(async (row) => {
        if (!isDue(row, now())) return row;
        const target = targetOf.get(row.hash);
        const result = target ? await parts.send(target, message, on.leaseUntil) : targetRemoved;
        results.push(result);
        if (result.outcome !== 'accepted') reportFailure(on, row.hash, result);
        return rowAfter(row, result, now(), parts.random());
      }),
    );
    return { rows, results };
  }

  function reportFailure(
    { callbackId, noticeId, notice }: Attempt,
    target: string,
    { outcome, code, detail }: Exclude<PushResult, { outcome: 'accepted' }>,
  ): void {
    const severity = outcome === 'try-later' ? 'WARNING' : 'ERROR';
    log(severity, 'target-failed', { callbackId, noticeId, event: notice.event, target, outcome, code, detail });
  }

  async function comeAgain({ noticeId, callbackId, deleted }: Held, at: number): Promise<void> {
    if (deleted) throw new RedeliveryNeeded(`${noticeId} is to be tried again at ${iso(at)}`);
    try {
      await parts.scheduleRetry(noticeId, at);
    } catch (error) {
      log('WARNING', 'retry-not-scheduled', { callbackId, noticeId, reason: failureMessage(error) });
    }
  }

  async function retry(noticeId: string): Promise<'done' | 'not-due'> {
    if (parts.gate.stop()) return 'not-due';
    const entry = await ledger.read(noticeId);
    if (entry?.dueAt === undefined) return 'done';
    if (entry.dueAt > now()) return 'not-due';
    if (now() >= entry.staleAt) {
      await close(entry, hasReached(entry) ? 'SENT' : 'EXPIRED');
      return 'done';
    }
    const { callbackId, notice, targets, changedAt } = entry;
    const callback = await parts.currentCallback(callbackId);
    const settings = callback && (await parts.settingsOf(callback.serviceName));
    if (settings && (await parts.truth.holds(notice, callbackId, callback, settings))) {
      // What it speaks of may be over sooner by now, or have been shorter than the life of a replayed dead letter.
      const stale = Math.min(entry.staleAt, staleAt(notice, callback, now()));
      const announcement = { callbackId, callback, notice, settings, changedAt, deleted: false };
      await attemptAgain({ ...entry, staleAt: stale }, announcement, targets);
    } else if (!callback && events[notice.event].outlivesCallback) {
      await close(entry, hasReached(entry) ? 'SENT' : 'FAILED', callbackGone);
    } else {
      await close(entry, hasReached(entry) ? 'SENT' : 'SUPERSEDED');
    }
    return 'done';
  }

  async function close(
    entry: Entry,
    state: 'SENT' | 'FAILED' | 'EXPIRED' | 'SUPERSEDED',
    lastError?: Settlement['lastError'],
  ): Promise<void> {
    const { callbackId, noticeId, notice, targets, attempts } = entry;
    const settled = await ledger.settle(entry.claim, { state, targets, now: now(), ...(lastError && { lastError }) });
    const severity = isDead(state) ? 'ERROR' : 'INFO';
    if (settled)
      log(severity, 'notice-settled', { callbackId, noticeId, event: notice.event, state, attempt: attempts });
  }

  return { deliver, retry };
}

interface Held extends Announcement {
  readonly noticeId: string;
  readonly staleAt: number;
}

interface Attempt extends Held {
  readonly claim: Claim;
  readonly targets: readonly TargetRow[];
  /** Then somebody else may make the next attempt. */
  readonly leaseUntil: number;
  /** From 1. */
  readonly number: number;
}

const callbackGone = {
  code: 'CALLBACK_GONE',
  detail: 'the document was deleted before the push could be repeated',
};

const targetRemoved: PushResult = {
  outcome: 'refused',
  code: 'TARGET_REMOVED',
  detail: 'the callback does not name this target any more',
};

function pendingRows({ pushTargets }: Callback): TargetRow[] {
  return pushTargets.map((target) => pendingRow(targetHash(target)));
}

function iso(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
