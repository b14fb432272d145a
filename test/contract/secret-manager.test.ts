import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import * as grpc from '@grpc/grpc-js';
import { startSecretManager, type SecretManager } from '../../local/secret-manager.ts';

const { INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, UNIMPLEMENTED } = grpc.status;
const project = 'projects/demo-callbacks';
const automatic = { replication: { automatic: {} } };

let manager: SecretManager;
let client: SecretManagerServiceClient;
let nextId = 0;

beforeAll(async () => {
  manager = await startSecretManager({ port: 0 });
  client = new SecretManagerServiceClient({
    apiEndpoint: '127.0.0.1',
    port: manager.port,
    sslCreds: grpc.credentials.createInsecure(),
    clientOptions: { universeDomain: 'googleapis.com' },
  });
});

afterAll(async () => {
  await client.close();
  await manager.stop();
});

/** A secret of its own for each test, with a version for each payload. */
async function secretWith(...payloads: string[]): Promise<string> {
  const secretId = `push-credentials-${(nextId += 1)}`;
  const [secret] = await client.createSecret({ parent: project, secretId, secret: automatic });
  const parent = secret.name ?? '';
  for (const payload of payloads) await client.addSecretVersion({ parent, payload: { data: Buffer.from(payload) } });
  return parent;
}

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'no error',
    (error: unknown) => (error as grpc.ServiceError).code,
  );
}

async function statesOf(parent: string): Promise<unknown[]> {
  const [versions] = await client.listSecretVersions({ parent });
  return versions.map(({ name, state }) => [name?.split('/').at(-1), state]);
}

test('a payload comes back byte for byte, with its CRC-32C', async () => {
  const parent = await secretWith('123456789');
  const [access] = await client.accessSecretVersion({ name: `${parent}/versions/1` });
  expect({
    name: access.name,
    data: Buffer.from(access.payload?.data ?? '').toString(),
    crc32c: access.payload?.dataCrc32c,
  }).toEqual({ name: `${parent}/versions/1`, data: '123456789', crc32c: '3808858755' });
});

test('a payload that matches the checksum sent with it is taken', async () => {
  const parent = await secretWith();
  const payload = { data: Buffer.from('123456789'), dataCrc32c: 3_808_858_755 };
  const [version] = await client.addSecretVersion({ parent, payload });
  expect([version.state, version.clientSpecifiedPayloadChecksum]).toEqual(['ENABLED', true]);
});

test('latest is the version made last, even where it is disabled', async () => {
  const parent = await secretWith('old', 'new');
  const name = `${parent}/versions/latest`;
  const [access] = await client.accessSecretVersion({ name });
  expect([access.name, Buffer.from(access.payload?.data ?? '').toString()]).toEqual([`${parent}/versions/2`, 'new']);
  await client.disableSecretVersion({ name: `${parent}/versions/2` });
  expect(await codeOf(client.accessSecretVersion({ name }))).toBe(FAILED_PRECONDITION);
});

test('a version is disabled, enabled again and destroyed for ever', async () => {
  const parent = await secretWith('a', 'b');
  const name = `${parent}/versions/1`;
  await client.disableSecretVersion({ name });
  expect(await codeOf(client.accessSecretVersion({ name }))).toBe(FAILED_PRECONDITION);
  await client.enableSecretVersion({ name });
  expect(await codeOf(client.accessSecretVersion({ name }))).toBe('no error');
  const [destroyed] = await client.destroySecretVersion({ name });
  expect([destroyed.state, destroyed.destroyTime !== null]).toEqual(['DESTROYED', true]);
  expect(await codeOf(client.accessSecretVersion({ name }))).toBe(FAILED_PRECONDITION);
  expect(await codeOf(client.enableSecretVersion({ name }))).toBe(FAILED_PRECONDITION);
  expect(await statesOf(parent)).toEqual([
    ['2', 'ENABLED'],
    ['1', 'DESTROYED'],
  ]);
});

test('versions are listed newest first, page by page, and one added meanwhile shifts no page', async () => {
  const parent = await secretWith('1', '2', '3', '4', '5');
  const firstPage = { parent, pageSize: 2, pageToken: '' };
  const [first, , answer] = await client.listSecretVersions(firstPage, { autoPaginate: false });
  await client.addSecretVersion({ parent, payload: { data: Buffer.from('6') } });
  const secondPage = { parent, pageSize: 2, pageToken: answer.nextPageToken ?? '' };
  const [second] = await client.listSecretVersions(secondPage, { autoPaginate: false });
  const ids = [...first, ...second].map(({ name }) => name?.split('/').at(-1));
  expect({ ids, totalSize: answer.totalSize }).toEqual({ ids: ['5', '4', '3', '2'], totalSize: 5 });
});

test('secrets are listed by project, and a deleted one is gone', async () => {
  const parent = 'projects/demo-listing';
  await client.createSecret({ parent, secretId: 'kept', secret: automatic });
  const [{ name }] = await client.createSecret({ parent, secretId: 'dropped', secret: automatic });
  await client.deleteSecret({ name: name ?? '' });
  const [secrets] = await client.listSecrets({ parent });
  expect(secrets.map((secret) => secret.name)).toEqual([`${parent}/secrets/kept`]);
});

test('an etag lets a change through while it is current, and refuses it afterwards', async () => {
  const parent = await secretWith('a');
  const name = `${parent}/versions/1`;
  const [{ etag }] = await client.getSecretVersion({ name });
  expect(await codeOf(client.disableSecretVersion({ name, etag: etag ?? '' }))).toBe('no error');
  expect(await codeOf(client.enableSecretVersion({ name, etag: etag ?? '' }))).toBe(FAILED_PRECONDITION);
  expect(await codeOf(client.deleteSecret({ name: parent, etag: '"stale"' }))).toBe(FAILED_PRECONDITION);
});

test.each<[string, (secret: string) => Promise<unknown>, grpc.status]>([
  ['reading an unknown secret', () => client.getSecret({ name: `${project}/secrets/none` }), NOT_FOUND],
  ['reading an unknown version', (s) => client.getSecretVersion({ name: `${s}/versions/9` }), NOT_FOUND],
  ['accessing an unknown version', (s) => client.accessSecretVersion({ name: `${s}/versions/9` }), NOT_FOUND],
  [
    'adding a version to an unknown secret',
    () => client.addSecretVersion({ parent: `${project}/secrets/none`, payload: { data: 'YQ==' } }),
    NOT_FOUND,
  ],
  [
    'creating a secret twice',
    (s) => client.createSecret({ parent: project, secretId: s.split('/').at(-1) ?? '', secret: automatic }),
    ALREADY_EXISTS,
  ],
  ['a secret without replication', () => client.createSecret({ parent: project, secretId: 'x' }), INVALID_ARGUMENT],
  [
    'a secret id with a dot',
    () => client.createSecret({ parent: project, secretId: 'a.b', secret: automatic }),
    INVALID_ARGUMENT,
  ],
  ['a version that is no number', (s) => client.getSecretVersion({ name: `${s}/versions/one` }), INVALID_ARGUMENT],
  [
    'a payload over 64 KiB',
    (s) => client.addSecretVersion({ parent: s, payload: { data: Buffer.alloc(65_537, 1) } }),
    INVALID_ARGUMENT,
  ],
  ['an empty payload', (s) => client.addSecretVersion({ parent: s, payload: {} }), INVALID_ARGUMENT],
  [
    'a payload damaged on the way',
    (s) => client.addSecretVersion({ parent: s, payload: { data: Buffer.from('a'), dataCrc32c: 1 } }),
    INVALID_ARGUMENT,
  ],
  [
    'a page token nobody handed out',
    (s) => client.listSecretVersions({ parent: s, pageToken: 'eA' }, { autoPaginate: false }),
    INVALID_ARGUMENT,
  ],
  [
    'what the sandbox does not have',
    (s) => client.updateSecret({ secret: { name: s }, updateMask: { paths: ['labels'] } }),
    UNIMPLEMENTED,
  ],
])('%s is refused with the code of Google', async (_, call, code) => {
  expect(await codeOf(call(await secretWith('a')))).toBe(code);
});

test('a payload of 64 KiB is taken', async () => {
  const parent = await secretWith();
  expect(await codeOf(client.addSecretVersion({ parent, payload: { data: Buffer.alloc(65_536, 1) } }))).toBe(
    'no error',
  );
});

test('calls are counted by name', async () => {
  const before = manager.counters()['AccessSecretVersion'] ?? 0;
  const parent = await secretWith('a');
  await client.accessSecretVersion({ name: `${parent}/versions/1` });
  await codeOf(client.accessSecretVersion({ name: `${parent}/versions/2` }));
  expect(manager.counters()['AccessSecretVersion']).toBe(before + 2);
});
