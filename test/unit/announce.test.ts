import { createAnnouncer, type Change } from '../../functions/src/delivery/announce.ts';
import { readCallback } from '../../functions/src/callback/callback.ts';
import type { StoredDocument } from '../../functions/src/google/documents.ts';
import type { Announcement } from '../../functions/src/delivery/announcement.ts';
import { RedeliveryNeeded } from '../../functions/src/delivery/come-again.ts';
import { createTruth } from '../../functions/src/delivery/truth.ts';
import type { LogEvent } from '../../functions/src/base/log.ts';
import { aToken, callbackFields, hour, minute, monday, second, someSettings, timestamp } from '../support/builders.ts';
import { accepted, createRoom, tryLater } from './doubles.ts';

/** Created an hour before, and written at eleven o'clock, so many seconds later. */
const writtenAfter = (seconds: number, changes: Readonly<Record<string, unknown>> = {}): StoredDocument => ({
  data: callbackFields(changes),
  createTime: `${(monday - hour) / second}.000000000`,
  updateTime: `${monday / second + seconds}.000000000`,
});
const document = (changes: Readonly<Record<string, unknown>> = {}) => writtenAfter(0, changes);
const asPurged = { callbackState: 'COMPLETED', callbackReason: 'PURGED' };
const far = document({ estimatedWaitTime: 900 });
const near = document({ estimatedWaitTime: 200 });
const nearer = document({ estimatedWaitTime: 100 });
const typo = document({ phoneNumber: 17, callbackState: 'QUEUD', estimatedWaitTime: 200 });
const wrong = document({ phoneNumber: 17, language: 5, estimatedWaitTime: 200 });

const aChange = (changes: Partial<Change> = {}): Change => ({
  callbackId: 'callback-1',
  eventId: 'event-1',
  changedAt: monday,
  before: far,
  after: near,
  ...changes,
});

interface Row {
  readonly name: string;
  readonly given: { readonly change?: Partial<Change>; readonly late?: number; readonly current?: StoredDocument };
  readonly expect: {
    readonly reads: number;
    readonly pushes: number;
    readonly log: readonly LogEvent[];
    readonly io?: number;
    readonly rebookings?: number;
  };
}

const late = 6 * second;
const sentOnce = { pushes: 1, log: ['notice-settled'] } as const;

test.each<Row>([
  { name: 'a young event reads nothing', given: { late: 5 * second }, expect: { reads: 0, ...sentOnce } },
  { name: 'a late event reads once', given: { late, current: near }, expect: { reads: 1, ...sentOnce } },
  {
    name: 'a late event that was overtaken is superseded',
    given: { late, current: document({ callbackState: 'COMPLETED' }) },
    expect: { reads: 1, pushes: 0, log: ['notice-superseded'], io: 0 },
  },
  {
    name: 'a late event of a callback that is gone is superseded',
    given: { late },
    expect: { reads: 1, pushes: 0, log: ['notice-superseded'], io: 0 },
  },
  {
    name: 'a late event of a callback whose consumer withdrew the devices is superseded',
    given: { late, current: document({ estimatedWaitTime: 200, pushTargets: [] }) },
    expect: { reads: 1, pushes: 0, log: ['notice-superseded'], io: 0 },
  },
  {
    name: 'a late event that announces nothing reads nothing',
    given: { late, change: { before: near, after: nearer } },
    expect: { reads: 0, pushes: 0, log: [], io: 0 },
  },
  {
    name: 'why a change announces nothing is not told again while the reason lasts',
    given: { change: { after: document({ estimatedWaitTime: 840 }) } },
    expect: { reads: 0, pushes: 0, log: [], io: 0 },
  },
  {
    name: 'an event older than an hour is outdated, whatever it says',
    given: { late: hour + 1, current: near },
    expect: { reads: 0, pushes: 0, log: ['change-outdated'], io: 0 },
  },
  {
    name: 'a change without a notice costs nothing',
    given: { change: { before: near, after: far } },
    expect: { reads: 0, pushes: 0, log: ['change-ignored'], io: 0 },
  },
  {
    name: 'another desired time costs one write, though nothing is told',
    given: { change: { after: document({ estimatedWaitTime: 900, desiredTime: timestamp(monday + hour) }) } },
    expect: { reads: 0, pushes: 0, log: [], io: 0, rebookings: 1 },
  },
  {
    name: 'another desired time costs one write, beside what it takes to tell of it',
    given: {
      change: { before: near, after: document({ estimatedWaitTime: 200, desiredTime: timestamp(monday + hour) }) },
    },
    expect: { reads: 0, ...sentOnce, rebookings: 1 },
  },
  {
    name: 'an id that is used again is no other desired time',
    given: { change: { before: { ...far, createTime: '1.000000000' } } },
    expect: { reads: 0, ...sentOnce },
  },
  {
    name: 'what is wrong is reported, and what does not need it goes out',
    given: { change: { after: wrong } },
    expect: { reads: 0, pushes: 1, log: ['fields-ignored', 'notice-settled'] },
  },
  {
    name: 'what is wrong is not reported again while it stays',
    given: { change: { before: document({ phoneNumber: 17, language: 5, estimatedWaitTime: 900 }), after: wrong } },
    expect: { reads: 0, ...sentOnce },
  },
  {
    name: 'where the state is wrong nothing is told, and that costs nothing',
    given: { change: { after: typo } },
    expect: { reads: 0, pushes: 0, log: ['fields-ignored'], io: 0 },
  },
  {
    name: 'what was wrong was reported when it was written, not when it is put right',
    given: { change: { before: typo } },
    expect: { reads: 0, ...sentOnce },
  },
  {
    name: 'what was wrong was reported when it was written, not when it is deleted',
    given: { change: { before: wrong, after: undefined } },
    expect: { reads: 0, ...sentOnce },
  },
  {
    name: 'a callback that waits is deleted',
    given: { change: { after: undefined } },
    expect: { reads: 0, ...sentOnce },
  },
  {
    name: 'a deletion that comes late is still true',
    given: { change: { after: undefined }, late },
    expect: { reads: 1, ...sentOnce },
  },
  {
    name: 'a deletion that comes late is superseded where the callback was written again',
    given: { change: { after: undefined }, late, current: far },
    expect: { reads: 1, pushes: 0, log: ['notice-superseded'], io: 0 },
  },
  {
    name: 'a purge that comes late still reaches the devices of its event, though the document was cleaned up',
    given: { change: { after: document(asPurged) }, late },
    expect: { reads: 1, ...sentOnce },
  },
])('$name', async ({ given: { change, late: by = 0, current }, expect: expected }) => {
  const room = createRoom();
  if (current) room.documents.set('callback-1', current);
  room.state.now += by;
  await room.onChange(aChange(change));
  const { reads, pushes, log, io = 2, rebookings = 0 } = expected;
  expect({
    reads: room.readCallbacks.length,
    pushes: room.sent.length,
    log: room.logged(),
    io: room.operations.length,
    rebookings: room.rebookings.size,
  }).toEqual({ reads, pushes, log, io, rebookings });
});

test('all that is wrong is named in one line', async () => {
  const room = createRoom();
  await room.onChange(aChange({ after: typo }));
  expect(room.lines).toEqual([
    {
      severity: 'WARNING',
      event: 'fields-ignored',
      fields: {
        callbackId: 'callback-1',
        eventId: 'event-1',
        problems: [expect.stringMatching(/^phoneNumber: /), expect.stringMatching(/^callbackState: /)],
      },
    },
  ]);
});

test('of what is wrong, only what was right before is named', async () => {
  const room = createRoom();
  const before = document({ phoneNumber: 17, estimatedWaitTime: 900 });
  await room.onChange(aChange({ before, after: document({ phoneNumber: 17, language: 5, estimatedWaitTime: 900 }) }));
  expect(room.lines.map(({ fields }) => fields.problems)).toEqual([[expect.stringMatching(/^language: /)]]);
});

describe('a late event is judged by what is read then:', () => {
  const twoMinutes = 2 * minute;

  test.each<{
    name: string;
    given: { readonly after: StoredDocument; readonly current: StoredDocument };
    expect: object;
  }>([
    {
      name: 'who is nearer by now is told so',
      given: { after: document({ estimatedWaitTime: 290 }), current: writtenAfter(110, { estimatedWaitTime: 100 }) },
      expect: { events: ['CALLBACK_UPCOMING'], waits: ['100'], ttl: ['100s'] },
    },
    {
      name: 'so is who was nearer soon after',
      given: { after: document({ estimatedWaitTime: 290 }), current: writtenAfter(5, { estimatedWaitTime: 100 }) },
      expect: { events: ['CALLBACK_UPCOMING'], waits: ['100'], ttl: ['100s'] },
    },
    {
      name: 'who is farther away by now is told nothing',
      given: { after: near, current: writtenAfter(110, { estimatedWaitTime: 310 }) },
      expect: { events: [], waits: [], ttl: [] },
    },
    {
      name: 'who would be purged before their turn by now is told nothing',
      given: {
        after: document({ estimatedWaitTime: 200 }),
        current: writtenAfter(110, { estimatedWaitTime: 200, expirationTime: timestamp(monday + 5 * minute) }),
      },
      expect: { events: [], waits: [], ttl: [] },
    },
  ])('$name', async ({ given: { after, current }, expect: expected }) => {
    const room = createRoom();
    room.documents.set('callback-1', current);
    room.state.now += twoMinutes;
    await room.onChange(aChange({ after }));
    expect({
      events: room.sent.map(({ message }) => message.data['event']),
      waits: room.sent.map(({ message }) => message.data['estimatedWaitTime']),
      ttl: room.sent.map(({ message }) => message.android['ttl']),
    }).toEqual(expected);
  });

  test('the settings are those of the queue that it waits in now', async () => {
    const delivered: Announcement[] = [];
    const { callback } = readCallback(writtenAfter(1, { serviceName: 'support', estimatedWaitTime: 400 }));
    const announce = createAnnouncer({
      settingsOf: (serviceName) =>
        Promise.resolve(someSettings({ pushNotificationThresholdMinutes: serviceName === 'support' ? 10 : 5 })),
      currentCallback: () => Promise.resolve(callback),
      truth: createTruth({ callbacks: { readAsOf: () => Promise.resolve(undefined) }, now: () => monday + late }),
      deliver: (announcement) => Promise.resolve(void delivered.push(announcement)),
      noteRebooking: () => Promise.resolve(),
      log: () => undefined,
      now: () => monday + late,
      freshForMs: 5 * second,
    });
    await announce(aChange());
    expect(delivered).toEqual([
      {
        callbackId: 'callback-1',
        callback,
        notice: { event: 'CALLBACK_UPCOMING', occasion: callback.booking },
        settings: someSettings({ pushNotificationThresholdMinutes: 10 }),
        changedAt: monday,
        trueAt: monday + late,
        deleted: false,
      },
    ]);
  });
});

describe('of several turns of one consumer', () => {
  const consumerDials = { callDirection: 'USERORIGINATED' };
  const turn = { ...consumerDials, callbackState: 'ROUTING' };
  const waits = writtenAfter(-60, consumerDials);
  const entered = writtenAfter(0, turn);

  async function tellEntry(states: readonly StoredDocument[], by = late) {
    const room = createRoom();
    room.former.set('callback-1', states.slice(0, -1));
    room.documents.set('callback-1', states.at(-1) ?? entered);
    room.state.now += by;
    await room.onChange(aChange({ before: waits, after: entered }));
    return { sent: room.sent.length, reads: room.readCallbacks.length, log: room.logged() };
  }

  test.each<{ name: string; given: readonly StoredDocument[]; expect: object }>([
    {
      name: 'the one that lasts is told, with one read',
      given: [waits, entered],
      expect: { sent: 1, reads: 1, log: ['notice-settled'] },
    },
    {
      name: 'the one that lasts is told, though the document was written since: history says so',
      given: [waits, entered, writtenAfter(3, { ...turn, positionInQueue: 1 })],
      expect: { sent: 1, reads: 3, log: ['notice-settled'] },
    },
    {
      name: 'the one before is not told any more',
      given: [waits, entered, writtenAfter(2, consumerDials), writtenAfter(4, turn)],
      expect: { sent: 0, reads: 2, log: ['notice-superseded'] },
    },
  ])('$name', async ({ given, expect: expected }) => {
    expect(await tellEntry(given)).toEqual(expected);
  });

  test('whoever adds a device is told the one that lasts, once', async () => {
    const room = createRoom();
    const noDevices = writtenAfter(0, { ...turn, pushTargets: [] });
    const added = writtenAfter(3, turn);
    room.former.set('callback-1', [waits, noDevices]);
    room.documents.set('callback-1', added);
    room.state.now += 3 * second;
    const changes = [
      aChange({ before: waits, after: noDevices }),
      aChange({ before: noDevices, after: added, changedAt: monday + 3 * second }),
    ];
    for (const change of [...changes, ...changes]) await room.onChange(change);
    const occasions = [...room.entries.values()].map(({ entry }) => entry.notice.occasion);
    expect([room.sent.length, occasions]).toEqual([1, [noDevices.updateTime]]);
  });

  test.each([
    { name: 'long ago is told to whoever adds a device', ago: 660, sent: 1, log: ['notice-settled'] },
    { name: 'longer ago than anybody remembers is not', ago: 3500, sent: 0, log: ['notice-superseded'] },
  ])('one that began $name', async ({ ago, sent, log }) => {
    const room = createRoom();
    const noDevices = writtenAfter(-ago, { ...turn, pushTargets: [] });
    room.former.set('callback-1', [writtenAfter(-ago - 60, consumerDials), noDevices]);
    room.documents.set('callback-1', entered);
    await room.onChange(aChange({ before: noDevices, after: entered }));
    expect([room.sent.length, room.logged()]).toEqual([sent, log]);
  });
});

test('what one change tells goes out one after the other, in the order of the table', async () => {
  const room = createRoom();
  const callIn = { id: 'call-in-1', toPhoneNumber: '+18005550100', expirationTime: timestamp(monday + minute) };
  let underWay = 0;
  const atOnce: number[] = [];
  room.state.answer = async () => {
    atOnce.push(++underWay);
    await new Promise(setImmediate);
    underWay--;
    return accepted;
  };
  const after = document({ dialAttempts: 1, lastDialResult: 'BUSY', callIn });
  await room.onChange(aChange({ after }));
  expect([atOnce, room.sent.map(({ message }) => message.data['event'])]).toEqual([
    [1, 1],
    ['CALLBACK_ATTEMPT_FAILED', 'CALLBACK_CALL_IN'],
  ]);
});

test('a late event pushes to the devices that the callback names now', async () => {
  const room = createRoom();
  room.documents.set(
    'callback-1',
    document({ estimatedWaitTime: 200, pushTargets: [{ channel: 'FCM', target: 'new' }] }),
  );
  room.state.now += late;
  await room.onChange(aChange());
  expect(room.sent.map(({ target }) => target)).toEqual(['new']);
});

test('the same event twice pushes once', async () => {
  const room = createRoom();
  await room.onChange(aChange());
  await room.onChange(aChange());
  expect([room.sent.length, room.logged()]).toEqual([1, ['notice-settled', 'notice-claimed-before']]);
});

test('one notice that fails does not keep the other from its consumer, and the event comes again', async () => {
  const room = createRoom();
  const callIn = { id: 'call-in-1', toPhoneNumber: '+18005550100', expirationTime: timestamp(monday + minute) };
  room.ledger.fails = (() => {
    let failures = 1;
    return (operation) => operation.startsWith('claim') && failures-- > 0;
  })();
  const change = aChange({ after: document({ dialAttempts: 1, lastDialResult: 'BUSY', callIn }) });
  await expect(room.onChange(change)).rejects.toThrow('UNAVAILABLE');
  expect(room.sent.map(({ message }) => message.data['event'])).toEqual(['CALLBACK_CALL_IN']);
  await room.onChange(change);
  expect(room.sent.map(({ message }) => message.data['event'])).toEqual([
    'CALLBACK_CALL_IN',
    'CALLBACK_ATTEMPT_FAILED',
  ]);
});

test('the event of a deletion comes again until its push has gone out', async () => {
  const room = createRoom();
  const deletion = aChange({ after: undefined });
  room.state.answer = () => tryLater;
  await expect(room.onChange(deletion)).rejects.toThrow(RedeliveryNeeded);
  await expect(room.onChange(deletion)).rejects.toThrow(RedeliveryNeeded);
  room.state.now += 10 * second;
  room.state.answer = () => accepted;
  await room.onChange(deletion);
  await room.onChange(deletion);
  expect([room.sent.length, room.settled()]).toEqual([2, [{ event: 'CALLBACK_PURGED', state: 'SENT' }]]);
});

test('a deletion that nobody could be told in time comes no more', async () => {
  const room = createRoom();
  room.state.answer = () => tryLater;
  await expect(room.onChange(aChange({ after: undefined }))).rejects.toThrow(RedeliveryNeeded);
  room.state.now += hour;
  await room.onChange(aChange({ after: undefined }));
  expect(room.logged().at(-1)).toBe('notice-stale');
});

test('nothing that is logged holds a device, a phone number or a code', async () => {
  const room = createRoom();
  const secrets = [aToken(), '+15550001111', '+18005550100', '0042', 'vip customer'];
  const callIn = {
    id: 'call-in-1',
    toPhoneNumber: '+18005550100',
    accessCode: '0042',
    expirationTime: timestamp(monday + minute),
  };
  const rich = { callIn, userData: { note: 'vip customer' }, estimatedWaitTime: 200 };
  room.state.answer = () => tryLater;
  room.state.queueFails = true;
  await room.onChange(aChange({ after: document(rich) }));
  await room.onChange(aChange({ after: document({ ...rich, language: 5 }) }));
  await room.onChange(aChange({ before: document(rich), after: undefined })).catch(() => undefined);
  const logged = JSON.stringify(room.lines);
  expect([room.lines.length > 5, secrets.filter((secret) => logged.includes(secret))]).toEqual([true, []]);
});
