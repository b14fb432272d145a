import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Firestore } from '../../local/functions-firestore.ts';
import { createEngagementClient } from '../../client/engagement.ts';
import { openApiDocument } from '../../scripts/openapi-document.ts';
import { clientTypes, documentText } from '../../scripts/openapi-files.ts';
import { hour, minute, monday } from '../support/builders.ts';
import { complaints, documented } from '../support/openapi.ts';
import { createEngagementRoom, type EngagementRoom } from '../support/engagement-room.ts';
import { freshId, useLocalFirestore } from './firestore-support/local-firestore.ts';

const root = path.resolve(import.meta.dirname, '../..');
const local = useLocalFirestore(Firestore);
let room: EngagementRoom;
let queue: string;
let group: string;
let key: string;
/** Every answer that a test was given: operation and status. */
const seen = new Set<string>();

beforeEach(async () => {
  room = createEngagementRoom(local.db);
  key = await room.key();
  [queue, group] = [freshId(), freshId()];
  await room.settings(queue, {
    callDirection: 'USERORIGINATED',
    callIn: { groupName: group, numbers: ['+18005550199'] },
  });
});

/** The typed client, over the real API in this process; each answer is held against the document. */
function clientWith(apiKey = key) {
  return createEngagementClient({
    baseUrl: 'http://local/engagement/v3',
    apiKey,
    async fetch(request) {
      const url = new URL(request.url);
      const answer = await room.ask(request.method, url.pathname.replace('/engagement/v3', ''), {
        key: request.headers.get('x-api-key') ?? undefined,
        query: Object.fromEntries(url.searchParams),
        text: Buffer.from(await request.arrayBuffer()),
        ...(request.headers.has('idempotency-key') && { idempotencyKey: request.headers.get('idempotency-key') ?? '' }),
      });
      const operation = documented.find(
        ({ method, path: template }) =>
          method === request.method &&
          new RegExp(`^/engagement/v3${template.replace(/\{.*\}/, '[^/]+')}$`).test(url.pathname),
      );
      if (!operation) throw new Error(`${request.method} ${url.pathname} is not documented`);
      expect(complaints(operation, answer.status, answer.body)).toEqual([]);
      seen.add(`${operation.path} ${answer.status}`);
      return new Response(JSON.stringify(answer.body), { status: answer.status, headers: answer.headers });
    },
  });
}

const pushTargets = [{ channel: 'FCM' as const, target: 'phone' }];
const body = (fields: object = {}) => ({ serviceName: queue, phoneNumber: '+493055501000', pushTargets, ...fields });
const desiredTime = new Date(monday + hour).toISOString();

/** One call of each operation, which succeeds. */
type TypedClient = ReturnType<typeof clientWith>;
const calls: Readonly<Record<string, (client: TypedClient) => Promise<{ response: Response }>>> = {
  '/callbacks/create': (client) => client.POST('/callbacks/create', { body: body() }),
  '/callbacks/retrieve': async (client) => client.POST('/callbacks/retrieve', { body: { id: await ready() } }),
  '/callbacks/cancel': async (client) => client.POST('/callbacks/cancel', { body: { id: await ready() } }),
  '/callbacks/reschedule': async (client) =>
    client.POST('/callbacks/reschedule', { body: { id: await ready(), desiredTime } }),
  '/call-in/requests/create': async (client) =>
    client.POST('/call-in/requests/create', { body: { groupName: group, callbackServiceId: await ready() } }),
  '/notification/publish': (client) =>
    client.POST('/notification/publish', { body: { channel: 'FCM', target: 'phone', event: { title: 'Hello' } } }),
  '/callbacks/open-for/{service-name}': (client) =>
    client.GET('/callbacks/open-for/{service-name}', { params: { path: { 'service-name': queue } } }),
  '/callbacks/availability/{service-name}': (client) =>
    client.GET('/callbacks/availability/{service-name}', {
      params: { path: { 'service-name': queue }, query: { maxTimeSlots: '3' } },
    }),
  '/callbacks/queue-status/{queue-name}': (client) =>
    client.GET('/callbacks/queue-status/{queue-name}', { params: { path: { 'queue-name': queue } } }),
  '/estimated-wait-time': (client) =>
    client.GET('/estimated-wait-time', { params: { query: { 'virtual-queues': `${queue},other` } } }),
};

async function ready(): Promise<string> {
  const { data } = await clientWith().POST('/callbacks/create', { body: body() });
  const id = data?.data.id ?? '';
  await local.db.collection('callbacks').doc(id).update({ callbackState: 'ROUTING' });
  return id;
}

const operationsWith = (status: string) =>
  documented.filter(({ statuses }) => statuses.includes(status)).map((one) => one.path);

test('the repository’s document and client are those of the code (npm run openapi mends them)', async () => {
  const document = openApiDocument();
  expect(await readFile(path.join(root, 'hosting/public/openapi.json'), 'utf8')).toBe(await documentText(document));
  expect(await readFile(path.join(root, 'client/schema.ts'), 'utf8')).toBe(await clientTypes(document));
});

describe('every operation answers each of its statuses as documented', () => {
  const statusOf = async (operation: string, client = clientWith()) =>
    (await calls[operation]?.(client))?.response.status;

  test.each(operationsWith('200'))('200 %s', async (operation) => {
    expect(await statusOf(operation)).toBe(200);
  });

  test.each(operationsWith('400'))('400 %s', async (operation) => {
    const [method, address] = [
      documented.find((one) => one.path === operation)?.method ?? '',
      operation.replace(/\{.*\}/, '%ff'),
    ];
    for (const text of method === 'POST' ? ['{', '{}', '[]', '5', ''] : ['']) {
      const answer = await room.ask(method, address, { key, text });
      expect([operation, answer.status]).toEqual([operation, 400]);
      expect(complaints({ path: operation, method: method as 'GET' | 'POST' }, 400, answer.body)).toEqual([]);
      seen.add(`${operation} 400`);
    }
  });

  test.each(operationsWith('401'))('401 %s', async (operation) => {
    expect(await statusOf(operation, clientWith('wrong'))).toBe(401);
  });

  test.each(operationsWith('403'))('403 %s', async (operation) => {
    const scopes = operation === '/notification/publish' ? (['call-in'] as const) : (['publish'] as const);
    expect(await statusOf(operation, clientWith(await room.key({ scopes: [...scopes] })))).toBe(403);
  });

  test.each(operationsWith('404'))('404 %s', async (operation) => {
    const stranger = clientWith(await room.key({ queues: ['elsewhere'] }));
    expect(await statusOf(operation, stranger)).toBe(404);
  });

  test.each(operationsWith('413'))('413 %s', async (operation) => {
    const answer = await room.ask('POST', operation, { key, text: Buffer.alloc(64 * 1024 + 1, 32) });
    expect(answer.status).toBe(413);
    expect(complaints({ path: operation, method: 'POST' }, 413, answer.body)).toEqual([]);
    seen.add(`${operation} 413`);
  });

  test.each(operationsWith('422'))('422 %s', async (operation) => {
    const twice = async (extra: object) =>
      operation === '/callbacks/create'
        ? clientWith().POST('/callbacks/create', {
            params: { header: { 'Idempotency-Key': 'one' } },
            body: { ...body(), ...extra },
          })
        : clientWith().POST('/call-in/requests/create', {
            params: { header: { 'Idempotency-Key': 'one' } },
            body: { groupName: group, ...extra },
          });
    await twice({});
    expect((await twice({ userData: { other: true } })).response.status).toBe(422);
  });

  test.each(operationsWith('429'))('429 %s', async (operation) => {
    const slow = await room.key({ requestsPerMinute: 1 });
    const client = clientWith(slow);
    const statuses = [];
    for (let count = 0; count < 4; count++) statuses.push(await statusOf(operation, client));
    expect(statuses).toContain(429);
  });

  test.each(['/callbacks/create', '/callbacks/reschedule'])('429 %s, with proposed slots', async (operation) => {
    const id = await ready();
    await room.settings(queue, { capacity: { perSlot: 0 } });
    room.state.now += minute;
    const client = clientWith();
    const { error } =
      operation === '/callbacks/create'
        ? await client.POST('/callbacks/create', { body: body({ desiredTime }) })
        : await client.POST('/callbacks/reschedule', { body: { id, desiredTime } });
    expect(error).toMatchObject({ status: { code: 429, errorCode: 'capacity-exhausted' }, data: { slots: {} } });
  });

  test.each(operationsWith('503'))('500 and 503 %s, when the database fails or is busy', async (operation) => {
    for (const [status, expected] of [
      ['INTERNAL', 500],
      ['UNAVAILABLE', 503],
    ] as const) {
      const broken = createEngagementRoom(failing(status === 'INTERNAL' ? 13 : 14));
      const { method, path: template } = documented.find((one) => one.path === operation) ?? {
        method: 'GET',
        path: '',
      };
      const answer = await broken.ask(method, template.replace(/\{.*\}/, queue), { key, body: {} });
      expect([answer.status, JSON.stringify(answer.body).includes('secret')]).toEqual([expected, false]);
      expect(complaints({ path: operation, method }, expected, answer.body)).toEqual([]);
      expect(broken.bugs.length).toBeGreaterThan(0);
      seen.add(`${operation} ${expected}`);
    }
  });

  test('none was left out', () => {
    const all = documented.flatMap(({ path: operation, statuses }) =>
      statuses.map((status) => `${operation} ${status}`),
    );
    expect(all.filter((one) => !seen.has(one))).toEqual([]);
  });
});

/** A database whose every read fails. */
function failing(code: number): typeof local.db {
  const fail = () => Promise.reject(Object.assign(new Error('secret of the database'), { code }));
  const collection = () => ({ doc: () => ({ get: fail, update: fail }) });
  return { collection, runTransaction: fail, getAll: fail } as unknown as typeof local.db;
}

test.each([
  ['GET', '/callbacks/create', [405, 'method-not-allowed']],
  ['POST', '/estimated-wait-time', [405, 'method-not-allowed']],
  ['GET', '/nowhere', [404, 'not-found']],
  ['GET', '/callbacks/open-for/a/b', [404, 'not-found']],
])('%s %s is not there', async (method, address, expected) => {
  expect(await room.outcome(method, address, { key })).toEqual(expected);
});
