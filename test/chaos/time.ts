import type { DocumentData } from '@google-cloud/firestore';
import { weekdays } from '../../functions/src/callback/business-hours.ts';
import { noFaults } from './fcm-weather.ts';
import { createRandom } from './random.ts';
import type { Row } from './row.ts';
import { simulate } from './simulation.ts';
import { tell } from './stories.ts';
import { Timeline } from './timeline.ts';
import { judge } from './verdict.ts';
import { createWorld } from './world.ts';

const second = 1000;
const minute = 60 * second;

interface Occasion {
  readonly name: string;
  readonly from: string;
  readonly hours?: DocumentData;
  /** How far Google's clock is ahead of the functions'. */
  readonly googleAheadMs?: number;
}

const nightly = (timeZone: string) => ({
  timeZone,
  weekly: Object.fromEntries(weekdays.map((day) => [day, [{ open: '20:00', close: '06:00' }]])),
});

const occasions: readonly Occasion[] = [
  { name: 'into the leap day', from: '2028-02-28T23:58:00Z', hours: nightly('UTC') },
  { name: 'out of the leap day', from: '2028-02-29T23:58:00Z', hours: nightly('UTC') },
  { name: 'the clocks go forward', from: '2027-03-28T00:58:00Z', hours: nightly('Europe/Berlin') },
  { name: 'the clocks go back', from: '2026-10-25T00:58:00Z', hours: nightly('Europe/Berlin') },
  { name: 'open across midnight', from: '2026-11-25T22:58:00Z', hours: nightly('Europe/Berlin') },
  { name: 'Google’s clock 5 min ahead', from: '2026-11-25T12:00:00Z', googleAheadMs: 5 * minute },
  { name: 'Google’s clock 5 min behind', from: '2026-11-25T12:00:00Z', googleAheadMs: -5 * minute },
];

/** The same stories at moments at which calendars and clocks are at odds. */
export const time: Row = async ({ seed, progress }) => {
  const total = { lost: 0, doubled: 0, expected: 0 };
  const complaints: string[] = [];
  for (const occasion of occasions) {
    progress(occasion.name);
    const verdict = await liveThrough(occasion, createRandom(seed));
    total.lost += verdict.lost;
    total.doubled += verdict.doubled;
    total.expected += verdict.expected;
    complaints.push(...verdict.complaints.map((complaint) => `${occasion.name}: ${complaint}`));
  }
  const names = occasions.map(({ name }) => name).join(', ');
  return { row: 'time', seen: `${total.expected} pushes due: ${names}`, ...total, complaints, broken: [] };
};

async function liveThrough({ from, hours, googleAheadMs = 0 }: Occasion, random: () => number) {
  const timeline = new Timeline(Date.parse(from));
  const world = await createWorld({ now: timeline.now, faults: noFaults, googleAheadMs });
  const weather = { copies: 2, latenessMs: 20 * second };
  const settings = hours && { businessHours: hours };
  const simulation = simulate({ world, timeline, random, weather, instances: 2, ...(settings && { settings }) });
  try {
    await world.register();
    const stories = tell(40, timeline.now(), 4 * minute, random);
    await simulation.run(stories, timeline.now() + 15 * minute);
    return judge(stories, world.google.inbox.messages());
  } finally {
    await simulation.end();
    await world.stop();
  }
}
