import { faultsOf } from './fcm-weather.ts';
import { plot } from './plot.ts';
import { createRandom } from './random.ts';
import type { Row } from './row.ts';
import { simulate } from './simulation.ts';
import { tell, type Story } from './stories.ts';
import { Timeline } from './timeline.ts';
import { judge } from './verdict.ts';
import { createWorld } from './world.ts';

const second = 1000;
const minute = 60 * second;
const downMs = 10 * minute;
const retryAfterSeconds = 60;
const instances = 5;
/** What FCM asks for: from nothing to full speed not within less than a minute. No second may see more than this. */
const mostAtOnce = 500;
/** These live for ten minutes, and so may be stale when FCM is back. */
const shortLived = new Set(['CALLBACK_READY']);

/** FCM is down for ten minutes, and says when to come again. Thousands of notices wait for it. */
export const outage: Row = async ({ seed, short, progress }) => {
  const random = createRandom(seed);
  const timeline = new Timeline(Date.now());
  const began = timeline.now();
  const record = recordSends(began, timeline.now);
  const world = await createWorld({ now: timeline.now, faults: record.faults });
  const simulation = simulate({ world, timeline, random, weather: { copies: 1, latenessMs: 2 * second }, instances });
  try {
    await world.register();
    const stories = tell(short ? 560 : 5700, began, downMs - minute, random);
    progress(`${stories.length} callbacks`);
    await simulation.run(stories, began + 75 * minute);
    const messages = world.google.inbox.messages();
    const [mayBeStale, mustArrive] = partition(stories, ({ expected = '' }) => shortLived.has(expected));
    const must = judge(
      mustArrive,
      messages.filter(({ event }) => !shortLived.has(event ?? '')),
    );
    const may = judge(
      mayBeStale,
      messages.filter(({ event }) => shortLived.has(event ?? '')),
    );
    const perSecond = record.acceptedPerSecond();
    const peak = Math.max(...perSecond);
    return {
      row: 'outage of 10 min',
      seen:
        `${must.expected + may.expected} pushes waited, ${may.lost} of them stale (READY lives 10 min), ` +
        `${record.tooEarly()} before their Retry-After, at most ${peak} accepted in one second`,
      lost: must.lost,
      doubled: must.doubled + may.doubled,
      complaints: [...must.complaints, ...(may.doubled > 0 ? may.complaints : [])],
      broken: [
        ...(record.tooEarly() > 0 ? [`${record.tooEarly()} requests came before their Retry-After`] : []),
        ...(peak > mostAtOnce ? [`${peak} messages in one second are a storm`] : []),
      ],
      picture: plot('accepted by FCM, in each 15 s of simulated time; it is down for the first 10 min', perSecond, 15),
    };
  } finally {
    await simulation.end();
    await world.stop();
  }
};

function partition(stories: readonly Story[], isFirst: (story: Story) => boolean): [Story[], Story[]] {
  return [stories.filter(isFirst), stories.filter((story) => !isFirst(story))];
}

function recordSends(began: number, now: () => number) {
  const notBefore = new Map<string, number>();
  const accepted: number[] = [];
  let tooEarly = 0;
  const faults = faultsOf((target) => {
    if (now() < (notBefore.get(target) ?? 0)) tooEarly += 1;
    if (now() < began + downMs) {
      notBefore.set(target, now() + retryAfterSeconds * second);
      return { code: 'UNAVAILABLE', retryAfterSeconds };
    }
    const at = Math.floor((now() - began) / second);
    while (accepted.length <= at) accepted.push(0);
    accepted[at] = (accepted[at] ?? 0) + 1;
    return undefined;
  });
  return { faults, tooEarly: () => tooEarly, acceptedPerSecond: () => accepted };
}
