import { Timestamp } from '@google-cloud/firestore';
import { eventually, fresh, sharedStack, waitingCallback } from '../support/stack.ts';

const stack = sharedStack();
afterAll(() => stack.db.terminate());

const soon = () => Timestamp.fromMillis(Date.now() + 600_000);

/** Changes of one callback, and the pushes that they cause. */
const lives: { name: string; first: object; changes: (() => object | 'delete')[]; expected: string[] }[] = [
  {
    name: 'a wait that falls below the threshold is announced once',
    first: {},
    changes: [
      () => ({ estimatedWaitTime: 400 }),
      () => ({ estimatedWaitTime: 200 }),
      () => ({ estimatedWaitTime: 900 }),
      () => ({ estimatedWaitTime: 100 }),
    ],
    expected: ['CALLBACK_UPCOMING'],
  },
  {
    name: 'a consumer who dials hears that the turn has come, and gets number and code',
    first: { callDirection: 'USERORIGINATED' },
    changes: [
      () => ({ callbackState: 'ROUTING' }),
      () => ({ callIn: { id: 'c1', toPhoneNumber: '+18005550199', accessCode: '0471', expirationTime: soon() } }),
    ],
    expected: ['CALLBACK_READY', 'CALLBACK_CALL_IN'],
  },
  {
    name: 'a purged callback is announced',
    first: {},
    changes: [() => ({ callbackState: 'COMPLETED', callbackReason: 'PURGED' })],
    expected: ['CALLBACK_PURGED'],
  },
  {
    name: 'a callback deleted while it waits is announced',
    first: {},
    changes: [() => 'delete'],
    expected: ['CALLBACK_PURGED'],
  },
  {
    name: 'each failed call is announced, the last one as the last',
    first: {},
    changes: [
      () => ({ dialAttempts: 1, lastDialResult: 'BUSY' }),
      () => ({ dialAttempts: 2, lastDialResult: 'NO_ANSWER' }),
      () => ({ dialAttempts: 3, lastDialResult: 'ANSWERING_MACHINE' }),
    ],
    expected: ['CALLBACK_ATTEMPT_FAILED', 'CALLBACK_ATTEMPT_FAILED', 'CALLBACK_FINAL_ATTEMPT_FAILED'],
  },
];

describe.each([
  { delivered: 'once and in order', copies: 1, shuffleMs: 0 },
  { delivered: 'twice and out of order', copies: 2, shuffleMs: 300 },
])('with every event delivered $delivered', ({ copies, shuffleMs }) => {
  beforeAll(() => stack.configureDeliveries({ copies, shuffleMs, inFlight: 4 }));
  afterAll(() => stack.configureDeliveries({ copies: 1, shuffleMs: 0 }));

  test.each(lives)('$name', async ({ first, changes, expected }) => {
    const callback = stack.db.collection('callbacks').doc(fresh('cb'));
    await callback.set(waitingCallback(first));
    for (const change of changes) {
      const fields = change();
      await (fields === 'delete' ? callback.delete() : callback.update(fields));
    }
    await stack.idle();
    const events = (await stack.messages(callback.id)).map(({ event }) => event);
    expect(events.toSorted()).toEqual(expected.toSorted());
  });
});

test('a call-in push carries number, access code and expiry as strings', async () => {
  const expirationTime = soon();
  const callback = stack.db.collection('callbacks').doc(fresh('cb'));
  await callback.set(
    waitingCallback({ callIn: { id: 'c1', toPhoneNumber: '+18005550199', accessCode: '0471', expirationTime } }),
  );
  const [message] = await eventually('the push', async () => {
    const found = await stack.messages(callback.id);
    return found.length > 0 && found;
  });
  expect(message?.message).toMatchObject({
    data: {
      event: 'CALLBACK_CALL_IN',
      callbackServiceId: callback.id,
      serviceName: 'tests',
      toPhoneNumber: '+18005550199',
      accessCode: '0471',
      expirationTime: expirationTime.toDate().toISOString(),
    },
  });
});

test('each device of a consumer gets the notice, and each once', async () => {
  const devices = [fresh('phone'), fresh('tablet'), fresh('browser')];
  const callback = stack.db.collection('callbacks').doc(fresh('cb'));
  const pushTargets = [...devices, ...devices].map((target) => ({ channel: 'FCM', target }));
  await callback.set(waitingCallback({ pushTargets }));
  await callback.update({ callbackState: 'COMPLETED', callbackReason: 'PURGED' });
  await stack.idle();
  expect((await stack.messages(callback.id)).map(({ target }) => target).toSorted()).toEqual(devices.toSorted());
});
