import { randomUUID } from 'node:crypto';
import { Firestore, Timestamp } from '../../local/functions-firestore.ts';
import { hour, minute, monday } from '../support/builders.ts';
import {
  aBooking,
  aDevice,
  createEngagementRoom,
  envelopeOf,
  type EngagementRoom,
} from '../support/engagement-room.ts';
import { freshId, useLocalFirestore } from './firestore-support/local-firestore.ts';

const local = useLocalFirestore(Firestore);
let room: EngagementRoom;
let key: string;
/** A queue of the test's own. */
let queue: string;

beforeEach(async () => {
  room = createEngagementRoom(local.db);
  key = await room.key();
  queue = freshId();
});
afterEach(() => {
  expect(room.bugs).toEqual([]);
});

const post = (path: string, body: object, asked: object = {}) => room.ask('POST', path, { key, body, ...asked });
const outcome = (path: string, body: object) => room.outcome('POST', path, { key, body });
const booking = (fields: object = {}) => aBooking({ serviceName: queue, ...fields });
const get = (path: string, query: object = {}) => room.ask('GET', path, { key, query: { ...query } });
const at = (epochMilliseconds: number) => new Date(epochMilliseconds).toISOString();

async function booked(fields: object = {}): Promise<string> {
  const { data } = envelopeOf(await post('/callbacks/create', booking(fields)));
  return String(data?.['id']);
}

const update = (id: string, fields: object) => local.db.collection('callbacks').doc(id).update(fields);

describe('create', () => {
  test('writes the document that the callback system and the pushes work with', async () => {
    const userData = { name: 'Ada', 'not a name': 1, __proto: 2 };
    const answer = await post(
      '/callbacks/create',
      booking({ phoneNumber: '+49 (30) 555 01000', language: 'de-DE', priority: 5, userData, captchaToken: 'x' }),
    );
    expect(answer).toMatchObject({ status: 200, body: { status: { code: 0, message: 'Successful' } } });
    const id = String(envelopeOf(answer).data?.['id']);
    expect(id).toMatch(/^[\da-f-]{36}$/);
    expect(await room.document(id)).toEqual({
      serviceName: queue,
      phoneNumber: '+493055501000',
      callDirection: 'USERTERMINATED',
      callbackState: 'QUEUED',
      language: 'de-DE',
      priority: 5,
      pushTargets: aDevice,
      userData: { name: 'Ada', __proto: 2 },
      createdAt: Timestamp.fromMillis(monday),
    });
  });

  test('with a desired time it is scheduled', async () => {
    const id = await booked({ desiredTime: '2026-03-02T15:30:00.000+01:00' });
    expect(await room.document(id)).toMatchObject({
      callbackState: 'SCHEDULED',
      desiredTime: Timestamp.fromDate(new Date('2026-03-02T14:30:00Z')),
    });
  });

  test.each<{ name: string; settings?: object; request: object; expect: [number, string] }>([
    { name: 'no number', request: { phoneNumber: undefined }, expect: [400, 'invalid-parameters'] },
    {
      name: 'an extension, which nobody can dial',
      request: { phoneNumber: '+49 30 55501000 ext. 12' },
      expect: [400, 'phone-number-implausible'],
    },
    { name: 'a number nobody can have', request: { phoneNumber: '+4912' }, expect: [400, 'phone-number-implausible'] },
    {
      name: 'a number without its country',
      request: { phoneNumber: '03055501000' },
      expect: [400, 'phone-number-implausible'],
    },
    { name: 'a queue that is no name', request: { serviceName: 'a/b' }, expect: [400, 'invalid-parameters'] },
    {
      name: 'another push channel',
      request: { pushTargets: [{ channel: 'APNS', target: 'x' }] },
      expect: [400, 'invalid-parameters'],
    },
    { name: 'a language that is none', request: { language: 'no language' }, expect: [400, 'invalid-parameters'] },
    {
      name: 'a day that there is not',
      request: { desiredTime: '2026-02-31T10:00:00Z' },
      expect: [400, 'invalid-parameters'],
    },
    {
      name: 'a time without an offset',
      request: { desiredTime: '2026-03-02T10:00:00' },
      expect: [400, 'invalid-parameters'],
    },
    { name: 'yesterday', request: { desiredTime: at(monday - 24 * hour) }, expect: [400, 'desired-time-past'] },
    {
      name: 'in two years',
      request: { desiredTime: at(monday + 800 * 24 * hour) },
      expect: [400, 'desired-time-too-far'],
    },
    { name: 'a list in a list', request: { userData: { a: [[1]] } }, expect: [400, 'invalid-parameters'] },
    {
      name: 'no device where the consumer dials',
      settings: { callDirection: 'USERORIGINATED' },
      request: { pushTargets: [] },
      expect: [400, 'push-targets-missing'],
    },
    {
      name: 'now, where only later is offered',
      settings: { immediateCallbackEnabled: false },
      request: {},
      expect: [400, 'not-offered'],
    },
    {
      name: 'later, where only now is offered',
      settings: { scheduledCallbackEnabled: false },
      request: { desiredTime: at(monday + hour) },
      expect: [400, 'not-offered'],
    },
    {
      name: 'now, where the queue is closed',
      settings: {
        businessHours: { timeZone: 'Europe/Berlin', weekly: { tuesday: [{ open: '08:00', close: '18:00' }] } },
      },
      request: {},
      expect: [400, 'queue-closed'],
    },
    {
      name: 'a time at which it is closed: the closing moment itself',
      settings: {
        businessHours: { timeZone: 'Europe/Berlin', weekly: { monday: [{ open: '08:00', close: '18:00' }] } },
      },
      request: { desiredTime: '2026-03-02T18:00:00+01:00' },
      expect: [400, 'queue-closed'],
    },
  ])('refuses $name', async ({ settings = {}, request, expect: expected }) => {
    await room.settings(queue, settings);
    expect(await outcome('/callbacks/create', booking(request))).toEqual(expected);
  });

  test('a national number is dialled from the country of its queue', async () => {
    await room.settings(queue, { country: 'US' });
    expect(await room.document(await booked({ phoneNumber: '(650) 253-0000' }))).toMatchObject({
      phoneNumber: '+16502530000',
    });
  });

  test('one number has as many callbacks in a queue as it may have, however it is written', async () => {
    await room.settings(queue, { maxCallbacksPerNumber: 2 });
    const first = await booked();
    await booked({ phoneNumber: '+49 30 555 01000' });
    expect(await outcome('/callbacks/create', booking())).toEqual([400, 'number-limit-reached']);
    expect(await outcome('/callbacks/create', booking({ phoneNumber: '+493055501001' }))).toEqual([200]);
    await update(first, { callbackState: 'COMPLETED' });
    expect(await outcome('/callbacks/create', booking())).toEqual([200]);
  });

  test('a full slot is answered with the next ones that have room', async () => {
    await room.settings(queue, { capacity: { slotMinutes: 30, perSlot: 1 } });
    const desiredTime = '2026-03-02T14:10:00.000Z';
    await booked({ desiredTime });
    await booked({ desiredTime: '2026-03-02T14:45:00.000Z' });
    const answer = await post('/callbacks/create', booking({ desiredTime: '2026-03-02T14:29:59.999Z' }));
    expect([answer.status, envelopeOf(answer).status.errorCode]).toEqual([429, 'capacity-exhausted']);
    expect(envelopeOf(answer).data).toEqual({
      slots: Object.fromEntries(
        ['15:00', '15:30', '16:00', '16:30', '17:00'].map((time) => [`2026-03-02T${time}:00.000Z`, '1']),
      ),
    });
  });

  test('of many that want the last places as many get one as there are', async () => {
    await room.settings(queue, { capacity: { perSlot: 3 } });
    const request = (index: number) =>
      booking({ desiredTime: '2026-03-02T14:10:00.000Z', phoneNumber: `+4930555010${10 + index}` });
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => (await post('/callbacks/create', request(index))).status),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    expect(statuses.filter((status) => status === 429)).toHaveLength(9);
  });
});

describe('retrieve, cancel, reschedule', () => {
  test('a query tells what Genesys tells, and no target', async () => {
    const id = await booked({ desiredTime: at(monday + hour) });
    await update(id, { callbackState: 'QUEUED', estimatedWaitTime: 120, positionInQueue: 3 });
    expect(envelopeOf(await post('/callbacks/retrieve', { id })).data).toEqual({
      id,
      phoneNumber: '+493055501000',
      desiredTime: at(monday + hour),
      callbackState: 'QUEUED',
      estimatedWaitTime: 120,
      positionInQueue: 3,
    });
    await update(id, { callbackState: 'COMPLETED', callbackReason: 'AGENT_CONNECTED' });
    expect(envelopeOf(await post('/callbacks/retrieve', { id })).data).toEqual({
      id,
      phoneNumber: '+493055501000',
      desiredTime: at(monday + hour),
      callbackState: 'COMPLETED',
      callbackReason: 'AGENT_CONNECTED',
    });
  });

  test('cancelling twice is cancelling once', async () => {
    const id = await booked();
    expect(envelopeOf(await post('/callbacks/cancel', { id })).data).toEqual({ id });
    expect(await room.document(id)).toMatchObject({ callbackState: 'COMPLETED', callbackReason: 'CANCELLED' });
    expect(await outcome('/callbacks/cancel', { id })).toEqual([200]);
  });

  test.each(['cancel', 'reschedule'])(
    'nobody can %s what an agent has, what is over, or what is not there',
    async (verb) => {
      const id = await booked();
      const request = { id, desiredTime: at(monday + 2 * hour) };
      await update(id, { callbackState: 'PROCESSING' });
      expect(await outcome(`/callbacks/${verb}`, request)).toEqual([400, 'callback-processing']);
      await update(id, { callbackState: 'COMPLETED', callbackReason: 'AGENT_CONNECTED' });
      expect(await outcome(`/callbacks/${verb}`, request)).toEqual([400, 'callback-completed']);
      expect(await outcome(`/callbacks/${verb}`, { ...request, id: randomUUID() })).toEqual([
        404,
        'callback-not-found',
      ]);
    },
  );

  test.each(['cancel', 'reschedule'])('a %s touches no field that is not its own', async (verb) => {
    const id = await booked();
    const exact = 9_007_199_254_740_993n;
    const precise = local.client({ useBigInt: true });
    await precise
      .collection('callbacks')
      .doc(id)
      .update({ ixn: exact, userData: { account: exact } });
    expect(await outcome(`/callbacks/${verb}`, { id, desiredTime: at(monday + hour) })).toEqual([200]);
    const kept = (await precise.collection('callbacks').doc(id).get()).data();
    expect(kept).toMatchObject({ ixn: exact, userData: { account: exact } });
  });

  test('rescheduled it begins anew', async () => {
    await room.settings(queue, { capacity: { perSlot: 1 } });
    const id = await booked({ desiredTime: at(monday + hour) });
    await update(id, { callbackState: 'QUEUED', estimatedWaitTime: 10, dialAttempts: 2, lastDialResult: 'BUSY' });
    const answer = await post('/callbacks/reschedule', { id, desiredTime: at(monday + 3 * hour) });
    expect(envelopeOf(answer).data).toEqual({
      id,
      phoneNumber: '+493055501000',
      callbackState: 'SCHEDULED',
      desiredTime: at(monday + 3 * hour),
    });
    expect(Object.keys((await room.document(id)) ?? {}).toSorted()).toEqual([
      'callDirection',
      'callbackState',
      'createdAt',
      'desiredTime',
      'language',
      'phoneNumber',
      'pushTargets',
      'serviceName',
    ]);
  });

  test('within a full slot one’s own place is one’s own; another full slot is refused', async () => {
    await room.settings(queue, { capacity: { perSlot: 1 } });
    const id = await booked({ desiredTime: at(monday + hour) });
    await booked({ desiredTime: at(monday + 2 * hour) });
    expect(await outcome('/callbacks/reschedule', { id, desiredTime: at(monday + hour + 5 * minute) })).toEqual([200]);
    expect(await outcome('/callbacks/reschedule', { id, desiredTime: at(monday + 2 * hour) })).toEqual([
      429,
      'capacity-exhausted',
    ]);
  });
});

describe('call-in', () => {
  let group: string;
  beforeEach(async () => {
    group = freshId();
    const callIn = { groupName: group, numbers: ['+18005550199'], accessCodeLength: 4, expirySeconds: 600 };
    await room.settings(queue, { callDirection: 'USERORIGINATED', callIn });
  });
  const request = (fields: object = {}) => ({ groupName: group, ...fields });
  const ready = async () => {
    const id = await booked();
    await update(id, { callbackState: 'ROUTING' });
    return id;
  };

  test('an acceptance answers what to dial and writes it onto the callback', async () => {
    const id = await ready();
    const answer = await post(
      '/call-in/requests/create',
      request({ callbackServiceId: id, fromPhoneNumber: '+49 30 55501000' }),
    );
    const data = envelopeOf(answer).data ?? {};
    expect(data).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      groupName: group,
      toPhoneNumber: '+18005550199',
      accessCode: expect.stringMatching(/^[1-9]\d{3}$/) as string,
      expirationTime: monday + 10 * minute,
      fromPhoneNumber: '+49 30 55501000',
      callbackServiceId: id,
    });
    const callIn = {
      id: data['id'],
      groupName: group,
      toPhoneNumber: '+18005550199',
      accessCode: data['accessCode'],
      fromPhoneNumber: '+493055501000',
      expirationTime: Timestamp.fromMillis(monday + 10 * minute),
    };
    expect(await room.document(id)).toMatchObject({ callbackState: 'ROUTING', callIn });
    const record = await local.db
      .collection('callInRequests')
      .doc(`${group}~${String(data['accessCode'])}`)
      .get();
    expect(record.data()).toMatchObject({ ...callIn, callbackServiceId: id });
  });

  test('without a callback it answers only', async () => {
    const { data } = envelopeOf(await post('/call-in/requests/create', request()));
    expect(Object.keys(data ?? {}).toSorted()).toEqual([
      'accessCode',
      'expirationTime',
      'groupName',
      'id',
      'toPhoneNumber',
    ]);
  });

  test.each<{ name: string; fields: object; expect: [number, string] }>([
    { name: 'is not ready', fields: { callbackState: 'QUEUED' }, expect: [400, 'callback-not-ready'] },
    { name: 'an agent has', fields: { callbackState: 'PROCESSING' }, expect: [400, 'callback-processing'] },
    { name: 'is over', fields: { callbackState: 'COMPLETED' }, expect: [400, 'callback-completed'] },
    { name: 'has expired', fields: { expirationTime: new Date(monday) }, expect: [400, 'callback-expired'] },
    { name: 'the centre dials', fields: { callDirection: 'USERTERMINATED' }, expect: [400, 'centre-dials'] },
  ])('nobody can accept a callback that $name', async ({ fields, expect: expected }) => {
    const id = await ready();
    await update(id, fields);
    expect(await outcome('/call-in/requests/create', request({ callbackServiceId: id }))).toEqual(expected);
  });

  test('of many acceptances one is taken; once it has lapsed the next turn can be accepted', async () => {
    const id = await ready();
    const accept = () => outcome('/call-in/requests/create', request({ callbackServiceId: id }));
    const outcomes = await Promise.all(Array.from({ length: 10 }, accept));
    expect(outcomes.filter(([status]) => status === 200)).toHaveLength(1);
    expect(outcomes.filter(([, code]) => code === 'already-accepted')).toHaveLength(9);
    room.state.now += 10 * minute;
    expect(await accept()).toEqual([200]);
  });

  test.each(['cancel', 'reschedule'])('after a %s its code lets nobody in', async (verb) => {
    const id = await ready();
    const { data } = envelopeOf(await post('/call-in/requests/create', request({ callbackServiceId: id })));
    const record = local.db.collection('callInRequests').doc(`${group}~${String(data?.['accessCode'])}`);
    expect((await record.get()).exists).toBe(true);
    expect(await outcome(`/callbacks/${verb}`, { id, desiredTime: at(monday + 2 * hour) })).toEqual([200]);
    expect((await record.get()).exists).toBe(false);
  });

  test('a call-in that the callback system wrote itself takes nobody else’s code along', async () => {
    const { data } = envelopeOf(await post('/call-in/requests/create', request()));
    const id = await ready();
    const { accessCode, toPhoneNumber } = data ?? {};
    const own = { id: 'own', groupName: group, accessCode, toPhoneNumber, expirationTime: new Date(monday + hour) };
    await update(id, { callIn: own });
    expect(await outcome('/callbacks/cancel', { id })).toEqual([200]);
    const record = local.db.collection('callInRequests').doc(`${group}~${String(accessCode)}`);
    expect((await record.get()).exists).toBe(true);
  });

  test('of queues that name the same group a key uses its own', async () => {
    const others = { callIn: { groupName: group, numbers: ['+18005550100'] } };
    // Before and after this queue, whichever comes first by its name.
    await room.settings(`a-${freshId()}`, others);
    await room.settings(`z-${freshId()}`, others);
    const own = await room.key({ queues: [queue] });
    const answer = await post('/call-in/requests/create', request(), { key: own });
    expect(envelopeOf(answer).data).toMatchObject({ toPhoneNumber: '+18005550199' });
  });

  test('never beyond the end of the callback', async () => {
    const id = await ready();
    await update(id, { expirationTime: new Date(monday + minute) });
    const { data } = envelopeOf(await post('/call-in/requests/create', request({ callbackServiceId: id })));
    expect(data?.['expirationTime']).toBe(monday + minute);
  });

  test('a group that nobody has, and a number nobody can have, are refused', async () => {
    expect(await outcome('/call-in/requests/create', { groupName: 'nowhere' })).toEqual([400, 'group-unknown']);
    expect(await outcome('/call-in/requests/create', request({ fromPhoneNumber: '12' }))).toEqual([
      400,
      'phone-number-implausible',
    ]);
  });

  test('live codes of a group differ', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => post('/call-in/requests/create', request())));
    const codes = answers.map((answer) => envelopeOf(answer).data?.['accessCode']);
    expect(new Set(codes).size).toBe(60);
  });

  test('a group without codes has none', async () => {
    await room.settings(queue, { callIn: { groupName: group, numbers: ['+18005550199'], accessCode: false } });
    const { data } = envelopeOf(await post('/call-in/requests/create', request()));
    expect(data).not.toHaveProperty('accessCode');
  });
});

describe('queues', () => {
  const berlin = { timeZone: 'Europe/Berlin', weekly: { monday: [{ open: '08:00', close: '18:00' }] } };

  test('open-for tells the seconds until it closes, 0 once it has', async () => {
    await room.settings(queue, { businessHours: berlin });
    const openFor = async (query: object = {}) => envelopeOf(await get(`/callbacks/open-for/${queue}`, query)).data;
    expect(await openFor()).toEqual({ openFor: 7 * 3600 });
    expect(await openFor({ start: '2026-03-02T17:59:30', timezone: 'Europe/Berlin' })).toEqual({ openFor: 30 });
    expect(await openFor({ start: '2026-03-03T10:00:00Z' })).toEqual({ openFor: 0 });
    expect(envelopeOf(await get(`/callbacks/open-for/${freshId()}`)).data).toEqual({ openFor: 604_800 });
  });

  test('a start beyond all calendars is refused', async () => {
    await room.settings(queue, { businessHours: berlin });
    for (const start of ['+275760-09-13T00:00:00Z', '-271821-04-20T00:00:00Z', '1969-12-31T23:59:59Z']) {
      for (const path of ['open-for', 'availability']) {
        const answer = await room.outcome('GET', `/callbacks/${path}/${queue}`, { key, query: { start } });
        expect([path, start, ...answer]).toEqual([path, start, 400, 'invalid-parameters']);
      }
    }
  });

  test('what opens between the hours can be booked from when it opens', async () => {
    const weekly = { monday: [{ open: '12:15', close: '12:45' }] };
    await room.settings(queue, { businessHours: { timeZone: 'UTC', weekly }, capacity: { perSlot: 1 } });
    const slots = async () => envelopeOf(await get(`/callbacks/availability/${queue}`)).data?.['slots'];
    expect(await slots()).toMatchObject([{ utcTime: '2026-03-02T12:15:00.000Z', capacity: 1 }]);
    expect(await outcome('/callbacks/create', booking({ desiredTime: '2026-03-02T12:15:00.000Z' }))).toEqual([200]);
    expect(await slots()).toEqual([]);
  });

  test('availability lists the open slots that have room, on the clocks that one asks for', async () => {
    await room.settings(queue, { businessHours: berlin, capacity: { slotMinutes: 60, perSlot: 2 } });
    const desiredTime = '2026-03-02T11:15:00Z';
    await booked({ desiredTime });
    await booked({ desiredTime });
    const query = { timezone: 'Europe/Berlin', maxTimeSlots: '2' };
    expect(envelopeOf(await get(`/callbacks/availability/${queue}`, query)).data).toEqual({
      durationMin: 60,
      timezone: 'Europe/Berlin',
      slots: [
        { utcTime: '2026-03-02T10:00:00.000Z', localTime: '2026-03-02T11:00:00.000+01:00', capacity: 2, total: 2 },
        { utcTime: '2026-03-02T12:00:00.000Z', localTime: '2026-03-02T13:00:00.000+01:00', capacity: 2, total: 2 },
      ],
    });
    const busy = envelopeOf(
      await get(`/callbacks/availability/${queue}`, { reportBusy: 'true', numberOfDays: '2' }),
    ).data;
    const slots = busy?.['slots'] as { utcTime: string; capacity: number }[];
    expect(slots.map(({ capacity }) => capacity)).toEqual([2, 0, 2, 2, 2, 2, 2]);
  });

  test.each<[string, object | undefined, object, object]>([
    ['nothing reported yet', undefined, {}, { ewt: -1, offerImmediateCallback: true, offerScheduledCallback: true }],
    [
      'no agents',
      { agentsLoggedIn: 0, estimatedWaitTime: 5 },
      {},
      { ewt: -1, offerImmediateCallback: false, offerScheduledCallback: true },
    ],
    [
      'a wait',
      { estimatedWaitTime: 600 },
      {},
      { ewt: 600, offerImmediateCallback: true, offerScheduledCallback: true },
    ],
    [
      'a wait beyond closing',
      { estimatedWaitTime: 8 * 3600 },
      { businessHours: berlin },
      { ewt: 28_800, offerImmediateCallback: false, offerScheduledCallback: true },
    ],
    [
      'a wait that cannot be',
      { estimatedWaitTime: 1e300 },
      { businessHours: berlin },
      { ewt: 1e300, offerImmediateCallback: false, offerScheduledCallback: true },
    ],
    [
      'neither offered',
      {},
      { immediateCallbackEnabled: false, scheduledCallbackEnabled: false },
      { ewt: -1, offerImmediateCallback: false, offerScheduledCallback: false },
    ],
  ])('queue-status: %s', async (_, reported, settings, expected) => {
    await room.settings(queue, settings);
    if (reported) await local.db.collection('queues').doc(queue).set(reported);
    expect(envelopeOf(await get(`/callbacks/queue-status/${queue}`)).data).toEqual(expected);
  });

  test('estimated waits come in the order that was asked for, with the codes of Genesys', async () => {
    const [known, unstaffed] = [freshId(), freshId()];
    await local.db.collection('queues').doc(known).set({ estimatedWaitTime: 90 });
    await local.db.collection('queues').doc(unstaffed).set({ estimatedWaitTime: 30, agentsLoggedIn: 0 });
    const asked = async (mode?: string) =>
      envelopeOf(
        await get('/estimated-wait-time', {
          'virtual-queues': `${known}, ${unstaffed},${queue}`,
          ...(mode && { mode }),
        }),
      ).data as unknown as { virtualQueue: string; estimatedWaitTime: number; resultCode: number }[];
    const told = (list: Awaited<ReturnType<typeof asked>>) =>
      list.map(({ virtualQueue, estimatedWaitTime, resultCode }) => [virtualQueue, estimatedWaitTime, resultCode]);
    expect(told(await asked())).toEqual([
      [known, 90, 0],
      [unstaffed, -1, -2],
      [queue, -1, -1],
    ]);
    expect(told(await asked('mode1'))[1]).toEqual([unstaffed, 30, 0]);
  });
});

describe('publish', () => {
  const request = (fields: object = {}) => ({ channel: 'FCM', target: 'phone', event: { title: 'Hello' }, ...fields });

  test('answers with FCM’s name, as an object or as JSON in a string', async () => {
    expect(envelopeOf(await post('/notification/publish', request())).data).toEqual({ name: 'projects/p/messages/1' });
    await post('/notification/publish', request({ event: '{"title":"Hello","body":"there"}', validate_only: true }));
    expect(room.sent.map(({ message, validateOnly }) => [message.notification, validateOnly])).toEqual([
      [{ title: 'Hello', body: '' }, false],
      [{ title: 'Hello', body: 'there' }, true],
    ]);
  });

  test.each<[string, EngagementRoom['state']['push'], [number, string]]>([
    [
      'a device that is gone',
      { outcome: 'target-gone', code: 'UNREGISTERED', detail: 'secret' },
      [400, 'push-refused'],
    ],
    [
      'a message FCM refuses',
      { outcome: 'refused', code: 'INVALID_ARGUMENT', detail: 'secret' },
      [400, 'push-refused'],
    ],
    [
      'FCM being down',
      { outcome: 'try-later', scope: 'provider', code: 'UNAVAILABLE', detail: 'secret', retryAfterMs: 30_000 },
      [503, 'push-unavailable'],
    ],
  ])('%s has a status of its own', async (_, push, expected) => {
    room.state.push = push;
    const answer = await post('/notification/publish', request());
    expect([answer.status, envelopeOf(answer).status.errorCode]).toEqual(expected);
    expect(JSON.stringify(answer)).not.toContain('secret');
    if (push.outcome === 'try-later') expect(answer.headers).toMatchObject({ 'retry-after': '30' });
  });

  test.each<[string, object, string]>([
    ['a twentieth of a second is 10 s', { scope: 'provider', code: 'UNAVAILABLE', retryAfterMs: 50 }, '10'],
    ['no word of when is 10 s', { scope: 'provider', code: 'UNAVAILABLE' }, '10'],
    ['no word of when the quota allows more is 60 s', { scope: 'quota', code: 'QUOTA_EXCEEDED' }, '60'],
  ])('the wait it asks for is never too short: %s', async (_, trouble, seconds) => {
    room.state.push = { outcome: 'try-later', detail: '', ...trouble } as EngagementRoom['state']['push'];
    const answer = await post('/notification/publish', request());
    expect(answer.headers).toMatchObject({ 'retry-after': seconds });
  });

  test('an event that is no notification is refused', async () => {
    for (const event of ['Hello', '[]', { text: 'Hello' }, 5])
      expect(await outcome('/notification/publish', request({ event }))).toEqual([400, 'invalid-parameters']);
  });
});
