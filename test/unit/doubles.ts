import { createAnnouncer } from '../../functions/src/delivery/announce.ts';
import { microsecondsOf, readCallback } from '../../functions/src/callback/callback.ts';
import type { NearCallbacks } from '../../functions/src/callback/near-callbacks.ts';
import type { CallbackReader } from '../../functions/src/callback/reader.ts';
import type { StoredDocument } from '../../functions/src/google/documents.ts';
import { createReconciler } from '../../functions/src/sweep/reconciler.ts';
import { createTruth } from '../../functions/src/delivery/truth.ts';
import { createDelivery } from '../../functions/src/delivery/deliver.ts';
import { isDead } from '../../functions/src/delivery/delivery-state.ts';
import type { PushResult, TryLater } from '../../functions/src/fcm/result.ts';
import type { PushMessage } from '../../functions/src/fcm/push-message.ts';
import { createGuards } from '../../functions/src/guards/guards.ts';
import { noticeIdOf, type Claim, type Entry, type Opening } from '../../functions/src/delivery/ledger-entry.ts';
import type { Ledger, Settlement } from '../../functions/src/delivery/ledger.ts';
import type { Overdue } from '../../functions/src/sweep/overdue.ts';
import type { Log, LogEvent, LogFields, Severity } from '../../functions/src/base/log.ts';
import { createReconciliation, type Looked } from '../../functions/src/sweep/reconciliation.ts';
import { builtInSettings, type Settings } from '../../functions/src/callback/settings.ts';
import { createSweep } from '../../functions/src/sweep/sweep.ts';
import {
  hour,
  aCallback,
  aNotice,
  anAnnouncement,
  callbackFields,
  minute,
  monday,
  second,
} from '../support/builders.ts';

interface Stored {
  entry: Omit<Entry, 'claim' | 'dueAt' | 'deadAt' | 'lastError'>;
  deadAt: number | undefined;
  dueAt: number | undefined;
  sweepAt: number | undefined;
  lastError: Settlement['lastError'];
  /** Epoch milliseconds of the last write. */
  writtenAt: number;
  version: number;
}

/**
 * A ledger in memory with the rules of the real one: an entry is created once, and each later write holds only where
 * nobody has written since the entry was read or written. A write that is refused costs a read, by which it finds itself
 * where only its answer was lost. `operations` is what it was asked, `fails` answers instead.
 */
export function createMemoryLedger() {
  const entries = new Map<string, Stored>();
  const retiredTargets = new Map<string, string>();
  const operations: string[] = [];
  const state = {
    fails: undefined as ((operation: string) => boolean) | undefined,
    /** The write happens, and is refused when it is asked for again: its first answer was lost. */
    answerLost: undefined as ((operation: string) => boolean) | undefined,
  };
  let version = 0;

  /** In Firestore no two writes have the same time either. */
  const claimOf = (noticeId: string, { writtenAt, version: nth }: Stored): Claim => {
    const nanoseconds = Math.round((writtenAt % second) * 1_000_000) + nth;
    return { noticeId, updateTime: `${Math.floor(writtenAt / second)}.${String(nanoseconds).padStart(9, '0')}` };
  };
  const isCurrent = ({ noticeId, updateTime }: Claim) => {
    const stored = entries.get(noticeId);
    return stored !== undefined && claimOf(noticeId, stored).updateTime === updateTime;
  };

  async function asked(operation: string, noticeId: string): Promise<void> {
    operations.push(operation);
    await Promise.resolve();
    if (state.fails?.(`${operation} ${noticeId}`)) throw Object.assign(new Error('UNAVAILABLE'), { code: 14 });
  }

  /** Makes the write where it may be made. @returns the claim, or undefined where somebody else was first */
  async function write(operation: string, noticeId: string, mayWrite: boolean, to: () => Stored) {
    const mine = mayWrite ? ++version : undefined;
    if (mine !== undefined) entries.set(noticeId, { ...to(), version: mine });
    if (mine === undefined || state.answerLost?.(`${operation} ${noticeId}`)) await asked('read', noticeId);
    const found = entries.get(noticeId);
    return found && found.version === mine ? claimOf(noticeId, found) : undefined;
  }

  function opened(opening: Opening, { attempts, deleted }: Pick<Entry, 'attempts' | 'deleted'>) {
    const [staleAt, dueAt] = [Math.round(opening.staleAt), Math.round(opening.dueAt)];
    const { state: opens, targets, changedAt } = opening;
    return {
      entry: {
        state: opens,
        targets,
        changedAt: Math.round(changedAt),
        staleAt,
        attempts: opens === 'SENDING' ? attempts + 1 : attempts,
      },
      dueAt,
      sweepAt: deleted ? staleAt : dueAt,
      deadAt: undefined,
      writtenAt: opening.now,
      ...(opening.lastError && { lastError: opening.lastError }),
    };
  }

  const entryIn = (noticeId: string): Entry | undefined => {
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
  };

  const ledger: Ledger & Overdue = {
    async claim(noticeId, given) {
      await asked('claim', noticeId);
      const { callbackId, serviceName, deleted } = given;
      const { event, occasion } = given.notice;
      const claim = await write('claim', noticeId, !entries.has(noticeId), () => {
        const { entry, ...rest } = opened(given, { attempts: 0, deleted });
        const named = { noticeId, callbackId, serviceName, notice: { event, occasion }, deleted };
        return { entry: { ...named, ...entry }, lastError: undefined, ...rest, version };
      });
      if (claim) return { claim };
      const before = entryIn(noticeId);
      if (!before) throw new Error(`${noticeId} was there, and is not`);
      return { before };
    },
    async read(noticeId) {
      await asked('read', noticeId);
      return entryIn(noticeId);
    },
    async readMany(noticeIds) {
      const found = await Promise.all(noticeIds.map((noticeId) => ledger.read(noticeId)));
      return new Map(found.flatMap((entry) => (entry ? [[entry.noticeId, entry]] : [])));
    },
    async takeOver({ noticeId, claim, attempts, deleted }, opening) {
      await asked('takeOver', noticeId);
      const stored = entries.get(noticeId);
      return write('takeOver', noticeId, isCurrent(claim), () => {
        const { entry, ...rest } = opened(opening, { attempts, deleted });
        return { ...demand(stored), ...rest, entry: { ...demand(stored).entry, ...entry } };
      });
    },
    async settle(claim, { state: settledAs, targets, now, dueAt, sweepAt = dueAt, lastError, retired = [] }) {
      const { noticeId } = claim;
      await asked('settle', noticeId);
      const stored = entries.get(noticeId);
      const settled = await write('settle', noticeId, isCurrent(claim), () => {
        for (const { hash, code = '' } of retired) retiredTargets.set(hash, code);
        return {
          ...demand(stored),
          entry: { ...demand(stored).entry, state: settledAs, targets },
          dueAt,
          sweepAt,
          deadAt: isDead(settledAs) ? now : undefined,
          lastError: lastError ?? stored?.lastError,
          writtenAt: now,
        };
      });
      return settled !== undefined;
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

function demand<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is none');
  return value;
}

export const accepted: PushResult = { outcome: 'accepted', messageId: 'projects/p/messages/1' };
export const gone: PushResult = { outcome: 'target-gone', code: 'UNREGISTERED', detail: 'gone' };
export const tryLater: TryLater = { outcome: 'try-later', scope: 'provider', code: 'UNAVAILABLE', detail: 'busy' };

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
  /** The throw of the dice, 0 ≤ random < 1. */
  random: number;
  settings: Settings;
  /** What was in force before, the oldest first; `until` in epoch milliseconds. */
  formerSettings: readonly { readonly until: number; readonly settings: Settings }[];
}

/** Callbacks in memory; `former` are their earlier states, the oldest first: nobody remembers those that are not there. */
function createMemoryCallbacks(
  documents: ReadonlyMap<string, StoredDocument>,
  former: ReadonlyMap<string, readonly StoredDocument[]>,
  readCallbacks: string[],
  state: RoomState,
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
      if (at < (state.now - hour) * 1000) return undefined;
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
          ['SCHEDULED', 'QUEUED'].includes(callbackState ?? '') && estimatedWaitTime < longestWait(state),
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

/** Seconds: the highest threshold of any queue, or the built-in one. */
function longestWait({ settings }: RoomState): number {
  return Math.max(builtInSettings.pushNotificationThresholdMinutes, settings.pushNotificationThresholdMinutes) * 60;
}

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
    random: 0,
    settings: builtInSettings,
    formerSettings: [],
  };
  const now = () => state.now;
  const settingsOf = () => Promise.resolve(state.settings);
  const log: Log = (severity, event, fields) => lines.push({ severity, event, fields });
  const callbacks = createMemoryCallbacks(documents, former, readCallbacks, state);
  const currentCallback = (callbackId: string) => callbacks.read(callbackId);
  const truth = createTruth({ callbacks, now });
  const rebookings = new Map<string, number[]>();
  const { gate, guarded } = createGuards({ maxInFlight: 100, log, now });
  const send = guarded(async (target, message, until) => {
    const result = await state.answer(target);
    sent.push({ target, message, result, until });
    return result;
  });
  const { deliver, retry } = createDelivery({
    ledger,
    send,
    gate,
    settingsOf,
    truth,
    rebookedAt: (callbackId, until) => Promise.resolve(rebookings.get(callbackId)?.findLast((at) => at <= until)),
    currentCallback,
    async scheduleRetry(noticeId, at) {
      await Promise.resolve();
      if (state.queueFails) throw new Error('queue not found');
      tasks.push({ noticeId, at });
    },
    log,
    now,
    random: () => state.random,
    leaseMs: minute,
  });
  const onChange = createAnnouncer({
    settingsOf,
    currentCallback,
    truth,
    deliver,
    async noteRebooking(callbackId, at) {
      await Promise.resolve();
      const times = new Set([...(rebookings.get(callbackId) ?? []), at]);
      rebookings.set(
        callbackId,
        [...times].sort((one, other) => one - other),
      );
    },
    log,
    now,
    freshForMs: 5 * second,
  });
  let bookmark: Looked | undefined;
  const reconciler = createReconciler({
    callbacks,
    ledger,
    settingsOf,
    async settingsAsOf(_, at) {
      await Promise.resolve();
      return state.formerSettings.find(({ until }) => at < until)?.settings ?? state.settings;
    },
    cacheMs: minute,
    truth,
    deliver,
    log,
    now,
    freshForMs: 5 * second,
  });
  const look = createReconciliation({
    near: callbacks,
    reconciler,
    bookmark: {
      read: () => Promise.resolve(bookmark),
      async write(looked) {
        await Promise.resolve();
        bookmark = looked;
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
      createTime: '1772442000.000000000',
      updateTime: '1772445600.000000001',
    });
  write();
  const announcement = anAnnouncement({
    callback: aCallback({ ...isDue, pushTargets: ['one', 'two'] }),
    notice: upcoming,
  });
  const noticeId = noticeIdOf('callback-1', upcoming);
  return { ...room, write, announcement, noticeId, deliver: () => room.delivery.deliver(announcement) };
}
