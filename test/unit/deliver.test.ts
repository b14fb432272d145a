import { noticeIdOf, targetHash } from '../../functions/src/delivery/ledger-entry.ts';
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
        claimant: expect.any(String) as string,
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

test('a device that the callback does not name any more is not tried again', async () => {
  const room = roomWithTwoDevices();
  room.state.answer = () => tryLater;
  await room.deliver();
  room.write({ pushTargets: twoDevices.slice(0, 1) });
  room.state.now += 10 * second;
  room.state.answer = () => accepted;
  await room.delivery.retry(room.noticeId);
  expect(room.entries.get(room.noticeId)?.entry.targets).toEqual([
    { hash: targetHash('one'), state: 'ACCEPTED', attempts: 2, messageId: 'projects/p/messages/1' },
    { hash: targetHash('two'), state: 'REFUSED', attempts: 2, code: 'TARGET_REMOVED' },
  ]);
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
