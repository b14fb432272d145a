import fc from 'fast-check';
import type { CallbackDocument } from '../../functions/src/callback/callback-store.ts';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import { noticeIdOf } from '../../functions/src/delivery/ledger-entry.ts';
import { callbackFields, hour, minute, monday, second, timestamp } from '../support/builders.ts';
import { createRoom, tryLater } from './doubles.ts';
import { anyHistory, changesOf, documentOf, expectedNotices, type History } from './history.ts';

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
  const documents = states.map((fields, index): CallbackDocument => ({
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
const attempt = (dialAttempts: number, lastDialResult = 'BUSY') => ({ dialAttempts, lastDialResult });
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
  { name: 'it was created in ROUTING', given: [routing], expect: ['CALLBACK_READY'] },
  { name: 'there is a number to call', given: [{}, callIn()], expect: ['CALLBACK_CALL_IN'] },
  { name: 'there is another number to call, some changes ago', given: [callIn(), callIn('call-in-2'), { ...callIn('call-in-2'), ...far }], expect: ['CALLBACK_CALL_IN'] }, // prettier-ignore
  { name: 'it was created with a number to call', given: [callIn()], expect: ['CALLBACK_CALL_IN'] },
  { name: 'nobody answered', given: [{}, attempt(1)], expect: ['CALLBACK_ATTEMPT_FAILED'] },
  { name: 'nobody answered twice: the last time is told', given: [{}, attempt(1), attempt(2)], expect: ['CALLBACK_ATTEMPT_FAILED'] }, // prettier-ignore
  { name: 'nobody answered the last time', given: [{}, attempt(1), attempt(2), attempt(3)], expect: ['CALLBACK_FINAL_ATTEMPT_FAILED'] }, // prettier-ignore
  {
    name: 'nobody answered, there is a number to call and its turn comes soon',
    given: [far, { ...near, ...callIn(), ...attempt(1) }],
    expect: ['CALLBACK_CALL_IN', 'CALLBACK_ATTEMPT_FAILED', 'CALLBACK_UPCOMING'],
  },
  { name: 'it is older than Firestore remembers, and changed lately', given: [far, far, near], apart: 40 * minute, expect: ['CALLBACK_UPCOMING'] }, // prettier-ignore
  { name: 'it was rescheduled, and then its turn came near', given: [far, { ...far, ...rescheduled }, { ...near, ...rescheduled }], expect: ['CALLBACK_UPCOMING'] }, // prettier-ignore
  { name: 'it was rescheduled, and then nobody answered', given: [attempt(1), { ...attempt(1), ...rescheduled }, { ...attempt(2), ...rescheduled }], expect: ['CALLBACK_ATTEMPT_FAILED'] }, // prettier-ignore
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
  { name: 'it waits', given: [far, { ...far, userData: {} }], expect: [] },
  { name: 'its turn was near when it was created', given: [near, { estimatedWaitTime: 100 }], expect: [] },
  { name: 'it was created with its turn near', given: [near], expect: [] },
  { name: 'its wait rose again', given: [far, near, far], expect: [] },
  { name: 'the last call connected', given: [{}, attempt(1), attempt(2, 'PERSON')], expect: [] },
  { name: 'it was imported with attempts made', given: [attempt(2)], expect: [] },
  { name: 'it went on in ROUTING: when it entered is not known, so it cannot be told apart', given: [consumerDials, routing, { ...routing, ...far }], expect: [] }, // prettier-ignore
  { name: 'the centre dials it in ROUTING', given: [{}, { callbackState: 'ROUTING' }], expect: [] },
  { name: 'its number to call was withdrawn', given: [{}, callIn(), {}], expect: [] },
  {
    name: 'its consumer has no device',
    given: [
      { ...far, pushTargets: [] },
      { ...near, pushTargets: [] },
    ],
    expect: [],
  },
  { name: 'it changed longer ago than Firestore remembers', given: [far, near], ago: 57 * minute, expect: [] },
  { name: 'it was rescheduled after nobody had answered', given: [{}, attempt(1), { ...attempt(1), ...rescheduled }], expect: [] }, // prettier-ignore
  { name: 'it was rescheduled after the last call', given: [{}, attempt(3), { ...attempt(3), ...rescheduled }], expect: [] }, // prettier-ignore
  { name: 'it was rescheduled with its turn near', given: [far, near, { ...near, ...rescheduled }], expect: [] },
])('nothing is told where $name', async ({ given, ago, apart, expect: expected }) => {
  const room = createRoom();
  write(room, given, { ago, apart });
  expect(await room.reconciliation.look(10)).toBe(1);
  expect(told(room)).toEqual(expected);
});

test('where nobody remembers what it was, nothing is taken for new', async () => {
  const room = createRoom();
  write(room, [consumerDials, routing, { ...routing, ...far }]);
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

test('a callback that does not parse is left alone, and the others are looked at', async () => {
  const room = createRoom();
  write(room, [far, { ...near, phoneNumber: 17 }], { callbackId: 'a' });
  write(room, [far, near], { callbackId: 'b' });
  await room.reconciliation.look(10);
  expect([told(room), room.logged()]).toEqual([['CALLBACK_UPCOMING'], ['notice-settled']]);
});

test('where a former state does not parse, the one before the last change is compared', async () => {
  const room = createRoom();
  write(room, [{ ...far, phoneNumber: 17 }, far, near]);
  await room.reconciliation.look(10);
  expect(told(room)).toEqual(['CALLBACK_UPCOMING']);
});

test('one that fails is named and leaves the others', async () => {
  const room = createRoom();
  const ids = ['a', 'b', 'c'];
  for (const callbackId of ids) write(room, [far, near], { callbackId });
  const poison = noticeIdOf('b', { event: 'CALLBACK_UPCOMING', occasion: '0' });
  room.ledger.fails = (operation) => operation === `claim ${poison}`;
  expect(await room.reconciliation.look(10)).toBe(3);
  expect(room.lines.filter(({ severity }) => severity === 'ERROR')).toEqual([
    { severity: 'ERROR', event: 'reconciliation-failed', fields: { callbackId: 'b', reason: 'UNAVAILABLE' } },
  ]);
  expect(told(room)).toHaveLength(2);
  room.ledger.fails = undefined;
  await room.reconciliation.look(10);
  expect(told(room)).toHaveLength(3);
});

test('it goes through all that wait, page by page, and begins anew at the end', async () => {
  const room = createRoom();
  const ids = Array.from({ length: 7 }, (_, n) => `callback-${n}`);
  for (const callbackId of ids) write(room, [far, { ...far, userData: {} }], { callbackId });
  write(room, [far, { callbackState: 'COMPLETED' }], { callbackId: 'callback-3b' });
  const looked: number[] = [];
  for (let n = 0; n < 6; n++) looked.push(await room.reconciliation.look(3));
  expect(looked).toEqual([3, 3, 1, 3, 3, 1]);
});

test('it begins anew too where the last page was just full', async () => {
  const room = createRoom();
  for (const callbackId of ['a', 'b', 'c', 'd']) write(room, [far, near], { callbackId });
  const looked: number[] = [];
  for (let n = 0; n < 6; n++) looked.push(await room.reconciliation.look(2));
  expect(looked).toEqual([2, 2, 0, 2, 2, 0]);
  expect(told(room)).toHaveLength(4);
});

describe('what it costs', () => {
  const cost = ({ readCallbacks, operations }: Room) => ({ reads: readCallbacks.length, ledger: [...operations] });

  test.each<{ name: string; given: readonly Fields[]; ago?: number; expect: ReturnType<typeof cost> }>([
    { name: 'of one that is owed nothing, nothing more', given: [far, { ...far, userData: {} }], expect: { reads: 0, ledger: [] } }, // prettier-ignore
    { name: 'of one that changed too long ago, nothing more', given: [far, near], ago: hour, expect: { reads: 0, ledger: [] } }, // prettier-ignore
    { name: 'of one that was created so, nothing more', given: [near], expect: { reads: 0, ledger: [] } },
    { name: 'of one that was due from the start, one read', given: [near, { estimatedWaitTime: 100 }], expect: { reads: 1, ledger: [] } }, // prettier-ignore
    { name: 'of one that is owed a notice, two reads and what sending costs', given: [far, near], expect: { reads: 2, ledger: ['claim', 'settle'] } }, // prettier-ignore
    { name: 'of one that was rescheduled, one read more', given: [far, { ...far, ...rescheduled }, { ...near, ...rescheduled }], expect: { reads: 3, ledger: ['claim', 'settle'] } }, // prettier-ignore
  ])('$name', async ({ given, ago, expect: expected }) => {
    const room = createRoom();
    write(room, given, { ago });
    await room.reconciliation.look(10);
    expect(cost(room)).toEqual(expected);
  });

  test('of one that was told, three reads and a write that is refused', async () => {
    const room = createRoom();
    write(room, [far, near]);
    await room.reconciliation.look(10);
    const before = cost(room);
    await room.reconciliation.look(10);
    const after = cost(room);
    expect([after.reads - before.reads, after.ledger.slice(before.ledger.length)]).toEqual([2, ['claim', 'read']]);
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
    { name: 'it completed', given: [far, { callbackState: 'COMPLETED' }], expect: [] },
  ])('$name', async ({ given, ago, apart, expect: expected }) => {
    const room = createRoom();
    write(room, given, { ago, apart });
    await room.reconciliation.lookAt('callback-1');
    expect(told(room)).toEqual(expected);
  });

  test('that is gone', async () => {
    const room = createRoom();
    await room.reconciliation.lookAt('callback-1');
    expect([told(room), room.lines]).toEqual([[], []]);
  });

  test('that does not parse: it is reported, for nobody else has', async () => {
    const room = createRoom();
    write(room, [far, { ...near, phoneNumber: 17 }]);
    await room.reconciliation.lookAt('callback-1');
    expect(room.logged()).toEqual(['callback-rejected']);
  });

  test('and says where it fails, so that its event is delivered again', async () => {
    const room = createRoom();
    write(room, [far, near]);
    room.ledger.fails = () => true;
    await expect(room.reconciliation.lookAt('callback-1')).rejects.toThrow('UNAVAILABLE');
  });
});

/** Of what callback systems do: attempts are counted up and keep their result, and what completed is over. */
const plausibleHistory: fc.Arbitrary<History> = anyHistory.map(({ states }) => {
  const kept: History['states'][number][] = [];
  for (const state of states) {
    const last = kept.at(-1);
    if (last?.callbackState === 'COMPLETED') break;
    const isNew = last && state.dialAttempts > last.dialAttempts;
    const { lastDialResult, ...rest } = state;
    const result = isNew ? lastDialResult : last?.lastDialResult;
    const dialAttempts = isNew || !last ? state.dialAttempts : last.dialAttempts;
    kept.push({ ...rest, dialAttempts, ...(result && { lastDialResult: result }) });
  }
  return { states: kept, deletedAt: undefined };
});

const noticesOf = (states: History['states']) => [...expectedNotices({ states, deletedAt: undefined })];

/** What the change to the state of this index announced. */
function noticesOfChange({ states }: History, index: number): string[] {
  const until = (length: number) => new Set(noticesOf(states.slice(0, length)));
  const before = until(index);
  return [...until(index + 1)].filter((notice) => !before.has(notice));
}

/** Whether the notice is true of a state of a waiting callback, in the plain words of these tests. */
function isTrueOf(notice: string, state: History['states'][number]): boolean {
  const made = { ...state, targets: ['one'], writtenAt: monday };
  const blank = { ...made, estimatedWaitTime: -1, dialAttempts: 0, callInId: 'none', callbackState: 'QUEUED' } as const;
  return notice.startsWith('CALLBACK_READY') || noticesOf([blank, made]).includes(notice);
}

/**
 * The notices that the reconciliation promises: still true of the callback that waits, and announced by its last
 * change, or by any change since its creation, if it is not in its consumer's turn (USERORIGINATED in ROUTING), was not
 * rescheduled in place and was not so from the start.
 */
function promised(history: History): string[] {
  const { states } = history;
  const [first, last] = [states[0], states.at(-1)];
  if (!first || !last || !['SCHEDULED', 'QUEUED', 'ROUTING'].includes(last.callbackState) || last.targets.length === 0)
    return [];
  const byLast = noticesOfChange(history, states.length - 1);
  const isTurn = last.callDirection === 'USERORIGINATED' && last.callbackState === 'ROUTING';
  const isPlain = !isTurn && first.desiredTime === last.desiredTime;
  const earlier = isPlain ? noticesOf(states).filter((notice) => !notice.startsWith('CALLBACK_READY')) : [];
  return [...byLast, ...earlier].filter((notice) => isTrueOf(notice, last) && (byLast.includes(notice) || !isTrueOf(notice, first))); // prettier-ignore
}

test('whichever events are lost: nothing untrue, nothing twice, and all that is promised is told', async () => {
  const cases = plausibleHistory.chain((history) =>
    fc.record({
      history: fc.constant(history),
      came: fc.subarray(changesOf(history)),
      later: fc.constantFrom(0, second, 7 * second),
      late: fc.boolean(),
    }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ history, came, later, late }) => {
      const { states } = history;
      const room = createRoom();
      for (const change of late ? [] : came) {
        room.state.now = change.changedAt;
        await room.onChange(change);
      }
      const documents = states.flatMap((state, index) => documentOf(state, index) ?? []);
      room.state.now = (states.at(-1)?.writtenAt ?? monday) + later;
      room.documents.set('callback-1', documents.at(-1) as CallbackDocument);
      room.former.set('callback-1', documents.slice(0, -1));
      await room.reconciliation.look(10);
      for (const change of late ? came : []) await room.onChange(change);
      await room.reconciliation.look(10);
      const withItsDevices = states.map((state) => ({ ...state, targets: states.at(-1)?.targets ?? [] }));
      const allowed = new Set([...noticesOf(states), ...noticesOf(withItsDevices)]);
      const nameOf = new Map(
        [...allowed].map((notice) => {
          const [event, occasion = ''] = notice.split(' ');
          return [noticeIdOf('callback-1', { event: event as NoticeEvent, occasion }), notice];
        }),
      );
      const received = room.sent.map(({ message, target }) => ({
        notice: nameOf.get(message.data['noticeId'] ?? '') ?? `untrue: ${message.data['event'] ?? ''}`,
        target,
      }));
      const names = received.map(({ notice }) => notice);
      const copies = received.map(({ notice, target }) => `${notice} ${target}`);
      expect({
        untrue: names.filter((notice) => notice.startsWith('untrue')),
        twice: copies.filter((copy, n) => copies.indexOf(copy) !== n),
        missing: promised(history).filter((notice) => !names.includes(notice)),
        failed: room.lines.filter(({ severity }) => severity === 'ERROR'),
      }).toEqual({ untrue: [], twice: [], missing: [], failed: [] });
    }),
    { numRuns: 1000 },
  );
});
