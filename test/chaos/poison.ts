import type { DocumentData } from '@google-cloud/firestore';
import type { Change } from '../../functions/src/delivery/announce.ts';
import { noFaults } from './fcm-weather.ts';
import { createRandom } from './random.ts';
import type { Row } from './row.ts';
import { queue } from './stories.ts';
import { createWorld, startInstance, type LogCounts } from './world.ts';

const rounds = 3;
const hurry = 60;
/** As fast as one instance takes them, so many at a time. */
const atATime = 16;
const mostTimes = 2;
/** A short run on a machine that does something else besides measures little. */
const mostTimesInShort = 4;

/**
 * Every way in which a document can be wrong; what a string or a number could be mistaken for among them, and what eats
 * time. None of them owes a notice.
 */
const poisons: readonly DocumentData[] = [
  {},
  { serviceName: 7 },
  { serviceName: 'a/b', phoneNumber: '', callbackState: 'LOST' },
  { serviceName: 'chaos', phoneNumber: '1', callbackState: 'QUEUED', pushTargets: 'all' },
  { serviceName: 'chaos', phoneNumber: '1', callbackState: 'QUEUED', pushTargets: [{ channel: 'SMS', target: 1 }] },
  { serviceName: 'chaos', phoneNumber: '1', callbackState: 'QUEUED', estimatedWaitTime: NaN, dialAttempts: -1 },
  { serviceName: 'chaos', phoneNumber: '1', callbackState: 'QUEUED', desiredTime: 'soon', callIn: [] },
  { serviceName: 'chaos', phoneNumber: '1', callbackState: 'QUEUED', language: `en-${'aaaaaaa-'.repeat(6250)}a` },
  {
    serviceName: 'chaos',
    phoneNumber: '1',
    callbackState: 'QUEUED',
    pushTargets: Array.from({ length: 50_000 }, (_, n) => ({ channel: 'SMS', target: n })),
  },
  { serviceName: 'x'.repeat(100_000), phoneNumber: '1', callbackState: 'QUEUED', userData: 'u'.repeat(100_000) },
];

/** A thousand documents with wrong fields among a thousand good ones. */
export const poison: Row = async ({ seed, short, progress }) => {
  const count = short ? 200 : 1000;
  const random = createRandom(seed);
  // Time flies, so that the pace of an instance, which is tried elsewhere, holds nothing back.
  const began = Date.now();
  const now = () => began + (Date.now() - began) * hurry;
  const world = await createWorld({ now, faults: noFaults });
  const logged: LogCounts = new Map();
  const scheduleRetry = () => Promise.resolve();
  const instance = startInstance(world, {
    now,
    random,
    scheduleRetry,
    logged,
    // A busy machine is no trouble of the way to a device: nothing is late, nobody else takes a notice over.
    config: { freshForMs: 3600_000, leaseMs: 3600_000 },
    requestTimeoutMs: 10_000,
  });
  const p99s = { clean: [] as number[], poisoned: [] as number[] };
  let made = 0;
  const good = (): Change => changeOf(`good-${made++}`, { callbackState: 'COMPLETED', callbackReason: 'PURGED' });
  const bad = (): Change => ({
    ...changeOf(`bad-${made++}`, {}),
    after: document(poisons[made % poisons.length] ?? {}),
  });
  try {
    await world.register();
    await feed([good()], instance.onChange, now);
    for (let round = 0; round < rounds; round++) {
      progress(`round ${round + 1} of ${rounds}`);
      p99s.clean.push(p99(await feed(Array.from({ length: count }, good), instance.onChange, now)));
      const mixed = Array.from({ length: count }, () => [good(), bad()]).flat();
      const times = await feed(mixed, instance.onChange, now);
      p99s.poisoned.push(p99(times.filter((_, index) => index % 2 === 0)));
    }
    const [clean, poisoned] = [median(p99s.clean), median(p99s.poisoned)];
    const arrived = world.google.inbox.messages().length;
    const expected = 1 + rounds * count * 2;
    const named = logged.get('fields-ignored') ?? 0;
    return {
      row: 'poison',
      seen: `${named} documents with wrong fields among as many good ones: p99 ${poisoned.toFixed(1)} ms, without them ${clean.toFixed(1)} ms`,
      lost: expected - arrived,
      doubled: 0,
      complaints: expected === arrived ? [] : [`${arrived} of ${expected} good ones arrived`],
      broken: [
        ...(poisoned > clean * (short ? mostTimesInShort : mostTimes)
          ? [`the good ones took ${(poisoned / clean).toFixed(1)} times as long`]
          : []),
        ...(named === rounds * count ? [] : [`${named} of ${rounds * count} with wrong fields were named`]),
      ],
    };
  } finally {
    await instance.end();
    await world.stop();
  }
};

/** Created at one moment, and written now. */
function document(data: DocumentData) {
  return { data, createTime: '1772442000.000000000', updateTime: `${Math.floor(Date.now() / 1000)}.000000001` };
}

function changeOf(callbackId: string, changes: DocumentData): Change {
  const waiting = {
    serviceName: queue.serviceName,
    phoneNumber: '+49305550100',
    callbackState: 'QUEUED',
    pushTargets: [{ channel: 'FCM', target: `device-${callbackId}` }],
  };
  const [before, after] = [document(waiting), document({ ...waiting, ...changes })];
  return { callbackId, eventId: callbackId, changedAt: Date.now(), before, after };
}

/** Milliseconds that each took, in their order. */
async function feed(
  changes: readonly Change[],
  handle: (change: Change) => Promise<void>,
  now: () => number,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < changes.length; index = next++) {
      const started = performance.now();
      const change = changes[index];
      if (change) await handle({ ...change, changedAt: now() });
      times[index] = performance.now() - started;
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return times;
}

function p99(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
