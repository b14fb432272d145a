import { Timestamp } from '@google-cloud/firestore';
import { createAnnouncer, type CallbackDocument } from '../../functions/src/announce.ts';
import { parseCallback } from '../../functions/src/callback.ts';
import { createDelivery } from '../../functions/src/deliver.ts';
import type { PushResult, TargetRow } from '../../functions/src/delivery-state.ts';
import { noticeIdOf, type Claim, type Entry, type Ledger, type Settlement } from '../../functions/src/ledger.ts';
import type { Log, LogEvent, LogFields, Severity } from '../../functions/src/log.ts';
import type { PushMessage } from '../../functions/src/message.ts';
import { builtInSettings } from '../../functions/src/settings.ts';
import {
  aCallback,
  aNotice,
  anAnnouncement,
  callbackFields,
  hour,
  minute,
  monday,
  second,
} from '../support/builders.ts';

/** How long a replayed dead letter may be tried. */
const replayedLife = hour;

interface Stored {
  entry: Omit<Entry, 'claim' | 'dueAt'>;
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
  const operations: string[] = [];
  const state = { fails: undefined as ((operation: string) => boolean) | undefined };
  let version = 0;

  const claimOf = (noticeId: string, stored: Stored): Claim => ({
    noticeId,
    updateTime: new Timestamp(stored.version, 0),
  });
  const isCurrent = ({ noticeId, updateTime }: Claim) => entries.get(noticeId)?.version === updateTime.seconds;

  async function asked(operation: string, noticeId: string): Promise<void> {
    operations.push(operation);
    await Promise.resolve();
    if (state.fails?.(`${operation} ${noticeId}`)) throw Object.assign(new Error('UNAVAILABLE'), { code: 14 });
  }

  const ledger: Ledger = {
    async claim(noticeId, { leaseUntil, callbackId, serviceName, notice, targets, deleted, changedAt, staleAt }) {
      await asked('claim', noticeId);
      if (entries.has(noticeId)) return undefined;
      const stored: Stored = {
        entry: {
          noticeId,
          callbackId,
          serviceName,
          notice,
          targets,
          deleted,
          changedAt,
          staleAt,
          state: 'SENDING',
          attempts: 1,
        },
        dueAt: leaseUntil,
        sweepAt: deleted ? staleAt : leaseUntil,
        lastError: undefined,
        version: ++version,
      };
      entries.set(noticeId, stored);
      return claimOf(noticeId, stored);
    },
    async read(noticeId) {
      await asked('read', noticeId);
      const stored = entries.get(noticeId);
      if (!stored) return undefined;
      const { entry, dueAt } = stored;
      return { ...entry, ...(dueAt !== undefined && { dueAt }), claim: claimOf(noticeId, stored) };
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
    async settle(claim, { state: settledAs, targets, dueAt, sweepAt = dueAt, lastError }) {
      await asked('settle', claim.noticeId);
      const stored = entries.get(claim.noticeId);
      if (!stored || !isCurrent(claim)) return false;
      stored.entry = { ...stored.entry, state: settledAs, targets };
      stored.dueAt = dueAt;
      stored.sweepAt = sweepAt;
      stored.lastError = lastError ?? stored.lastError;
      stored.version = ++version;
      return true;
    },
    async replay({ noticeId, claim, targets }, now) {
      await asked('replay', noticeId);
      const stored = entries.get(noticeId);
      if (!stored || !isCurrent(claim)) return false;
      const again = targets.map((row): TargetRow => (row.state === 'ACCEPTED' ? row : { ...row, state: 'LATER' }));
      stored.entry = { ...stored.entry, state: 'WAITING', targets: again, staleAt: now + replayedLife };
      stored.dueAt = now;
      stored.sweepAt = now;
      stored.version = ++version;
      return true;
    },
    async deadLetters(limit) {
      await asked('deadLetters', '');
      return [...entries.values()]
        .filter(({ entry }) => entry.state === 'FAILED' || entry.state === 'EXPIRED')
        .sort((a, b) => b.entry.changedAt - a.entry.changedAt)
        .slice(0, limit)
        .map((stored) => ({ ...stored.entry, claim: claimOf(stored.entry.noticeId, stored) }));
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
  return { ledger, entries, operations, state };
}

export const accepted: PushResult = { outcome: 'accepted', messageId: 'projects/p/messages/1' };
export const gone: PushResult = { outcome: 'target-gone', code: 'UNREGISTERED', detail: 'gone' };
export const tryLater: PushResult = { outcome: 'try-later', scope: 'provider', code: 'UNAVAILABLE', detail: 'busy' };

interface Sent {
  readonly target: string;
  readonly message: PushMessage;
  readonly result: PushResult;
}

interface RoomState {
  now: number;
  answer: (target: string) => PushResult | Promise<PushResult>;
  queueFails: boolean;
}

/**
 * The real announcer and delivery, among doubles: documents and ledger in memory, a sender that answers as it is told
 * and records, a clock to turn, tasks that wait to be run.
 */
export function createRoom() {
  const { ledger, entries, operations, state: ledgerState } = createMemoryLedger();
  const sent: Sent[] = [];
  const lines: { severity: Severity; event: LogEvent; fields: LogFields }[] = [];
  const tasks: { noticeId: string; at: number }[] = [];
  const documents = new Map<string, CallbackDocument>();
  const readCallbacks: string[] = [];
  const state: RoomState = { now: monday, answer: () => accepted, queueFails: false };
  const now = () => state.now;
  const settingsOf = () => Promise.resolve(builtInSettings);
  const log: Log = (severity, event, fields) => lines.push({ severity, event, fields });
  async function readCallback(callbackId: string): Promise<CallbackDocument | undefined> {
    readCallbacks.push(callbackId);
    await Promise.resolve();
    return documents.get(callbackId);
  }
  const delivery = createDelivery({
    ledger,
    async send(target, message) {
      const result = await state.answer(target);
      sent.push({ target, message, result });
      return result;
    },
    settingsOf,
    async currentCallback(callbackId) {
      const document = await readCallback(callbackId);
      const parsed = document && parseCallback(document.data, document.updateTime);
      return parsed && 'value' in parsed ? parsed.value : undefined;
    },
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
  const parts = { settingsOf, readCallback, deliver: delivery.deliver, log, now, freshForMs: 5 * second };
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
    delivery,
    onChange: createAnnouncer(parts),
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
