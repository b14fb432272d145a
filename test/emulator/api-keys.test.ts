import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { host } from '../../local/ports.ts';
import { password } from '../../local/users.ts';
import { program } from '../support/program.ts';
import { fresh, sharedStack } from '../support/stack.ts';

const stack = sharedStack();
afterAll(() => stack.db.terminate());
const port = String(stack.ports.inbox);

async function ask(as: string, method: string, address: string, body?: unknown) {
  const url = `http://${host}:${stack.ports.auth}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=any`;
  const headers = { 'content-type': 'application/json' };
  const user = JSON.stringify({ email: `${as}@example.com`, password, returnSecureToken: true });
  const { idToken } = (await (await fetch(url, { method: 'POST', headers, body: user })).json()) as { idToken: string };
  const answer = await fetch(`http://${host}:${stack.ports.hosting}/admin/v1/${address}`, {
    method,
    headers: { ...headers, authorization: `Bearer ${idToken}` },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as Record<string, unknown> & { error?: { code: string } },
  };
}

async function outcomeWith(key: string): Promise<number> {
  const answer = await fetch(`http://${host}:${stack.ports.hosting}/engagement/v3/callbacks/retrieve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: '{"id":"nowhere"}',
  });
  return answer.status;
}

interface Listed {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

test('an administrator makes a key, which is shown once and works; the list shows its beginning and its use', async () => {
  const name = fresh('key');
  const made = await ask('administrator', 'POST', 'api-keys', {
    name,
    scopes: ['callbacks:read'],
    queues: ['support'],
  });
  expect(made.status).toBe(200);
  const key = String(made.body['key']);
  expect(await outcomeWith(key)).toBe(404);
  const { body } = await ask('developer', 'GET', 'api-keys');
  const listed = (body['keys'] as Listed[]).find((one) => one.name === name);
  expect(listed).toMatchObject({
    scopes: ['callbacks:read'],
    queues: ['support'],
    revokedAt: null,
    createdBy: 'administrator@example.com',
  });
  expect(listed?.lastUsedAt).not.toBeNull();
  expect(JSON.stringify(body)).not.toContain(key);
  expect(JSON.stringify(body)).not.toContain('hash');

  const revoked = await ask('administrator', 'DELETE', `api-keys/${listed?.id ?? ''}`);
  expect(revoked.body).toMatchObject({ revokedBy: 'administrator@example.com' });
  const { body: audit } = await ask('administrator', 'GET', 'audit?limit=2');
  expect(audit['records']).toMatchObject([
    { action: 'api-key-revoke', apiKeyId: listed?.id },
    { action: 'api-key-create' },
  ]);
});

test('a developer sees keys, but neither makes nor revokes them; nonsense is refused', async () => {
  const request = { name: 'x', scopes: ['publish'] };
  for (const [method, address] of [
    ['POST', 'api-keys'],
    ['DELETE', 'api-keys/abc'],
  ] as const)
    expect(await ask('developer', method, address, request)).toMatchObject({
      status: 403,
      body: { error: { code: 'administrator-only' } },
    });
  expect(await ask('supervisor', 'GET', 'api-keys')).toMatchObject({
    status: 403,
    body: { error: { code: 'role-missing' } },
  });
  for (const wrong of [
    {},
    { ...request, scopes: [] },
    { ...request, scopes: ['everything'] },
    { ...request, queues: ['a/b'] },
    { ...request, requestsPerMinute: 0 },
  ])
    expect(await ask('administrator', 'POST', 'api-keys', wrong)).toMatchObject({
      status: 422,
      body: { error: { code: 'invalid-request' } },
    });
  expect(await ask('administrator', 'POST', 'api-keys', '{')).toMatchObject({
    status: 400,
    body: { error: { code: 'malformed-json' } },
  });
  expect(await ask('administrator', 'DELETE', 'api-keys/nothere')).toMatchObject({ status: 404 });
});

test('the same from the command line', async () => {
  const name = fresh('key');
  const keys = (...args: string[]) => program('scripts/api-key.ts', [...args, '--port', port]);
  const made = await keys('create', name, '--scope', 'callbacks:read', '--scope', 'publish');
  expect(made.code).toBe(0);
  const key = /cbp_[a-z0-9]{12}_[\w-]{43}/.exec(made.output)?.[0] ?? '';
  expect(await outcomeWith(key)).toBe(404);
  const id = key.split('_')[1] ?? '';
  const listed = await keys('list');
  expect(listed.output).toMatch(new RegExp(`cbp_${id}_… +${name} +callbacks:read publish +all queues +used`));
  expect(listed.output).not.toContain(key);
  expect(await keys('revoke', id)).toMatchObject({ code: 0 });
  expect((await keys()).output).toMatch(new RegExp(`cbp_${id}_….* revoked`));
  for (const wrong of [
    ['create', name],
    ['create', name, '--scope', 'all'],
    ['revoke'],
    ['revoke', 'nothere'],
    ['mend'],
  ])
    expect((await keys(...wrong)).code).toBe(1);
}, 60_000);

test('no log line holds a key, a phone number or a target', async () => {
  const { body } = await ask('administrator', 'POST', 'api-keys', {
    name: fresh('key'),
    scopes: ['callbacks:write', 'publish'],
  });
  const key = String(body['key']);
  const target = fresh('secret-target');
  const headers = { 'content-type': 'application/json', 'x-api-key': key };
  const base = `http://${host}:${stack.ports.hosting}/engagement/v3`;
  const request = {
    serviceName: fresh('queue'),
    phoneNumber: '+4930555019876',
    pushTargets: [{ channel: 'FCM', target }],
  };
  await fetch(`${base}/callbacks/create`, { method: 'POST', headers, body: JSON.stringify(request) });
  await fetch(`${base}/callbacks/create`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...request, language: 5 }),
  });
  await fetch(`${base}/notification/publish`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ channel: 'FCM', target, event: { title: 'x' } }),
  });
  await stack.idle();
  const log = await readFile(path.join(import.meta.dirname, '../../.local', port, 'emulators.log'), 'utf8');
  for (const secret of [key, '30555019876', target]) expect(log).not.toContain(secret);
});
