import { randomUUID } from 'node:crypto';
import { Firestore } from '../../local/functions-firestore.ts';
import { scopes } from '../../functions/src/keys/api-key.ts';
import { minute } from '../support/builders.ts';
import { aBooking, createEngagementRoom, type EngagementRoom } from '../support/engagement-room.ts';
import { freshId, useLocalFirestore } from './firestore-support/local-firestore.ts';

const local = useLocalFirestore(Firestore);
let room: EngagementRoom;
/** A queue, its group, and a callback in it that can be accepted, rescheduled and cancelled. */
let queue: string;
let group: string;

beforeAll(async () => {
  room = createEngagementRoom(local.db);
  [queue, group] = [freshId(), freshId()];
  await room.settings(queue, {
    callDirection: 'USERORIGINATED',
    callIn: { groupName: group, numbers: ['+18005550199'] },
  });
});

async function aCallback(): Promise<string> {
  const id = randomUUID();
  await local.db
    .collection('callbacks')
    .doc(id)
    .set({ ...aBooking({ serviceName: queue }), callDirection: 'USERORIGINATED', callbackState: 'ROUTING' });
  return id;
}

interface Endpoint {
  readonly method: 'GET' | 'POST';
  readonly path: () => string;
  readonly body?: () => Promise<object>;
  readonly query?: () => Record<string, string>;
  /** Scopes that open it, by their first letters on the table below. */
  readonly open: readonly (typeof scopes)[number][];
  /** What a key of another queue is answered with; undefined where no queue is asked for. */
  readonly foreign: readonly [number, string] | undefined;
}

const withId = async (fields: object = {}) => ({ id: await aCallback(), ...fields });
const hidden = [404, 'callback-not-found'] as const;
const elsewhere = [403, 'queue-not-allowed'] as const;

const endpoints: Readonly<Record<string, Endpoint>> = {
  create: {
    method: 'POST',
    path: () => '/callbacks/create',
    body: () => Promise.resolve(aBooking({ serviceName: queue })),
    open: ['callbacks:write'],
    foreign: elsewhere,
  },
  retrieve: {
    method: 'POST',
    path: () => '/callbacks/retrieve',
    body: withId,
    open: ['callbacks:read'],
    foreign: hidden,
  },
  cancel: {
    method: 'POST',
    path: () => '/callbacks/cancel',
    body: withId,
    open: ['callbacks:write', 'call-in'],
    foreign: hidden,
  },
  reschedule: {
    method: 'POST',
    path: () => '/callbacks/reschedule',
    body: () => withId({ desiredTime: new Date(room.state.now + 60 * minute).toISOString() }),
    open: ['callbacks:write'],
    foreign: hidden,
  },
  'call-in of a callback': {
    method: 'POST',
    path: () => '/call-in/requests/create',
    body: async () => ({ groupName: group, callbackServiceId: await aCallback() }),
    open: ['call-in'],
    foreign: hidden,
  },
  'call-in': {
    method: 'POST',
    path: () => '/call-in/requests/create',
    body: () => Promise.resolve({ groupName: group }),
    open: ['call-in'],
    foreign: [400, 'group-unknown'],
  },
  publish: {
    method: 'POST',
    path: () => '/notification/publish',
    body: () => Promise.resolve({ channel: 'FCM', target: 'x', event: { title: 'x' } }),
    open: ['publish'],
    foreign: undefined,
  },
  'open-for': {
    method: 'GET',
    path: () => `/callbacks/open-for/${queue}`,
    open: ['callbacks:read'],
    foreign: elsewhere,
  },
  availability: {
    method: 'GET',
    path: () => `/callbacks/availability/${queue}`,
    open: ['callbacks:read'],
    foreign: elsewhere,
  },
  'queue-status': {
    method: 'GET',
    path: () => `/callbacks/queue-status/${queue}`,
    open: ['callbacks:read'],
    foreign: elsewhere,
  },
  'estimated-wait-time': {
    method: 'GET',
    path: () => '/estimated-wait-time',
    query: () => ({ 'virtual-queues': queue }),
    open: ['callbacks:read'],
    foreign: elsewhere,
  },
};

async function outcome({ method, path, body, query }: Endpoint, key: string | undefined): Promise<(number | string)[]> {
  return room.outcome(method, path(), { key, ...(body && { body: await body() }), ...(query && { query: query() }) });
}

describe.each(Object.entries(endpoints))('%s', (_, endpoint) => {
  test('without a key, and with one that is wrong or revoked', async () => {
    const revoked = await room.key();
    await room.keys.revoke(revoked.split('_')[1] ?? '', 'tests', 'now');
    expect(await outcome(endpoint, undefined)).toEqual([401, 'api-key-missing']);
    expect(await outcome(endpoint, `${revoked.slice(0, -4)}AAAA`)).toEqual([401, 'api-key-invalid']);
    expect(await outcome(endpoint, revoked)).toEqual([401, 'api-key-invalid']);
  });

  test.each(scopes)('with the scope %s alone', async (scope) => {
    const expected = endpoint.open.includes(scope) ? [200] : [403, 'scope-missing'];
    expect(await outcome(endpoint, await room.key({ scopes: [scope] }))).toEqual(expected);
  });

  test('with a key of this queue, and with one of another', async () => {
    expect(await outcome(endpoint, await room.key({ queues: [queue] }))).toEqual([200]);
    expect(await outcome(endpoint, await room.key({ queues: ['elsewhere'] }))).toEqual(endpoint.foreign ?? [200]);
  });
});

test('a callback of another queue is told apart from none by nothing', async () => {
  const key = await room.key({ queues: ['elsewhere'] });
  const answers = await Promise.all(
    [await aCallback(), randomUUID()].map(
      async (id) => (await room.ask('POST', '/callbacks/retrieve', { key, body: { id } })).body,
    ),
  );
  const [there, nowhere] = answers.map((body) => ({ ...(body as { status: object }).status, corrId: '' }));
  expect(there).toEqual(nowhere);
});

test('a revoked key that was in use stops within a minute', async () => {
  const key = await room.key();
  const ask = () => room.outcome('GET', `/callbacks/open-for/${queue}`, { key });
  expect(await ask()).toEqual([200]);
  await room.keys.revoke(key.split('_')[1] ?? '', 'tests', 'now');
  room.state.now += minute;
  expect(await ask()).toEqual([401, 'api-key-invalid']);
});

test('a key that asks too much is told when to come again', async () => {
  const key = await room.key({ requestsPerMinute: 20 });
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => room.ask('GET', `/callbacks/open-for/${queue}`, { key })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(21);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused).toMatchObject({ headers: { 'retry-after': '60' }, body: { status: { errorCode: 'rate-limited' } } });
});
