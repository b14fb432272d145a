import { createSign, generateKeyPairSync } from 'node:crypto';
import type { TokenFault } from '../../local/fcm-faults.ts';
import { startGoogle, type Google } from '../../local/google.ts';
import { createServiceAccount, type AccountState, type ServiceAccountJson } from '../../local/oauth.ts';

const messagingScope = 'https://www.googleapis.com/auth/firebase.messaging';
const googleTokenUrl = 'https://oauth2.googleapis.com/token';
const start = Date.parse('2026-03-02T10:00:00Z');
const seconds = start / 1000;

let google: Google;
let account: ServiceAccountJson;
let now = start;

beforeAll(async () => {
  google = await startGoogle({ port: 0, now: () => now });
});

afterAll(() => google.stop());

beforeEach(() => {
  now = start;
  account = google.accounts.create('demo-callbacks');
});

interface Changes {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly privateKey?: string;
}

function assertionOf({ claims, header, privateKey = account.private_key }: Changes = {}): string {
  const part = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url');
  const iss = account.client_email;
  const standard = { iss, aud: googleTokenUrl, scope: messagingScope, iat: seconds, exp: seconds + 3600 };
  const signed = `${part({ alg: 'RS256', typ: 'JWT', ...header })}.${part({ ...standard, ...claims })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}

async function exchange(assertion: string, grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
  const body = new URLSearchParams({ grant_type: grantType, assertion });
  const response = await fetch(`${google.url}/token`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function tokenOf(changes?: Changes): Promise<string> {
  return String((await exchange(assertionOf(changes))).body['access_token']);
}

test('a signed assertion becomes an opaque token of an hour', async () => {
  const { status, body } = await exchange(assertionOf());
  expect({ status, body }).toEqual({
    status: 200,
    body: { access_token: expect.any(String) as string, expires_in: 3599, token_type: 'Bearer' },
  });
  expect(google.accounts.bearerOf(String(body['access_token']))).toMatchObject({ projectId: 'demo-callbacks' });
});

test('a token is good until it expires, and not a moment longer', async () => {
  const token = await tokenOf();
  now = start + 3_598_999;
  expect(google.accounts.bearerOf(token)).toBeDefined();
  now = start + 3_599_000;
  expect(google.accounts.bearerOf(token)).toBeUndefined();
});

const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});

test.each<[string, Changes, string]>([
  ['an assertion with the key id of the file is taken', { header: { kid: 'own' } }, 'none'],
  [
    'the scope cloud-platform is enough',
    { claims: { scope: 'https://www.googleapis.com/auth/cloud-platform' } },
    'none',
  ],
  ['one good scope among others is enough', { claims: { scope: `openid ${messagingScope}` } }, 'none'],
  ['a clock five minutes fast is forgiven', { claims: { iat: seconds + 300, exp: seconds + 3900 } }, 'none'],
  ['a lifetime of 65 minutes is taken', { claims: { exp: seconds + 3900 } }, 'none'],
  ['a longer lifetime is refused', { claims: { exp: seconds + 3901 } }, 'invalid_grant: Token must be a short-lived'],
  [
    'an assertion from the future',
    { claims: { iat: seconds + 301, exp: seconds + 3000 } },
    'invalid_grant: Token must',
  ],
  ['an expired assertion', { claims: { iat: seconds - 3600, exp: seconds } }, 'invalid_grant: Token must'],
  ['an assertion without times', { claims: { iat: undefined, exp: undefined } }, 'invalid_grant: Token must'],
  [
    'an unknown account',
    { claims: { iss: 'nobody@demo.iam.gserviceaccount.com' } },
    'invalid_grant: account not found',
  ],
  ['the key of somebody else', { privateKey: otherKey as string }, 'invalid_grant: Signature'],
  ['an unknown key id', { header: { kid: 'f00' } }, 'invalid_grant: Signature'],
  ['an algorithm without a signature', { header: { alg: 'none' } }, 'invalid_grant: Signature'],
  ['another audience', { claims: { aud: 'https://example.com/token' } }, 'invalid_grant: audience'],
  ['no scope', { claims: { scope: '' } }, 'invalid_scope'],
  ['a scope of something else', { claims: { scope: 'openid email' } }, 'invalid_scope'],
])('%s', async (_, changes, expected) => {
  const own = changes.header?.['kid'] === 'own' ? { header: { kid: account.private_key_id } } : {};
  const { status, body } = await exchange(assertionOf({ ...changes, ...own }));
  const [error, text = ''] = expected.split(': ');
  expect([status, body['error'] ?? 'none']).toEqual([expected === 'none' ? 200 : 400, error]);
  expect(String(body['error_description'])).toContain(text);
});

test('the address of the local endpoint is a good audience too', async () => {
  expect((await exchange(assertionOf({ claims: { aud: `${google.url}/token` } }))).status).toBe(200);
});

test.each([
  ['another grant type is not supported', 'client_credentials', 'x.y.z', 'unsupported_grant_type'],
  ['an assertion must be there', undefined, '', 'invalid_request'],
  ['an assertion must be a JWT', undefined, 'x.y.z', 'invalid_grant'],
])('%s', async (_, grantType, assertion, error) => {
  const { status, body } = await exchange(assertion, grantType);
  expect([status, body['error']]).toEqual([400, error]);
});

test.each<[AccountState, string]>([
  ['removed', 'Invalid grant: account not found'],
  ['key-revoked', 'Invalid JWT Signature.'],
])('an account that is %s gets no token until it is active again', async (state, error_description) => {
  google.accounts.setState(account.client_email, state);
  expect(await exchange(assertionOf())).toEqual({ status: 400, body: { error: 'invalid_grant', error_description } });
  google.accounts.setState(account.client_email, 'active');
  expect((await exchange(assertionOf())).status).toBe(200);
});

test('a rotated key replaces the former, and a registered second key joins it', async () => {
  const rotated = google.accounts.rotateKey(account.client_email);
  expect((await exchange(assertionOf())).body['error']).toBe('invalid_grant');
  expect((await exchange(assertionOf({ privateKey: rotated?.private_key ?? '' }))).status).toBe(200);
  google.accounts.register(account);
  expect((await exchange(assertionOf())).status).toBe(200);
  expect((await exchange(assertionOf({ privateKey: rotated?.private_key ?? '' }))).status).toBe(200);
});

test('revoked tokens are refused, and neither those given afterwards nor those of others are', async () => {
  const before = await tokenOf();
  const other = google.accounts.create('demo-callbacks');
  const others = await tokenOf({ claims: { iss: other.client_email }, privateKey: other.private_key });
  google.accounts.revokeTokens(account.client_email);
  const tokens = [before, await tokenOf(), others];
  expect(tokens.map((token) => google.accounts.bearerOf(token) !== undefined)).toEqual([false, true, true]);
});

describe('faults', () => {
  afterEach(() => {
    google.faults.clear();
  });
  const setFaults = (rules: unknown) =>
    fetch(`${google.url}/local/faults`, { method: 'PUT', body: JSON.stringify(rules) });
  const post = (timeoutMs = 5000) => {
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertionOf(),
    });
    return fetch(`${google.url}/token`, { method: 'POST', body, signal: AbortSignal.timeout(timeoutMs) });
  };

  test.each<[TokenFault['code'], number, string | undefined]>([
    ['INVALID_SIGNATURE', 400, 'invalid_grant'],
    ['ACCOUNT_NOT_FOUND', 400, 'invalid_grant'],
    ['ACCOUNT_DISABLED', 400, 'invalid_grant'],
    ['CLOCK_SKEW', 400, 'invalid_grant'],
    ['INVALID_GRANT', 400, 'invalid_grant'],
    ['INVALID_CLIENT', 401, 'invalid_client'],
    ['UNAUTHORIZED_CLIENT', 401, 'unauthorized_client'],
    ['INVALID_SCOPE', 400, 'invalid_scope'],
    ['ACCESS_DENIED', 403, 'access_denied'],
    ['RATE_LIMIT_EXCEEDED', 429, 'rate_limit_exceeded'],
    ['INTERNAL', 500, 'internal_failure'],
    ['UNAVAILABLE', 503, 'temporarily_unavailable'],
    ['NO_TOKEN', 200, undefined],
  ])('%s strikes once, then the token is given', async (code, status, error) => {
    await setFaults([{ door: 'token', code, times: 1, retryAfterSeconds: 7 }]);
    const struck = await post();
    const { error: said, access_token } = (await struck.json()) as Record<string, unknown>;
    expect([struck.status, said, access_token, struck.headers.get('retry-after')]).toEqual([
      status,
      error,
      undefined,
      '7',
    ]);
    expect((await post()).status).toBe(200);
  });

  test.each<[TokenFault['code'], number]>([
    ['HTML_502', 502],
    ['EMPTY_503', 503],
    ['EMPTY_200', 200],
    ['TRUNCATED_200', 200],
  ])('%s is no answer of OAuth', async (code, status) => {
    await setFaults([{ door: 'token', code, times: 1 }]);
    const struck = await post();
    expect(struck.status).toBe(status);
    await expect(struck.json()).rejects.toMatchObject({ name: 'SyntaxError' });
  });

  test.each<[TokenFault['code'], string]>([
    ['HANG', 'TimeoutError'],
    ['HANG_IN_BODY', 'TimeoutError'],
    ['RESET', 'TypeError'],
    ['RESET_IN_BODY', 'TypeError'],
  ])('%s gives no token', async (code, name) => {
    await setFaults([{ door: 'token', code, times: 1 }]);
    await expect(post(100).then((answer) => answer.json())).rejects.toMatchObject({ name });
  });

  test('of one account leave the others alone, and FCM', async () => {
    await setFaults([
      { door: 'token', target: 'somebody@else', code: 'INTERNAL' },
      { code: 'INTERNAL' },
      { door: 'token', target: account.client_email, code: 'UNAVAILABLE' },
    ]);
    expect((await post()).status).toBe(503);
    account = google.accounts.create('demo-callbacks');
    expect((await post()).status).toBe(200);
  });
});

test('an answer tells the time of the server’s own clock', async () => {
  now = start + 3 * 3600_000;
  const { headers } = await fetch(`${google.url}/local/counters`);
  expect(headers.get('date')).toBe('Mon, 02 Mar 2026 13:00:00 GMT');
});

test('a service account file has every field of Google’s', () => {
  const { private_key, private_key_id, client_email, client_id, ...rest } = createServiceAccount('demo-callbacks');
  expect(private_key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(private_key_id).toMatch(/^[0-9a-f]{40}$/);
  expect(client_email).toMatch(/^firebase-adminsdk-[0-9a-z]{5}@demo-callbacks\.iam\.gserviceaccount\.com$/);
  expect(client_id).toMatch(/^\d{21}$/);
  expect(rest).toEqual({
    type: 'service_account',
    project_id: 'demo-callbacks',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: googleTokenUrl,
    auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
    client_x509_cert_url: `https://www.googleapis.com/robot/v1/metadata/x509/${encodeURIComponent(client_email)}`,
    universe_domain: 'googleapis.com',
  });
});
