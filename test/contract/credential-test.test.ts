import { asApiError } from '../../functions/src/base/api-error.ts';
import type { Activation, CredentialStore } from '../../functions/src/credentials/store.ts';
import { createCredentialTest, type TestOutcome } from '../../functions/src/credentials/test-push.ts';
import type { PushResult } from '../../functions/src/fcm/result.ts';
import { createPendingTests } from '../../functions/src/credentials/pending-tests.ts';
import { accepted, tryLater } from '../unit/doubles.ts';
import { useLocalFirestore } from './firestore-support/local-firestore.ts';

const firestore = useLocalFirestore();
const ada = 'ada@example.com';
const request = { appId: '1:12:web:ab', senderId: '12', target: 'browser', nonce: 'n' };
const arrived: TestOutcome = { result: 'arrived', code: null };
const failed: TestOutcome = { result: 'failed', code: 'push-not-arrived' };

/** Two instances of the functions over one database, and a clock to turn. */
function createRoom(answer: PushResult = accepted) {
  const state = { now: Date.now(), version: '1', lastTest: undefined as Activation['lastTest'] | undefined };
  const store: Pick<CredentialStore, 'active' | 'recordTest'> = {
    active: () => Promise.resolve({ version: state.version, projectId: 'p' } as Activation),
    recordTest: (_version, lastTest) => {
      state.lastTest = lastTest;
      return Promise.resolve();
    },
  };
  const now = () => state.now;
  const instance = () =>
    createCredentialTest({
      store: store as CredentialStore,
      pending: createPendingTests(firestore.client(), now),
      send: () => Promise.resolve(answer),
      now,
    });
  return { state, one: instance(), another: instance() };
}

const codeOf = async (call: Promise<unknown>) =>
  asApiError(
    await call.then(
      () => 'no error',
      (error: unknown) => error,
    ),
  ).body.error.code;

test.each([arrived, failed])(
  'the instance that is told of $result need not be the one that sent the push',
  async (outcome) => {
    const { state, one, another } = createRoom();
    const { testId } = await one.send(request, ada);
    await another.conclude(testId, ada, outcome);
    expect(state.lastTest).toMatchObject({ ...outcome, by: ada });
  },
);

describe('no test counts', () => {
  test('that was never sent', async () => {
    const { state, one } = createRoom();
    expect(await codeOf(one.conclude('1-made-up', ada, arrived))).toBe('not-found');
    expect(await codeOf(one.conclude('unsent', ada, arrived))).toBe('not-found');
    expect(state.lastTest).toBeUndefined();
  });

  test('whose push was refused', async () => {
    const { one } = createRoom(tryLater);
    expect(await codeOf(one.send(request, ada))).toBe('google-unreachable');
    const pending = await firestore.db.collection('pendingCredentialTests').where('by', '==', ada).get();
    expect(pending.docs.filter((document) => document.get('version') === '1')).toEqual([]);
  });

  test('of somebody else; whose it is may still end it', async () => {
    const { state, one } = createRoom();
    const { testId } = await one.send(request, ada);
    expect(await codeOf(one.conclude(testId, 'bob@example.com', arrived))).toBe('not-found');
    expect(state.lastTest).toBeUndefined();
    await one.conclude(testId, ada, arrived);
  });

  test('twice', async () => {
    const { state, one, another } = createRoom();
    const { testId } = await one.send(request, ada);
    await one.conclude(testId, ada, failed);
    expect(await codeOf(another.conclude(testId, ada, arrived))).toBe('not-found');
    expect(state.lastTest).toMatchObject(failed);
  });

  test('that ended long ago', async () => {
    const { state, one } = createRoom();
    const { testId } = await one.send(request, ada);
    state.now += 3600_000;
    expect(await codeOf(one.conclude(testId, ada, arrived))).toBe('not-found');
  });

  test('of credentials that were replaced meanwhile', async () => {
    const { state, one } = createRoom();
    const { testId } = await one.send(request, ada);
    state.version = '2';
    expect(await codeOf(one.conclude(testId, ada, arrived))).toBe('not-found');
    expect(state.lastTest).toBeUndefined();
  });
});

test('what failed in the browser before any push was asked for is kept as a failure', async () => {
  const { state, one } = createRoom();
  await one.conclude('unsent', ada, { result: 'failed', code: 'notifications-denied' });
  expect(state.lastTest).toMatchObject({ result: 'failed', code: 'notifications-denied', by: ada });
});

test.each(['FORBIDDEN', 'NOT_FOUND'])('a browser that alone is refused (%s) is not blamed on Google', async (code) => {
  const { one } = createRoom({ outcome: 'try-later', scope: 'device', code, detail: 'refused' });
  expect(await codeOf(one.send(request, ada))).toBe('target-gone');
});
