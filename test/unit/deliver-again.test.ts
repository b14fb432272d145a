import { RedeliveryNeeded } from '../../functions/src/delivery/deliver.ts';
import { anAnnouncement, hour, second } from '../support/builders.ts';
import { accepted, createRoom, gone, roomWithTwoDevices, tryLater } from './doubles.ts';

describe('a notice that is not true any more when it is to be tried again', () => {
  async function superseded(...answers: readonly (typeof accepted)[]) {
    const room = roomWithTwoDevices();
    const [one = tryLater, two = tryLater] = answers;
    room.state.answer = (target) => (target === 'one' ? one : two);
    await room.deliver();
    room.write({ estimatedWaitTime: 900 });
    room.state.now += 10 * second;
    await room.delivery.retry(room.noticeId);
    room.state.answer = () => accepted;
    return room;
  }

  test('is superseded', async () => {
    const room = await superseded();
    expect([room.settled(), room.sent.length]).toEqual([[{ event: 'CALLBACK_UPCOMING', state: 'SUPERSEDED' }], 2]);
  });

  test('is sent when it is announced again and true again', async () => {
    const room = await superseded();
    room.write();
    await room.delivery.deliver({ ...room.announcement, changedAt: room.state.now });
    expect(room.entries.get(room.noticeId)?.entry).toMatchObject({
      state: 'SENT',
      attempts: 2,
      staleAt: room.state.now + 200 * second,
    });
  });

  test('stays superseded while it is announced again but not true', async () => {
    const room = await superseded();
    await room.delivery.deliver({ ...room.announcement, changedAt: room.state.now });
    expect(room.settled()).toEqual([{ event: 'CALLBACK_UPCOMING', state: 'SUPERSEDED' }]);
  });

  test('stays superseded where one device has it already', async () => {
    const room = await superseded(accepted, tryLater);
    room.write();
    await room.delivery.deliver({ ...room.announcement, changedAt: room.state.now });
    expect(room.sent).toHaveLength(2);
  });

  test('is sent after all where it had reached nobody, though one device is gone', async () => {
    const room = await superseded(gone, tryLater);
    room.write();
    await room.delivery.deliver({ ...room.announcement, changedAt: room.state.now });
    expect(room.settled()).toEqual([{ event: 'CALLBACK_UPCOMING', state: 'SENT' }]);
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
