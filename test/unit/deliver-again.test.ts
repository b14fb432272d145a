import { RedeliveryNeeded } from '../../functions/src/delivery/come-again.ts';
import { noticeIdOf, targetHash } from '../../functions/src/delivery/ledger-entry.ts';
import type { PushResult } from '../../functions/src/fcm/result.ts';
import { onReturn } from '../../functions/src/notice/decision.ts';
import { aCallback, aNotice, anAnnouncement, hour, minute, monday, second } from '../support/builders.ts';
import { accepted, createRoom, gone, roomWithTwoDevices, tryLater, upcoming } from './doubles.ts';

describe('a notice that is not true any more when it is to be tried again', () => {
  test('is superseded', async () => {
    const room = roomWithTwoDevices();
    room.state.answer = () => tryLater;
    await room.deliver();
    room.write({ estimatedWaitTime: 900 });
    room.state.now += 10 * second;
    await room.delivery.retry(room.noticeId);
    expect([room.settled(), room.sent.length]).toEqual([[{ event: 'CALLBACK_UPCOMING', state: 'SUPERSEDED' }], 2]);
  });
});

describe('a notice that ended without having reached anybody', () => {
  type Ending = 'SUPERSEDED' | 'EXPIRED' | 'FAILED';

  async function ended(state: Ending, answers: { one?: PushResult; two?: PushResult } = {}) {
    const room = roomWithTwoDevices();
    const { one = state === 'FAILED' ? gone : tryLater, two = one } = answers;
    room.state.answer = (target) => (target === 'one' ? one : two);
    await room.deliver();
    if (state === 'SUPERSEDED') room.write({ estimatedWaitTime: 900 });
    room.state.now += state === 'EXPIRED' ? 200 * second : 10 * second;
    await room.delivery.retry(room.noticeId);
    expect(room.settled().map((entry) => entry.state)).toEqual([state]);
    room.state.answer = () => accepted;
    room.sent.splice(0);
    room.write();
    return room;
  }
  const endings: readonly Ending[] = ['SUPERSEDED', 'EXPIRED', 'FAILED'];

  test.each(endings)('%s: goes out when it becomes due anew, to the devices named then', async (state) => {
    const room = await ended(state);
    const changedAt = room.state.now;
    const callback = aCallback({ estimatedWaitTime: 200, pushTargets: ['one', 'three'] });
    await room.delivery.deliver({ ...room.announcement, callback, changedAt });
    const stored = room.entries.get(room.noticeId);
    expect(stored?.deadAt).toBeUndefined();
    expect(stored?.entry).toMatchObject({
      state: 'SENT',
      attempts: 2,
      changedAt,
      staleAt: changedAt + 200 * second,
      targets: ['one', 'three'].map((target) => ({ hash: targetHash(target), state: 'ACCEPTED', attempts: 1 })),
    });
  });

  test.each(endings)('%s: does not go out because its event comes twice', async (state) => {
    const room = await ended(state);
    room.state.now = monday + 10 * second;
    await room.deliver();
    expect([room.sent, room.settled()]).toEqual([[], [{ event: 'CALLBACK_UPCOMING', state }]]);
  });

  test('is told once, though it becomes due anew in two events at once', async () => {
    const room = await ended('EXPIRED');
    const deliver = () => room.delivery.deliver({ ...room.announcement, changedAt: room.state.now });
    await Promise.all([deliver(), deliver()]);
    expect(room.sent).toHaveLength(2);
  });

  test('waits like any other while nothing can be sent', async () => {
    const room = await ended('FAILED');
    room.state.answer = () => ({ ...tryLater, scope: 'credentials' });
    for (const device of ['a', 'b', 'c']) {
      const callback = aCallback({ pushTargets: [device] });
      await room.delivery.deliver(anAnnouncement({ callbackId: device, callback }));
    }
    room.sent.splice(0);
    await room.delivery.deliver({ ...room.announcement, changedAt: room.state.now });
    expect([room.sent, room.entries.get(room.noticeId)?.entry.state]).toEqual([[], 'WAITING']);
  });

  test('is not told again where one device has it', async () => {
    const room = await ended('SUPERSEDED', { one: tryLater, two: gone });
    await room.delivery.deliver({ ...room.announcement, changedAt: room.state.now });
    room.state.now += minute;
    await room.delivery.deliver({ ...room.announcement, changedAt: room.state.now });
    expect(room.sent).toHaveLength(2);
  });
});

describe('a booking that comes back under its old name', () => {
  const told = async () => {
    const room = roomWithTwoDevices();
    await room.deliver();
    room.sent.splice(0);
    room.operations.splice(0);
    room.state.now += minute;
    const deliver = (changes: object = {}) =>
      room.delivery.deliver({ ...room.announcement, changedAt: room.state.now, ...changes });
    return { ...room, deliver };
  };

  test('is announced anew, once, with an entry of its own', async () => {
    const room = await told();
    const rebookedAt = monday + 30 * second;
    room.rebookings.set('callback-1', [rebookedAt]);
    await room.deliver();
    await room.deliver();
    room.state.now += second;
    await room.deliver();
    expect(room.sent).toHaveLength(2);
    const entry = room.entries.get(noticeIdOf('callback-1', onReturn(upcoming, rebookedAt)))?.entry;
    expect(entry).toMatchObject({ state: 'SENT', changedAt: monday + minute });
  });

  test.each<{ name: string; given: { rebookedAt?: number; changedAt?: number } }>([
    { name: 'it was never rebooked', given: {} },
    { name: 'it was rebooked before it was told', given: { rebookedAt: monday - second } },
    { name: 'its own event comes again', given: { rebookedAt: monday + second, changedAt: monday } },
    { name: 'what is announced lies before the rebooking', given: { rebookedAt: monday + second, changedAt: monday + 1 } }, // prettier-ignore
  ])('is not, where $name', async ({ given: { rebookedAt, changedAt = monday + minute } }) => {
    const room = await told();
    if (rebookedAt !== undefined) room.rebookings.set('callback-1', [rebookedAt]);
    await room.deliver({ changedAt });
    expect([room.sent, room.logged().at(-1)]).toEqual([[], 'notice-claimed-before']);
  });

  test('says nothing of a notice that is not one of a booking', async () => {
    const room = await told();
    const notice = aNotice({ event: 'CALLBACK_CALL_IN', occasion: 'call-in-1' });
    room.rebookings.set('callback-1', [monday + 90 * second]);
    await room.deliver({ notice });
    room.state.now += minute;
    await room.deliver({ notice });
    expect(room.sent).toHaveLength(2);
  });
});

describe('a notice that is not to be told before a moment', () => {
  const earliest = monday + minute;
  const ringing = () => {
    const room = roomWithTwoDevices();
    const notice = { ...upcoming, notBefore: earliest };
    return { ...room, deliver: () => room.delivery.deliver({ ...room.announcement, notice }) };
  };

  test('waits in the ledger until then: one write, no request, and a task', async () => {
    const room = ringing();
    await room.deliver();
    expect([room.operations, room.sent, room.tasks]).toEqual([
      ['claim'],
      [],
      [{ noticeId: room.noticeId, at: earliest }],
    ]);
    expect(room.lines).toEqual([
      {
        severity: 'INFO',
        event: 'notice-held',
        fields: {
          callbackId: 'callback-1',
          noticeId: room.noticeId,
          event: 'CALLBACK_UPCOMING',
          code: 'RINGING',
          nextAttemptAt: new Date(earliest).toISOString(),
        },
      },
    ]);
  });

  test('goes out then, if it is still true', async () => {
    const room = ringing();
    await room.deliver();
    room.state.now = earliest;
    await room.delivery.retry(room.noticeId);
    expect([room.sent.length, room.settled()]).toEqual([2, [{ event: 'CALLBACK_UPCOMING', state: 'SENT' }]]);
  });

  test('is superseded if it is not', async () => {
    const room = ringing();
    await room.deliver();
    room.write({ estimatedWaitTime: 900 });
    room.state.now = earliest;
    await room.delivery.retry(room.noticeId);
    expect([room.sent, room.settled()]).toEqual([[], [{ event: 'CALLBACK_UPCOMING', state: 'SUPERSEDED' }]]);
  });

  test('goes out at once where that moment has passed', async () => {
    const room = ringing();
    room.state.now = earliest;
    await room.deliver();
    expect(room.sent).toHaveLength(2);
  });
});

describe('a deleted callback, whose devices only its event knows', () => {
  function deletion() {
    const room = createRoom();
    const announcement = anAnnouncement({ deleted: true });
    room.state.answer = () => tryLater;
    return { ...room, deliver: () => room.delivery.deliver(announcement) };
  }

  test('asks for its event again instead of a task', async () => {
    const room = deletion();
    await expect(room.deliver()).rejects.toThrow(RedeliveryNeeded);
    expect([room.tasks, room.settled()]).toEqual([[], [{ event: 'CALLBACK_PURGED', state: 'WAITING' }]]);
  });

  test('is not tried before it is due, by the event or the sweep', async () => {
    const room = deletion();
    await expect(room.deliver()).rejects.toThrow(RedeliveryNeeded);
    room.state.now += 10 * second - 1;
    await expect(room.deliver()).rejects.toThrow(RedeliveryNeeded);
    room.state.now += hour / 2;
    expect([await room.delivery.sweep(), room.sent.length]).toEqual([0, 1]);
  });

  test('is tried again by its event once it is due', async () => {
    const room = deletion();
    await expect(room.deliver()).rejects.toThrow(RedeliveryNeeded);
    room.state.now += 10 * second;
    room.state.answer = () => accepted;
    await room.deliver();
    await room.deliver();
    expect([room.settled(), room.sent.length]).toEqual([[{ event: 'CALLBACK_PURGED', state: 'SENT' }], 2]);
  });

  test('is closed by the sweep once it is stale', async () => {
    const room = deletion();
    await expect(room.deliver()).rejects.toThrow(RedeliveryNeeded);
    room.state.now += hour;
    await room.delivery.sweep();
    await room.deliver();
    expect([room.settled(), room.sent.length]).toEqual([[{ event: 'CALLBACK_PURGED', state: 'EXPIRED' }], 1]);
  });
});
