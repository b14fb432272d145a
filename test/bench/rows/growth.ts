import { randomUUID } from 'node:crypto';
import { Timestamp, type Firestore } from '@google-cloud/firestore';
import { localFirestore } from '../../../local/credentials.ts';
import { ours } from '../contestants.ts';
import { callback, eventOf, type WireEvent } from '../events.ts';
import { withInstances, type Instance, type InstanceOptions } from '../instance.ts';
import { inLanes } from '../load.ts';
import { interleaved } from '../rounds.ts';
import type { Figure, Row } from '../row.ts';
import { median } from '../statistics.ts';
import { serviceName, type World } from '../world.ts';

const connections = 16;
/** How much dearer the most may be than the least, for noise. */
const flatWithin = 1.3;
/** So many wait, and so many of them are near their turn: those a sweep looks at. */
const waitingCallbacks = 500;
const nearCallbacks = 50;
const sweepsOfARound = 3;
const sweepRequest: WireEvent = { headers: { 'content-type': 'application/json' }, body: '{}' };

/**
 * Whether a change costs more when there are more callbacks, and a sweep when the ledger is long. What is measured is the
 * function's process and what Firestore would bill, not how long the local Firestore takes: it looks at every document
 * where the real one has an index.
 */
export const growth: Row = async ({ short, world, progress }) => {
  const populations = short ? [100, 1000, 10_000] : [100, 10_000, 100_000];
  const ledgers = short ? [0, 1000, 10_000] : [0, 10_000, 1_000_000];
  const events = await eventsByPopulation(world, populations, short ? [800, 3] : [4000, 7], progress);
  const sweeps = await sweepsByLedger(world, ledgers, short ? 5 : 11, progress);
  const reads = Object.values(sweeps).map((seen) => median(seen.map((sweep) => sweep.reads)));
  const cpu = Object.fromEntries(Object.entries(sweeps).map(([name, seen]) => [name, seen.map((one) => one.ms)]));
  return {
    figures: [
      flat('CPU per event, by live callbacks', events, 'µs', 0),
      flat('CPU per sweep, by settled entries', cpu, 'ms', 1),
      {
        what: 'Firestore reads of a sweep, by settled entries',
        must: 0,
        seen: Math.max(...reads) - Math.min(...reads),
        unit: ' more',
        rivals: Object.keys(sweeps)
          .map((ledger, index) => `${ledger}: ${reads[index]?.toFixed(1) ?? ''}`)
          .join(', '),
      },
    ],
    samples: [
      { title: 'CPU per event, by live callbacks', unit: 'µs', values: events },
      { title: 'CPU per sweep, by settled entries', unit: 'ms', values: cpu },
    ],
  };
};

type Progress = (what: string) => void;

/** Changes of all live callbacks, in turn, at an instance that sees them all. */
async function eventsByPopulation(
  world: World,
  populations: readonly number[],
  [count, rounds]: readonly [number, number],
  progress: Progress,
): Promise<Record<string, number[]>> {
  const projects = populations.map((population) => ({ project: `demo-live-${population}`, size: population }));
  return inProjects(world, projects, { connections }, async (instances) => {
    for (const { db, size } of instances) {
      progress(`${size} live callbacks`);
      await fill(db, 'callbacks', size, (n) => ({ ...callback(`no-${n}`) }));
    }
    return interleaved(rounds + 1, instances, async ({ instance, size }, round) => {
      progress(`events among ${size} callbacks, round ${round}`);
      const before = instance.processorMs();
      await inLanes(
        count,
        connections,
        (n) => change(`no-${Math.floor((n * size) / count)}`),
        (event) => instance.call(event),
      );
      return ((instance.processorMs() - before) * 1000) / count;
    }).then(withoutFirst);
  });
}

function change(callbackId: string): WireEvent {
  const estimatedWaitTime = 1200 + Math.floor(Math.random() * 600);
  return eventOf(callbackId, callback(callbackId), callback(callbackId, { estimatedWaitTime }));
}

interface SeenSweep {
  readonly ms: number;
  readonly reads: number;
}

/** Sweeps that find nothing overdue, over ledgers of several lengths. */
async function sweepsByLedger(
  world: World,
  ledgers: readonly number[],
  rounds: number,
  progress: Progress,
): Promise<Record<string, SeenSweep[]>> {
  const projects = ledgers.map((ledger) => ({ project: `demo-settled-${ledger}`, size: ledger }));
  return inProjects(world, projects, { target: 'sweepNotices' }, async (instances) => {
    for (const { db, size } of instances) {
      progress(`${size} settled entries`);
      await fill(db, 'callbacks', waitingCallbacks, (n) => ({
        ...callback(`no-${n}`, n < nearCallbacks ? { estimatedWaitTime: 200 } : {}),
      }));
      await fill(db, 'pushNotifications', size, settledEntry);
    }
    return interleaved(rounds + 1, instances, async ({ instance, size }, round) => {
      progress(`sweep over ${size} settled entries, round ${round}`);
      // So many together are long enough for the clock.
      const [before, usage] = [instance.processorMs(), await world.firestore.usage()];
      for (let n = 0; n < sweepsOfARound; n++) await instance.call(sweepRequest);
      const reads = (await world.firestore.usage()).documentReads - usage.documentReads;
      return { ms: (instance.processorMs() - before) / sweepsOfARound, reads: reads / sweepsOfARound };
    }).then(withoutFirst);
  });
}

/** The first round warms up. */
function withoutFirst<V>(values: Record<string, V[]>): Record<string, V[]> {
  return Object.fromEntries(Object.entries(values).map(([name, own]) => [name, own.slice(1)]));
}

interface Sized {
  readonly name: string;
  readonly size: number;
  readonly instance: Instance;
  readonly db: Firestore;
}

/** An instance each in projects, thus databases, of their own on the one local Firestore: they are measured in turn. */
async function inProjects<T>(
  world: World,
  projects: readonly { readonly project: string; readonly size: number }[],
  options: Partial<InstanceOptions>,
  work: (instances: readonly Sized[]) => Promise<T>,
): Promise<T> {
  const clients = projects.map(({ project }) => localFirestore(project, world.firestore.port));
  const wanted = projects.map(({ project }) => ({
    ...options,
    contestant: ours,
    world,
    environment: { GCLOUD_PROJECT: project, FIREBASE_CONFIG: JSON.stringify({ projectId: project }) },
  }));
  try {
    await Promise.all(clients.map((db) => db.doc(`callbackSettings/${serviceName}`).set({ maxDialAttempts: 3 })));
    return await withInstances(wanted, (instances) =>
      work(
        projects.map(({ size }, index) => ({
          name: size.toLocaleString('en-US'),
          size,
          instance: instances[index] as Instance,
          db: clients[index] as Firestore,
        })),
      ),
    );
  } finally {
    await Promise.all(clients.map((db) => db.terminate()));
  }
}

/** What `settle` leaves in the ledger (functions/src/delivery/ledger-entry.ts). */
function settledEntry(n: number): object {
  const at = Timestamp.now();
  return {
    event: 'CALLBACK_UPCOMING',
    occasion: '0',
    callbackId: `past-${n}`,
    serviceName: 'bench',
    state: 'SENT',
    claimant: randomUUID(),
    attempts: 1,
    targets: [{ hash: '0123456789abcdef', state: 'SENT', messageId: `projects/demo-bench/messages/${n}` }],
    changedAt: at,
    createdAt: at,
    updatedAt: at,
    staleAt: at,
    deleted: false,
    expireAt: at,
  };
}

const batchSize = 500;
const batchesAtOnce = 4;

async function fill(db: Firestore, collection: string, count: number, fields: (n: number) => object): Promise<void> {
  await inLanes(
    Math.ceil(count / batchSize),
    batchesAtOnce,
    (n) => {
      const batch = db.batch();
      for (let at = n * batchSize; at < Math.min(count, (n + 1) * batchSize); at++) {
        batch.set(db.doc(`${collection}/no-${at}`), fields(at));
      }
      return batch;
    },
    (batch) => batch.commit(),
  );
}

/** Of the most and the fewest, by their medians. */
function flat(what: string, values: Readonly<Record<string, readonly number[]>>, unit: string, digits: number): Figure {
  const medians = Object.values(values).map(median);
  return {
    what: `${what}: most ÷ fewest`,
    must: flatWithin,
    seen: (medians.at(-1) ?? NaN) / (medians[0] ?? NaN),
    unit: '×',
    rivals: Object.keys(values)
      .map((name, index) => `${name}: ${medians[index]?.toFixed(digits) ?? ''} ${unit}`)
      .join(', '),
  };
}
