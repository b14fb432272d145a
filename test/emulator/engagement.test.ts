import { gzipSync } from 'node:zlib';
import { createApiKeyStore } from '../../functions/src/keys/store.ts';
import { newApiKey, scopes, type Scope } from '../../functions/src/keys/api-key.ts';
import { host } from '../../local/ports.ts';
import { projectId } from '../../local/stack.ts';
import { eventually, fresh, sharedStack } from '../support/stack.ts';

const stack = sharedStack();
const queue = fresh('queue');
const group = fresh('group');
let key: string;
let appKey: string;

async function makeKey(granted: readonly Scope[]): Promise<string> {
  const made = newApiKey({ name: fresh('key'), scopes: [...granted] }, 'tests', Date.now());
  await createApiKeyStore(stack.db).add(made.stored);
  return made.key;
}

beforeAll(async () => {
  [key, appKey] = await Promise.all([makeKey(scopes), makeKey(['call-in'])]);
  const callIn = { groupName: group, numbers: ['+18005550199'], accessCodeLength: 4 };
  await stack.db.doc(`callbackSettings/${queue}`).set({ callDirection: 'USERORIGINATED', callIn });
});
afterAll(() => stack.db.terminate());

interface Answer {
  readonly http: number;
  readonly type: string | null;
  readonly text: string;
  readonly status: { code: number; errorCode?: string; corrId: string };
  readonly data: Record<string, unknown>;
}

/** Asks through Hosting, as everybody does. */
async function ask(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
  port = stack.ports.hosting,
): Promise<Answer> {
  const answer = await fetch(`http://${host}:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key, ...headers },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const parsed = answer.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as object) : {};
  return { http: answer.status, type: answer.headers.get('content-type'), text, ...parsed } as Answer;
}

const v3 = (path: string) => `/engagement/v3${path}`;

test('create ▶ READY ▶ call-in by the app ▶ the second push is in the inbox, with what to dial', async () => {
  const target = fresh('phone');
  const pushTargets = [{ channel: 'FCM', target }];
  const created = await ask(v3('/callbacks/create'), { serviceName: queue, phoneNumber: '+493055501000', pushTargets });
  expect(created).toMatchObject({ http: 200, status: { code: 0 } });
  const id = String(created.data['id']);
  await stack.db.doc(`callbacks/${id}`).update({ callbackState: 'ROUTING' });
  const pushed = (event: string) =>
    eventually(event, async () => (await stack.messages(id)).find((message) => message.event === event));
  await pushed('CALLBACK_READY');

  const accepted = await ask(
    v3('/call-in/requests/create'),
    { groupName: group, callbackServiceId: id },
    { 'x-api-key': appKey },
  );
  expect(accepted.http).toBe(200);
  const { data } = (await pushed('CALLBACK_CALL_IN')).message as { data: Record<string, string> };
  expect(data).toMatchObject({
    callbackServiceId: id,
    toPhoneNumber: '+18005550199',
    accessCode: accepted.data['accessCode'],
    expirationTime: new Date(Number(accepted.data['expirationTime'])).toISOString(),
  });
  expect(
    await ask(v3('/call-in/requests/create'), { groupName: group, callbackServiceId: id }, { 'x-api-key': appKey }),
  ).toMatchObject({
    http: 400,
    status: { errorCode: 'already-accepted' },
  });
  expect(await ask(v3('/callbacks/cancel'), { id }, { 'x-api-key': appKey })).toMatchObject({
    http: 200,
    data: { id },
  });
});

test('a notification is published, or only checked, by the real credentials', async () => {
  const target = fresh('phone');
  const request = { channel: 'FCM', target, event: { title: 'Hello', body: 'there' } };
  const checked = await ask(v3('/notification/publish'), { ...request, validate_only: true });
  expect(checked).toMatchObject({ http: 200, data: { name: expect.stringContaining('/messages/') as string } });
  const arrived = async () => (await stack.inbox()).messages.filter((message) => message.target === target);
  expect(await arrived()).toEqual([]);
  expect(await ask(v3('/notification/publish'), request)).toMatchObject({ http: 200 });
  expect(await arrived()).toHaveLength(1);
});

test('malformed JSON, a body that is too large, one that would be when inflated, and one of no known type are answered in our own shape', async () => {
  const malformed = await ask(v3('/callbacks/create'), '{"serviceName":');
  expect(malformed).toMatchObject({ http: 400, status: { errorCode: 'malformed-json' } });
  expect(malformed.type).toContain('application/json');
  const large = await ask(v3('/callbacks/create'), { userData: { a: 'x'.repeat(70_000) } });
  expect(large).toMatchObject({ http: 413, status: { errorCode: 'too-large' } });
  const typeless = await ask(v3('/callbacks/retrieve'), { id: 'x' }, { 'content-type': 'text/plain' });
  expect(typeless).toMatchObject({ http: 404, status: { errorCode: 'callback-not-found' } });
  const zipped = gzipSync(JSON.stringify({ id: 'x'.repeat(1_000_000) }));
  const inflated = await ask(v3('/callbacks/retrieve'), zipped, { 'content-encoding': 'gzip' });
  expect(inflated).toMatchObject({ http: 400, status: { errorCode: 'malformed-json' } });
  const admin = await ask('/admin/v1/credentials/tests', '{', {});
  expect(admin.http).toBe(401);
});

test('the function can be asked at its own address too', async () => {
  const path = `/${projectId}/us-central1/engagement/v3/callbacks/retrieve`;
  expect(await ask(path, { id: 'x' }, {}, stack.ports.functions)).toMatchObject({
    http: 404,
    status: { errorCode: 'callback-not-found' },
  });
});
