import { createAnnouncer } from '../../functions/src/delivery/announce.ts';
import { microsecondsOf, readCallback } from '../../functions/src/callback/callback.ts';
import type { NearCallbacks } from '../../functions/src/callback/near-callbacks.ts';
import type { CallbackReader } from '../../functions/src/callback/reader.ts';
import type { StoredDocument } from '../../functions/src/google/documents.ts';
import { createReconciler } from '../../functions/src/delivery/reconciler.ts';
import { createTruth } from '../../functions/src/delivery/truth.ts';
import { createDelivery } from '../../functions/src/delivery/deliver.ts';
import { isDead } from '../../functions/src/delivery/delivery-state.ts';
import type { PushResult } from '../../functions/src/fcm/result.ts';
import type { PushMessage } from '../../functions/src/fcm/push-message.ts';
import { guard } from '../../functions/src/delivery/guards.ts';
import { noticeIdOf, type Claim, type Entry } from '../../functions/src/delivery/ledger-entry.ts';
import type { Ledger, Overdue, Settlement } from '../../functions/src/delivery/ledger.ts';
import type { Log, LogEvent, LogFields, Severity } from '../../functions/src/base/log.ts';
import { createReconciliation } from '../../functions/src/delivery/reconciliation.ts';
import { builtInSettings, type Settings } from '../../functions/src/callback/settings.ts';
import { createSweep } from '../../functions/src/delivery/sweep.ts';
import {
  aCallback,
  aNotice,
  anAnnouncement,
  callbackFields,
  minute,
  monday,
  second,
  without,
} from '../support/builders.ts';

interface Stored {
  entry: Omit<Entry, 'claim' | 'dueAt' | 'deadAt' | 'lastError'>;
  deadAt: number | undefined;
  dueAt: number | undefined;
  sweepAt: number | undefined;
  lastError: Settlement['lastError'];
  version: number;
}

/**
 * A ledger in memory with the rules of the real one: an entry is created once, and each later write holds only where
 * nobody has written since the entry was read or written. `operations` is what it was asked, `fails` answers instead.
 */
export function createMemoryLedger() {
  const entries = new Map<string, Stored>();
  const retiredTargets = new Map<string, string>();
  const operations: string[] = [];
  const state = {
    fails: undefined as ((operation: string) => boolean) | undefined,
    /** The write happens, but whoever asked for it is told that it was there before. */
    answerLost: undefined as ((operation: string) => boolean) | undefined,
  };
  let version = 0;

  const claimOf = (noticeId: string, stored: Stored): Claim => ({
    noticeId,
    updateTime: String(stored.version),
  });
  const isCurrent = ({ noticeId, updateTime }: Claim) => entries.get(noticeId)?.version === Number(updateTime);

  async function asked(operation: string, noticeId: string): Promise<void> {
    operations.push(operation);
    await Promise.resolve();
    if (state.fails?.(`${operation} ${noticeId}`)) throw Object.assign(new Error('UNAVAILABLE'), { code: 14 });
  }

  const ledger: Ledger & Overdue = {
    async claim(noticeId, given) {
      await asked('claim', noticeId);
      if (entries.has(noticeId)) return undefined;
      const stored: Stored = {
        entry: {
          noticeId,
          ...without(without(given, 'now'), 'dueAt'),
          staleAt: Math.round(given.staleAt),
          changedAt: Math.round(given.changedAt),
          attempts: given.state === 'SENDING' ? 1 : 0,
        },
        dueAt: Math.round(given.dueAt),
        sweepAt: Math.round(given.deleted ? given.staleAt : given.dueAt),
        deadAt: undefined,
        lastError: undefined,
        version: ++version,
      };
      entries.set(noticeId, stored);
      if (state.answerLost?.(`claim ${noticeId}`)) return undefined;
      return claimOf(noticeId, stored);
    },
    async read(noticeId) {
      await asked('read', noticeId);
      const stored = entries.get(noticeId);
      if (!stored) return undefined;
      const { entry, dueAt, deadAt, lastError } = stored;
      return {
        ...entry,
        ...(dueAt !== undefined && { dueAt }),
        ...(deadAt !== undefined && { deadAt }),
        ...(lastError && { lastError }),
        claim: claimOf(noticeId, stored),
      };
    },
    async readMany(noticeIds) {
      const found = await Promise.all(noticeIds.map((noticeId) => ledger.read(noticeId)));
      return new Map(found.flatMap((entry) => (entry ? [[entry.noticeId, entry]] : [])));
    },
    async takeOver({ noticeId, claim, staleAt }, leaseUntil) {
      await asked('takeOver', noticeId);
      const stored = entries.get(noticeId);
      if (!stored || !isCurrent(claim)) return undefined;
      stored.entry = { ...stored.entry, state: 'SENDING', staleAt, attempts: stored.entry.attempts + 1 };
      stored.dueAt = leaseUntil;
      stored.sweepAt = stored.entry.deleted ? staleAt : leaseUntil;
      stored.version = ++version;
      return claimOf(noticeId, stored);
    },
    async settle(claim, { state: settledAs, targets, now, dueAt, sweepAt = dueAt, lastError, retired = [] }) {
      await asked('settle', claim.noticeId);
      const stored = entries.get(claim.noticeId);
      if (!stored || !isCurrent(claim)) return false;
      stored.entry = { ...stored.entry, state: settledAs, targets };
      stored.dueAt = dueAt;
      stored.sweepAt = sweepAt;
      stored.deadAt = isDead(settledAs) ? now : undefined;
      stored.lastError = lastError ?? stored.lastError;
      for (const { hash, code = '' } of retired) retiredTargets.set(hash, code);
      stored.version = ++version;
      return true;
    },
    async overdue(now, limit) {
      await asked('overdue', '');
      return [...entries.values()]
        .filter(({ sweepAt }) => sweepAt !== undefined && sweepAt <= now)
        .sort((a, b) => (a.sweepAt ?? 0) - (b.sweepAt ?? 0))
        .slice(0, limit)
        .map(({ entry }) => entry.noticeId);
    },
  };
  return { ledger, entries, retiredTargets, operations, state };
}

export const accepted: PushResult = { outcome: 'accepted', messageId: 'projects/p/messages/1' };
export const gone: PushResult = { outcome: 'target-gone', code: 'UNREGISTERED', detail: 'gone' };
export const tryLater: PushResult = { outcome: 'try-later', scope: 'provider', code: 'UNAVAILABLE', detail: 'busy' };

interface Sent {
  /** When the lease ends that it was sent under. */
  readonly until: number | undefined;
  readonly target: string;
  readonly message: PushMessage;
  readonly result: PushResult;
}

interface RoomState {
  now: number;
  answer: (target: string) => PushResult | Promise<PushResult>;
  queueFails: boolean;
  settings: Settings;
  /** What was in force before `settings.changedAt`. */
  formerSettings: Settings;
}

/** Callbacks in memory; `former` are their earlier states, the oldest first: nobody remembers those that are not there. */
function createMemoryCallbacks(
  documents: ReadonlyMap<string, StoredDocument>,
  former: ReadonlyMap<string, readonly StoredDocument[]>,
  readCallbacks: string[],
): CallbackReader & NearCallbacks {
  const stateOf = (document: StoredDocument | undefined) => document && readCallback(document).callback;
  async function asked(callbackId: string): Promise<void> {
    readCallbacks.push(callbackId);
    await Promise.resolve();
  }
  return {
    async read(callbackId) {
      await asked(callbackId);
      return stateOf(documents.get(callbackId));
    },
    async readAsOf(callbackId, at) {
      await asked(callbackId);
      const states = [...(former.get(callbackId) ?? []), documents.get(callbackId)];
      return stateOf(states.findLast((state) => state && microsecondsOf(state.updateTime) <= at));
    },
    async find(now, limit) {
      await Promise.resolve();
      const all = [...documents].map(([callbackId, document]) => ({
        callbackId,
        callback: readCallback(document).callback,
      }));
      const near = all.filter(
        ({ callback: { callbackState, estimatedWaitTime = Infinity } }) =>
          ['SCHEDULED', 'QUEUED'].includes(callbackState ?? '') && estimatedWaitTime < highestThreshold,
      );
      const routing = all.filter(({ callback }) => callback.callbackState === 'ROUTING');
      const callIns = all.filter(({ callback: { callIn } }) => callIn && callIn.expirationTime.getTime() > now);
      const kinds = [near, routing, callIns].map((some) => some.slice(0, limit));
      const found = [...new Set(kinds.flat())];
      readCallbacks.push(...found.map(({ callbackId }) => callbackId));
      return { found, isWhole: kinds.every((some) => some.length < limit) };
    },
  };
}

/** Seconds: of any queue that a test has. */
const highestThreshold = 3600;

/**
 * The real announcer and delivery, among doubles: documents and ledger in memory, a sender that answers as it is told
 * and records, a clock to turn, tasks that wait to be run.
 */
export function createRoom({ reconciled = 0 } = {}) {
  const { ledger, entries, retiredTargets, operations, state: ledgerState } = createMemoryLedger();
  const sent: Sent[] = [];
  const lines: { severity: Severity; event: LogEvent; fields: LogFields }[] = [];
  const tasks: { noticeId: string; at: number }[] = [];
  const documents = new Map<string, StoredDocument>();
  const former = new Map<string, StoredDocument[]>();
  const readCallbacks: string[] = [];
  const state: RoomState = {
    now: monday,
    answer: () => accepted,
    queueFails: false,
    settings: builtInSettings,
    formerSettings: builtInSettings,
  };
  const now = () => state.now;
  const settingsOf = () => Promise.resolve(state.settings);
  const log: Log = (severity, event, fields) => lines.push({ severity, event, fields });
  const callbacks = createMemoryCallbacks(documents, former, readCallbacks);
  const currentCallback = (callbackId: string) => callbacks.read(callbackId);
  const truth = createTruth({ callbacks, now });
  const rebookings = new Map<string, number>();
  const { gate, send } = guard({
    async send(target, message, until) {
      const result = await state.answer(target);
      sent.push({ target, message, result, until });
      return result;
    },
    maxInFlight: 100,
    log,
    now,
  });
  const { deliver, retry } = createDelivery({
    ledger,
    send,
    gate,
    settingsOf,
    truth,
    rebookedAt: (callbackId) => Promise.resolve(rebookings.get(callbackId)),
    currentCallback,
    async scheduleRetry(noticeId, at) {
      await Promise.resolve();
      if (state.queueFails) throw new Error('queue not found');
      tasks.push({ noticeId, at });
    },
    log,
    now,
    random: () => 0,
    leaseMs: minute,
  });
  const onChange = createAnnouncer({
    settingsOf,
    currentCallback,
    truth,
    deliver,
    async noteRebooking(callbackId, at) {
      await Promise.resolve();
      rebookings.set(callbackId, at);
    },
    log,
    now,
    freshForMs: 5 * second,
  });
  let bookmark: number | undefined;
  const reconciler = createReconciler({
    callbacks,
    ledger,
    settingsOf,
    formerSettings: () => Promise.resolve(state.formerSettings),
    truth,
    deliver,
    log,
    now,
  });
  const look = createReconciliation({
    near: callbacks,
    reconciler,
    bookmark: {
      read: () => Promise.resolve(bookmark),
      async write(at) {
        await Promise.resolve();
        bookmark = at;
      },
    },
    log,
    now,
  });
  const reconciliation = {
    look,
    lookAt: (callbackId: string, changedAt = state.now) => reconciler.lookAt(callbackId, changedAt),
  };
  const sweep = createSweep({ ledger, retry, gate, reconcile: look, reconciled, log, now });
  return {
    state,
    ledger: ledgerState,
    entries,
    operations,
    sent,
    lines,
    tasks,
    documents,
    readCallbacks,
    former,
    rebookings,
    retiredTargets,
    delivery: { deliver, retry, sweep },
    reconciliation,
    gate,
    onChange,
    logged: () => lines.map(({ event }) => event),
    settled: () => [...entries.values()].map(({ entry }) => ({ event: entry.notice.event, state: entry.state })),
  };
}

export const upcoming = aNotice({ event: 'CALLBACK_UPCOMING' });
const isDue = { estimatedWaitTime: 200 };
export const twoDevices = ['one', 'two'].map((target) => ({ channel: 'FCM', target }));

/** A callback that is due on two devices, and an announcement of it. */
export function roomWithTwoDevices() {
  const room = createRoom();
  const write = (changes: Readonly<Record<string, unknown>> = {}) =>
    room.documents.set('callback-1', {
      data: callbackFields({ ...isDue, pushTargets: twoDevices, ...changes }),
      createTime: '0.0',
      updateTime: '1.0',
    });
  write();
  const announcement = anAnnouncement({
    callback: aCallback({ ...isDue, pushTargets: ['one', 'two'] }),
    notice: upcoming,
  });
  const noticeId = noticeIdOf('callback-1', upcoming);
  return { ...room, write, announcement, noticeId, deliver: () => room.delivery.deliver(announcement) };
}
