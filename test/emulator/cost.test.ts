import { fresh, sharedStack, waitingCallback, type FirestoreCounters } from '../support/stack.ts';

const stack = sharedStack();
beforeAll(() => stack.configureDeliveries({ inFlight: 1 }));
afterAll(async () => {
  await stack.configureDeliveries({ inFlight: 4 });
  await stack.db.terminate();
});

interface Cost extends FirestoreCounters {
  readonly send: number;
  readonly token: number;
  readonly secretAccesses: number;
}

async function counted(): Promise<Cost> {
  const { documentReads, documentWrites, queries } = await stack.firestoreCounters();
  const { send, token, secretManager } = await stack.requests();
  const secretAccesses = secretManager['AccessSecretVersion'] ?? 0;
  return { documentReads, documentWrites, queries, send, token, secretAccesses };
}

/** What a write costs beyond itself. */
async function costOf(write: () => Promise<unknown>): Promise<Cost> {
  await stack.idle();
  const before = await counted();
  await write();
  await stack.idle();
  const after = await counted();
  return {
    documentReads: after.documentReads - before.documentReads,
    documentWrites: after.documentWrites - before.documentWrites - 1,
    queries: after.queries - before.queries,
    send: after.send - before.send,
    token: after.token - before.token,
    secretAccesses: after.secretAccesses - before.secretAccesses,
  };
}

const nothing: Cost = { documentReads: 0, documentWrites: 0, queries: 0, send: 0, token: 0, secretAccesses: 0 };

/** A callback of a queue whose settings the one worker at work has in its cache, as it has the access token. */
async function warmCallback(devices = 1) {
  const serviceName = fresh('queue');
  const create = async () => {
    const callback = stack.db.collection('callbacks').doc(fresh('cb'));
    const pushTargets = Array.from({ length: devices }, () => ({ channel: 'FCM', target: fresh('device') }));
    await callback.set(waitingCallback({ serviceName, pushTargets }));
    return callback;
  };
  await (await create()).update({ estimatedWaitTime: 10 });
  const callback = await create();
  await stack.idle();
  return callback;
}

test('an update that announces nothing costs no read, no write and no call', async () => {
  const callback = await warmCallback();
  expect(await costOf(() => callback.update({ positionInQueue: 4 }))).toEqual(nothing);
  expect(await costOf(() => callback.update({ estimatedWaitTime: 1400 }))).toEqual(nothing);
  expect(await costOf(() => callback.update({ callbackState: 'ROUTING' }))).toEqual(nothing);
  expect(await costOf(() => callback.update({ callbackState: 'COMPLETED', callbackReason: 'CANCELLED' }))).toEqual(
    nothing,
  );
});

test('so does a callback that is created, malformed or without targets', async () => {
  const callbacks = stack.db.collection('callbacks');
  expect(await costOf(() => callbacks.doc(fresh('cb')).set(waitingCallback()))).toEqual(nothing);
  expect(await costOf(() => callbacks.doc(fresh('cb')).set({ callbackState: 'WAITING' }))).toEqual(nothing);
  const untold = callbacks.doc(fresh('cb'));
  expect(await costOf(() => untold.set(waitingCallback({ pushTargets: [] })))).toEqual(nothing);
  expect(await costOf(() => untold.delete())).toEqual(nothing);
});

test.each([1, 3])(
  'a push to %d devices costs two ledger writes and one FCM request each, and no read',
  async (devices) => {
    const callback = await warmCallback(devices);
    expect(await costOf(() => callback.update({ estimatedWaitTime: 100 }))).toEqual({
      ...nothing,
      documentWrites: 2,
      send: devices,
    });
  },
);
