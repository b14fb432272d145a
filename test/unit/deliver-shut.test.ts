import { RedeliveryNeeded } from '../../functions/src/delivery/come-again.ts';
import type { PushResult } from '../../functions/src/fcm/result.ts';
import { noticeIdOf, targetHash } from '../../functions/src/delivery/ledger-entry.ts';
import {
  aCallback,
  aNotice,
  anAnnouncement,
  callbackFields,
  hour,
  minute,
  monday,
  second,
} from '../support/builders.ts';
import { accepted, createRoom, gone, roomWithTwoDevices } from './doubles.ts';

const broken: PushResult = { outcome: 'try-later', scope: 'credentials', code: 'INVALID_SIGNATURE', detail: '' };
const later = (seconds: number): PushResult => ({
  outcome: 'try-later',
  scope: 'provider',
  code: 'UNAVAILABLE',
  detail: '',
  retryAfterMs: seconds * second,
});

type Room = ReturnType<typeof createRoom>;

/** Breaks the credentials, and forgets what that took. */
async function shutGate(room: Room) {
  room.state.answer = () => broken;
  for (const device of ['first', 'second', 'third']) {
    const callback = aCallback({ pushTargets: [device] });
    await room.delivery.deliver(anAnnouncement({ callbackId: device, callback, changedAt: room.state.now }));
  }
  expect(room.gate.stop()).toBeDefined();
  for (const list of [room.sent, room.lines, room.tasks, room.operations]) list.splice(0);
  room.entries.clear();
}

const stateOf = ({ settled }: Room) => settled().map(({ state }) => state);

describe('a notice that comes while nothing can be sent', () => {
  async function held() {
    const room = roomWithTwoDevices();
    await shutGate(room);
    await room.deliver();
    return room;
  }

  test('waits: one write, no read, no request, and a task for the end of the stop', async () => {
    const room = await held();
    expect([room.operations, room.sent, room.readCallbacks]).toEqual([['claim'], [], []]);
    expect(room.tasks).toEqual([{ noticeId: room.noticeId, at: monday + 5 * second }]);
    expect(room.lines).toEqual([
      {
        severity: 'WARNING',
        event: 'notice-held',
        fields: {
          callbackId: 'callback-1',
          noticeId: room.noticeId,
          event: 'CALLBACK_UPCOMING',
          code: 'INVALID_SIGNATURE',
          nextAttemptAt: new Date(monday + 5 * second).toISOString(),
        },
      },
    ]);
  });

  test('goes out once the gate opens, as its first attempt', async () => {
    const room = await held();
    room.state.answer = () => accepted;
    room.state.now += 5 * second;
    expect(await room.delivery.retry(room.noticeId)).toBe('done');
    // Of its two devices the first one found out that the credentials are mended.
    room.state.now += minute;
    expect(await room.delivery.retry(room.noticeId)).toBe('done');
    expect([room.sent.map(({ target }) => target).toSorted(), stateOf(room)]).toEqual([['one', 'two'], ['SENT']]);
  });

  test('goes out by the sweep where its task was lost', async () => {
    const room = await held();
    room.state.answer = () => accepted;
    room.state.now += minute;
    await room.delivery.sweep();
    room.state.now += minute;
    await room.delivery.sweep();
    expect([room.sent.length, stateOf(room)]).toEqual([2, ['SENT']]);
  });

  test('is not even read while the gate is shut', async () => {
    const room = await held();
    expect([await room.delivery.retry(room.noticeId), await room.delivery.sweep()]).toEqual(['not-due', 0]);
    expect([room.operations, room.readCallbacks]).toEqual([['claim'], []]);
  });

  test('that is announced twice is held once', async () => {
    const room = await held();
    await room.deliver();
    expect([room.tasks.length, room.entries.size, room.logged().at(-1)]).toEqual([1, 1, 'notice-claimed-before']);
  });

  test('is superseded if it is not true any more when the gate opens', async () => {
    const room = await held();
    room.write({ estimatedWaitTime: 900 });
    room.state.now += 5 * second;
    await room.delivery.retry(room.noticeId);
    expect([room.sent, stateOf(room)]).toEqual([[], ['SUPERSEDED']]);
  });

  test('is a dead letter once it is stale, and is not due later than that', async () => {
    const room = roomWithTwoDevices();
    room.state.now += 197 * second;
    await shutGate(room);
    await room.deliver();
    expect(room.tasks).toEqual([{ noticeId: room.noticeId, at: monday + 200 * second }]);
    room.state.now += 5 * second;
    await room.delivery.retry(room.noticeId);
    expect([room.sent, stateOf(room)]).toEqual([[], ['EXPIRED']]);
  });

  test('has its task though the answer to its claim was lost', async () => {
    const room = roomWithTwoDevices();
    await shutGate(room);
    room.ledger.answerLost = () => true;
    await room.deliver();
    expect([room.operations, room.tasks.length, room.sent]).toEqual([['claim', 'read'], 1, []]);
  });

  test('is tried, not sent, where the gate shuts behind its claim: its devices wait until the stop ends', async () => {
    const room = roomWithTwoDevices();
    room.state.answer = () => broken;
    for (const callbackId of ['first', 'second']) await room.delivery.deliver(anAnnouncement({ callbackId }));
    await room.deliver();
    expect(room.entries.get(room.noticeId)).toMatchObject({ entry: { state: 'WAITING' } });
    expect(room.gate.stop()).toBeDefined();
  });
});

describe('a deleted callback, while nothing can be sent', () => {
  async function held() {
    const room = createRoom();
    await shutGate(room);
    const deliver = () => room.delivery.deliver(anAnnouncement({ deleted: true }));
    await expect(deliver()).rejects.toThrow(RedeliveryNeeded);
    return { ...room, deliver };
  }

  test('waits in the ledger, and asks for its event again', async () => {
    const room = await held();
    expect([room.operations, room.sent, room.tasks, stateOf(room)]).toEqual([['claim'], [], [], ['WAITING']]);
  });

  test('writes no more while its event comes again and again', async () => {
    const room = await held();
    room.state.now += 5 * second;
    await room.delivery.deliver(anAnnouncement({ callbackId: 'trial' }));
    for (let n = 0; n < 3; n++) await expect(room.deliver()).rejects.toThrow(RedeliveryNeeded);
    expect(room.operations.slice(3)).toEqual(['claim', 'read', 'claim', 'read', 'claim', 'read']);
  });

  test('goes out with its event once the gate is open', async () => {
    const room = await held();
    room.state.answer = () => accepted;
    room.state.now += 5 * second;
    await room.deliver();
    expect([room.sent.length, stateOf(room)]).toEqual([1, ['SENT']]);
  });

  test('is closed by the sweep once it is stale', async () => {
    const room = await held();
    room.state.now += hour;
    await room.delivery.sweep();
    await room.deliver();
    expect([room.sent, stateOf(room)]).toEqual([[], ['EXPIRED']]);
  });
});

describe('a deleted callback whose event must not be let go while its notice is open', () => {
  function waiting() {
    const room = createRoom();
    room.state.answer = () => later(10);
    const deliver = () => room.delivery.deliver(anAnnouncement({ deleted: true }));
    return { ...room, deliver };
  }

  test('asks for its event again where somebody else took the attempt over', async () => {
    const room = waiting();
    room.state.answer = () => {
      for (const stored of room.entries.values()) stored.version += 1000;
      return later(10);
    };
    await expect(room.deliver()).rejects.toThrow(RedeliveryNeeded);
  });

  test('asks for its event again where somebody else is faster, or the answer was lost', async () => {
    const room = waiting();
    await expect(room.deliver()).rejects.toThrow(RedeliveryNeeded);
    room.state.now += 10 * second;
    const outcomes = await Promise.allSettled([room.deliver(), room.deliver()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(room.sent).toHaveLength(2);
  });
});

describe('where the answer to a write of the ledger was lost', () => {
  const losing = (lost: string) => {
    const room = roomWithTwoDevices();
    room.ledger.answerLost = (operation) => operation.startsWith(lost);
    return room;
  };

  test('of the claim, the notice goes out at once', async () => {
    const room = losing('claim');
    await room.deliver();
    expect([room.operations, room.sent.length, stateOf(room)]).toEqual([['claim', 'read', 'settle'], 2, ['SENT']]);
    expect(room.logged()).toEqual(['notice-settled']);
  });

  test('of the settlement, its outcome is told, and it is tried again at its time', async () => {
    const room = losing('settle');
    room.state.answer = () => later(10);
    await room.deliver();
    expect([room.operations, room.tasks]).toEqual([
      ['claim', 'settle', 'read'],
      [{ noticeId: room.noticeId, at: monday + 10 * second }],
    ]);
    expect(room.logged()).toEqual(['target-failed', 'target-failed', 'notice-settled']);
  });

  test('of the takeover, the next attempt is made', async () => {
    const room = losing('takeOver');
    room.state.answer = () => later(10);
    await room.deliver();
    room.state.answer = () => accepted;
    room.state.now += 10 * second;
    await room.delivery.retry(room.noticeId);
    expect([room.operations.slice(2), stateOf(room)]).toEqual([['read', 'takeOver', 'read', 'settle'], ['SENT']]);
    expect(room.logged().at(-1)).toBe('notice-settled');
  });

  test('of the end of a notice, that is told', async () => {
    const room = losing('settle');
    room.state.answer = () => later(10);
    await room.deliver();
    room.state.now += 200 * second;
    await room.delivery.retry(room.noticeId);
    expect(room.lines.at(-1)).toMatchObject({
      severity: 'ERROR',
      event: 'notice-settled',
      fields: { state: 'EXPIRED' },
    });
  });

  test('somebody else’s claim is not taken for one’s own', async () => {
    const room = losing('claim');
    await Promise.all([room.deliver(), room.deliver()]);
    expect(room.sent).toHaveLength(2);
  });

  test('and somebody took the attempt over since, it is left to them', async () => {
    const room = losing('claim');
    room.ledger.answerLost = () => {
      for (const stored of room.entries.values()) stored.version += 1000;
      return true;
    };
    await room.deliver();
    expect([room.sent, room.logged()]).toEqual([[], ['notice-claimed-before']]);
  });
});

test('all devices wait for the longest time that FCM asked for, and are tried again together', async () => {
  const room = roomWithTwoDevices();
  room.state.answer = (target) => later(target === 'one' ? 30 : 90);
  await room.deliver();
  room.state.answer = () => accepted;
  const log: [number, string][] = [];
  for (let seconds = 0; seconds <= 100; seconds += 10) {
    room.state.now = monday + seconds * second;
    const before = room.sent.length;
    await room.delivery.retry(room.noticeId);
    for (const { target } of room.sent.slice(before)) log.push([seconds, target]);
  }
  expect(log).toEqual([
    [90, 'one'],
    [90, 'two'],
  ]);
  expect(room.tasks.map(({ at }) => (at - monday) / second)).toEqual([90]);
  expect(stateOf(room)).toEqual(['SENT']);
});

test('where the wrong project is registered no notice is lost: all wait, sending stops, and they go out once it is the right one', async () => {
  const room = createRoom();
  const pushed = (n: number) => ({ callbackId: `callback-${n}`, pushTargets: [`device-${n}`] });
  const foreign: PushResult = { outcome: 'refused', code: 'SENDER_ID_MISMATCH', detail: '' };
  room.state.answer = () => foreign;
  for (let n = 0; n < 20; n++) {
    const { callbackId, pushTargets } = pushed(n);
    const targets = pushTargets.map((target) => ({ channel: 'FCM', target }));
    room.documents.set(callbackId, {
      data: callbackFields({ callbackState: 'COMPLETED', callbackReason: 'PURGED', pushTargets: targets }),
      createTime: '1772442000.000000000',
      updateTime: '1772445600.000000001',
    });
    await room.delivery.deliver(anAnnouncement({ callbackId, callback: aCallback({ pushTargets }) }));
  }
  expect([room.sent.length, new Set(stateOf(room))]).toEqual([5, new Set(['WAITING'])]);
  expect(room.logged().filter((event) => event === 'sending-stopped')).toHaveLength(1);
  room.state.answer = () => accepted;
  for (let n = 0; n < 3; n++) {
    room.state.now += minute;
    await room.delivery.sweep();
  }
  expect(new Set(stateOf(room))).toEqual(new Set(['SENT']));
});

test('a device that is gone is reported once, with the settlement that found it', async () => {
  const room = roomWithTwoDevices();
  room.state.answer = (target) => (target === 'one' ? gone : later(10));
  await room.deliver();
  expect([...room.retiredTargets]).toEqual([[targetHash('one'), 'UNREGISTERED']]);
  room.retiredTargets.clear();
  room.state.now += 10 * second;
  room.state.answer = () => accepted;
  await room.delivery.retry(room.noticeId);
  expect([stateOf(room), [...room.retiredTargets]]).toEqual([['SENT'], []]);
});

test('devices that are not believed to be gone are not reported', async () => {
  const room = createRoom();
  room.state.answer = () => gone;
  for (let n = 0; n < 25; n++) await room.delivery.deliver(anAnnouncement({ callbackId: `callback-${n}` }));
  expect(stateOf(room).filter((state) => state === 'WAITING')).toHaveLength(6);
});

describe('a dead letter that is replayed', () => {
  const noticeId = noticeIdOf('callback-1', { event: 'CALLBACK_CALL_IN', occasion: 'call-in-1' });
  const notice = aNotice({ event: 'CALLBACK_CALL_IN', occasion: 'call-in-1' });

  /** A call-in whose notice was refused, and is replayed so long after. */
  async function replayed(after: number) {
    const room = createRoom();
    const expirationTime = { toDate: () => new Date(monday + 10 * minute) };
    const callIn = { id: 'call-in-1', toPhoneNumber: '+18005550100', expirationTime };
    room.documents.set('callback-1', {
      data: callbackFields({ callIn }),
      createTime: '0.0',
      updateTime: '1.0',
    });
    room.state.answer = () => ({ outcome: 'refused', code: 'INVALID_ARGUMENT', detail: '' });
    await room.delivery.deliver(anAnnouncement({ notice }));
    room.state.now += after;
    room.state.answer = () => accepted;
    const stored = room.entries.get(noticeId);
    if (stored) {
      const targets = stored.entry.targets.map(({ hash }) => ({ hash, state: 'PENDING', attempts: 0 }) as const);
      stored.entry = { ...stored.entry, state: 'WAITING', targets, staleAt: room.state.now + hour };
      Object.assign(stored, { dueAt: room.state.now, sweepAt: room.state.now, deadAt: undefined });
    }
    room.sent.splice(0);
    await room.delivery.retry(noticeId);
    return room;
  }

  test('lives no longer than what it speaks of', async () => {
    const room = await replayed(7 * minute);
    expect([stateOf(room), room.sent[0]?.message.android['ttl']]).toEqual([['SENT'], '180s']);
  });

  test('is superseded where that is over', async () => {
    const room = await replayed(11 * minute);
    expect([stateOf(room), room.sent]).toEqual([['SUPERSEDED'], []]);
  });
});

test('an upcoming turn that is retried is stale when that turn comes, if it comes sooner than it was announced', async () => {
  const room = roomWithTwoDevices();
  room.state.answer = () => later(10);
  await room.deliver();
  room.write({ estimatedWaitTime: 30 });
  room.state.answer = () => accepted;
  room.state.now += 10 * second;
  await room.delivery.retry(room.noticeId);
  expect(room.sent.at(-1)?.message.android['ttl']).toBe('60s');
});
