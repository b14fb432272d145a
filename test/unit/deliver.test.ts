import { noticeIdOf, targetHash } from '../../functions/src/delivery/ledger-entry.ts';
import type { PushResult } from '../../functions/src/fcm/result.ts';
import {
  aCallback,
  aNotice,
  aToken,
  anAnnouncement,
  callbackFields,
  hour,
  minute,
  monday,
  second,
} from '../support/builders.ts';
import { accepted, createRoom, gone, roomWithTwoDevices, tryLater, twoDevices, upcoming } from './doubles.ts';

const targetsSent = ({ sent }: ReturnType<typeof createRoom>) => sent.map(({ target }) => target);

test('a push costs two ledger writes, no read and one message a device', async () => {
  const room = roomWithTwoDevices();
  await room.deliver();
  expect([room.operations, targetsSent(room), room.readCallbacks]).toEqual([['claim', 'settle'], ['one', 'two'], []]);
  expect([...room.entries.values()]).toEqual([
    {
      entry: {
        noticeId: room.noticeId,
        callbackId: 'callback-1',
        serviceName: 'sales',
        notice: upcoming,
        state: 'SENT',
        attempts: 1,
        targets: ['one', 'two'].map((target) => ({
          hash: targetHash(target),
          state: 'ACCEPTED',
          attempts: 1,
          messageId: 'projects/p/messages/1',
        })),
        changedAt: monday,
        staleAt: monday + 200 * second,
        deleted: false,
      },
      dueAt: undefined,
      sweepAt: undefined,
      deadAt: undefined,
      lastError: undefined,
      writtenAt: monday,
      version: 2,
    },
  ]);
});

test('each attempt is made under a lease of its own, and told when it ends', async () => {
  const room = roomWithTwoDevices();
  room.ledger.fails = (operation) => operation.startsWith('settle');
  await expect(room.deliver()).rejects.toThrow('UNAVAILABLE');
  room.ledger.fails = undefined;
  room.state.now += minute;
  await room.delivery.sweep();
  expect(room.sent.map(({ until }) => until)).toEqual([1, 1, 2, 2].map((leases) => monday + leases * minute));
});

test('a second announcement leaves after one read', async () => {
  const room = roomWithTwoDevices();
  await room.deliver();
  await room.deliver();
  expect([room.operations.slice(2), room.sent.length, room.logged()]).toEqual([
    ['claim', 'read'],
    2,
    ['notice-settled', 'notice-claimed-before'],
  ]);
});

test('announced twice at the same time, it is sent once', async () => {
  const room = roomWithTwoDevices();
  await Promise.all([room.deliver(), room.deliver()]);
  expect(targetsSent(room)).toEqual(['one', 'two']);
});

test('a stale notice is not claimed', async () => {
  const room = roomWithTwoDevices();
  room.state.now += 200 * second;
  await room.deliver();
  expect([room.operations, room.logged()]).toEqual([[], ['notice-stale']]);
});

test('only the devices that are to be tried later are tried again, at the time of the task', async () => {
  const room = roomWithTwoDevices();
  room.state.answer = (target) => (target === 'two' ? tryLater : accepted);
  await room.deliver();
  expect(room.tasks).toEqual([{ noticeId: room.noticeId, at: monday + 10 * second }]);
  expect(await room.delivery.retry(room.noticeId)).toBe('not-due');
  room.state.now += 10 * second;
  room.state.answer = () => accepted;
  expect(await room.delivery.retry(room.noticeId)).toBe('done');
  expect([targetsSent(room), room.settled()]).toEqual([
    ['one', 'two', 'two'],
    [{ event: 'CALLBACK_UPCOMING', state: 'SENT' }],
  ]);
  expect(await room.delivery.retry(room.noticeId)).toBe('done');
  expect(room.sent).toHaveLength(3);
});

test('every attempt carries the same collapse key', async () => {
  const room = roomWithTwoDevices();
  room.ledger.fails = (operation) => operation.startsWith('settle');
  await expect(room.deliver()).rejects.toThrow('UNAVAILABLE');
  room.ledger.fails = undefined;
  room.state.now += minute;
  await room.delivery.sweep();
  expect([room.sent.length, new Set(room.sent.map(({ message }) => message.android['collapse_key'])).size]).toEqual([
    4, 1,
  ]);
});

test('a lapsed lease is taken over by the sweep, and not before it lapses', async () => {
  const room = roomWithTwoDevices();
  room.ledger.fails = (operation) => operation.startsWith('settle');
  await expect(room.deliver()).rejects.toThrow('UNAVAILABLE');
  room.ledger.fails = undefined;
  room.state.now += minute - 1;
  expect(await room.delivery.sweep()).toBe(0);
  room.state.now += 1;
  expect(await room.delivery.sweep()).toBe(1);
  expect(room.settled()).toEqual([{ event: 'CALLBACK_UPCOMING', state: 'SENT' }]);
  expect(await room.delivery.sweep()).toBe(0);
});

test('an attempt that outlives its lease does not overwrite its successor’s', async () => {
  const room = roomWithTwoDevices();
  let first = true;
  room.state.answer = async () => {
    if (!first) return accepted;
    first = false;
    room.state.now += minute;
    await room.delivery.sweep();
    return gone;
  };
  await room.deliver();
  expect([room.settled(), room.logged().filter((event) => event === 'notice-taken-over')]).toEqual([
    [{ event: 'CALLBACK_UPCOMING', state: 'SENT' }],
    ['notice-taken-over'],
  ]);
});

test('a second task does not declare EXPIRED what another attempt is just sending', async () => {
  const room = roomWithTwoDevices();
  room.state.now += 199 * second;
  room.state.answer = async () => {
    room.state.now += 2 * second;
    await room.delivery.retry(room.noticeId);
    return accepted;
  };
  await room.deliver();
  expect(room.settled()).toEqual([{ event: 'CALLBACK_UPCOMING', state: 'SENT' }]);
});

test('a task that cannot be made is logged, and the sweep makes up for it', async () => {
  const room = roomWithTwoDevices();
  room.state.queueFails = true;
  room.state.answer = () => tryLater;
  await room.deliver();
  expect(room.logged()).toContain('retry-not-scheduled');
  room.state.answer = () => accepted;
  room.state.now += 10 * second;
  await room.delivery.sweep();
  expect(room.settled()).toEqual([{ event: 'CALLBACK_UPCOMING', state: 'SENT' }]);
});

test.each([
  { name: 'nobody has it', given: 'none', expect: 'EXPIRED' },
  { name: 'one device has it', given: 'one', expect: 'SENT' },
])('once it is stale it is closed: $name', async ({ given, expect: state }) => {
  const room = roomWithTwoDevices();
  room.state.answer = (target) => (target === given ? accepted : tryLater);
  await room.deliver();
  room.state.now += hour;
  await room.delivery.sweep();
  expect([room.settled(), room.sent.length]).toEqual([[{ event: 'CALLBACK_UPCOMING', state }], 2]);
});

describe('another attempt goes to the devices that the callback names then', () => {
  async function again(targets: readonly string[], first: PushResult = tryLater) {
    const room = roomWithTwoDevices();
    room.state.answer = (target) => (target === 'one' ? first : tryLater);
    await room.deliver();
    room.write({ pushTargets: targets.map((target) => ({ channel: 'FCM', target })) });
    room.state.now += 10 * second;
    room.state.answer = () => accepted;
    room.sent.splice(0);
    await room.delivery.retry(room.noticeId);
    return room;
  }
  const has = (target: string, attempts: number) => ({
    hash: targetHash(target),
    state: 'ACCEPTED',
    attempts,
    messageId: 'projects/p/messages/1',
  });
  const removed = { hash: targetHash('two'), state: 'REFUSED', attempts: 1, code: 'TARGET_REMOVED' };

  test('not to one that it names no more', async () => {
    const room = await again(['one']);
    expect(room.entries.get(room.noticeId)?.entry.targets).toEqual([has('one', 2), removed]);
  });

  test('but to the one that took its place', async () => {
    const room = await again(['one', 'three']);
    expect(targetsSent(room)).toEqual(['one', 'three']);
    expect(room.entries.get(room.noticeId)?.entry.targets).toEqual([has('one', 2), removed, has('three', 1)]);
  });

  test('and where none of them is left to be told, it ends with one write and no request', async () => {
    const room = await again(['one'], accepted);
    expect([room.sent, room.operations.slice(2)]).toEqual([[], ['read', 'settle']]);
    expect(room.entries.get(room.noticeId)?.entry).toMatchObject({ state: 'SENT', targets: [has('one', 1), removed] });
    expect(room.lines.at(-1)?.fields).toMatchObject({ state: 'SENT' });
  });
});

describe('one round that fails', () => {
  const devices = Array.from({ length: 100 }, (_, n) => `device-${n}`);

  /** A notice of a hundred devices, and a throw of the dice that never falls twice the same. */
  async function failed(result: PushResult) {
    const room = createRoom();
    const callback = aCallback({ pushTargets: devices, callbackState: 'COMPLETED', callbackReason: 'PURGED' });
    const pushTargets = devices.map((target) => ({ channel: 'FCM', target }));
    room.documents.set('callback-1', {
      data: callbackFields({ callbackState: 'COMPLETED', callbackReason: 'PURGED', pushTargets }),
      createTime: '1772442000.000000000',
      updateTime: '1772445600.000000001',
    });
    let thrown = 0;
    room.state.answer = () => {
      room.state.random = (thrown += 0.0099) % 1;
      return result;
    };
    await room.delivery.deliver(anAnnouncement({ callback }));
    room.operations.splice(0);
    room.state.answer = () => accepted;
    return room;
  }

  test.each<PushResult>([
    tryLater,
    { outcome: 'try-later', scope: 'quota', code: 'QUOTA_EXCEEDED', detail: '' },
    { outcome: 'try-later', scope: 'device', code: 'DEVICE_QUOTA_EXCEEDED', detail: '' },
  ])('of $scope costs a hundred devices one more attempt: a task and two writes', async (result) => {
    const room = await failed(result);
    expect(room.tasks).toHaveLength(1);
    room.state.now = room.tasks[0]?.at ?? 0;
    await room.delivery.retry(noticeIdOf('callback-1', aNotice()));
    expect(room.settled()).toEqual([{ event: 'CALLBACK_PURGED', state: 'SENT' }]);
    expect([room.operations, room.tasks.length]).toEqual([['read', 'takeOver', 'settle'], 1]);
  });
});

test.each<{ name: string; given: PushResult; expect: number }>([
  { name: 'an FCM that asks for a twentieth of a second', given: { ...tryLater, retryAfterMs: 50 }, expect: 3 },
  { name: 'an FCM that asks for nothing', given: tryLater, expect: 3 },
  { name: 'a quota that asks for a twentieth of a second', given: { ...tryLater, scope: 'quota', retryAfterMs: 50 }, expect: 3 }, // prettier-ignore
  { name: 'credentials that ask for a twentieth of a second', given: { ...tryLater, scope: 'credentials', retryAfterMs: 50 }, expect: 2 }, // prettier-ignore
])('$name is asked $expect times in a minute', async ({ given, expect: requests }) => {
  const room = roomWithTwoDevices();
  room.write({ pushTargets: twoDevices.slice(0, 1) });
  const callback = aCallback({ estimatedWaitTime: 200, pushTargets: ['one'] });
  room.state.answer = () => given;
  await room.delivery.deliver({ ...room.announcement, callback });
  for (; room.state.now < monday + minute; room.state.now += 50) await room.delivery.retry(room.noticeId);
  expect(room.sent).toHaveLength(requests);
  expect(room.operations.filter((operation) => operation !== 'read')).toHaveLength(2 * requests);
});

test('devices whose project lacks a certificate are tried until it is stale, and the others are told at once', async () => {
  const room = roomWithTwoDevices();
  const certificate = { outcome: 'try-later', scope: 'device', code: 'THIRD_PARTY_AUTH_ERROR', detail: '' } as const;
  room.state.answer = (target) => (target === 'one' ? certificate : accepted);
  await room.deliver();
  expect([targetsSent(room), room.settled(), room.gate.stop()]).toEqual([
    ['one', 'two'],
    [{ event: 'CALLBACK_UPCOMING', state: 'WAITING' }],
    undefined,
  ]);
  room.state.answer = () => accepted;
  room.state.now += minute;
  await room.delivery.retry(room.noticeId);
  expect([targetsSent(room).slice(2), room.settled()]).toEqual([
    ['one'],
    [{ event: 'CALLBACK_UPCOMING', state: 'SENT' }],
  ]);
});

test('of a callback that was read after the change, what was read says how long its notice lives', async () => {
  const room = roomWithTwoDevices();
  const callback = aCallback({ estimatedWaitTime: 100, pushTargets: ['one'] });
  room.state.now += 160 * second;
  await room.delivery.deliver({ ...room.announcement, callback, trueAt: room.state.now });
  expect(room.entries.get(room.noticeId)?.entry).toMatchObject({ state: 'SENT', staleAt: monday + 260 * second });
});

test('one entry that cannot be looked after leaves the sweep the others', async () => {
  const room = createRoom();
  room.state.answer = () => tryLater;
  const ids = Array.from({ length: 30 }, (_, n) => `callback-${n}`);
  for (const callbackId of ids) {
    room.documents.set(callbackId, {
      data: callbackFields({ callbackState: 'COMPLETED', callbackReason: 'PURGED' }),
      createTime: '0.0',
      updateTime: '1.0',
    });
    await room.delivery.deliver(anAnnouncement({ callbackId }));
    room.state.now += 1;
  }
  room.state.now += 10 * second;
  room.state.answer = () => accepted;
  const poison = noticeIdOf('callback-0', aNotice());
  room.ledger.fails = (operation) => operation === `read ${poison}`;
  await room.delivery.sweep().catch(() => 0);
  expect(room.settled().filter(({ state }) => state === 'WAITING')).toHaveLength(1);
});

test('what is logged tells devices by their hash only', async () => {
  const room = createRoom();
  room.state.answer = (target) => (target.startsWith('phone') ? gone : tryLater);
  room.state.queueFails = true;
  const targets = [aToken('phone'), aToken('tablet')];
  await room.delivery.deliver(anAnnouncement({ callback: aCallback({ pushTargets: targets }) }));
  const log = JSON.stringify(room.lines);
  expect([
    targets.filter((target) => log.includes(target)),
    targets.filter((target) => !log.includes(targetHash(target))),
  ]).toEqual([[], []]);
});
