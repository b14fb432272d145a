import { randomUUID } from 'node:crypto';
import { floor, ours, straightforward, type Contestant } from '../contestants.ts';
import { pushEvent } from '../events.ts';
import { startInstance } from '../instance.ts';
import { project, type Row } from '../row.ts';
import { interleaved, mediansOf, ratio } from '../rounds.ts';

/**
 * From the start of the process to the answer to its first event, which is a push: settings, credentials and token are
 * asked for, the notice is claimed, sent and settled. The floor does nothing of all that.
 */
export const coldStart: Row = async ({ short, world, progress }) => {
  const start = async (contestant: Contestant) => {
    const event = pushEvent(randomUUID());
    const began = performance.now();
    const instance = await startInstance({ contestant, world, oneCore: true });
    try {
      await instance.call(event);
      return performance.now() - began;
    } finally {
      await instance.stop();
    }
  };
  const contestants = [floor, ours, straightforward];
  // Whatever the machine has to read from its disk, it has read then.
  for (const contestant of contestants) await start(contestant);
  const values = await interleaved(short ? 3 : 11, contestants, (contestant, round) => {
    progress(`round ${round + 1}`);
    return start(contestant);
  });
  const rival = ratio(values, straightforward.name, floor.name);
  return {
    figures: [
      {
        what: 'cold start to the first push ÷ floor',
        must: 1.6,
        seen: ratio(values, project, floor.name),
        unit: '×',
        rivals: `straightforward ${rival.toFixed(2)}× (${mediansOf(values, 'ms')})`,
      },
    ],
    samples: [{ title: 'Cold start to the first push answered, one core', unit: 'ms', values }],
  };
};
