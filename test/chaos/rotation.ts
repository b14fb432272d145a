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

/** The key is revoked, with every token that was given for it, in the middle of the load; the new one comes a minute later. */
export const rotation: Row = async ({ seed, short, progress }) => {
  const random = createRandom(seed);
  const timeline = new Timeline(Date.now());
  const world = await createWorld({ now: timeline.now, faults: noFaults });
  const weather = { copies: 2, latenessMs: 20 * second };
  const simulation = simulate({ world, timeline, random, weather, instances: 5 });
  try {
    const { client_email: email } = await world.register();
    const stories = tell(short ? 160 : 800, timeline.now(), 3 * minute, random);
    progress(`${stories.length} callbacks`);
    timeline.at(timeline.now() + minute, async () => {
      const rotated = world.google.accounts.rotateKey(email);
      world.google.accounts.revokeTokens(email);
      timeline.at(timeline.now() + minute, async () => {
        if (rotated) await world.register(rotated);
      });
      await Promise.resolve();
    });
    await simulation.run(stories, timeline.now() + 20 * minute);
    const verdict = judge(stories, world.google.inbox.messages());
    const { send, token } = world.google.requests();
    const refused = send - world.google.inbox.messages().length;
    return {
      row: 'rotation under load',
      seen:
        `${verdict.expected} pushes due, a minute without a key that works: ${refused} requests refused, ` +
        `${token} token exchanges, ${simulation.logged.get('notice-held') ?? 0} notices held back`,
      ...verdict,
      broken: refused > 100 ? [`${refused} requests with a revoked key`] : [],
    };
  } finally {
    await simulation.end();
    await world.stop();
  }
};
