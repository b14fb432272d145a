import { managerOf, type VerifyIdToken } from '../../functions/src/access.ts';
import { asApiError } from '../../functions/src/api-error.ts';

const signedIn =
  (role: unknown): VerifyIdToken =>
  () =>
    Promise.resolve({ uid: 'u1', email: 'ada@example.com', role });
const failing =
  (code: string): VerifyIdToken =>
  () =>
    Promise.reject(Object.assign(new Error('no'), { code }));

test.each(['administrator', 'developer'])('a %s gets in', async (role) => {
  expect(await managerOf('Bearer token', signedIn(role))).toEqual({ email: 'ada@example.com', role });
});

test.each<{ name: string; authorization: string | undefined; verify: VerifyIdToken; expect: [number, string] }>([
  { name: 'nobody', authorization: undefined, verify: signedIn('administrator'), expect: [401, 'not-signed-in'] },
  {
    name: 'another scheme',
    authorization: 'Basic eDp5',
    verify: signedIn('administrator'),
    expect: [401, 'not-signed-in'],
  },
  {
    name: 'a forged token',
    authorization: 'Bearer x',
    verify: failing('auth/argument-error'),
    expect: [401, 'not-signed-in'],
  },
  {
    name: 'an expired session',
    authorization: 'Bearer x',
    verify: failing('auth/id-token-expired'),
    expect: [401, 'session-expired'],
  },
  {
    name: 'a revoked session',
    authorization: 'Bearer x',
    verify: failing('auth/id-token-revoked'),
    expect: [401, 'session-expired'],
  },
  { name: 'a supervisor', authorization: 'Bearer x', verify: signedIn('supervisor'), expect: [403, 'role-missing'] },
  {
    name: 'somebody without a role',
    authorization: 'Bearer x',
    verify: signedIn(undefined),
    expect: [403, 'role-missing'],
  },
  {
    name: 'a role in a list',
    authorization: 'Bearer x',
    verify: signedIn(['administrator']),
    expect: [403, 'role-missing'],
  },
])('$name is refused', async ({ authorization, verify, expect: expected }) => {
  const error = asApiError(await managerOf(authorization, verify).catch((refusal: unknown) => refusal));
  expect([error.status, error.body.error.code]).toEqual(expected);
});
