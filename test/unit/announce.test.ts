import type { Change } from '../../functions/src/delivery/announce.ts';
import type { CallbackDocument } from '../../functions/src/callback/callback-store.ts';
import { RedeliveryNeeded } from '../../functions/src/delivery/deliver.ts';
import type { LogEvent } from '../../functions/src/base/log.ts';
import { aToken, callbackFields, hour, minute, monday, second, timestamp } from '../support/builders.ts';
import { accepted, createRoom, tryLater } from './doubles.ts';

const document = (changes: Readonly<Record<string, unknown>> = {}): CallbackDocument => ({
  data: callbackFields(changes),
  createTime: '0.000000001',
  updateTime: '1.000000001',
});
const asPurged = { callbackState: 'COMPLETED', callbackReason: 'PURGED' };
const far = document({ estimatedWaitTime: 900 });
const near = document({ estimatedWaitTime: 200 });
const nearer = document({ estimatedWaitTime: 100 });
const malformed = document({ phoneNumber: 17, callbackState: 'QUEUD' });

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
  readonly given: { readonly change?: Partial<Change>; readonly late?: number; readonly current?: CallbackDocument };
  readonly expect: {
    readonly reads: number;
    readonly pushes: number;
    readonly log: readonly LogEvent[];
    readonly io?: number;
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
    expect: { reads: 0, pushes: 0, log: ['change-ignored'], io: 0 },
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
    name: 'a malformed document is reported and does not come again',
    given: { change: { after: malformed } },
    expect: { reads: 0, pushes: 0, log: ['callback-rejected'], io: 0 },
  },
  {
    name: 'a malformed document was reported when it was written, not when it is put right',
    given: { change: { before: malformed } },
    expect: { reads: 0, pushes: 0, log: ['change-ignored'], io: 0 },
  },
  {
    name: 'a malformed document was reported when it was written, not when it is deleted',
    given: { change: { before: malformed, after: undefined } },
    expect: { reads: 0, pushes: 0, log: [], io: 0 },
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
  const { reads, pushes, log, io = 2 } = expected;
  expect({
    reads: room.readCallbacks.length,
    pushes: room.sent.length,
    log: room.logged(),
    io: room.operations.length,
  }).toEqual({ reads, pushes, log, io });
});

test('all problems of a malformed document are named in one line', async () => {
  const room = createRoom();
  await room.onChange(aChange({ after: malformed }));
  expect(room.lines).toEqual([
    {
      severity: 'ERROR',
      event: 'callback-rejected',
      fields: {
        callbackId: 'callback-1',
        eventId: 'event-1',
        problems: [expect.stringMatching(/^phoneNumber: /), expect.stringMatching(/^callbackState: /)],
      },
    },
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
  const change = aChange({ after: document({ estimatedWaitTime: 200, callIn }) });
  await expect(room.onChange(change)).rejects.toThrow('UNAVAILABLE');
  expect(room.sent.map(({ message }) => message.data['event'])).toEqual(['CALLBACK_UPCOMING']);
  await room.onChange(change);
  expect(room.sent.map(({ message }) => message.data['event'])).toEqual(['CALLBACK_UPCOMING', 'CALLBACK_CALL_IN']);
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
