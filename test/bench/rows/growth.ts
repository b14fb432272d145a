import { randomUUID } from 'node:crypto';
import { Timestamp, type Firestore } from '@google-cloud/firestore';
import { ours } from '../contestants.ts';
import { callback, eventOf, type WireEvent } from '../events.ts';
import { withInstances, type Instance } from '../instance.ts';
import { inLanes } from '../load.ts';
import { project, type Figure, type Row, type Samples } from '../row.ts';
import { median } from '../statistics.ts';
import type { World } from '../world.ts';

const connections = 16;
/** How much dearer the most may be than the least, for noise. */
const flatWithin = 1.3;
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
  const { sweeps, reads } = await sweepsByLedger(world, ledgers, short ? 3 : 7, progress);
  return {
    figures: [
      flat('CPU per event', events, populations, 'live callbacks', 'µs', 0),
      flat('CPU per sweep', sweeps, ledgers, 'settled entries', 'ms', 1),
      {
        what: `Firestore reads of a sweep: ${ledgers.join(', ')} settled entries`,
        must: 0,
        seen: Math.max(...reads) - Math.min(...reads),
        unit: ' more',
        rivals: `${reads.join(', ')} reads`,
      },
    ],
    samples: [...byStep('CPU per event', events, populations, 'µs'), ...byStep('CPU per sweep', sweeps, ledgers, 'ms')],
  };
};

type Progress = (what: string) => void;

/** Changes of all live callbacks, in turn, at an instance that sees them all. */
async function eventsByPopulation(
  world: World,
  populations: readonly number[],
  [count, rounds]: readonly [number, number],
  progress: Progress,
): Promise<number[][]> {
  return withInstances([{ contestant: ours, world, connections }], async ([instance]) => {
    if (!instance) throw new Error('no instance');
    const measure = async (population: number) => {
      const before = instance.processorMs();
      await inLanes(
        count,
        connections,
        (n) => change(`live-${Math.floor((n * population) / count)}`),
        (event) => instance.call(event),
      );
      return ((instance.processorMs() - before) * 1000) / count;
    };
    // What is measured first must not be the coldest.
    for (let round = 0; round < 4; round++) await measure(1);
    const seen: number[][] = [];
    let live = 0;
    for (const population of populations) {
      progress(`${population} live callbacks`);
      await fill(world.firestore.db, 'callbacks', live, population, (n) => ({ ...callback(`live-${n}`) }));
      live = population;
      const values: number[] = [];
      for (let round = 0; round < rounds; round++) values.push(await measure(population));
      seen.push(values);
    }
    return seen;
  });
}

function change(callbackId: string): WireEvent {
  const waits = 1200 + Math.floor(Math.random() * 600);
  return eventOf(callbackId, callback(callbackId), callback(callbackId, { estimatedWaitTime: waits }));
}

/** Sweeps that find nothing to do, over a ledger that grows; as many callbacks wait as one sweep looks at, and more. */
async function sweepsByLedger(
  world: World,
  ledgers: readonly number[],
  rounds: number,
  progress: Progress,
): Promise<{ sweeps: number[][]; reads: number[] }> {
  return withInstances([{ contestant: ours, world, target: 'sweepNotices' }], async ([instance]) => {
    if (!instance) throw new Error('no instance');
    for (let round = 0; round < 20; round++) await instance.call(sweepRequest);
    const [sweeps, reads]: [number[][], number[]] = [[], []];
    let settled = 0;
    for (const ledger of ledgers) {
      progress(`${ledger} settled entries`);
      await fill(world.firestore.db, 'pushNotifications', settled, ledger, settledEntry);
      settled = ledger;
      const values: number[] = [];
      const before = await world.firestore.usage();
      for (let round = 0; round < rounds; round++) values.push(await timed(instance));
      const after = await world.firestore.usage();
      sweeps.push(values);
      reads.push((after.documentReads - before.documentReads) / rounds);
    }
    return { sweeps, reads };
  });
}

async function timed(instance: Instance): Promise<number> {
  const before = instance.processorMs();
  await instance.call(sweepRequest);
  return instance.processorMs() - before;
}

/** What `settle` leaves in the ledger (functions/src/ledger-entry.ts). */
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

async function fill(
  db: Firestore,
  collection: string,
  from: number,
  to: number,
  fields: (n: number) => object,
): Promise<void> {
  await inLanes(
    Math.ceil((to - from) / batchSize),
    batchesAtOnce,
    (n) => {
      const batch = db.batch();
      const first = from + n * batchSize;
      for (let at = first; at < Math.min(to, first + batchSize); at++) {
        batch.set(db.doc(`${collection}/${collection === 'callbacks' ? 'live' : 'past'}-${at}`), fields(at));
      }
      return batch;
    },
    (batch) => batch.commit(),
  );
}

function flat(
  what: string,
  values: readonly (readonly number[])[],
  steps: readonly number[],
  of: string,
  unit: string,
  digits: number,
): Figure {
  const medians = values.map(median);
  return {
    what: `${what}, ${steps.at(-1) ?? 0} ÷ ${steps[0] ?? 0} ${of}`,
    must: flatWithin,
    seen: (medians.at(-1) ?? NaN) / (medians[0] ?? NaN),
    unit: '×',
    rivals: medians.map((value, index) => `${steps[index] ?? 0}: ${value.toFixed(digits)} ${unit}`).join(', '),
  };
}

function byStep(
  title: string,
  values: readonly (readonly number[])[],
  steps: readonly number[],
  unit: string,
): Samples[] {
  const named = values.map((own, index) => [`${project} ${steps[index] ?? 0}`, own] as const);
  return [{ title, unit, values: Object.fromEntries(named) }];
}
