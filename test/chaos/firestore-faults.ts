import { Refusal, type StatusName } from '../../local/firestore/document/refusal.ts';
import type { Tap } from '../../local/tap.ts';
import { noFaults } from './fcm-weather.ts';
import { createRandom } from './random.ts';
import type { Row } from './row.ts';
import { simulate } from './simulation.ts';
import { tell } from './stories.ts';
import { Timeline } from './timeline.ts';
import { judge } from './verdict.ts';
import { createWorld } from './world.ts';

const minute = 60_000;
const share = 0.1;
const statuses: readonly StatusName[] = ['ABORTED', 'UNAVAILABLE', 'DEADLINE_EXCEEDED'];

/** Every tenth call of Firestore fails, before it is carried out or after it: then the answer alone is lost. */
export const firestoreFaults: Row = async ({ seed, short, progress }) => {
  const random = createRandom(seed);
  const disturbance = disturb(random);
  const timeline = new Timeline(Date.now());
  const world = await createWorld({
    now: timeline.now,
    faults: noFaults,
    firestoreTap: disturbance.tap,
  });
  const simulation = simulate({ world, timeline, random, weather: { copies: 2, latenessMs: minute }, instances: 5 });
  try {
    await world.register();
    const stories = tell(short ? 120 : 600, timeline.now(), 5 * minute, random);
    progress(`${stories.length} callbacks`);
    disturbance.begin();
    await simulation.run(stories, timeline.now() + 70 * minute);
    const verdict = judge(stories, world.google.inbox.messages());
    const redelivered = [...simulation.failures.values()].reduce((sum, count) => sum + count, 0);
    return {
      row: 'Firestore fails 10 %',
      seen:
        `${verdict.expected} pushes due, ${disturbance.before()} calls refused, ${disturbance.after()} answers lost, ` +
        `${redelivered} events and tasks came again, ${verdict.repeats} repeats`,
      ...verdict,
      broken: [],
    };
  } finally {
    disturbance.end();
    await simulation.end();
    await world.stop();
  }
};

function disturb(random: () => number) {
  let [isOn, before, after] = [false, 0, 0];
  const fail = () => {
    const status = statuses[Math.floor(random() * statuses.length)] ?? 'UNAVAILABLE';
    throw new Refusal(status, 'as if the network had failed');
  };
  const tap: Tap = {
    before() {
      if (!isOn || random() >= share / 2) return;
      before += 1;
      fail();
    },
    after() {
      if (!isOn || random() >= share / 2) return;
      after += 1;
      fail();
    },
  };
  return {
    tap,
    begin: () => void (isOn = true),
    end: () => void (isOn = false),
    before: () => before,
    after: () => after,
  };
}
