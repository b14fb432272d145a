import { createAdminApi, type AdminParts, type AdminRequest } from '../../functions/src/console/api.ts';
import { ApiError } from '../../functions/src/base/api-error.ts';
import type { AuditRecord } from '../../functions/src/console/audit.ts';
import { browserFailures } from '../../functions/src/credentials/browser-failure.ts';
import type { Activation } from '../../functions/src/credentials/store.ts';
import { maxBodyBytes } from '../../functions/src/base/request-body.ts';

const activation: Activation = {
  version: '7',
  projectId: 'fcm-client-11959',
  clientEmail: 'fire….com',
  privateKey: '-----BEGIN PRIVATE KEY----- … abcd',
  fingerprint: 'SHA256:x',
  updatedAt: '2026-01-01T00:00:00.000Z',
  updatedBy: 'ada@example.com',
  lastTest: null,
};
const wanted = { projectId: 'p', clientEmail: 'e', privateKey: 'k', revision: null };

/** The API among doubles: every call is recorded, an update passes one rung. */
function createRoom(parts: Partial<AdminParts> = {}) {
  const records: AuditRecord[] = [];
  const bugs: unknown[] = [];
  const api = createAdminApi({
    environment: { emulator: false },
    manager: () => Promise.resolve({ email: 'ada@example.com', role: 'administrator' }),
    active: () => Promise.resolve(activation),
    update: (_request, _by, report) => {
      report({ rung: 'kind', state: 'running' });
      return Promise.resolve(activation);
    },
    test: {
      send: () => Promise.resolve({ testId: 't1', messageId: 'm1' }),
      conclude: () => Promise.resolve(activation),
    },
    apiKeys: {
      list: () => Promise.resolve([]),
      create: () => Promise.reject(new ApiError('administrator-only', 'No.')),
      revoke: () => Promise.reject(new ApiError('not-found', 'No.')),
    },
    audit: {
      add: (record) => {
        records.push(record);
        return Promise.resolve();
      },
      newest: () => Promise.resolve([]),
    },
    now: () => 0,
    reportBug: (error) => bugs.push(error),
    ...parts,
  });
  async function ask(call: string, body: unknown = '', accept = 'application/json') {
    const [method = '', path = ''] = call.split(' ');
    const answer = { status: 0, lines: [] as object[], ended: false };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const request: AdminRequest = {
      method,
      path: `/admin/v1/${path}`,
      query: {},
      headers: { authorization: 'Bearer x', accept },
      body: Buffer.from(text),
    };
    await api(request, {
      json: (status, line) => {
        answer.status = status;
        answer.lines.push(line);
      },
      lines: () => {
        answer.status = 200;
        return (line) => answer.lines.push(line);
      },
      end: () => (answer.ended = true),
    });
    return answer;
  }
  return { ask, records, bugs };
}

const failing = () => Promise.reject(new Error('Firestore does not answer'));
const noAudit: Partial<AdminParts> = { audit: { add: failing, newest: failing } };

describe('a record that cannot be written changes nothing of what it records', () => {
  test('an update that succeeded', async () => {
    const { ask, bugs } = createRoom(noAudit);
    expect(await ask('PUT credentials', wanted)).toMatchObject({ status: 200, lines: [{ result: 'updated' }] });
    expect(bugs).toEqual([new Error('Firestore does not answer')]);
  });

  test('an update that failed', async () => {
    const refusal = new ApiError('update-failed', 'No.', { code: 'invalid-signature', rung: 'token' });
    const { ask, bugs } = createRoom({ ...noAudit, update: () => Promise.reject(refusal) });
    expect(await ask('PUT credentials', wanted)).toMatchObject({
      status: 422,
      lines: [{ error: { code: 'invalid-signature' } }],
    });
    expect(bugs).toHaveLength(1);
  });

  test('the outcome of a test', async () => {
    const { ask, bugs } = createRoom(noAudit);
    expect(await ask('PUT credentials/tests/t1', { result: 'arrived', code: null })).toMatchObject({ status: 200 });
    expect(bugs).toHaveLength(1);
  });
});

describe('with an answer in lines', () => {
  const lines = 'application/x-ndjson';

  test('each rung is a line, and so is a refusal on a later one', async () => {
    const refusal = new ApiError('update-failed', 'No.', { rung: 'kind' });
    const { ask } = createRoom({
      update: (_request, _by, report) => {
        report({ rung: 'kind', state: 'running' });
        return Promise.reject(refusal);
      },
    });
    expect(await ask('PUT credentials', wanted, lines)).toEqual({
      status: 200,
      lines: [{ rung: 'kind', state: 'running' }, refusal.body],
      ended: true,
    });
  });

  test.each<{ name: string; body: unknown; expect: [number, string] }>([
    { name: 'a field that is missing', body: { ...wanted, privateKey: undefined }, expect: [422, 'invalid-request'] },
    { name: 'a list', body: [wanted], expect: [422, 'invalid-request'] },
    { name: 'half a request', body: JSON.stringify(wanted).slice(0, 40), expect: [400, 'malformed-json'] },
    { name: 'nothing', body: '', expect: [422, 'invalid-request'] },
    { name: 'far too much', body: 'x'.repeat(maxBodyBytes + 1), expect: [413, 'too-large'] },
  ])('$name is refused with a status of its own', async ({ body, expect: [status, code] }) => {
    const { ask, records } = createRoom();
    expect(await ask('PUT credentials', body, lines)).toMatchObject({
      status,
      lines: [{ error: { code } }],
      ended: false,
    });
    expect(records).toEqual([]);
  });
});

describe('of a test only what a browser can really have found is kept', () => {
  test.each<{ name: string; body: object; expect: [number, string | null] }>([
    { name: 'a push that arrived', body: { result: 'arrived', code: null }, expect: [200, null] },
    ...browserFailures.map((code) => ({
      name: code,
      body: { result: 'failed', code },
      expect: [200, code] as [number, string],
    })),
  ])('$name', async ({ body, expect: [status, code] }) => {
    const { ask, records } = createRoom();
    expect(await ask('PUT credentials/tests/t1', body)).toMatchObject({ status });
    expect(records).toMatchObject([{ action: 'credentials-test', code }]);
  });

  test.each<{ name: string; body: object }>([
    { name: 'a code of one’s own', body: { result: 'failed', code: 'AIzaSy-what-I-like' } },
    { name: 'a failure without a code', body: { result: 'failed', code: null } },
    { name: 'a success with a code', body: { result: 'arrived', code: 'offline' } },
    { name: 'a code of the update', body: { result: 'failed', code: 'invalid-signature' } },
    { name: 'another result', body: { result: 'perhaps', code: null } },
  ])('not $name', async ({ body }) => {
    const { ask, records } = createRoom();
    expect(await ask('PUT credentials/tests/t1', body)).toMatchObject({
      status: 422,
      lines: [{ error: { code: 'invalid-request' } }],
    });
    expect(records).toEqual([]);
  });
});

test('nothing of a request that is no JSON is in the answer', async () => {
  const { ask } = createRoom();
  const { lines } = await ask('PUT credentials', '{"privateKey": MIIEvQIBADANBgkqhkiG9w0');
  expect(JSON.stringify(lines)).not.toMatch(/MII|privateKey/);
});

test('what is no refusal is reported, and nothing of it told', async () => {
  const { ask, bugs } = createRoom({ active: () => Promise.reject(new Error('secret detail')) });
  const answer = await ask('GET credentials');
  expect([answer.status, JSON.stringify(answer.lines)]).toEqual([500, expect.not.stringContaining('secret detail')]);
  expect(bugs).toEqual([new Error('secret detail')]);
});
