import type { Callback } from '../callback/callback.ts';
import type { Settings } from '../callback/settings.ts';
import type { Log } from '../base/log.ts';
import { staleAt } from '../notice/decision.ts';
import { events } from '../notice/events.ts';
import { isDead, standing } from './delivery-state.ts';
import type { Gate } from '../guards/guards.ts';
import { hasReached, targetHash, type Entry } from './ledger-entry.ts';
import type { Ledger, Settlement } from './ledger.ts';
import type { Opener } from './opening.ts';
import { isOpen, rowsNow } from './target-row.ts';
import type { Truth } from './truth.ts';

export interface RetryParts {
  readonly ledger: Pick<Ledger, 'read' | 'settle'>;
  readonly opener: Pick<Opener, 'again'>;
  readonly gate: Gate;
  readonly settingsOf: (serviceName: string) => Promise<Settings>;
  readonly truth: Pick<Truth, 'holds'>;
  /** The callback as it is now; undefined where it does not exist. One read. */
  readonly currentCallback: (callbackId: string) => Promise<Callback | undefined>;
  readonly log: Log;
  readonly now: () => number;
}

/**
 * One more attempt at a notice that waits, or whose attempt never ended; `not-due` asks the caller to come again.
 * Without I/O, where nothing can be sent now.
 */
export type Retry = (noticeId: string) => Promise<'done' | 'not-due'>;

/** It is judged by the callback as it is now, and goes to the devices that this names now. */
export function createRetry(parts: RetryParts): Retry {
  const { ledger, truth, log, now } = parts;

  return async (noticeId) => {
    if (parts.gate.stop()) return 'not-due';
    const entry = await ledger.read(noticeId);
    if (entry?.dueAt === undefined) return 'done';
    if (entry.dueAt > now()) return 'not-due';
    await lookAgain(entry);
    return 'done';
  };

  async function lookAgain(entry: Entry): Promise<void> {
    const { callbackId, notice } = entry;
    const callback = await parts.currentCallback(callbackId);
    const settings = callback && (await parts.settingsOf(callback.serviceName));
    const isStale = now() >= entry.staleAt && !(callback && now() < endOf(entry, callback));
    if (isStale) {
      await close(entry, hasReached(entry) ? 'SENT' : 'EXPIRED');
    } else if (settings && (await truth.holds(notice, callbackId, callback, settings))) {
      await again(entry, callback, settings);
    } else if (!callback && events[notice.event].outlivesCallback) {
      await close(entry, hasReached(entry) ? 'SENT' : 'FAILED', { lastError: callbackGone });
    } else {
      await close(entry, hasReached(entry) ? 'SENT' : 'SUPERSEDED');
    }
  }

  /**
   * When it ends: by what was written since, what it speaks of may be over sooner than it seemed, or later. A dead letter
   * that is replayed lives beyond its time.
   */
  function endOf({ notice, changedAt, staleAt: until }: Entry, callback: Callback): number {
    const asWritten = staleAt(notice, callback, changedAt, Math.max(changedAt, callback.writtenAt));
    return Math.min(Math.max(until, asWritten), staleAt(notice, callback, now()));
  }

  async function again(entry: Entry, callback: Callback, settings: Settings): Promise<void> {
    const { noticeId, callbackId, notice, changedAt } = entry;
    const targets = rowsNow(entry.targets, callback.pushTargets.map(targetHash));
    const end = endOf(entry, callback);
    const stands = standing(targets, end);
    if (!targets.some(isOpen) && stands.state !== 'WAITING') {
      await close(entry, stands.state, { targets });
      return;
    }
    const on = { noticeId, callbackId, callback, notice, settings, changedAt, staleAt: end, deleted: false };
    await parts.opener.again(entry, on, targets);
  }

  async function close(
    entry: Entry,
    state: 'SENT' | 'FAILED' | 'EXPIRED' | 'SUPERSEDED',
    more: Pick<Settlement, 'lastError'> & Partial<Pick<Settlement, 'targets'>> = {},
  ): Promise<void> {
    const { callbackId, noticeId, notice, targets, attempts } = entry;
    if (!(await ledger.settle(entry.claim, { state, targets, now: now(), ...more }))) return;
    const severity = isDead(state) ? 'ERROR' : 'INFO';
    log(severity, 'notice-settled', { callbackId, noticeId, event: notice.event, state, attempt: attempts });
  }
}

const callbackGone = {
  code: 'CALLBACK_GONE',
  detail: 'the document was deleted before the push could be repeated',
};
