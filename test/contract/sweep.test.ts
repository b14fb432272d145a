import type { WriteResult } from '@google-cloud/firestore';
import { createWorld, startInstance, type World } from '../chaos/world.ts';
import { callbackFields, minute } from '../support/builders.ts';

const waiting = 10_000;
const near = 50;
const mostReads = 200;

let world: World;
/** A minute passes between two sweeps. */
let ahead = 0;
const now = () => Date.now() + ahead;

beforeAll(async () => {
  world = await createWorld({ now });
  await world.register();
  await world.db.doc('callbackSettings/sales').set({ pushNotificationThresholdMinutes: 5 });
}, 60_000);
afterAll(() => world.stop());

async function readsOf(work: () => Promise<unknown>): Promise<number> {
  const counters = async () => {
    const response = await fetch(`http://127.0.0.1:${world.firestorePort}/local/counters`);
    return (await response.json()) as { documentReads: number };
  };
  const before = await counters();
  await work();
  return (await counters()).documentReads - before.documentReads;
}

/** Writes callbacks of which no event ever comes. */
async function writeAll(count: number, fieldsOf: (n: number) => Record<string, unknown>): Promise<void> {
  const writer = world.db.bulkWriter({ throttling: false });
  const written: Promise<WriteResult>[] = [];
  for (let n = 0; n < count; n++) {
    const fields = callbackFields(fieldsOf(n));
    written.push(writer.set(world.db.doc(`callbacks/callback-${n}`), fields));
  }
  await writer.close();
  await Promise.all(written);
}

const devices = (n: number) => [{ channel: 'FCM', target: `device-${n}` }];

test(`of ${waiting} that wait, those ${near} near their turn are told within two sweeps, for ${mostReads} reads each`, async () => {
  await writeAll(waiting, (n) => ({ estimatedWaitTime: 900 + n, pushTargets: devices(n) }));
  await writeAll(near, (n) => ({ estimatedWaitTime: 200 + n, pushTargets: devices(n) }));
  const instance = startInstance(world, {
    now,
    random: () => 0,
    scheduleRetry: () => Promise.resolve(),
    config: { reconciledPerSweep: 1000 },
    requestTimeoutMs: 10_000,
  });
  try {
    const reads: number[] = [];
    for (let sweep = 0; sweep < 2; sweep++) {
      reads.push(await readsOf(() => instance.sweep()));
      ahead += minute;
    }
    const told = await world.db.collection('pushNotifications').where('state', '==', 'SENT').get();
    expect(told.docs.map((entry): unknown => entry.get('event'))).toEqual(
      Array.from({ length: near }, () => 'CALLBACK_UPCOMING'),
    );
    expect(Math.max(...reads)).toBeLessThanOrEqual(mostReads);
  } finally {
    await instance.end();
  }
}, 120_000);
