import { randomUUID } from 'node:crypto';
import { ours, straightforward } from '../contestants.ts';
import { pushEvent } from '../events.ts';
import { withInstances, type Instance } from '../instance.ts';
import { createRests, inLanes, longestRound } from '../load.ts';
import { project, type Figure, type Row, type Samples } from '../row.ts';
import { interleaved, mediansOf, ratio } from '../rounds.ts';
import { quantile } from '../statistics.ts';
import { demandAll } from '../verdict.ts';

const concurrencies = [1, 16, 80];
const connections = Math.max(...concurrencies);

interface Round {
  readonly microseconds: number;
  readonly p50: number;
  readonly p99: number;
}

/** What a push costs the function's process, and how long it takes: event, claim, send, settle. */
export const pushes: Row = async ({ short, world, progress }) => {
  const [rounds, warmUps] = short ? [3, 2] : [9, 6];
  const rest = createRests();
  const push = (instance: Instance, count: number, concurrency: number) =>
    inLanes(
      count,
      concurrency,
      () => pushEvent(randomUUID()),
      (event) => instance.call(event),
    );
  const measure = async (instance: Instance, concurrency: number): Promise<Round> => {
    const count = (longestRound - connections) / (concurrency === 1 ? 2 : 1);
    if (instance.name === project) await rest(concurrency + count);
    await world.google.reset();
    // An instance under load has its connections; what it gave up in the silence before the round is made anew first.
    await push(instance, concurrency, concurrency);
    const before = instance.processorMs();
    const took = await push(instance, count, concurrency);
    const microseconds = ((instance.processorMs() - before) * 1000) / count;
    await demandAll(world, concurrency + count, instance.name);
    return { microseconds, p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
  };
  return withInstances(
    [ours, straightforward].map((contestant) => ({ contestant, world, connections })),
    async (instances) => {
      await interleaved(warmUps, instances, (instance, round) => {
        progress(`warm-up ${round + 1} of ${warmUps}`);
        return measure(instance, connections);
      });
      const figures: Figure[] = [];
      const samples: Samples[] = [];
      for (const concurrency of concurrencies) {
        const seen = await interleaved(rounds, instances, (instance, round) => {
          progress(`concurrency ${concurrency}, round ${round + 1} of ${rounds}`);
          return measure(instance, concurrency);
        });
        const of = (figure: keyof Round) =>
          Object.fromEntries(Object.entries(seen).map(([name, all]) => [name, all.map((round) => round[figure])]));
        const [cpu, p50, p99] = [of('microseconds'), of('p50'), of('p99')];
        figures.push({
          what: `CPU per push ÷ straightforward, ${concurrency} at once`,
          must: 0.35,
          seen: ratio(cpu, project, straightforward.name),
          unit: '×',
          rivals: mediansOf(cpu, 'µs'),
        });
        if (concurrency === connections) {
          figures.push({
            what: `push p99 ÷ straightforward, ${concurrency} at once`,
            must: 0.4,
            seen: ratio(p99, project, straightforward.name),
            unit: '×',
            rivals: `${mediansOf(p99, 'ms')}; p50 ${mediansOf(p50, 'ms')}`,
          });
        }
        samples.push(
          { title: `CPU per push, ${concurrency} at once`, unit: 'µs', values: cpu },
          { title: `Push p99, ${concurrency} at once`, unit: 'ms', values: p99 },
          { title: `Push p50, ${concurrency} at once`, unit: 'ms', values: p50 },
        );
      }
      return { figures, samples };
    },
  );
};
