import type { DocumentData, DocumentReference } from '@google-cloud/firestore';
import type { Change } from '../../functions/src/delivery/announce.ts';
import { microsecondsOf } from '../../functions/src/callback/callback.ts';
import type { StoredDocument } from '../../functions/src/google/documents.ts';
import { documentOf } from '../../functions/src/google/snapshot.ts';
import type { Config } from '../../functions/src/base/config.ts';
import type { Instance } from '../../functions/src/wiring.ts';
import { queue, type Story } from './stories.ts';
import type { Timeline } from './timeline.ts';
import { startInstance, type LogCounts, type World } from './world.ts';

const second = 1000;
const minute = 60 * second;

/** How Google's cloud treats the functions: everything that is allowed to it. */
export interface Weather {
  /** Each event comes so many times, at most. */
  readonly copies: number;
  /** Each of them up to so late. */
  readonly latenessMs: number;
  /** The share of changes whose event never comes at all. */
  readonly lostEvents?: number;
  /** The share of tasks that are lost. */
  readonly lostTasks?: number;
}

export interface SimulationParts {
  readonly world: World;
  readonly timeline: Timeline;
  readonly random: () => number;
  readonly weather: Weather;
  readonly instances: number;
  readonly config?: Partial<Config>;
  /** Settings of the queue besides those of the stories. */
  readonly settings?: DocumentData;
}

export interface Simulation {
  readonly logged: LogCounts;
  /** How often events, tasks and sweeps failed, by the reason. */
  readonly failures: ReadonlyMap<string, number>;
  /** Has the stories written, their events delivered, and everything looked after until a time. */
  run(stories: readonly Story[], until: number): Promise<void>;
  end(): Promise<void>;
}

/** Eventarc comes again after an error, less and less often, for a day. */
const redeliverMs = (attempt: number) => Math.min(600, 10 * 2 ** attempt) * second;
/** Cloud Tasks comes again within a minute, so many times (`retryNotice`). */
const dispatchAgainMs = (attempt: number) => Math.min(60, 2 * 2 ** attempt) * second;
const maxDispatches = 20;

/**
 * Plays Eventarc, Cloud Tasks and Cloud Scheduler to several instances of the functions: at least once, in any order,
 * late, at whichever instance.
 */
export function simulate({
  world,
  timeline,
  random,
  weather,
  instances: count,
  config,
  settings,
}: SimulationParts): Simulation {
  const logged: LogCounts = new Map();
  const failures = new Map<string, number>();
  const failed = (error: unknown) => {
    const reason = error instanceof Error ? error.message.replaceAll(/[0-9a-f]{64}.*/g, '…') : String(error);
    failures.set(reason, (failures.get(reason) ?? 0) + 1);
  };
  const instances = Array.from({ length: count }, () =>
    startInstance(world, { now: timeline.now, random, scheduleRetry, logged, ...(config && { config }) }),
  );
  const anyone = (): Instance => instances[Math.floor(random() * count)] as Instance;

  async function scheduleRetry(noticeId: string, at: number): Promise<void> {
    await Promise.resolve();
    if (random() >= (weather.lostTasks ?? 0)) dispatch(noticeId, at, 0);
  }

  function dispatch(noticeId: string, at: number, attempt: number): void {
    timeline.at(at, async () => {
      const outcome = await anyone().retry(noticeId).catch(failed);
      if (outcome === 'done' || attempt + 1 >= maxDispatches) return;
      dispatch(noticeId, timeline.now() + dispatchAgainMs(attempt), attempt + 1);
    });
  }

  function deliver(change: Change, at: number, attempt = 0): void {
    timeline.at(at, async () => {
      try {
        await anyone().onChange(change);
      } catch (error) {
        failed(error);
        deliver(change, timeline.now() + redeliverMs(attempt), attempt + 1);
      }
    });
  }

  function announce(callbackId: string, before: StoredDocument | undefined, after: StoredDocument | undefined) {
    if (random() < (weather.lostEvents ?? 0)) return;
    const changedAt = after ? microsecondsOf(after.updateTime) / 1000 : timeline.now();
    const eventId = `${callbackId} ${changedAt}`;
    const copies = 1 + Math.floor(random() * weather.copies);
    for (let copy = 0; copy < copies; copy++) {
      deliver({ callbackId, eventId, changedAt, before, after }, timeline.now() + random() * weather.latenessMs);
    }
  }

  function write({ callbackId, writes }: Story, began: number): void {
    const reference = world.db.collection('callbacks').doc(callbackId);
    let before: StoredDocument | undefined;
    for (const { at, fields } of writes) {
      timeline.at(began + at, async () => {
        const after = await persistently(() => written(reference, fields));
        announce(callbackId, before, after);
        before = after;
      });
    }
  }

  function sweepEachMinute(until: number): void {
    for (let at = timeline.now() + minute; at <= until; at += minute) {
      timeline.at(at, async () => {
        await anyone().sweep().catch(failed);
      });
    }
  }

  return {
    logged,
    failures,
    async run(stories, until) {
      const began = timeline.now();
      await persistently(() =>
        world.db.doc(`callbackSettings/${queue.serviceName}`).set({ ...queue.settings, ...settings }),
      );
      for (const story of stories) write(story, began);
      sweepEachMinute(until);
      await timeline.run(until);
    },
    async end() {
      await Promise.all(instances.map((instance) => instance.end()));
    },
  };
}

async function written(
  reference: DocumentReference,
  fields: Story['writes'][number]['fields'],
): Promise<StoredDocument | undefined> {
  if (fields) await reference.set(fields, { merge: true });
  else await reference.delete();
  const snapshot = await reference.get();
  const { createTime, updateTime } = snapshot;
  return createTime && updateTime && documentOf({ createTime, updateTime, data: () => snapshot.data() });
}

/** A callback system that writes until it succeeds: its part is not what is tried here. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      // Again: what was disturbed was disturbed at random.
    }
  }
}
