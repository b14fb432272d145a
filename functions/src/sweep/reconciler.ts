import type { Callback } from '../callback/callback.ts';
import type { FoundCallback } from '../callback/near-callbacks.ts';
import { stateBefore, type CallbackReader } from '../callback/reader.ts';
import type { Settings } from '../callback/settings.ts';
import { failureMessage } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { decide, owed, whyNoNews, type Notice } from '../notice/decision.ts';
import { events } from '../notice/events.ts';
import type { Announcement } from '../delivery/announcement.ts';
import { isOver } from '../delivery/delivery-state.ts';
import { hasReached, noticeIdOf, settledAt, type Entry } from '../delivery/ledger-entry.ts';
import type { Truth } from '../delivery/truth.ts';

export interface ReconcilerParts {
  readonly callbacks: CallbackReader;
  readonly ledger: {
    /** One read each. */
    readMany(noticeIds: readonly string[]): Promise<ReadonlyMap<string, Entry>>;
  };
  readonly settingsOf: (serviceName: string) => Promise<Settings>;
  /** What was in force at a moment, as far as anybody remembers. */
  readonly settingsAsOf: (serviceName: string, at: number) => Promise<Settings>;
  /** How old remembered settings may be. */
  readonly cacheMs: number;
  readonly truth: Truth;
  readonly deliver: (announcement: Announcement) => Promise<void>;
  readonly log: Log;
  readonly now: () => number;
  /** What was read longer ago may have been overtaken: it is read afresh before sending. */
  readonly freshForMs: number;
}

/** Compares what callbacks owe with what the ledger holds, and tells what it lacks. */
export interface Reconciler {
  /**
   * Costs a read of each notice that they owe, and for what the ledger lacks one of each state of the callback since, two of
   * the settings of its queue, and one of the callback where it was found a while ago.
   *
   * @param foundAt epoch milliseconds
   * @param sinceOf when a callback was looked at last, in epoch milliseconds: what it owed then is known
   * @returns the ids of those that could not be looked at
   */
  reconcile(
    found: readonly FoundCallback[],
    foundAt: number,
    sinceOf: (callbackId: string) => number,
  ): Promise<readonly string[]>;
  /**
   * The same for one callback of which nothing is known but that it was written or deleted. One read more.
   *
   * @param changedAt epoch milliseconds of the write
   */
  readonly lookAt: (callbackId: string, changedAt: number) => Promise<void>;
}

/** Firestore remembers an hour; what changed longer ago is stale. */
export const rememberedMs = 55 * 60_000;
/** No notice lives longer. */
const longestLifeMs = 60 * 60_000;
/** A document is written a few times between two looks. */
const mostSteps = 60;

interface Candidate extends FoundCallback {
  readonly notice: Notice;
  readonly noticeId: string;
  readonly settings: Settings;
}

export function createReconciler(parts: ReconcilerParts): Reconciler {
  const { callbacks, ledger, truth, now } = parts;

  /** What it owes by its state. For the time being an entry into ROUTING is taken for the last write. */
  async function candidatesOf({ callbackId, callback }: FoundCallback): Promise<Candidate[]> {
    const settings = await parts.settingsOf(callback.serviceName);
    return owed(callback, settings, now()).map((event) => {
      const notice = { event, occasion: events[event].occasion(callback) };
      return { callbackId, callback, settings, notice, noticeId: noticeIdOf(callbackId, notice) };
    });
  }

  async function settle(candidate: Candidate, entry: Entry | undefined, since: number, foundAt: number): Promise<void> {
    const notice = await untold(candidate, entry, since);
    if (!notice) return;
    const { callbackId } = candidate;
    const isFresh = now() - foundAt <= parts.freshForMs;
    const callback = isFresh ? candidate.callback : await callbacks.read(callbackId);
    if (!callback) return;
    const settings = await parts.settingsOf(callback.serviceName);
    if (!isFresh && !(await truth.holds(notice, callbackId, callback, settings))) return;
    await parts.deliver({ callbackId, callback, settings, notice, changedAt: now(), deleted: false });
  }

  /** The notice, where nobody has told it and somebody should have. */
  async function untold(
    { callbackId, callback, notice, settings }: Candidate,
    entry: Entry | undefined,
    since: number,
  ): Promise<Notice | undefined> {
    if (entry && !(isOver(entry.state) && !hasReached(entry))) return undefined;
    if (notice.event === 'CALLBACK_CALL_IN') return entry ? undefined : notice;
    if (notice.event === 'CALLBACK_READY') return entry ? undefined : untoldEntry(callbackId, callback, notice);
    const news = await howItCame({ callbackId, callback, notice, settings }, since, entry && settledAt(entry));
    return news && { ...notice, ...news };
  }

  /** The turn of a consumer began with the last write, or with one before it that may have been told. */
  async function untoldEntry(callbackId: string, callback: Callback, asLast: Notice): Promise<Notice | undefined> {
    const entered = await truth.resolve({ event: 'CALLBACK_READY', occasion: undefined }, callbackId, callback);
    if (!entered || entered.occasion === asLast.occasion) return entered;
    const id = noticeIdOf(callbackId, entered);
    return (await ledger.readMany([id])).has(id) ? undefined : entered;
  }

  /**
   * How the callback came to owe it: by the clock or the settings, or by one of its writes. Undefined where it owes nothing
   * new.
   *
   * @param since epoch milliseconds of the last look
   * @param triedAt epoch milliseconds at which the notice ended without having reached anybody
   */
  async function howItCame(
    { callbackId, callback, notice, settings }: Omit<Candidate, 'noticeId'>,
    since: number,
    triedAt = -Infinity,
  ): Promise<Pick<Notice, 'notBefore'> | undefined> {
    const { owes, notBefore, occasion } = events[notice.event];
    const seenAt = Math.max(since, triedAt);
    // By what the last look could know: it may have remembered its settings for a while.
    const former = await parts.settingsAsOf(callback.serviceName, seenAt - parts.cacheMs);
    const inForce = async ({ serviceName, writtenAt }: Callback): Promise<Settings> =>
      writtenAt < (settings.changedAt ?? 0) ? parts.settingsAsOf(serviceName, writtenAt) : settings;
    const [by, at] = callback.writtenAt < seenAt ? [former, seenAt] : [await inForce(callback), callback.writtenAt];
    if (owes(callback, by, at) !== true) return {};
    let after = callback;
    let isPast = false;
    for (let step = 0; step < mostSteps && after.writtenAt > triedAt; step++) {
      if (after.writtenAt < since && !isPast) {
        // The last look saw this very state, and judged it.
        if (isNear(after, former, since)) return undefined;
        isPast = true;
      }
      const before = await stateBefore(callbacks, callbackId, after);
      if (!before && !after.isCreation) return undefined;
      const why = whyNoNews(notice.event, before, after, before ? await inForce(before) : settings);
      if (why === undefined) {
        // What was news of another occasion was told, or kept silent, under its own name.
        if (occasion(after) !== notice.occasion) return undefined;
        const earliest = before && notBefore?.(before, after);
        return earliest === undefined ? {} : { notBefore: earliest };
      }
      if (why !== 'already-due' || !before) return undefined;
      after = before;
    }
    return undefined;
  }

  async function reconcile(
    found: readonly FoundCallback[],
    foundAt: number,
    sinceOf: (callbackId: string) => number,
  ): Promise<readonly string[]> {
    const failed: string[] = [];
    const report = (callbackId: string, error: unknown): void => {
      failed.push(callbackId);
      parts.log('ERROR', 'reconciliation-failed', { callbackId, reason: failureMessage(error) });
    };
    const candidates = await Promise.all(
      found.map((one) =>
        candidatesOf(one).catch((error: unknown): Candidate[] => {
          report(one.callbackId, error);
          return [];
        }),
      ),
    );
    const ids = candidates.flat().map(({ noticeId }) => noticeId);
    const entries = ids.length > 0 ? await ledger.readMany(ids) : new Map<string, Entry>();
    await Promise.all(
      candidates.map(async (ofOne) => {
        // One after the other: on the device each takes the place of the one before.
        for (const candidate of ofOne) {
          const { callbackId, noticeId } = candidate;
          await settle(candidate, entries.get(noticeId), sinceOf(callbackId), foundAt).catch((error: unknown) => {
            report(callbackId, error);
          });
        }
      }),
    );
    return failed;
  }

  /** Of a document that is gone, history tells what it was. */
  async function tellDeletion(callbackId: string, changedAt: number): Promise<void> {
    const callback = await callbacks.readAsOf(callbackId, (changedAt - 1) * 1000);
    if (!callback) return;
    const settings = await parts.settingsOf(callback.serviceName);
    const decision = decide(callback, undefined, settings, now());
    if (!('notices' in decision)) return;
    for (const owedNotice of decision.notices) {
      const notice = await truth.resolve(owedNotice, callbackId, callback);
      if (notice) await parts.deliver({ callbackId, callback, settings, notice, changedAt, deleted: true });
    }
  }

  return {
    reconcile,

    async lookAt(callbackId, changedAt) {
      if (now() - changedAt > longestLifeMs) return;
      const callback = await callbacks.read(callbackId);
      if (!callback) {
        await tellDeletion(callbackId, changedAt);
        return;
      }
      const failed = await reconcile([{ callbackId, callback }], now(), () => now() - rememberedMs);
      if (failed.length > 0) throw new Error(`${callbackId} could not be looked at`);
    },
  };
}

/** Whether a look at that time found such a state (see `NearCallbacks`), by the threshold of its own queue. */
function isNear({ callbackState, callIn, estimatedWaitTime = Infinity }: Callback, settings: Settings, at: number) {
  const isInQueue = callbackState === 'SCHEDULED' || callbackState === 'QUEUED';
  const isShort = estimatedWaitTime < settings.pushNotificationThresholdMinutes * 60;
  const hasNumber = callIn !== undefined && callIn.expirationTime.getTime() > at;
  return callbackState === 'ROUTING' || hasNumber || (isInQueue && isShort);
}
