import { randomUUID } from 'node:crypto';
import { ours, straightforward, type Contestant } from '../contestants.ts';
import { pushEvent } from '../events.ts';
import { withInstances } from '../instance.ts';
import { createTurns, inLanes } from '../load.ts';
import { project, type Row, type Samples } from '../row.ts';
import { demandAll } from '../verdict.ts';

const concurrency = 80;
/** A leak shows in the second half: what is still filling its caches has filled them by then. */
const flatWithin = 1.1;

interface Life {
  /** After garbage collections: when it is warm, in the middle, and in the end. */
  readonly heapMb: readonly number[];
  /** At each of these moments, before the garbage collection. */
  readonly residentMb: readonly number[];
  readonly seconds: number;
}

/** 50,000 pushes through one instance: ours at the pace that it keeps to FCM, the rival's as fast as it goes. */
export const memory: Row = async ({ short, world, progress }) => {
  const pushes = short ? 1500 : 50_000;
  const legs = [0.04, 0.48, 0.48].map((share) => Math.round(share * pushes));

  const liveOf = (contestant: Contestant): Promise<Life> =>
    withInstances([{ contestant, world, connections: concurrency }], async ([instance]) => {
      if (!instance) throw new Error('no instance');
      const turns = createTurns();
      const [heapMb, residentMb]: [number[], number[]] = [[], []];
      let done = 0;
      const began = performance.now();
      await world.google.reset();
      for (const leg of legs) {
        await inLanes(
          leg,
          concurrency,
          () => undefined,
          async () => {
            if (contestant === ours) await turns(1);
            await instance.call(pushEvent(randomUUID()));
            progress(`${contestant.name}: ${++done} of ${pushes} pushes`);
          },
        );
        residentMb.push(instance.residentMb());
        heapMb.push(await instance.heapMb());
      }
      // The clocks of two processes differ: the pace may hold a few back, which then wait.
      await demandAll(world, done, contestant.name, Math.max(20, done / 1000));
      return { heapMb, residentMb, seconds: (performance.now() - began) / 1000 };
    });

  const own = await liveOf(ours);
  const theirs = await liveOf(straightforward);
  const [, middle = NaN, end = NaN] = own.heapMb;
  const resident: Samples = {
    title: `Resident memory when warm, in the middle and after ${pushes} pushes`,
    unit: 'MB',
    values: { [project]: own.residentMb, [straightforward.name]: theirs.residentMb },
  };
  return {
    figures: [
      {
        what: `RSS after ${pushes.toLocaleString('en-US')} pushes`,
        must: 140,
        seen: own.residentMb.at(-1) ?? NaN,
        unit: ' MB',
        rivals: `straightforward ${shown(theirs.residentMb.slice(-1))} MB; ours in ${own.seconds.toFixed(0)} s`,
      },
      {
        what: 'heap at the end ÷ in the middle',
        must: flatWithin,
        seen: end / middle,
        unit: '×',
        rivals: `ours ${shown(own.heapMb)} MB; straightforward ${shown(theirs.heapMb)} MB`,
      },
    ],
    samples: [
      resident,
      {
        title: 'Heap after garbage collection',
        unit: 'MB',
        values: { [project]: own.heapMb, [straightforward.name]: theirs.heapMb },
      },
    ],
  };
};

function shown(megabytes: readonly number[]): string {
  return megabytes.map((value) => value.toFixed(1)).join(' ▸ ');
}
