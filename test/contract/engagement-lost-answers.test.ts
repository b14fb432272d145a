import { Firestore } from '../../local/functions-firestore.ts';
import { Refusal } from '../../local/firestore/document/refusal.ts';
import { aBooking, createEngagementRoom, envelopeOf, type EngagementRoom } from '../support/engagement-room.ts';
import { hour, monday } from '../support/builders.ts';
import { freshId, LocalFirestore } from './firestore-support/local-firestore.ts';

/** Commits that are carried out although their caller is told that they may not have been. */
const local = new LocalFirestore(Firestore);
let lost = 0;
let room: EngagementRoom;
let key: string;
let queue: string;

beforeAll(async () => {
  await local.start({
    tap: {
      before: () => undefined,
      after(call) {
        if (lost === 0 || !/commit/i.test(call)) return;
        lost -= 1;
        throw new Refusal('UNAVAILABLE', 'the answer was lost');
      },
    },
  });
  room = createEngagementRoom(local.db);
  key = await room.key();
});
afterAll(() => local.stop());
beforeEach(() => {
  queue = freshId();
});
afterEach(() => {
  expect([lost, room.bugs]).toEqual([0, []]);
});

const callIn = { groupName: 'group', numbers: ['+18005550199'] };

/** The request, the answer of whose commit is lost. */
async function losing(path: string, body: object, idempotencyKey?: string) {
  lost = 1;
  return room.ask('POST', path, { key, body, ...(idempotencyKey !== undefined && { idempotencyKey }) });
}

async function inQueue(): Promise<string[]> {
  return (await local.db.collection('callbacks').where('serviceName', '==', queue).get()).docs.map(({ id }) => id);
}

test.each<{ name: string; settings: object; idempotencyKey?: string }>([
  { name: 'a create', settings: {} },
  { name: 'a create with an Idempotency-Key', settings: {}, idempotencyKey: 'one' },
  { name: 'the last create that the number may have', settings: { maxCallbacksPerNumber: 1 } },
  { name: 'the create that fills a slot', settings: { capacity: { perSlot: 1 } } },
  {
    name: 'the create that fills a slot, with an Idempotency-Key',
    settings: { capacity: { perSlot: 1 } },
    idempotencyKey: 'two',
  },
])('$name is answered with the one callback that it made', async ({ settings, idempotencyKey }) => {
  await room.settings(queue, settings);
  const desiredTime = new Date(monday + hour).toISOString();
  const answer = await losing('/callbacks/create', aBooking({ serviceName: queue, desiredTime }), idempotencyKey);
  expect(answer.status).toBe(200);
  expect(await inQueue()).toEqual([envelopeOf(answer).data?.['id']]);
});

test.each([[undefined], ['three']])(
  'an acceptance is answered with what to dial (Idempotency-Key: %s)',
  async (once) => {
    await room.settings(queue, { callDirection: 'USERORIGINATED', callIn });
    const created = await room.ask('POST', '/callbacks/create', { key, body: aBooking({ serviceName: queue }) });
    const callbackServiceId = String(envelopeOf(created).data?.['id']);
    await local.db.collection('callbacks').doc(callbackServiceId).update({ callbackState: 'ROUTING' });
    const accepted = await losing('/call-in/requests/create', { groupName: 'group', callbackServiceId }, once);
    expect(accepted.status).toBe(200);
    const { id, accessCode } = envelopeOf(accepted).data ?? {};
    expect(await room.document(callbackServiceId)).toMatchObject({ callIn: { id, accessCode } });
  },
);

test.each(['cancel', 'reschedule'])('a %s is done, and says so', async (what) => {
  const created = await room.ask('POST', '/callbacks/create', { key, body: aBooking({ serviceName: queue }) });
  const id = envelopeOf(created).data?.['id'];
  const desiredTime = new Date(monday + hour).toISOString();
  const answer = await losing(`/callbacks/${what}`, { id, ...(what === 'reschedule' && { desiredTime }) });
  expect(answer.status).toBe(200);
});
