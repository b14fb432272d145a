import { Firestore } from '../../local/functions-firestore.ts';
import { rememberMs } from '../../functions/src/engagement/idempotency.ts';
import { hour, monday } from '../support/builders.ts';
import { aBooking, createEngagementRoom, envelopeOf, type EngagementRoom } from '../support/engagement-room.ts';
import { freshId, useLocalFirestore } from './firestore-support/local-firestore.ts';

const local = useLocalFirestore(Firestore);
let room: EngagementRoom;
let key: string;
let queue: string;

beforeEach(async () => {
  room = createEngagementRoom(local.db);
  key = await room.key();
  queue = freshId();
});
afterEach(() => {
  expect(room.bugs).toEqual([]);
});

const create = (fields: object = {}, asked: object = {}) =>
  room.ask('POST', '/callbacks/create', { key, body: aBooking({ serviceName: queue, ...fields }), ...asked });
const inQueue = async () =>
  (await local.db.collection('callbacks').where('serviceName', '==', queue).count().get()).data().count;

test.each([
  ['nothing is limited', {}],
  ['the number is', { maxCallbacksPerNumber: 1 }],
  ['the number and the slot are', { maxCallbacksPerNumber: 1, capacity: { perSlot: 1 } }],
])(
  '200 concurrent creates with one Idempotency-Key are one callback, where %s',
  async (_, settings) => {
    await room.settings(queue, settings);
    const instances = Array.from({ length: 4 }, room.instance);
    const body = aBooking({ serviceName: queue, desiredTime: new Date(monday + hour).toISOString() });
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_unused, index) =>
        room.ask('POST', '/callbacks/create', { key, body, idempotencyKey: 'one' }, instances[index % 4]),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => envelopeOf(answer).data?.['id'])).size).toBe(1);
    expect(await inQueue()).toBe(1);
  },
  60_000,
);

test('a repeated call-in is answered the same; another request with the key is refused', async () => {
  const group = freshId();
  await room.settings(queue, {
    callDirection: 'USERORIGINATED',
    callIn: { groupName: group, numbers: ['+18005550199'] },
  });
  const id = String(envelopeOf(await create()).data?.['id']);
  await local.db.collection('callbacks').doc(id).update({ callbackState: 'ROUTING' });
  const accept = (fields: object = {}) =>
    room.ask('POST', '/call-in/requests/create', {
      key,
      body: { groupName: group, callbackServiceId: id, ...fields },
      idempotencyKey: 'one',
    });
  const [first, second] = [await accept(), await accept()];
  expect(first.status).toBe(200);
  expect(envelopeOf(second).data).toEqual(envelopeOf(first).data);
  const other = await accept({ fromPhoneNumber: '+493055501000' });
  expect([other.status, envelopeOf(other).status.errorCode]).toEqual([422, 'idempotency-key-reused']);
});

test('repeated at once by many after a day, it is done once more, and no more', async () => {
  const one = () => create({}, { idempotencyKey: 'one' });
  await one();
  room.state.now += rememberMs;
  const answers = await Promise.all(Array.from({ length: 12 }, one));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(new Set(answers.map((answer) => envelopeOf(answer).data?.['id'])).size).toBe(1);
  expect(await inQueue()).toBe(2);
});

test('a header that is no key is refused', async () => {
  for (const idempotencyKey of ['', 'with blanks', 'x'.repeat(256), 'ä'])
    expect((await create({}, { idempotencyKey })).status).toBe(400);
});

interface Cost {
  readonly documentReads: number;
  readonly documentWrites: number;
}

async function costOf(act: () => Promise<unknown>): Promise<Cost> {
  const counted = async () => (await local.http('GET', '/local/counters')).body as Cost;
  const before = await counted();
  await act();
  const after = await counted();
  return {
    documentReads: after.documentReads - before.documentReads,
    documentWrites: after.documentWrites - before.documentWrites,
  };
}

test.each<{ name: string; settings: object; asked: object; expect: Cost }>([
  { name: 'as it is', settings: {}, asked: {}, expect: { documentReads: 0, documentWrites: 1 } },
  {
    name: 'with an Idempotency-Key',
    settings: {},
    asked: { idempotencyKey: 'one' },
    expect: { documentReads: 0, documentWrites: 2 },
  },
  {
    name: 'with an Idempotency-Key, a capacity and a limit of the number',
    settings: { capacity: { perSlot: 1000 }, maxCallbacksPerNumber: 1000 },
    asked: { idempotencyKey: 'one' },
    expect: { documentReads: 2, documentWrites: 2 },
  },
])('a warm create costs at most two writes and two reads: $name', async ({ settings, asked, expect: expected }) => {
  await room.settings(queue, settings);
  const desiredTime = new Date(monday + hour).toISOString();
  await create({ desiredTime });
  expect(await costOf(() => create({ desiredTime }, asked))).toEqual(expected);
});

test('a call-in costs what its description says', async () => {
  const group = freshId();
  await room.settings(queue, {
    callDirection: 'USERORIGINATED',
    callIn: { groupName: group, numbers: ['+18005550199'] },
  });
  const id = String(envelopeOf(await create()).data?.['id']);
  await local.db.collection('callbacks').doc(id).update({ callbackState: 'ROUTING' });
  const callIn = (fields: object) => () =>
    room.ask('POST', '/call-in/requests/create', { key, body: { groupName: group, ...fields } });
  await callIn({})();
  expect(await costOf(callIn({}))).toEqual({ documentReads: 1, documentWrites: 1 });
  expect(await costOf(callIn({ callbackServiceId: id }))).toEqual({ documentReads: 3, documentWrites: 2 });
});
