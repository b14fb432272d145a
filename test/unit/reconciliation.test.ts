import type { StoredDocument } from '../../functions/src/google/documents.ts';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import { builtInSettings } from '../../functions/src/callback/settings.ts';
import { noticeIdOf } from '../../functions/src/delivery/ledger-entry.ts';
import { callbackFields, hour, minute, monday, second, timestamp } from '../support/builders.ts';
import { accepted, createRoom, gone, tryLater } from './doubles.ts';

type Room = ReturnType<typeof createRoom>;
type Fields = Readonly<Record<string, unknown>>;

const timeOf = (writtenAt: number) =>
  `${Math.floor(writtenAt / second)}.${String((writtenAt % second) * 1_000_000).padStart(9, '0')}`;

/** Writes the states of a callback a minute apart, the last of them `ago` before now; no event comes of it. */
function write(
  room: Room,
  states: readonly Fields[],
  { callbackId = 'callback-1', ago = 10 * second, apart = minute } = {},
) {
  const writtenAt = (index: number) => room.state.now - ago - (states.length - 1 - index) * apart;
  const documents = states.map((fields, index): StoredDocument => ({
    data: callbackFields(fields),
    createTime: timeOf(writtenAt(0)),
    updateTime: timeOf(writtenAt(index)),
  }));
  const last = documents.at(-1);
  if (last) room.documents.set(callbackId, last);
  room.former.set(callbackId, documents.slice(0, -1));
  return { callbackId, documents, writtenAt };
}

/** The event of the last of these states, as the platform delivers it. */
function eventOf({ callbackId, documents, writtenAt }: ReturnType<typeof write>) {
  const last = documents.length - 1;
  return {
    callbackId,
    eventId: 'event',
    changedAt: writtenAt(last),
    before: documents[last - 1],
    after: documents[last],
  };
}

const told = ({ sent }: Room) => sent.map(({ message }) => message.data['event']);

const far = { estimatedWaitTime: 900 };
const near = { estimatedWaitTime: 200 };
const consumerDials = { callDirection: 'USERORIGINATED' };
const routing = { ...consumerDials, callbackState: 'ROUTING' };
const callIn = (id = 'call-in-1') => ({
  callIn: { id, toPhoneNumber: '+18005550100', expirationTime: timestamp(monday + hour) },
});
const busy = ['', 'BUSY', 'NO_ANSWER', 'ANSWERING_MACHINE'];
/** An attempt whose result is another than that of the attempt before, and the callback in ROUTING for the next. */
const attempt = (dialAttempts: number, lastDialResult = busy[dialAttempts]) => ({
  callbackState: 'ROUTING',
  dialAttempts,
  lastDialResult,
});
const rescheduled = { desiredTime: timestamp(monday + 5 * hour) };

interface Row {
  readonly name: string;
  readonly given: readonly Fields[];
  readonly ago?: number;
  readonly apart?: number;
  readonly expect: readonly NoticeEvent[];
}

const madeGood: readonly Row[] = [
  { name: 'its turn comes soon', given: [far, near], expect: ['CALLBACK_UPCOMING'] },
  { name: 'its turn comes soon, and its wait fell on', given: [far, near, { estimatedWaitTime: 100 }], expect: ['CALLBACK_UPCOMING'] }, // prettier-ignore
  { name: 'its turn comes soon, and something else changed', given: [far, near, { ...near, userData: { a: 1 } }], expect: ['CALLBACK_UPCOMING'] }, // prettier-ignore
  { name: 'the consumer may call', given: [consumerDials, routing], expect: ['CALLBACK_READY'] },
  { name: 'the consumer may call once more', given: [routing, consumerDials, routing], expect: ['CALLBACK_READY'] },
  { name: 'the consumer may call, and something else changed', given: [consumerDials, routing, { ...routing, ...far }], expect: ['CALLBACK_READY'] }, // prettier-ignore
  { name: 'it was created in ROUTING', given: [routing], expect: ['CALLBACK_READY'] },
  { name: 'there is a number to call', given: [{}, callIn()], expect: ['CALLBACK_CALL_IN'] },
  { name: 'there is another number to call, some changes ago', given: [callIn(), callIn('call-in-2'), { ...callIn('call-in-2'), ...far }], expect: ['CALLBACK_CALL_IN'] }, // prettier-ignore
  { name: 'it was created with a number to call', given: [callIn()], expect: ['CALLBACK_CALL_IN'] },
  { name: 'nobody answered', given: [{}, attempt(1)], expect: ['CALLBACK_ATTEMPT_FAILED'] },
  { name: 'nobody answered twice: the last time is told', given: [{}, attempt(1), attempt(2)], expect: ['CALLBACK_ATTEMPT_FAILED'] }, // prettier-ignore
  { name: 'nobody answered the last time', given: [{}, attempt(1), attempt(2), attempt(3)], expect: ['CALLBACK_FINAL_ATTEMPT_FAILED'] }, // prettier-ignore
  {
    name: 'nobody answered, and there is a number to call, though its turn comes soon',
    given: [far, { ...near, ...callIn(), ...attempt(1) }],
    expect: ['CALLBACK_ATTEMPT_FAILED', 'CALLBACK_CALL_IN'],
  },
  { name: 'it is older than Firestore remembers, and changed lately', given: [far, far, near], apart: 40 * minute, expect: ['CALLBACK_UPCOMING'] }, // prettier-ignore
  { name: 'it was rescheduled, and then its turn came near', given: [far, { ...far, ...rescheduled }, { ...near, ...rescheduled }], expect: ['CALLBACK_UPCOMING'] }, // prettier-ignore
  { name: 'it was rescheduled with its turn near', given: [far, near, { ...near, ...rescheduled }], expect: ['CALLBACK_UPCOMING'] }, // prettier-ignore
  { name: 'it was rescheduled, and then nobody answered', given: [attempt(1), { ...attempt(1), ...rescheduled }, { ...attempt(2), ...rescheduled }], expect: ['CALLBACK_ATTEMPT_FAILED'] }, // prettier-ignore
  { name: 'it has a device now, at the consumer’s turn', given: [{ ...routing, pushTargets: [] }, routing], expect: ['CALLBACK_READY'] }, // prettier-ignore
];

test.each(madeGood)('an event that never came is made good: $name', async ({ given, ago, apart, expect: expected }) => {
  const room = createRoom();
  write(room, given, { ago, apart });
  expect(await room.reconciliation.look(10)).toBe(1);
  expect(told(room)).toEqual(expected);
  await room.reconciliation.look(10);
  expect(told(room)).toEqual(expected);
});

test.each(madeGood)('nothing is told twice where the event came before: $name', async ({ given, ago, apart }) => {
  const room = createRoom();
  await room.onChange(eventOf(write(room, given, { ago, apart })));
  const before = told(room);
  await room.reconciliation.look(10);
  expect(told(room).slice(0, before.length)).toEqual(before);
  expect(new Set(told(room)).size).toBe(told(room).length);
});

test.each(madeGood)('nor where it comes after: $name', async ({ given, ago, apart, expect: expected }) => {
  const room = createRoom();
  const written = write(room, given, { ago, apart });
  await room.reconciliation.look(10);
  await room.onChange(eventOf(written));
  expect(told(room)).toEqual(expected);
});

test.each<Row>([
  { name: 'its turn was near when it was created', given: [near, { estimatedWaitTime: 100 }], expect: [] },
  { name: 'it was created with its turn near', given: [near], expect: [] },
  { name: 'the last call connected', given: [{}, attempt(1), attempt(2, 'PERSON')], expect: [] },
  { name: 'the next call rings', given: [{}, attempt(1), attempt(2, '')], expect: [] },
  { name: 'it was imported with attempts made', given: [attempt(2)], expect: [] },
  { name: 'the centre dials it in ROUTING', given: [{}, { callbackState: 'ROUTING' }], expect: [] },
  { name: 'its consumer has no device', given: [far, { ...near, pushTargets: [] }], expect: [] },
  { name: 'its near turn was created longer ago than Firestore remembers', given: [near, near], ago: 57 * minute, expect: [] }, // prettier-ignore
  { name: 'the consumer’s turn came longer ago than anybody remembers', given: [consumerDials, routing], ago: 56 * minute, expect: [] }, // prettier-ignore
  { name: 'it was rescheduled after nobody had answered', given: [attempt(1), { ...attempt(1), ...rescheduled }], expect: [] }, // prettier-ignore
])('nothing is told where $name', async ({ given, ago, apart, expect: expected }) => {
  const room = createRoom();
  write(room, given, { ago, apart });
  expect(await room.reconciliation.look(10)).toBe(1);
  expect(told(room)).toEqual(expected);
});

test.each<{ name: string; given: Fields }>([
  { name: 'that waits longer than any threshold', given: { estimatedWaitTime: 2 * 3600 } },
  { name: 'that waits nobody knows how long', given: {} },
  { name: 'that an agent has', given: { ...near, callbackState: 'PROCESSING' } },
  { name: 'that is over', given: { ...near, callbackState: 'COMPLETED', callbackReason: 'PURGED' } },
])('one $name is not looked at', async ({ given }) => {
  const room = createRoom();
  write(room, [far, given]);
  expect(await room.reconciliation.look(10)).toBe(0);
});

describe('what becomes due without a write', () => {
  const open = (at: string, close: string) => ({
    ...builtInSettings,
    businessHours: { timeZone: 'UTC', weekly: { monday: [{ open: at, close }] } },
  });

  test('is told when the queue opens', async () => {
    const room = createRoom();
    room.state.settings = open('10:05', '18:00');
    write(room, [near], { ago: minute });
    await room.reconciliation.look(10);
    expect(told(room)).toEqual([]);
    room.state.now += 6 * minute;
    await room.reconciliation.look(10);
    await room.reconciliation.look(10);
    expect(told(room)).toEqual(['CALLBACK_UPCOMING']);
  });

  test('is told when somebody raises the threshold of the queue', async () => {
    const room = createRoom();
    write(room, [{ estimatedWaitTime: 500 }], { ago: minute });
    await room.reconciliation.look(10);
    expect(told(room)).toEqual([]);
    room.state.formerSettings = [{ until: room.state.now, settings: builtInSettings }];
    room.state.settings = { ...builtInSettings, pushNotificationThresholdMinutes: 10, changedAt: room.state.now };
    room.state.now += minute;
    await room.reconciliation.look(10);
    await room.reconciliation.look(10);
    expect(told(room)).toEqual(['CALLBACK_UPCOMING']);
  });
});

test('a near turn that reached nobody is told when it comes near anew, not before', async () => {
  const room = createRoom();
  room.state.answer = () => gone;
  write(room, [far, near]);
  await room.reconciliation.look(10);
  room.state.answer = () => accepted;
  room.state.now += minute;
  await room.reconciliation.look(10);
  expect(room.sent).toHaveLength(1);
  room.state.now += minute;
  write(room, [far, near, far, near], { apart: 20 * second });
  await room.reconciliation.look(10);
  await room.reconciliation.look(10);
  expect(room.sent.map(({ result }) => result.outcome)).toEqual(['target-gone', 'accepted']);
});

test.each([
  { name: 'by the clock', open: '10:05', threshold: undefined },
  { name: 'by its settings', open: undefined, threshold: 10 },
])('what came due $name and reached nobody is tried once', async ({ open, threshold }) => {
  const room = createRoom();
  room.state.answer = () => gone;
  const weekly = { monday: [{ open: open ?? '00:00', close: '18:00' }] };
  room.state.settings = { ...builtInSettings, businessHours: { timeZone: 'UTC', weekly } };
  write(room, [{ estimatedWaitTime: threshold === undefined ? 200 : 500 }], { ago: minute });
  await room.reconciliation.look(10);
  room.state.now += 6 * minute;
  if (threshold !== undefined) {
    room.state.formerSettings = [{ until: room.state.now - minute, settings: room.state.settings }];
    room.state.settings = {
      ...room.state.settings,
      pushNotificationThresholdMinutes: threshold,
      changedAt: room.state.now - minute,
    };
  }
  for (let n = 0; n < 5; n++) {
    await room.reconciliation.look(10);
    room.state.now += minute;
  }
  expect(room.sent.map(({ result }) => result.outcome)).toEqual(['target-gone']);
});

test('where nobody remembers what it was, nothing is taken for new', async () => {
  const room = createRoom();
  write(room, [near, near]);
  write(room, [consumerDials, routing, { ...routing, ...far }], { callbackId: 'callback-2' });
  room.former.clear();
  await room.reconciliation.look(10);
  expect(told(room)).toEqual([]);
});

test('a notice that was told in time and is stale by now raises no warning at each look', async () => {
  const room = createRoom();
  await room.onChange(eventOf(write(room, [{}, attempt(1)])));
  room.state.now += 40 * minute;
  await room.reconciliation.look(10);
  expect(room.lines.filter(({ severity }) => severity === 'WARNING' || severity === 'ERROR')).toEqual([]);
});

test('what cannot be sent now is tried again later, like everything else', async () => {
  const room = createRoom();
  room.state.answer = () => tryLater;
  write(room, [far, near]);
  await room.reconciliation.look(10);
  expect(room.tasks).toHaveLength(1);
});

test('a wrong field costs a callback nothing that does not need it', async () => {
  const room = createRoom();
  write(room, [far, { ...near, phoneNumber: 17, positionInQueue: 'first' }]);
  await room.reconciliation.look(10);
  expect(told(room)).toEqual(['CALLBACK_UPCOMING']);
});

test('one that fails is named and leaves the others, and is looked at again with all that it went through', async () => {
  const room = createRoom();
  const ids = ['a', 'b', 'c'];
  const written = ids.map((callbackId) => write(room, [far, near, near], { callbackId }));
  const booking = `${written[1]?.documents[0]?.createTime ?? ''}/`;
  const poison = noticeIdOf('b', { event: 'CALLBACK_UPCOMING', occasion: booking });
  room.ledger.fails = (operation) => operation === `claim ${poison}`;
  expect(await room.reconciliation.look(10)).toBe(3);
  expect(room.lines.filter(({ severity }) => severity === 'ERROR')).toEqual([
    { severity: 'ERROR', event: 'reconciliation-failed', fields: { callbackId: 'b', reason: 'UNAVAILABLE' } },
  ]);
  expect(told(room)).toHaveLength(2);
  room.ledger.fails = undefined;
  room.state.now += 5 * minute;
  await room.reconciliation.look(10);
  expect(told(room)).toHaveLength(3);
});

describe('what it costs', () => {
  const cost = ({ readCallbacks, operations }: Room) => ({ reads: readCallbacks.length, ledger: [...operations] });

  test.each<{ name: string; given: readonly Fields[]; expect: ReturnType<typeof cost> }>([
    { name: 'of one that is owed nothing, its read', given: [far, { callbackState: 'ROUTING' }], expect: { reads: 1, ledger: [] } }, // prettier-ignore
    { name: 'of one that was created so, a read of the ledger', given: [near], expect: { reads: 1, ledger: ['read'] } },
    { name: 'of one that was due from the start, one for each former state', given: [near, { estimatedWaitTime: 100 }], expect: { reads: 2, ledger: ['read'] } }, // prettier-ignore
    { name: 'of one that is owed a notice, one and what sending costs', given: [far, near], expect: { reads: 2, ledger: ['read', 'claim', 'settle'] } }, // prettier-ignore
  ])('$name', async ({ given, expect: expected }) => {
    const room = createRoom();
    write(room, given);
    await room.reconciliation.look(10);
    expect(cost(room)).toEqual(expected);
  });

  test('of one that was told, its read and one of the ledger', async () => {
    const room = createRoom();
    write(room, [far, near]);
    await room.reconciliation.look(10);
    const before = cost(room);
    await room.reconciliation.look(10);
    const after = cost(room);
    expect([after.reads - before.reads, after.ledger.slice(before.ledger.length)]).toEqual([1, ['read']]);
  });

  test('of one that was due from the start and looked at before, nothing of its history', async () => {
    const room = createRoom();
    write(room, [near, { estimatedWaitTime: 100 }], { ago: minute });
    await room.reconciliation.look(10);
    room.state.now += minute;
    const before = cost(room);
    await room.reconciliation.look(10);
    expect(cost(room).reads - before.reads).toBe(1);
  });
});

describe('looks at one of which only the id is known', () => {
  test.each<Row>([
    ...madeGood,
    { name: 'it was purged', given: [{}, { callbackState: 'COMPLETED', callbackReason: 'PURGED' }], expect: ['CALLBACK_PURGED'] }, // prettier-ignore
    {
      name: 'it was rescheduled, and purged then',
      given: [{}, rescheduled, { ...rescheduled, callbackState: 'COMPLETED', callbackReason: 'PURGED' }],
      expect: ['CALLBACK_PURGED'],
    },
    {
      name: 'it was rescheduled in place with the purge',
      given: [{}, { ...rescheduled, callbackState: 'COMPLETED', callbackReason: 'PURGED' }],
      expect: [],
    },
    {
      name: 'it was imported as purged',
      given: [{ callbackState: 'COMPLETED', callbackReason: 'PURGED' }],
      expect: [],
    },
    { name: 'it completed', given: [far, { callbackState: 'COMPLETED' }], expect: [] },
  ])('$name', async ({ given, ago, apart, expect: expected }) => {
    const room = createRoom();
    write(room, given, { ago, apart });
    await room.reconciliation.lookAt('callback-1');
    expect(told(room)).toEqual(expected);
  });

  test('that was never there', async () => {
    const room = createRoom();
    await room.reconciliation.lookAt('callback-1');
    expect([told(room), room.lines]).toEqual([[], []]);
  });

  test('that was deleted while it waited: history tells what it was', async () => {
    const room = createRoom();
    const { documents } = write(room, [far, near]);
    room.documents.clear();
    room.former.set('callback-1', documents);
    await room.reconciliation.lookAt('callback-1');
    expect(told(room)).toEqual(['CALLBACK_PURGED']);
  });

  test('and says where it fails, so that its event is delivered again', async () => {
    const room = createRoom();
    write(room, [far, near]);
    room.ledger.fails = () => true;
    await expect(room.reconciliation.lookAt('callback-1')).rejects.toThrow();
  });
});
