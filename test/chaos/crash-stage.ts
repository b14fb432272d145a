import { randomUUID } from 'node:crypto';
import type { DocumentChange } from '../../local/firestore/document/document.ts';
import { eventBody, eventHeaders } from '../../local/firestore/events/cloud-event.ts';
import { loadProtocol } from '../../local/firestore/wire/protocol.ts';
import type { Scenario } from './crash-scenarios.ts';
import { faultsOf } from './fcm-weather.ts';
import { createReaper, type Reaper } from './reaper.ts';
import { startTasks, type Task } from './tasks.ts';
import { functionNames, startVictim, type FunctionName, type Victim } from './victim.ts';
import { createWorld } from './world.ts';

/** Longer than a lease, and than any first wait of a retry. */
const leapMs = 65_000;
/** Within so many leaps everything must be over. */
const mostLeaps = 10;

/** One callback, and one call of a function about it. */
export interface Act {
  readonly callbackId: string;
  readonly target: string;
  /** As Google's cloud would, and again if need be. False where the function did not answer that it was done. */
  readonly call: (victim: Victim) => Promise<boolean>;
}

/** What the devices show of some acts. */
export interface Sight {
  readonly lost: number;
  readonly doubled: number;
  readonly repeats: number;
}

export interface Stage {
  readonly reaper: Reaper;
  /** A new instance of a function, in a process of its own. */
  fresh(name: FunctionName): Promise<Victim>;
  /** Has its clock follow the stage's. */
  follow(victim: Victim): Promise<void>;
  prepare(scenario: Scenario): Promise<Act>;
  /** After crashes: events and tasks that were not acknowledged come again, the sweep runs, until nothing is open. */
  restore(acts: readonly { readonly act: Act; readonly name: FunctionName; readonly done: boolean }[]): Promise<void>;
  /** Counts, and clears away. */
  judge(acts: readonly Act[]): Promise<Sight>;
  end(): Promise<void>;
}

const encode = loadProtocol().encodeDocument;
const json = { 'content-type': 'application/json' };
const sweepRequest: [Record<string, string>, string] = [json, '{}'];

/** Servers, a clock that can leap, and functions that live on, each in a process of its own. */
export async function raiseStage(): Promise<Stage> {
  let aheadMs = 0;
  let changes: DocumentChange[] = [];
  const busy = new Set<string>();
  const reaper = createReaper();
  const { tap } = reaper;
  const world = await createWorld({
    now: () => Date.now() + aheadMs,
    faults: faultsOf((target) => (busy.delete(target) ? { code: 'UNAVAILABLE' } : undefined)),
    firestoreTap: tap,
    googleTap: tap,
    secretManagerTap: tap,
    onChanges: (made) => changes.push(...made.filter(({ name }) => name.path.startsWith('callbacks/'))),
  });
  const tasks = await startTasks(tap);
  await world.register();
  await world.db.doc('callbackSettings/crash').set({ pushNotificationThresholdMinutes: 60 });
  const fresh = (name: FunctionName) => startVictim({ world, tasksPort: tasks.port, name, aheadMs });
  const survivors = new Map(await Promise.all(functionNames.map(async (name) => [name, await fresh(name)] as const)));
  const survivor = (name: FunctionName) => survivors.get(name) as Victim;

  async function leap(): Promise<void> {
    aheadMs += leapMs;
    await Promise.all([...survivors.values()].map((one) => one.setAhead(aheadMs)));
  }

  async function isQuiet(): Promise<boolean> {
    const open = await world.db.collection('pushNotifications').where('sweepAt', '>', new Date(0)).limit(1).get();
    return open.empty;
  }

  return {
    reaper,
    fresh,
    follow: (victim) => victim.setAhead(aheadMs),

    async prepare({ before, write, fcm, victim }) {
      const callbackId = randomUUID();
      const target = `device-${callbackId}`;
      const reference = world.db.collection('callbacks').doc(callbackId);
      if (fcm === 'busy') busy.add(target);
      changes = [];
      for (const fields of before)
        await reference.set({ ...fields, pushTargets: [{ channel: 'FCM', target }] }, { merge: true });
      for (const change of changes) await survivor('onCallbackWritten').call(...eventOf(change));
      if (write) {
        changes = [];
        await reference.update(write);
        const [change] = changes;
        return {
          callbackId,
          target,
          call: async (victim) => isDone(await victim.call(...eventOf(change as DocumentChange))),
        };
      }
      const [task] = tasks.take();
      await leap();
      // What the sweep is to find has lost its task.
      const request = victim === 'retryNotice' ? taskOf(task as Task) : sweepRequest;
      return { callbackId, target, call: async (victim) => isDone(await victim.call(...request)) };
    },

    async restore(acts) {
      reaper.watch();
      let undone = acts.filter(({ done }) => !done);
      for (let leaps = 0; leaps < mostLeaps && (undone.length > 0 || !(await isQuiet())); leaps++) {
        await leap();
        const failed: typeof undone = [];
        for (const one of undone) if (!(await one.act.call(survivor(one.name)))) failed.push(one);
        undone = failed;
        for (const task of tasks.take()) await survivor('retryNotice').call(...taskOf(task));
        await survivor('sweepNotices').call(...sweepRequest);
      }
    },

    async judge(acts) {
      const sight = { lost: 0, doubled: 0, repeats: 0 };
      for (const { callbackId, target } of acts) {
        const messages = world.google.inbox.messages({ callbackId }).filter((message) => message.target === target);
        const shown = new Set(
          messages.map(({ message }) => (message['android'] as { collapse_key: string }).collapse_key),
        );
        if (shown.size === 0) sight.lost += 1;
        sight.doubled += Math.max(0, shown.size - 1);
        sight.repeats += messages.length - shown.size;
        await world.db.collection('callbacks').doc(callbackId).delete();
      }
      world.google.inbox.clear();
      return sight;
    },

    async end() {
      await Promise.all([...survivors.values()].map((one) => one.kill()));
      await world.stop();
      await tasks.stop();
    },
  };
}

const isDone = (status: number | undefined) => status !== undefined && status < 300;

/** As Eventarc sends it in production. */
function eventOf(change: DocumentChange): [Record<string, string>, Buffer] {
  const event = { id: randomUUID(), type: 'google.cloud.firestore.document.v1.written', change };
  return [eventHeaders(event), Buffer.from(eventBody(event, encode), 'base64')];
}

function taskOf({ noticeId }: Task): [Record<string, string>, string] {
  return [json, JSON.stringify({ data: { noticeId } })];
}
