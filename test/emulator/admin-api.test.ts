import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findFreeBase, host } from '../../local/ports.ts';
import type { ServiceAccountJson } from '../../local/oauth.ts';
import { projectId, startStack, type Stack } from '../../local/stack.ts';
import { password } from '../../local/users.ts';
import { program } from '../support/program.ts';
import { eventually, fresh, stackAt, waitingCallback, type TestStack } from '../support/stack.ts';

let stack: Stack;
let view: TestStack;
/** Everything that a client was told, to be searched for secrets at the end. */
const answers: string[] = [];

beforeAll(async () => {
  stack = await startStack({ basePort: await findFreeBase(), registered: false, parameters: { CACHE_SECONDS: '0' } });
  view = stackAt(stack.ports.inbox);
}, 90_000);
afterAll(async () => {
  await view.db.terminate();
  await stack.stop();
});

async function signIn(name: string): Promise<string> {
  const url = `http://${host}:${stack.ports.auth}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=any`;
  const body = JSON.stringify({ email: `${name}@example.com`, password, returnSecureToken: true });
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return ((await answer.json()) as { idToken: string }).idToken;
}

interface Answer {
  readonly status: number;
  readonly cacheControl: string | null;
  readonly body: {
    readonly error?: { code: string; rung?: string; meanwhile?: object };
    readonly [field: string]: unknown;
  };
}

/** Asks through Hosting, as the page does. */
async function ask(
  method: string,
  address: string,
  options: { as?: string; body?: unknown; text?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const token = options.as === undefined ? undefined : await signIn(options.as);
  const answer = await fetch(`http://${host}:${stack.ports.hosting}/admin/v1/${address}`, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      ...options.headers,
    },
    ...((options.text ?? options.body) !== undefined && { body: options.text ?? JSON.stringify(options.body) }),
  });
  const text = await answer.text();
  answers.push(text);
  const [firstLine = ''] = text.split('\n');
  return {
    status: answer.status,
    cacheControl: answer.headers.get('cache-control'),
    body: JSON.parse(firstLine) as Answer['body'],
  };
}

const codeOf = ({ status, body }: Answer) => [status, body.error?.code, body.error?.rung];

function newAccount(): ServiceAccountJson {
  return stack.google.accounts.create(projectId);
}

const updateOf = (account: ServiceAccountJson, revision: unknown, fields: object = {}) => ({
  projectId: account.project_id,
  clientEmail: account.client_email,
  privateKey: account.private_key,
  revision,
  ...fields,
});

const revision = async () => (await ask('GET', 'credentials', { as: 'administrator' })).body['revision'];

test.each([
  'GET credentials',
  'PUT credentials',
  'POST credentials/tests',
  'PUT credentials/tests/x',
  'GET audit',
  'GET nowhere',
])('%s is refused to whoever is not signed in or has no role', async (call) => {
  const [method = '', address = ''] = call.split(' ');
  expect(codeOf(await ask(method, address))).toEqual([401, 'not-signed-in', undefined]);
  expect(codeOf(await ask(method, address, { as: 'nobody' }))).toEqual([403, 'role-missing', undefined]);
  expect(codeOf(await ask(method, address, { as: 'supervisor' }))).toEqual([403, 'role-missing', undefined]);
  // An administrator, but by an address that anybody may have signed up with.
  expect(codeOf(await ask(method, address, { as: 'newcomer' }))).toEqual([403, 'email-unverified', undefined]);
});

test('before anything is registered it says so, and there is nothing to test', async () => {
  expect((await ask('GET', 'credentials', { as: 'developer' })).body).toEqual({ configured: false, revision: null });
  const body = { appId: '1:12:web:ab', senderId: '12', target: 'browser', nonce: 'n' };
  expect(codeOf(await ask('POST', 'credentials/tests', { as: 'developer', body }))).toEqual([
    409,
    'not-configured',
    undefined,
  ]);
});

test('an update climbs every rung, shows a few characters only, and the functions send with it', async () => {
  const account = newAccount();
  const updated = await ask('PUT', 'credentials', { as: 'administrator', body: updateOf(account, null) });
  expect(updated).toMatchObject({
    status: 200,
    body: { result: 'updated', credentials: { configured: true, projectId, lastTest: null } },
  });
  const shown = await ask('GET', 'credentials', { as: 'developer' });
  expect(shown.body).toEqual(updated.body['credentials']);
  expect(shown.body).toMatchObject({
    updatedBy: 'administrator@example.com',
    clientEmail: expect.stringMatching(/^.{4}….{4}$/) as string,
  });

  const callback = view.db.collection('callbacks').doc(fresh('cb'));
  await callback.set(waitingCallback());
  await callback.delete();
  await eventually('the push', async () => (await view.messages(callback.id)).length === 1);
});

describe('each rung fails with its own diagnosis and leaves the former credentials in force', () => {
  const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  test.each<{ name: string; change: (account: ServiceAccountJson) => object; expect: [number, string, string] }>([
    {
      name: 'a public API key',
      change: () => ({ privateKey: `AIza${'x'.repeat(35)}` }),
      expect: [422, 'pasted-api-key', 'kind'],
    },
    {
      name: 'a damaged key',
      change: ({ private_key }) => ({ privateKey: private_key.slice(0, 900) }),
      expect: [422, 'key-truncated', 'key'],
    },
    {
      name: 'a key of another account',
      change: () => ({ privateKey: otherKey }),
      expect: [422, 'invalid-signature', 'token'],
    },
    {
      name: 'an account that is not there',
      change: () => ({ clientEmail: `gone@${projectId}.iam.gserviceaccount.com` }),
      expect: [422, 'account-not-found', 'token'],
    },
    {
      name: 'another project',
      change: () => ({ projectId: 'demo-somewhere-else' }),
      expect: [422, 'project-not-found', 'probe'],
    },
    {
      name: 'an account without the permission',
      change: ({ client_email }) => {
        stack.google.accounts.setState(client_email, 'permission-denied');
        return {};
      },
      expect: [422, 'permission-missing', 'probe'],
    },
    {
      name: 'a project without the API',
      change: ({ client_email }) => {
        stack.google.accounts.setState(client_email, 'api-disabled');
        return {};
      },
      expect: [422, 'api-disabled', 'probe'],
    },
    {
      name: 'Google being unreachable',
      change: () => {
        stack.google.faults.set([{ target: 'probe', code: 'UNAVAILABLE' }]);
        return {};
      },
      expect: [503, 'google-unreachable', 'probe'],
    },
  ])('$name', async ({ change, expect: expected }) => {
    const account = newAccount();
    const before = await ask('GET', 'credentials', { as: 'administrator' });
    const body = updateOf(account, before.body['revision'], change(account));
    expect(codeOf(await ask('PUT', 'credentials', { as: 'administrator', body }))).toEqual(expected);
    stack.google.faults.clear();
    expect((await ask('GET', 'credentials', { as: 'administrator' })).body).toEqual(before.body);
  });
});

test('of two administrators who update at once one wins, and the other is told who', async () => {
  const seen = await revision();
  const [first, second] = [newAccount(), newAccount()];
  const results = await Promise.all([
    ask('PUT', 'credentials', { as: 'administrator', body: updateOf(first, seen) }),
    ask('PUT', 'credentials', { as: 'developer', body: updateOf(second, seen) }),
  ]);
  const winner = results.findIndex(({ status }) => status === 200);
  const by = ['administrator@example.com', 'developer@example.com'][winner];
  expect(results[1 - winner]).toMatchObject({
    status: 409,
    body: { error: { code: 'changed-meanwhile', meanwhile: { by } } },
  });
  expect((await ask('GET', 'credentials', { as: 'developer' })).body).toMatchObject({ updatedBy: by });
});

test('pushes go out, each once, while the credentials are rotated under them', async () => {
  const ids = Array.from({ length: 40 }, () => fresh('rotated'));
  const callbacks = ids.map((id) => view.db.collection('callbacks').doc(id));
  await Promise.all(callbacks.map((callback) => callback.set(waitingCallback())));
  const rotate = async () => {
    for (let rotation = 0; rotation < 3; rotation++) {
      const body = updateOf(newAccount(), await revision());
      expect((await ask('PUT', 'credentials', { as: 'administrator', body })).status).toBe(200);
    }
  };
  const push = async () => {
    for (const callback of callbacks) await Promise.all([callback.delete(), view.idle()]);
  };
  await Promise.all([rotate(), push()]);
  await view.idle();
  expect(await Promise.all(ids.map(async (id) => (await view.messages(id)).length))).toEqual(ids.map(() => 1));
}, 60_000);

test('replaced credentials are destroyed when their grace period is over, and only then', async () => {
  const former = await revision();
  await ask('PUT', 'credentials', { as: 'administrator', body: updateOf(newAccount(), former) });
  const retired = view.db.doc(`retiredPushCredentials/${String(former)}`);
  const left = ((await retired.get()).get('destroyAt') as { toMillis(): number }).toMillis() - Date.now();
  expect(left).toBeGreaterThan(23 * 3600_000);
  await runSchedule('destroyRetiredCredentials');
  expect((await retired.get()).exists).toBe(true);
  await retired.update({ destroyAt: new Date(0) });
  await runSchedule('destroyRetiredCredentials');
  expect((await retired.get()).exists).toBe(false);
  expect(stack.secretManager.counters()['DestroySecretVersion']).toBeGreaterThan(0);
});

async function runSchedule(name: string): Promise<void> {
  const url = `http://${host}:${stack.ports.functions}/functions/projects/${projectId}/triggers/us-central1-${name}-0`;
  expect(
    (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status,
  ).toBe(200);
}

test('a test push carries the nonce to the browser, and its outcome is remembered', async () => {
  const target = fresh('browser');
  const body = { appId: '1:1234:web:ab12', senderId: '1234', target, nonce: 'nonce-1' };
  const sent = await ask('POST', 'credentials/tests', { as: 'developer', body });
  expect(sent.status).toBe(200);
  const [message] = stack.google.inbox.messages().filter((one) => one.target === target);
  expect(message?.message).toMatchObject({
    data: { event: 'CALLBACK_TEST', nonce: 'nonce-1', testId: sent.body['testId'] },
  });
  await ask('PUT', `credentials/tests/${String(sent.body['testId'])}`, {
    as: 'developer',
    body: { result: 'arrived', code: null },
  });
  expect((await ask('GET', 'credentials', { as: 'developer' })).body).toMatchObject({
    lastTest: { result: 'arrived', by: 'developer@example.com' },
  });
  const ended = await ask('PUT', `credentials/tests/${String(sent.body['testId'])}`, {
    as: 'developer',
    body: { result: 'failed', code: 'push-not-arrived' },
  });
  expect(codeOf(ended)).toEqual([404, 'not-found', undefined]);
});

test('no outcome is kept of a test that was never sent, or that somebody else has sent', async () => {
  const arrived = { result: 'arrived', code: null };
  const of = (testId: unknown, as: string, body: object = arrived) =>
    ask('PUT', `credentials/tests/${String(testId)}`, { as, body });
  const before = (await ask('GET', 'credentials', { as: 'developer' })).body['lastTest'];
  const request = { appId: '1:1234:web:ab12', senderId: '1234', target: fresh('browser'), nonce: 'n' };
  const { testId } = (await ask('POST', 'credentials/tests', { as: 'developer', body: request })).body;
  const version = String(await revision());
  for (const forged of [`${version}-x`, `${version}-${randomUUID()}`, randomUUID(), 'unsent'])
    expect(codeOf(await of(forged, 'developer'))).toEqual([404, 'not-found', undefined]);
  expect(codeOf(await of(testId, 'administrator'))).toEqual([404, 'not-found', undefined]);
  expect(codeOf(await of(testId, 'developer', { result: 'failed', code: 'what-I-like' }))).toEqual([
    422,
    'invalid-request',
    undefined,
  ]);
  expect((await ask('GET', 'credentials', { as: 'developer' })).body['lastTest']).toEqual(before);
});

test.each<{ name: string; body: object; faults?: object; expect: [number, string] }>([
  { name: 'an app of another sender', body: { appId: '1:99:web:ab12' }, expect: [422, 'app-of-another-sender'] },
  { name: 'something that is no App ID', body: { appId: 'my-app' }, expect: [422, 'invalid-request'] },
  { name: 'no target', body: { target: '' }, expect: [422, 'invalid-request'] },
  {
    name: 'a browser of another project',
    body: { target: 'mismatch' },
    faults: { code: 'SENDER_ID_MISMATCH' },
    expect: [422, 'sender-mismatch'],
  },
  {
    name: 'FCM being down',
    body: { target: 'down' },
    faults: { code: 'UNAVAILABLE' },
    expect: [503, 'google-unreachable'],
  },
])('a test with $name fails with its own code', async ({ body, faults, expect: expected }) => {
  if (faults) await view.setFaults([{ ...faults } as never]);
  const request = { appId: '1:1234:web:ab12', senderId: '1234', target: fresh('browser'), nonce: 'n', ...body };
  const { status, body: answer } = await ask('POST', 'credentials/tests', { as: 'developer', body: request });
  await view.setFaults([]);
  expect([status, answer.error?.code]).toEqual(expected);
});

test('bad requests are told apart', async () => {
  expect(codeOf(await ask('DELETE', 'credentials', { as: 'developer' }))).toEqual([
    405,
    'method-not-allowed',
    undefined,
  ]);
  expect(codeOf(await ask('GET', 'nowhere', { as: 'developer' }))).toEqual([404, 'not-found', undefined]);
  expect(codeOf(await ask('PUT', 'credentials', { as: 'developer', body: {} }))).toEqual([
    422,
    'invalid-request',
    undefined,
  ]);
  const huge = { ...updateOf(newAccount(), null), privateKey: 'x'.repeat(2_000_000) };
  expect(codeOf(await ask('PUT', 'credentials', { as: 'developer', body: huge }))).toEqual([
    413,
    'too-large',
    undefined,
  ]);
});

describe('what is no JSON is refused in our words, with nothing of it in the answer or the log', () => {
  const secret = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
  const log = () => readFile(stack.emulators.log, 'utf8');
  test.each<{ name: string; text: string; headers?: Record<string, string> }>([
    { name: 'a key without quotes', text: `{"privateKey": ${secret}}` },
    { name: 'a key alone', text: secret },
    { name: 'half a request', text: `{"projectId": "p", "privateKey": "${secret}` },
    { name: 'a key under another type', text: secret, headers: { 'content-type': 'text/plain' } },
    {
      name: 'a key in an unknown character set',
      text: secret,
      headers: { 'content-type': 'application/json; charset=x' },
    },
    { name: 'a key in a stream', text: `{"a": ${secret}`, headers: { accept: 'application/x-ndjson' } },
  ])('$name', async ({ text, headers = {} }) => {
    const refused = await ask('PUT', 'credentials', { as: 'developer', text, headers });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 'malformed-json', message: expect.any(String) as string } },
    });
    for (const piece of [secret.slice(0, 6), secret.slice(-6)])
      expect([answers.at(-1), await log()].join('\n')).not.toContain(piece);
  });

  test('of a user who may not be here either', async () => {
    expect(codeOf(await ask('PUT', 'credentials', { text: `{${secret}` }))).toEqual([401, 'not-signed-in', undefined]);
    expect([answers.at(-1), await log()].join('\n')).not.toContain(secret.slice(0, 6));
  });
});

test('no answer is kept by a cache on its way, whatever it says', async () => {
  const lines = { accept: 'application/x-ndjson' };
  const all = [
    await ask('GET', 'environment'),
    await ask('GET', 'credentials'),
    await ask('GET', 'credentials', { as: 'developer' }),
    await ask('GET', 'nowhere', { as: 'developer' }),
    await ask('PUT', 'credentials', { as: 'developer', body: {}, headers: lines }),
    await ask('PUT', 'credentials', { as: 'developer', body: updateOf(newAccount(), 'old'), headers: lines }),
  ];
  expect(all.map(({ status, cacheControl }) => [status, cacheControl])).toEqual(
    [200, 401, 200, 404, 422, 200].map((status) => [status, 'no-store']),
  );
});

test('an update that is refused at the door has that status even where lines were asked for', async () => {
  const headers = { accept: 'application/x-ndjson' };
  const body = { ...updateOf(newAccount(), null), privateKey: 7 };
  expect(codeOf(await ask('PUT', 'credentials', { as: 'developer', body, headers }))).toEqual([
    422,
    'invalid-request',
    undefined,
  ]);
});

test('a role is granted to a verified email only; it can be taken away from any', async () => {
  const role = (...args: string[]) => program('scripts/role.ts', [...args, '--port', String(stack.ports.inbox)]);
  const refused = await role('newcomer@example.com', 'developer');
  expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(/verif[\s\S]*Google/) as string });
  expect(refused.output).not.toMatch(/^ +at /m);
  expect(await role('newcomer@example.com', 'none')).toMatchObject({
    code: 0,
    output: expect.stringContaining('administrator ▶ no role') as string,
  });
}, 120_000);

test('a role is granted and removed from the command line', async () => {
  const asked = async () => (await ask('GET', 'credentials', { as: 'nobody' })).status;
  const role = (...args: string[]) => program('scripts/role.ts', [...args, '--port', String(stack.ports.inbox)]);
  expect(await role('nobody@example.com', 'developer')).toMatchObject({ code: 0 });
  expect(await asked()).toBe(200);
  expect(await role('nobody@example.com', 'none')).toMatchObject({ code: 0 });
  expect(await asked()).toBe(403);
  expect(await role('stranger@example.com', 'developer')).toMatchObject({ code: 1 });
  expect(await role('nobody@example.com')).toMatchObject({ code: 1 });
}, 120_000);

test('every change and test is on record, newest first, without a secret', async () => {
  const { records } = (await ask('GET', 'audit?limit=100', { as: 'administrator' })).body as unknown as {
    records: { at: string; by: string; action: string; result: string; code: string | null }[];
  };
  expect(records.map(({ at }) => at)).toEqual(
    records
      .map(({ at }) => at)
      .toSorted()
      .reverse(),
  );
  expect(records).toContainEqual(
    expect.objectContaining({
      by: 'administrator@example.com',
      action: 'credentials-update',
      result: 'succeeded',
      code: null,
    }),
  );
  expect(records).toContainEqual(
    expect.objectContaining({ action: 'credentials-update', result: 'failed', code: 'invalid-signature' }),
  );
  expect(records).toContainEqual(
    expect.objectContaining({ by: 'developer@example.com', action: 'credentials-test', result: 'succeeded' }),
  );
});

test('no answer, log line or document holds a private key or a whole client email', async () => {
  const collections = await view.db.listCollections();
  const documents = await Promise.all(
    collections.map(async (collection) => (await collection.get()).docs.map((document) => document.data())),
  );
  const logs = await Promise.all(
    ['emulators.log', 'firebase-debug.log'].map((name) =>
      readFile(path.join(import.meta.dirname, '../../.local', String(stack.ports.inbox), name), 'utf8'),
    ),
  );
  const everything = [...answers, JSON.stringify(documents), ...logs].join('\n');
  expect(collections.map(({ id }) => id)).toEqual(expect.arrayContaining(['auditLog', 'pushCredentials']));
  expect(everything).not.toMatch(/firebase-adminsdk-\w+@/);
  expect(everything).not.toMatch(/MII[\w+/]{20}/);
});
