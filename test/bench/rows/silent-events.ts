import { randomUUID } from 'node:crypto';
import { empty, floor, ours } from '../contestants.ts';
import { silentEvent, type WireEvent } from '../events.ts';
import { withInstances, type Instance } from '../instance.ts';
import { inLanes } from '../load.ts';
import { project, type Row } from '../row.ts';
import { interleaved, mediansOf, ratio } from '../rounds.ts';

const connections = 16;

/** The processor's time for an event that announces nothing: the most of what ever happens. */
export const silentEvents: Row = async ({ short, world, progress }) => {
  const [events, rounds] = short ? [1500, 3] : [4000, 9];
  const measure = async (instance: Instance, round: number) => {
    progress(`round ${round + 1}: ${instance.name}`);
    // Made beforehand, so that their making does not slow the load down.
    const some = Array.from({ length: 200 }, () => silentEvent(randomUUID()));
    const before = instance.processorMs();
    await inLanes(
      events,
      connections,
      (n) => some[n % some.length] as WireEvent,
      (event) => instance.call(event),
    );
    return ((instance.processorMs() - before) * 1000) / events;
  };
  return withInstances(
    [floor, empty, ours].map((contestant) => ({ contestant, world, connections })),
    async (instances) => {
      for (const instance of instances) await measure(instance, -1);
      const values = await interleaved(rounds, instances, measure);
      const rival = ratio(values, empty.name, floor.name);
      return {
        figures: [
          {
            what: 'CPU per event that announces nothing ÷ floor',
            must: 1.6,
            seen: ratio(values, project, floor.name),
            unit: '×',
            rivals: `empty firebase-functions ${rival.toFixed(2)}× (${mediansOf(values, 'µs')})`,
          },
        ],
        samples: [{ title: `CPU per event that announces nothing, ${connections} connections`, unit: 'µs', values }],
      };
    },
  );
};
