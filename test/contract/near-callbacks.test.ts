import net from 'node:net';
import type { Firestore, WriteResult } from '@google-cloud/firestore';
import { createNearCallbacks } from '../../functions/src/callback/near-callbacks.ts';
import { Firestore as FunctionsFirestore } from '../../local/functions-firestore.ts';
import { callbackFields, minute } from '../support/builders.ts';
import { useFunctionsFirestore } from './firestore-support/functions-client.ts';
import { freshId } from './firestore-support/local-firestore.ts';

const firestore = useFunctionsFirestore();

type Fields = Readonly<Record<string, unknown>>;

const now = Date.now();
const callIn = (expiresAt: number) => ({
  callIn: { id: 'call-in-1', toPhoneNumber: '+18005550100', expirationTime: new Date(expiresAt) },
});
const many = 1100;

/** Callbacks `cb-0`, `cb-1`, … with the given fields beside what is required. */
async function write(db: Firestore, all: readonly Fields[], settings: Readonly<Record<string, Fields>> = {}) {
  const writer = db.bulkWriter({ throttling: false });
  const written: Promise<WriteResult>[] = [
    ...all.map((fields, n) => writer.set(db.doc(`callbacks/cb-${n}`), callbackFields(fields))),
    ...Object.entries(settings).map(([queue, fields]) => writer.set(db.doc(`callbackSettings/${queue}`), fields)),
  ];
  await writer.close();
  await Promise.all(written);
}

/** The numbers of the callbacks that are found, in their order. */
async function found(all: readonly Fields[], settings?: Readonly<Record<string, Fields>>, limit = 100) {
  const db = firestore.db();
  await write(db, all, settings);
  const near = await createNearCallbacks(db).find(now, limit);
  return { ids: near.found.map(({ callbackId }) => Number(callbackId.slice(3))), isWhole: near.isWhole };
}

const waits = [0, 299, 300, 599, 600, 899, 900].map((estimatedWaitTime) => ({ estimatedWaitTime }));
const threshold = (pushNotificationThresholdMinutes: unknown) => ({ pushNotificationThresholdMinutes });

describe('those are found that', () => {
  test.each<{ name: string; given: readonly Fields[]; expect: readonly number[] }>([
    {
      name: 'wait less than the threshold, the nearest first',
      given: [200, 299, 300, 100, 900].map((estimatedWaitTime) => ({ estimatedWaitTime })),
      expect: [3, 0, 1],
    },
    {
      name: 'are scheduled or queued with a short wait, and nobody else',
      given: ['SCHEDULED', 'QUEUED', 'PROCESSING', 'COMPLETED', 'PARKED'].map((callbackState, n) => ({ callbackState, estimatedWaitTime: n })), // prettier-ignore
      expect: [0, 1],
    },
    {
      name: 'have a wait that is known',
      given: [{ estimatedWaitTime: -1 }, { estimatedWaitTime: NaN }, { estimatedWaitTime: '10' }, {}, waits[0] ?? {}],
      expect: [4],
    },
    {
      name: 'are in ROUTING, whatever their wait',
      given: [{ callbackState: 'ROUTING' }, { callbackState: 'ROUTING', estimatedWaitTime: 9000 }, {}],
      expect: [0, 1],
    },
    {
      name: 'have a call-in that lives',
      given: [callIn(now + minute), callIn(now), callIn(now - minute), { callIn: { expirationTime: 'soon' } }],
      expect: [0],
    },
    {
      name: 'are all of it: once',
      given: [{ callbackState: 'ROUTING', estimatedWaitTime: 0, ...callIn(now + minute) }],
      expect: [0],
    },
  ])('$name', async ({ given, expect: ids }) => {
    expect(await found(given)).toEqual({ ids, isWhole: true });
  });
});

describe('the threshold is', () => {
  test.each<{ name: string; given: Readonly<Record<string, Fields>>; expect: readonly number[] }>([
    { name: 'five minutes where nobody says otherwise', given: {}, expect: [0, 1] },
    { name: 'five minutes where every queue has less, for others have it', given: { a: threshold(1) }, expect: [0, 1] },
    { name: 'the highest of any queue', given: { a: threshold(10), b: threshold(2) }, expect: [0, 1, 2, 3] },
    { name: 'the default settings’, where that is the highest', given: { default: threshold(15) }, expect: [0, 1, 2, 3, 4, 5] }, // prettier-ignore
    { name: 'not in words', given: { a: threshold('fifteen'), b: threshold(10) }, expect: [0, 1, 2, 3] },
    { name: 'not higher than it may be', given: { a: threshold(1441), b: threshold(10) }, expect: [0, 1, 2, 3] },
    { name: 'not what is no number', given: { a: threshold(NaN) }, expect: [0, 1] },
    { name: 'not less than nothing', given: { a: threshold(-7) }, expect: [0, 1] },
    { name: 'not nothing', given: { a: threshold(null), b: {} }, expect: [0, 1] },
  ])('$name', async ({ given, expect: ids }) => {
    expect(await found(waits, given)).toEqual({ ids, isWhole: true });
  });
});

describe('of more than one page', () => {
  test.each<{ name: string; given: (n: number) => Fields }>([
    { name: 'with the same wait, each is found once', given: () => ({ estimatedWaitTime: 100 }) },
    { name: 'with different waits, each is found once', given: (n) => ({ estimatedWaitTime: 299 - n / many }) },
    { name: 'in ROUTING, each is found once', given: () => ({ callbackState: 'ROUTING' }) },
    { name: 'with call-ins, each is found once', given: (n) => callIn(now + minute + (n % 7)) },
  ])('$name', async ({ given }) => {
    const all = Array.from({ length: many }, (_, n) => given(n));
    const { ids, isWhole } = await found(all, {}, many + 1);
    expect([ids.length, new Set(ids).size, isWhole]).toEqual([many, many, true]);
  });

  describe('no more than the limit are found, the nearest:', () => {
    let db: Firestore;
    beforeAll(async () => {
      db = firestore.db();
      const all = Array.from({ length: many }, (_, n) => ({ estimatedWaitTime: 299 - n / many }));
      await write(db, all);
    });

    test.each([1, 499, 500, 501, 1000, many])('%d', async (limit) => {
      const near = await createNearCallbacks(db).find(now, limit);
      expect([near.found.map(({ callbackId }) => callbackId), near.isWhole]).toEqual([
        Array.from({ length: limit }, (_, n) => `cb-${many - 1 - n}`),
        false,
      ]);
    });
  });
});

test('the limit is of each kind, so that none is crowded out', async () => {
  const each = [{ estimatedWaitTime: 1 }, { callbackState: 'ROUTING' }, callIn(now + minute)];
  expect(await found([...each, ...each], {}, 1)).toEqual({ ids: [0, 1, 2], isWhole: false });
});

describe('over the wire', () => {
  let received = 0;
  const proxy = net.createServer((socket) => {
    const [host = '', port] = firestore.local.host.split(':');
    const server = net.connect(Number(port), host);
    socket.pipe(server).pipe(socket);
    server.on('data', (chunk) => (received += chunk.length));
    for (const end of [socket, server])
      end.on('error', () => {
        socket.destroy();
        server.destroy();
      });
  });
  let db: Firestore;

  beforeAll(async () => {
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const { port } = proxy.address() as net.AddressInfo;
    db = new FunctionsFirestore({ projectId: `demo-${freshId()}`, host: `127.0.0.1:${port}`, ssl: false });
  });
  afterAll(async () => {
    await db.terminate();
    await new Promise((closed) => proxy.close(closed));
  });

  test('userData does not come, however large: only what is looked at', async () => {
    const note = 'u'.repeat(100_000);
    await write(
      db,
      Array.from({ length: 50 }, (_, n) => ({ estimatedWaitTime: n, userData: { note } })),
    );
    received = 0;
    const near = await createNearCallbacks(db).find(now, 100);
    expect([near.found.length, received < 100_000]).toEqual([50, true]);
    expect(near.found[0]?.callback).toMatchObject({
      serviceName: 'sales',
      callbackState: 'QUEUED',
      estimatedWaitTime: 0,
    });
  });
});
