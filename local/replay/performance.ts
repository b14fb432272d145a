import { fork } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import path from 'node:path';
import type { DocumentData, Firestore } from '@google-cloud/firestore';
import { localFirestore } from '../credentials.ts';
import type { ReceivedMessage } from '../inbox.ts';
import { host, type Ports } from '../ports.ts';
import { unlessAborted } from '../terminal.ts';
import type { Play, Told, Written } from './callback-system.ts';
import { materialize, type Recording } from './recording.ts';
import { judge, type Arrival, type Verdict } from './verdict.ts';

/** A local stack that runs, in this process or another. */
export interface Stage {
  readonly projectId: string;
  readonly ports: Ports;
}

export interface PerformanceOptions {
  readonly speed: number;
  /** How long the functions may remember settings from before the recording's own were written. */
  readonly settleMs: number;
  /** Whether the recording's settings stay when it is over. */
  readonly keepsSettings?: boolean;
  readonly onWritten?: (written: Written) => void;
  /** With the milliseconds since the write that it announces, where that is known. */
  readonly onArrival?: (arrival: Arrival, title: string) => void;
  readonly signal?: AbortSignal;
}

/** After the last write, the longest wait for what is still on its way: longer than any one retry. */
const quietLimitMs = 120_000;
const pollMs = 25;

/**
 * Plays a recording from another process against a stack, watches what reaches the inbox until nothing is on its way
 * any more, and judges it. What an earlier performance left under the same callback ids is cleared away first.
 */
export async function perform(stage: Stage, recording: Recording, options: PerformanceOptions): Promise<Verdict> {
  const { signal } = options;
  const db = localFirestore(stage.projectId, stage.ports.firestore);
  const watch = createWatch(stage, options);
  const until = <T>(work: Promise<T>) => unlessAborted(signal, Promise.race([work, watch.failure]));
  try {
    await until(clearAway(db, stage, recording));
    const former = await formerSettings(db, recording);
    const settleMs = areSettingsNew(former, recording) ? options.settleMs : 0;
    await watch.start();
    const written = await until(play(stage, { steps: recording.steps, speed: options.speed, settleMs }, options));
    await until(quiet(db, stage, recording, watch.arrivals));
    if (!options.keepsSettings) await restoreSettings(db, former);
    return judge(recording.expectations, await watch.stop(), written);
  } catch (error) {
    // What Node's fetch says of a server that is gone is no help to anybody.
    if (!(error instanceof TypeError)) throw error;
    throw new Error(`The stack on port ${stage.ports.inbox} has gone away.`, { cause: error });
  } finally {
    await watch.stop().catch(() => undefined);
    // A client that is terminated with calls under way brings the process down; an interrupted program ends anyway.
    if (!signal?.aborted) await db.terminate();
  }
}

async function play(stage: Stage, what: Play, { onWritten, signal }: PerformanceOptions): Promise<Written[]> {
  const written: Written[] = [];
  const child = fork(path.join(import.meta.dirname, 'callback-system.ts'), {
    env: {
      ...process.env,
      FIRESTORE_EMULATOR_HOST: `${host}:${stage.ports.firestore}`,
      GCLOUD_PROJECT: stage.projectId,
    },
    ...(signal && { signal }),
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('message', (message) => {
      const told = message as Told;
      if ('failed' in told) reject(new Error(told.failed));
      else if ('finished' in told) resolve(written);
      else {
        written.push(told.written);
        onWritten?.(told.written);
      }
    });
    child.on('exit', (code) => {
      reject(new Error(`the callback system ended before its time, with code ${code ?? 'none'}`));
    });
    child.send(what);
  });
}

interface Watch {
  /** Rejects when the inbox cannot be looked into any more. */
  readonly failure: Promise<never>;
  readonly start: () => Promise<void>;
  readonly arrivals: () => readonly Arrival[];
  readonly stop: () => Promise<readonly Arrival[]>;
}

/** Looks into the inbox every few milliseconds, from the message that is the newest at the start. */
function createWatch({ ports }: Stage, { onArrival }: PerformanceOptions): Watch {
  const arrivals: Arrival[] = [];
  let sequence = 0;
  let loop: { readonly ended: Promise<void>; readonly end: AbortController } | undefined;
  const look = async () => {
    const { messages } = await getJson<{ messages: ReceivedMessage[] }>(
      `http://${host}:${ports.inbox}/inbox.json?since=${sequence}`,
    );
    for (const message of messages.toReversed()) {
      sequence = message.sequence;
      const arrival = arrivalOf(message);
      arrivals.push(arrival);
      onArrival?.(arrival, titleOf(message));
    }
  };
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  return {
    failure: failure.promise,
    async start() {
      const { messages } = await getJson<{ messages: ReceivedMessage[] }>(
        `http://${host}:${ports.inbox}/inbox.json?limit=1`,
      );
      sequence = messages[0]?.sequence ?? 0;
      const end = new AbortController();
      const watch = async () => {
        while (!end.signal.aborted) {
          await look();
          await pause(pollMs);
        }
      };
      loop = { end, ended: watch().catch(failure.reject) };
    },
    arrivals: () => arrivals,
    async stop() {
      const running = loop;
      loop = undefined;
      running?.end.abort();
      await running?.ended;
      if (running) await look();
      return arrivals;
    },
  };
}

function arrivalOf({ callbackId, event, target, receivedAtMs, message }: ReceivedMessage): Arrival {
  const { noticeId = '', eventTime = '' } = message['data'] as Record<string, string>;
  return { callbackId: callbackId ?? '', event: event ?? '', target, receivedAt: receivedAtMs, noticeId, eventTime };
}

function titleOf({ message }: ReceivedMessage): string {
  return (message['notification'] as { title?: string } | undefined)?.title ?? '';
}

/** Removes callbacks of an earlier performance, waits for what that announces, and forgets that they were announced. */
async function clearAway(db: Firestore, stage: Stage, { steps }: Recording): Promise<void> {
  const ids = new Set(
    steps.filter(({ path }) => path.startsWith('callbacks/')).map(({ path }) => path.slice('callbacks/'.length)),
  );
  const known = await db.collection('callbacks').select().get();
  const stale = known.docs.filter(({ id }) => ids.has(id));
  // Without targets their end announces nothing.
  await Promise.all(stale.map(({ ref }) => ref.update({ pushTargets: [] })));
  await Promise.all(stale.map(({ ref }) => ref.delete()));
  await deliveriesIdle(stage);
  const entries = await db.collection('pushNotifications').select('callbackId').get();
  const old = entries.docs.filter((entry) => ids.has(entry.get('callbackId') as string));
  await Promise.all(old.map(({ ref }) => ref.delete()));
}

type FormerSettings = ReadonlyMap<string, DocumentData | undefined>;

/** What lies now where the recording writes settings. */
async function formerSettings(db: Firestore, { steps }: Recording): Promise<FormerSettings> {
  const paths = [...new Set(steps.map(({ path }) => path).filter((path) => path.startsWith('callbackSettings/')))];
  return new Map(await Promise.all(paths.map(async (path) => [path, (await db.doc(path).get()).data()] as const)));
}

function areSettingsNew(former: FormerSettings, { steps }: Recording): boolean {
  const first = steps.filter(({ path, at }) => at < 0 && former.has(path));
  return first.some(({ path, data }) => JSON.stringify(former.get(path)) !== JSON.stringify(materialize(data, 0)));
}

/** So that one recording's settings are not another's. */
async function restoreSettings(db: Firestore, former: FormerSettings): Promise<void> {
  await Promise.all([...former].map(([path, data]) => (data ? db.doc(path).set(data) : db.doc(path).delete())));
}

/** Until no event is to be delivered, no notice is open in the ledger, and all that is expected has had its chance. */
async function quiet(
  db: Firestore,
  stage: Stage,
  recording: Recording,
  arrivals: () => readonly Arrival[],
): Promise<void> {
  const expected = recording.expectations.reduce((sum, { count }) => sum + count, 0);
  const until = Date.now() + quietLimitMs;
  while (Date.now() < until) {
    const toldOfIdleness = await deliveriesIdle(stage);
    const open = await db.collection('pushNotifications').where('sweepAt', '>', new Date(0)).limit(1).get();
    if (open.empty) {
      // Google's own emulator does not tell what it still has to deliver.
      if (toldOfIdleness || arrivals().length >= expected) return;
    }
    await pause(200);
  }
}

/** Waits until the local Firestore has delivered every event; false at once where Firestore cannot tell. */
async function deliveriesIdle({ ports }: Stage): Promise<boolean> {
  const until = Date.now() + quietLimitMs;
  while (Date.now() < until) {
    const answer = await fetch(`http://${host}:${ports.firestore}/local/deliveries`);
    if (!answer.ok) return false;
    const { waiting, inFlightNow } = (await answer.json()) as { waiting: number; inFlightNow: number };
    if (waiting + inFlightNow === 0) return true;
    await pause(pollMs);
  }
  return true;
}

async function getJson<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return (await answer.json()) as T;
}
