import type { Faults } from '../../local/fcm-faults.ts';
import { noFaults, randomFaults } from './fcm-weather.ts';
import { createRandom } from './random.ts';
import type { Row, RowResult, RunOptions } from './row.ts';
import { simulate, type Weather } from './simulation.ts';
import { tell } from './stories.ts';
import { Timeline } from './timeline.ts';
import { judge } from './verdict.ts';
import { createWorld } from './world.ts';

const minute = 60_000;
const weather: Weather = { copies: 3, latenessMs: minute };
const instances = 5;

/** A day of bad weather: every event up to three times, a minute late and in any order, at any of five instances. */
export const delivery: Row = (options) => run('delivery', options, weather, calm);

/** The same, and almost every third answer of FCM's a failure. */
export const failingFcm: Row = (options) => run('delivery, FCM fails 30 %', options, weather, failing);

/** The same, and every other task is lost: the sweep finds what waits. */
export const lostTasks: Row = (options) =>
  run('delivery, FCM fails, tasks lost 50 %', options, { ...weather, lostTasks: 0.5 }, failing);

const calm = () => noFaults;
const failing = (random: () => number) => randomFaults(0.3, random);

async function run(
  row: string,
  { seed, short, progress }: RunOptions,
  how: Weather,
  faultsOf: (random: () => number) => Faults,
): Promise<RowResult> {
  const random = createRandom(seed);
  const timeline = new Timeline(Date.now());
  const faults = faultsOf(random);
  const world = await createWorld({ now: timeline.now, faults });
  const simulation = simulate({ world, timeline, random, weather: how, instances });
  try {
    await world.register();
    const stories = tell(short ? 240 : 2000, timeline.now(), minute, random);
    progress(`${stories.length} callbacks`);
    await simulation.run(stories, timeline.now() + 70 * minute);
    const verdict = judge(stories, world.google.inbox.messages());
    const { send } = world.google.requests();
    const seen = `${stories.length} callbacks, ${instances} instances, ${verdict.expected} pushes due, ${send} requests, ${verdict.repeats} repeats`;
    return { row, seen, ...verdict, broken: [] };
  } finally {
    await simulation.end();
    await world.stop();
  }
}
