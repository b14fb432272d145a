import { randomUUID } from 'node:crypto';
import { costSheet, readPrices, type CostOf } from '../cost-sheet.ts';
import { ours, straightforward, type Contestant } from '../contestants.ts';
import { callback, ewtUpdates, life, noticesOfALife, pushEvent, writesOfALife } from '../events.ts';
import { withInstances, type Instance } from '../instance.ts';
import { createTurns, inLanes } from '../load.ts';
import { project, type Row } from '../row.ts';
import type { World } from '../world.ts';

/** So many wait at a time, and so many of them are near their turn. */
const waitingCallbacks = 500;
const nearCallbacks = 50;
const atOnce = 8;

interface Counted {
  readonly reads: number;
  readonly writes: number;
  readonly sends: number;
  readonly tokens: number;
  readonly secrets: number;
}

/** What a callback costs from its creation to its end, counted by the servers; and what runs beside, by the minute. */
export const lives: Row = async ({ short, world, prices, progress }) => {
  const count = short ? 12 : 300;
  const costOf = async (contestant: Contestant): Promise<CostOf> => {
    progress(contestant.name);
    return withInstances([{ contestant, world, connections: atOnce }], async ([instance]) => {
      if (!instance) throw new Error('no instance');
      const start = await counted(world, () => instance.call(pushEvent(randomUUID())));
      const turns = createTurns();
      // The processor's time is that of an instance that is warm.
      await live(instance, count / 2, turns);
      await world.google.reset();
      const entriesBefore = await entries(world);
      const cpuBefore = instance.processorMs();
      const seen = await counted(world, () => live(instance, count, turns));
      const cpuSeconds = (instance.processorMs() - cpuBefore) / 1000;
      const kept = (await entries(world)) - entriesBefore;
      return {
        name: contestant.name,
        reads: seen.reads / count,
        writes: seen.writes / count,
        // Firestore's TTL deletes what was kept, and bills it.
        deletes: kept / count,
        sends: seen.sends / count,
        invocations: writesOfALife,
        cpuSeconds: cpuSeconds / count,
        start,
      };
    });
  };
  const own = await costOf(ours);
  const theirs = await costOf(straightforward);
  const sweep = await sweepOf(world);
  const beside = (cost: CostOf) => `${cost.reads} reads and ${cost.writes} writes`;
  const broken = [own, theirs]
    .filter(({ sends }) => sends !== noticesOfALife)
    .map(({ name, sends }) => `${name} sent ${sends} pushes a life, not ${noticesOfALife}`);
  return {
    figures: [
      {
        what: `Firestore writes a life (${ewtUpdates} EWT updates, ${noticesOfALife} notices)`,
        must: 6,
        seen: own.writes,
        unit: '',
        rivals: `straightforward ${beside(theirs)}`,
      },
      { what: 'Firestore reads a life', must: 0, seen: own.reads, unit: '', rivals: `straightforward ${theirs.reads}` },
    ],
    samples: [
      {
        title: 'CPU per life of a callback',
        unit: 'ms',
        values: { [project]: [own.cpuSeconds * 1000], [theirs.name]: [theirs.cpuSeconds * 1000] },
      },
    ],
    broken,
    notes: ['', ...costSheet({ ours: own, straightforward: theirs, sweep }, await readPrices(prices))],
  };
};

/** Lives one after the other in each of some lanes: the events of a callback in their order. */
async function live(instance: Instance, count: number, turns: (count: number) => Promise<void>): Promise<void> {
  await inLanes(
    count,
    atOnce,
    () => life(randomUUID()),
    async (events) => {
      if (instance.name === project) await turns(noticesOfALife);
      for (const event of events) await instance.call(event);
    },
  );
}

async function counted(world: World, work: () => Promise<unknown>): Promise<Counted> {
  const look = async () => ({ firestore: await world.firestore.usage(), google: await world.google.counters() });
  const before = await look();
  await work();
  const after = await look();
  return {
    reads: after.firestore.documentReads - before.firestore.documentReads,
    writes: after.firestore.documentWrites - before.firestore.documentWrites,
    sends: after.google.sends - before.google.sends,
    tokens: after.google.tokens - before.google.tokens,
    secrets: after.google.secretAccesses - before.google.secretAccesses,
  };
}

async function entries({ firestore }: World): Promise<number> {
  return (await firestore.db.collection('pushNotifications').count().get()).data().count;
}

/** One sweep of many, with the callbacks near their turn told of. */
async function sweepOf(world: World): Promise<Counted & { readonly cpuSeconds: number }> {
  const writer = world.firestore.db.bulkWriter();
  for (let n = 0; n < waitingCallbacks; n++) {
    const id = `waiting-${n}`;
    void writer.set(world.firestore.db.doc(`callbacks/${id}`), {
      ...callback(id, n < nearCallbacks ? { estimatedWaitTime: 200 } : {}),
    });
  }
  await writer.close();
  return withInstances([{ contestant: ours, world, target: 'sweepNotices' }], async ([instance]) => {
    if (!instance) throw new Error('no instance');
    await instance.call(sweepRequest);
    const before = instance.processorMs();
    const seen = await counted(world, () => instance.call(sweepRequest));
    return { ...seen, cpuSeconds: (instance.processorMs() - before) / 1000 };
  });
}

const sweepRequest = { headers: { 'content-type': 'application/json' }, body: '{}' };
