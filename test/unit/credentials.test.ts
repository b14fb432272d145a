import { generateKeyPairSync } from 'node:crypto';
import { asApiError } from '../../functions/src/base/api-error.ts';
import type { Activation, CredentialStore } from '../../functions/src/credentials/store.ts';
import { updateCredentials, type LadderParts, type RungReport } from '../../functions/src/credentials/update.ts';
import type { PushResult } from '../../functions/src/fcm/result.ts';
import { CredentialError } from '../../functions/src/google/credential.ts';
import { gone, tryLater } from './doubles.ts';

const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const request = {
  projectId: 'fcm-client-11959',
  clientEmail: 'pusher@fcm-client-11959.iam.gserviceaccount.com',
  privateKey,
  revision: null,
};
const other: Activation = {
  version: '9',
  projectId: 'p',
  clientEmail: 'c',
  privateKey: 'k',
  fingerprint: 'f',
  updatedAt: '2026-01-01T00:00:00.000Z',
  updatedBy: 'bob@example.com',
  lastTest: null,
};

/** A ladder among doubles on which everything succeeds, but for what is given. */
function climb(parts: { token?: Error; probe?: PushResult; store?: Partial<CredentialStore> }) {
  const reports: RungReport[] = [];
  const calls: string[] = [];
  const store: CredentialStore = {
    add: () => Promise.resolve('7'),
    activate: ({ version, facts, by }) => {
      calls.push(`activate ${version}`);
      return Promise.resolve({ activation: { ...other, ...facts, version, updatedBy: by } });
    },
    destroy: (version) => {
      calls.push(`destroy ${version}`);
      return Promise.resolve();
    },
    active: () => Promise.resolve(undefined),
    recordTest: () => Promise.resolve(),
    destroyRetired: () => Promise.resolve(0),
    ...parts.store,
  };
  const ladder: LadderParts = {
    newAccessTokens: () => ({
      of: () => (parts.token ? Promise.reject(parts.token) : Promise.resolve('token')),
      forget: () => false,
    }),
    probe: () => Promise.resolve(parts.probe ?? gone),
    store,
    report: (report) => reports.push(report),
  };
  return { reports, calls, result: updateCredentials(request, 'ada@example.com', ladder) };
}

test('every rung is reported, in order, and the version that was stored is put in force', async () => {
  const { reports, calls, result } = climb({});
  expect(await result).toMatchObject({ version: '7', updatedBy: 'ada@example.com' });
  const rungs = ['kind', 'key', 'token', 'probe', 'store', 'activate'];
  expect(reports).toEqual(
    rungs.flatMap((rung) => [
      { rung, state: 'running' },
      { rung, state: 'passed' },
    ]),
  );
  expect(calls).toEqual(['activate 7']);
});

const refused = (code: string, detail = ''): PushResult => ({ outcome: 'refused', code, detail });

test.each<{ name: string; given: Parameters<typeof climb>[0]; expect: [number, string, string] }>([
  ...(
    [
      ['INVALID_SIGNATURE', 'invalid-signature'],
      ['ACCOUNT_NOT_FOUND', 'account-not-found'],
      ['CLOCK_SKEW', 'clock-skew'],
      ['INVALID_GRANT', 'invalid-grant'],
      ['TOKEN_REFUSED', 'token-refused'],
      ['PRIVATE_KEY_UNUSABLE', 'private-key-unusable'],
      ['ACCOUNT_DISABLED', 'account-disabled'],
      ['POLICY_REFUSED', 'policy-refused'],
    ] as const
  ).map(([code, told]) => ({
    name: `${code} at the token endpoint`,
    given: { token: new CredentialError(code, '') },
    expect: [422, told, 'token'] as [number, string, string],
  })),
  {
    name: 'no token endpoint',
    given: { token: new CredentialError('GOOGLE_UNREACHABLE', '', { passing: true }) },
    expect: [503, 'google-unreachable', 'token'],
  },
  { name: 'FCM being busy', given: { probe: tryLater }, expect: [503, 'google-unreachable', 'probe'] },
  {
    name: 'a missing permission',
    given: { probe: refused('PERMISSION_DENIED') },
    expect: [422, 'permission-missing', 'probe'],
  },
  {
    name: 'an API that is not enabled',
    given: { probe: refused('PERMISSION_DENIED', 'SERVICE_DISABLED') },
    expect: [422, 'api-disabled', 'probe'],
  },
  {
    name: 'an unknown project',
    given: { probe: refused('PROJECT_NOT_FOUND') },
    expect: [422, 'project-not-found', 'probe'],
  },
  { name: 'another refusal', given: { probe: refused('UNHEARD_OF') }, expect: [422, 'probe-refused', 'probe'] },
  {
    name: 'Secret Manager being closed',
    given: { store: { add: () => Promise.reject(new CredentialError('SECRET_MANAGER_FORBIDDEN', 'grant it')) } },
    expect: [422, 'secret-manager-forbidden', 'store'],
  },
])('$name: $expect', async ({ given, expect: expected }) => {
  const { calls, result } = climb(given);
  const { status, body } = asApiError(await result.catch((error: unknown) => error));
  expect([status, body.error.code, body.error.rung]).toEqual(expected);
  expect(calls).toEqual([]);
});

test('whoever comes second leaves no version behind, and is told who came first', async () => {
  const { calls, result } = climb({ store: { activate: () => Promise.resolve({ meanwhile: other }) } });
  expect(asApiError(await result.catch((error: unknown) => error))).toMatchObject({
    status: 409,
    body: { error: { code: 'changed-meanwhile', rung: 'activate', meanwhile: { by: 'bob@example.com' } } },
  });
  expect(calls).toEqual(['destroy 7']);
});
