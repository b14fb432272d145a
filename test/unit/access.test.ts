import { generateKeyPairSync, sign } from 'node:crypto';
import { Agent } from 'node:https';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { managerOf, type IdTokenClaims, type VerifyIdToken } from '../../functions/src/console/access.ts';
import { asApiError } from '../../functions/src/base/api-error.ts';

const signedIn =
  (claims: Partial<IdTokenClaims>): VerifyIdToken =>
  () =>
    Promise.resolve({ uid: 'u1', email: 'ada@example.com', email_verified: true, ...claims });
const failing =
  (code: string, message = 'no'): VerifyIdToken =>
  () =>
    Promise.reject(Object.assign(new Error(message), { code }));
const administrator = signedIn({ role: 'administrator' });

test.each(['administrator', 'developer'])('a %s gets in', async (role) => {
  expect(await managerOf('Bearer token', signedIn({ role }))).toEqual({ email: 'ada@example.com', role });
});

const refusal = async (authorization: string | undefined, verify: VerifyIdToken) => {
  const error = asApiError(await managerOf(authorization, verify).catch((reason: unknown) => reason));
  return [error.status, error.body.error.code];
};

test.each<{ name: string; authorization?: string; verify: VerifyIdToken; expect: [number, string] }>([
  { name: 'another scheme', authorization: 'Basic eDp5', verify: administrator, expect: [401, 'not-signed-in'] },
  { name: 'an expired session', verify: failing('auth/id-token-expired'), expect: [401, 'session-expired'] },
  { name: 'a revoked session', verify: failing('auth/id-token-revoked'), expect: [401, 'session-expired'] },
  { name: 'a user who was disabled', verify: failing('auth/user-disabled'), expect: [401, 'session-expired'] },
  { name: 'a user who was deleted', verify: failing('auth/user-not-found'), expect: [401, 'session-expired'] },
  {
    name: 'an administrator whose email is not verified',
    verify: signedIn({ role: 'administrator', email_verified: false }),
    expect: [403, 'email-unverified'],
  },
  {
    name: 'an administrator without an email',
    verify: signedIn({ role: 'administrator', email: undefined, email_verified: undefined }),
    expect: [403, 'email-unverified'],
  },
  {
    name: 'an email that is verified in words only',
    verify: signedIn({ role: 'administrator', email_verified: 'true' }),
    expect: [403, 'email-unverified'],
  },
  { name: 'a supervisor', verify: signedIn({ role: 'supervisor' }), expect: [403, 'role-missing'] },
  { name: 'somebody without a role', verify: signedIn({}), expect: [403, 'role-missing'] },
  { name: 'a role in a list', verify: signedIn({ role: ['administrator'] }), expect: [403, 'role-missing'] },
  {
    name: 'anybody while Authentication times out',
    verify: failing('app/network-timeout'),
    expect: [503, 'authentication-unreachable'],
  },
  { name: 'anybody while Authentication fails', verify: failing('auth/internal-error'), expect: [500, 'internal'] },
  {
    name: 'anybody while the functions may not look users up',
    verify: failing('auth/insufficient-permission'),
    expect: [500, 'internal'],
  },
])('$name is refused', async ({ authorization = 'Bearer x', verify, expect: expected }) => {
  expect(await refusal(authorization, verify)).toEqual(expected);
});

test('nobody is refused', async () => {
  expect(await refusal(undefined, administrator)).toEqual([401, 'not-signed-in']);
});

// Where a developer's shell names the emulator, the SDK would ask that one.
delete process.env['FIREBASE_AUTH_EMULATOR_HOST'];

describe('with the real Admin SDK, where Google’s public keys cannot be fetched', () => {
  const httpAgent = new Agent({
    lookup: (_host, _options, done) => {
      done(new Error('no network'), '');
    },
  });
  const app = initializeApp({ projectId: 'demo-access', httpAgent }, 'access');
  const verify: VerifyIdToken = (token) => getAuth(app).verifyIdToken(token);
  afterAll(() => deleteApp(app));

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const token = (claims: object) => {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const unsigned = `${encode({ alg: 'RS256', kid: 'k1' })}.${encode({ aud: 'demo-access', iss: 'https://securetoken.google.com/demo-access', sub: 'u1', iat: now, exp: now + 600, ...claims })}`;
    return `${unsigned}.${sign('RSA-SHA256', Buffer.from(unsigned), privateKey).toString('base64url')}`;
  };

  test.each<{ name: string; token: string; expect: [number, string] }>([
    { name: 'no token at all', token: 'x', expect: [401, 'not-signed-in'] },
    { name: 'a token of another project', token: token({ aud: 'other' }), expect: [401, 'not-signed-in'] },
    { name: 'a token that may be good', token: token({}), expect: [503, 'authentication-unreachable'] },
  ])('$name: $expect', async ({ token: given, expect: expected }) => {
    expect(await refusal(`Bearer ${given}`, verify)).toEqual(expected);
  });
});
