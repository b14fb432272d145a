import { randomUUID } from 'node:crypto';
import { empty, floor, ours } from '../contestants.ts';
import { silentEvent, type WireEvent } from '../events.ts';
import { withInstances, type Instance } from '../instance.ts';
import { inLanes } from '../load.ts';
import { project, type Row } from '../row.ts';
import { interleaved, mediansOf, overProcesses, ratio } from '../rounds.ts';

const connections = 16;

/** The processor's time for an event that announces nothing: the most of what ever happens. */
export const silentEvents: Row = async ({ short, world, progress }) => {
  const [events, rounds, times] = short ? [1500, 3, 1] : [3000, 5, 4];
  const measure = async (instance: Instance, doing: string) => {
    progress(`${doing}: ${instance.name}`);
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
  const values = await overProcesses(times, (time) =>
    withInstances(
      [floor, empty, ours].map((contestant) => ({ contestant, world, connections })),
      async (instances) => {
        const doing = `processes ${time + 1} of ${times}`;
        for (const instance of instances) await measure(instance, `${doing}, warm-up`);
        return interleaved(rounds, instances, (instance, round) =>
          measure(instance, `${doing}, round ${round + 1} of ${rounds}`),
        );
      },
    ),
  );
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
};
