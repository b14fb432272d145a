import { createCredentialSource } from '../../functions/src/credentials/source.ts';
import { createKeyVault } from '../../functions/src/credentials/vault.ts';
import { minute, monday } from '../support/builders.ts';

const payloadOf = (projectId: string) =>
  JSON.stringify({
    type: 'service_account',
    project_id: projectId,
    client_email: `push@${projectId}.iam.gserviceaccount.com`,
    private_key: '-----BEGIN PRIVATE KEY-----\nsecret-part\n-----END PRIVATE KEY-----\n',
  });

const grpcError = (code: number) => Object.assign(new Error(`${code} from Secret Manager`), { code });

/** Credentials in memory that can be told to fail, a clock to turn, and a record of what was asked. */
function room() {
  const asked: string[] = [];
  const state = {
    now: monday,
    active: '1' as string | undefined,
    payloads: new Map([
      ['1', payloadOf('first')],
      ['2', payloadOf('second')],
    ]),
    failure: undefined as Error | undefined,
    outage: undefined as Error | undefined,
    isSilent: false,
  };
  const store = {
    async activeVersion() {
      asked.push('active');
      const { active, outage, isSilent } = state;
      await (isSilent ? new Promise(() => undefined) : Promise.resolve());
      if (outage) throw outage;
      return active;
    },
    async payload(version: string) {
      asked.push(`payload ${version}`);
      await Promise.resolve();
      if (state.failure) throw state.failure;
      return state.payloads.get(version) ?? '';
    },
  };
  return { vault: createKeyVault(store, () => state.now, minute, 50), asked, state };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as { code?: unknown }).code,
  );

test('the credentials in force are those of the active version', async () => {
  const { vault, asked } = room();
  expect(await vault.active()).toEqual({
    version: '1',
    projectId: 'first',
    clientEmail: 'push@first.iam.gserviceaccount.com',
    privateKey: '-----BEGIN PRIVATE KEY-----\nsecret-part\n-----END PRIVATE KEY-----\n',
  });
  expect(asked).toEqual(['active', 'payload 1']);
});

test('they are asked for once while they are young', async () => {
  const { vault, asked, state } = room();
  await Promise.all([vault.active(), vault.active()]);
  state.now += minute - 1;
  await vault.active();
  expect(asked).toEqual(['active', 'payload 1']);
});

test('a payload is fetched once, however often its version is asked for', async () => {
  const { vault, asked, state } = room();
  await vault.active();
  state.now += minute;
  await vault.active();
  expect(asked).toEqual(['active', 'payload 1', 'active']);
});

test('a new version is in force once the remembered one is old', async () => {
  const { vault, state } = room();
  await vault.active();
  state.active = '2';
  expect((await vault.active()).projectId).toBe('first');
  state.now += minute;
  expect((await vault.active()).projectId).toBe('second');
});

test('what failed to authenticate is asked for again at once', async () => {
  const { vault, state } = room();
  const refused = await vault.active();
  state.active = '2';
  vault.forget(refused);
  expect((await vault.active()).version).toBe('2');
});

test('what failed after newer credentials came into force costs no further question', async () => {
  const { vault, asked, state } = room();
  const refused = await vault.active();
  state.active = '2';
  vault.forget(refused);
  await vault.active();
  vault.forget(refused);
  await vault.active();
  expect(asked).toEqual(['active', 'payload 1', 'active', 'payload 2']);
});

test('who looks again sees a new version at once, and keeps what is in force where nobody answers', async () => {
  const { vault, asked, state } = room();
  await vault.active();
  vault.lookAgain();
  state.outage = grpcError(14);
  expect((await vault.active()).version).toBe('1');
  Object.assign(state, { outage: undefined, active: '2' });
  vault.lookAgain();
  expect((await vault.active()).version).toBe('2');
  expect(asked).toEqual(['active', 'payload 1', 'active', 'active', 'payload 2']);
});

test.each<{ name: string; given: Partial<ReturnType<typeof room>['state']>; expect: string }>([
  { name: 'nothing was registered yet', given: { active: undefined }, expect: 'CREDENTIALS_NOT_CONFIGURED' },
  { name: 'the version does not exist', given: { failure: grpcError(5) }, expect: 'CREDENTIALS_LOST' },
  { name: 'the function may not read it', given: { failure: grpcError(7) }, expect: 'CREDENTIALS_FORBIDDEN' },
  { name: 'the version is disabled', given: { failure: grpcError(9) }, expect: 'CREDENTIALS_DISABLED' },
  { name: 'Secret Manager is down', given: { failure: grpcError(14) }, expect: 'SECRET_MANAGER_UNAVAILABLE' },
  {
    name: 'Secret Manager fails without a code',
    given: { failure: new Error('odd') },
    expect: 'SECRET_MANAGER_UNAVAILABLE',
  },
  { name: 'the payload is not JSON', given: { payloads: new Map([['1', 'AIza…']]) }, expect: 'CREDENTIALS_UNREADABLE' },
  { name: 'the payload is empty', given: { payloads: new Map() }, expect: 'CREDENTIALS_UNREADABLE' },
  {
    name: 'the payload has no private key',
    given: { payloads: new Map([['1', payloadOf('first').replaceAll('PRIVATE KEY', 'KEY')]]) },
    expect: 'CREDENTIALS_UNREADABLE',
  },
])('$name', async ({ given, expect: code }) => {
  const { vault, state } = room();
  Object.assign(state, given);
  expect(await codeOf(vault.active())).toBe(code);
});

test.each([
  { name: 'a page that asks for a password, in place of Secret Manager', given: undefined },
  { name: 'an empty object', given: {} },
  { name: 'a payload without data', given: { payload: {} } },
])('what passes by itself stops nobody: $name', async ({ given }) => {
  const active = { data: { version: '1' }, createTime: '1.0', updateTime: '1.0' };
  const documents = { read: () => Promise.resolve([active]), write: () => Promise.resolve([]) };
  const config = { projectId: 'p', credentialsSecret: 's' };
  const vault = createKeyVault(
    createCredentialSource(documents, () => Promise.resolve(given), config),
    () => monday,
    minute,
  );
  await expect(vault.active()).rejects.toMatchObject({ code: 'SECRET_MANAGER_UNAVAILABLE', passing: true });
});

test('no error repeats what the payload holds', async () => {
  const { vault, state } = room();
  state.payloads.set('1', '{"private_key": "secret-part"}');
  const message = await vault.active().catch((error: unknown) => String(error));
  expect(message).not.toContain('secret-part');
});

test('a failure is not remembered', async () => {
  const { vault, asked, state } = room();
  state.failure = grpcError(14);
  expect(await codeOf(vault.active())).toBe('SECRET_MANAGER_UNAVAILABLE');
  state.failure = undefined;
  expect((await vault.active()).version).toBe('1');
  expect(asked).toEqual(['active', 'payload 1', 'active', 'payload 1']);
});

test('credentials that were read before the clock was set back are asked for again', async () => {
  const { vault, state } = room();
  await vault.active();
  state.active = '2';
  state.now -= 1;
  expect((await vault.active()).version).toBe('2');
});

describe('credentials in use', () => {
  type State = ReturnType<typeof room>['state'];
  test.each<{ name: string; given: Partial<State> }>([
    { name: 'Firestore is down', given: { outage: new Error('14 UNAVAILABLE') } },
    { name: 'Firestore never answers', given: { isSilent: true } },
    { name: 'there is a new version and Secret Manager is down', given: { active: '2', failure: grpcError(14) } },
  ])('go on being used while $name', async ({ given }) => {
    const { vault, state } = room();
    const inUse = await vault.active();
    state.now += minute;
    Object.assign(state, given);
    expect(await vault.active()).toEqual(inUse);
    expect(await Promise.all([vault.active(), vault.active()])).toEqual([inUse, inUse]);
  });

  test('cost one question in a while, while it is not answered', async () => {
    const { vault, asked, state } = room();
    await vault.active();
    state.now += minute;
    state.outage = grpcError(14);
    asked.length = 0;
    for (let n = 0; n < 100; n++) await vault.active();
    expect(asked).toEqual(['active']);
    state.outage = undefined;
    state.active = '2';
    state.now += minute;
    expect((await vault.active()).version).toBe('2');
  });

  test.each<{ name: string; given: Partial<State>; expect: string }>([
    { name: 'there are none any more', given: { active: undefined }, expect: 'CREDENTIALS_NOT_CONFIGURED' },
    { name: 'the new version is lost', given: { active: '2', failure: grpcError(5) }, expect: 'CREDENTIALS_LOST' },
    {
      name: 'the new version is disabled',
      given: { active: '2', failure: grpcError(9) },
      expect: 'CREDENTIALS_DISABLED',
    },
  ])('are not used any more once $name, even where nothing is answered later', async ({ given, expect: code }) => {
    const { vault, state } = room();
    await vault.active();
    state.now += minute;
    Object.assign(state, given);
    expect(await codeOf(vault.active())).toBe(code);
    state.outage = grpcError(14);
    expect(await codeOf(vault.active())).toBe(14);
  });

  test('are not used any more once they were refused, even where nothing is answered', async () => {
    const { vault, state } = room();
    vault.forget(await vault.active());
    state.outage = grpcError(14);
    expect(await codeOf(vault.active())).toBe(14);
  });

  test('and were refused while they were asked for again are not brought back by the answer of before', async () => {
    const { vault, state } = room();
    const refused = await vault.active();
    state.now += minute;
    const before = vault.active();
    vault.forget(refused);
    state.active = '2';
    expect((await vault.active()).version).toBe('2');
    await before;
    expect((await vault.active()).version).toBe('2');
  });
});
