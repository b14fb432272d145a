import { browserFailures } from '../../functions/src/credentials/browser-failure.ts';
import { runBrowserTest, type ArrivedPush, type BrowserTestPorts } from '../../hosting/src/browser-test.ts';
import { failureOfRegistration, TestFailure } from '../../hosting/src/diagnosis.ts';
import { ApiError } from '../../hosting/src/wire.ts';

const app = { appId: '1:12:web:ab', apiKey: 'AIza', senderId: '12', vapidKey: '' };
const refused = (code: string) => () => Promise.reject(new ApiError({ code, message: 'No.' }));

interface Given extends Partial<Pick<BrowserTestPorts, 'permission' | 'register'>> {
  readonly api?: Partial<BrowserTestPorts['api']>;
  /** Null for none. */
  readonly push?: Partial<ArrivedPush> | null;
}

/** A browser and a server that do everything right, but for what is given. */
async function run(ports: Given = {}) {
  const recorded: [string, string, string | null][] = [];
  let closed = 0;
  const { api, push = {}, ...others } = ports;
  const outcome = await runBrowserTest(
    app,
    {
      permission: () => Promise.resolve('granted'),
      register: () =>
        Promise.resolve({
          target: 'browser',
          listen: (onPush) => {
            onPush({ nonce: 'of another test' });
            if (push !== null) onPush({ nonce: 'n', ...push });
          },
          close: () => {
            closed += 1;
            return Promise.resolve();
          },
        }),
      api: {
        credentials: () => Promise.resolve({ configured: true, projectId: 'p' } as never),
        startTest: () => Promise.resolve({ testId: 't1' }),
        recordTest: (...record) => {
          recorded.push(record);
          return Promise.resolve();
        },
        ...api,
      },
      newNonce: () => 'n',
      now: () => 0,
      arrivalLimitMs: 10,
      ...others,
    },
    () => undefined,
  );
  return { outcome, recorded, closed };
}

test('the very push that was sent makes the success', async () => {
  const { outcome, recorded, closed } = await run();
  expect([outcome.result, recorded, closed]).toEqual(['arrived', [['t1', 'arrived', null]], 1]);
});

test.each<{ name: string; given: Given; code: string; recorded: string | null }>([
  { name: 'a push that never comes', given: { push: null }, code: 'push-not-arrived', recorded: 't1' },
  { name: 'another sender', given: { push: { from: '99' } }, code: 'push-from-another-sender', recorded: 't1' },
  {
    name: 'a browser that blocks notifications',
    given: { permission: () => Promise.resolve('denied') },
    code: 'notifications-denied',
    recorded: 'unsent',
  },
  {
    name: 'a registration that fails',
    given: { register: () => Promise.reject(new TestFailure('offline')) },
    code: 'offline',
    recorded: 'unsent',
  },
  {
    name: 'something nobody thought of',
    given: { register: () => Promise.reject(new Error('?')) },
    code: 'unknown-failure',
    recorded: 'unsent',
  },
  // What the server itself finds, or is unable to say, it knows without being told.
  {
    name: 'a refusal of the server',
    given: { api: { startTest: refused('sender-mismatch') } },
    code: 'sender-mismatch',
    recorded: null,
  },
  {
    name: 'a server that cannot be reached',
    given: { api: { credentials: refused('unreachable') } },
    code: 'unreachable',
    recorded: null,
  },
  {
    name: 'nothing to test',
    given: { api: { credentials: () => Promise.resolve({ configured: false, revision: null }) } },
    code: 'not-configured',
    recorded: null,
  },
])('$name: $code', async ({ given, code, recorded: testId }) => {
  const { outcome, recorded } = await run(given);
  expect(outcome).toMatchObject({ result: 'failed', diagnosis: { code } });
  expect(recorded).toEqual(testId === null ? [] : [[testId, 'failed', code]]);
  expect(recorded.every(([, , kept]) => browserFailures.some((known) => known === kept))).toBe(true);
});

test('an outcome that cannot be recorded is the outcome all the same', async () => {
  const { outcome } = await run({ api: { recordTest: refused('not-found') } });
  expect(outcome.result).toBe('arrived');
});

const sdk = (code: string, customData: object = {}) => ({ code, message: 'm', customData });
test.each<[string, unknown, string]>([
  ['an unknown key', sdk('installations/request-failed', { serverMessage: 'API key not valid.' }), 'api-key-invalid'],
  [
    'a restricted key',
    sdk('installations/request-failed', { serverMessage: 'Requests from referer are blocked.' }),
    'api-key-restricted',
  ],
  ['another refusal', sdk('installations/request-failed', { serverCode: 403 }), 'installations-refused'],
  ['a problem at Google', sdk('installations/request-failed', { serverCode: 503 }), 'installations-unavailable'],
  ['no network', sdk('installations/app-offline'), 'offline'],
  ['FCM refusing', sdk('messaging/token-subscribe-failed', { errorInfo: 'denied' }), 'registration-refused'],
  [
    'FCM out of reach',
    sdk('messaging/token-subscribe-failed', { errorInfo: 'TypeError: Failed to fetch' }),
    'registration-unreachable',
  ],
  ['no token', sdk('messaging/token-subscribe-no-token'), 'registration-without-token'],
  ['blocked notifications', sdk('messaging/permission-blocked'), 'notifications-denied'],
  ['a question left open', sdk('messaging/permission-default'), 'notifications-dismissed'],
  ['a browser without push', sdk('messaging/unsupported-browser'), 'push-unsupported'],
  ['a worker that fails', sdk('messaging/failed-service-worker-registration'), 'worker-failed'],
  ['a missing value', sdk('messaging/missing-app-config-values'), 'config-incomplete'],
  ['a blocked push service', { name: 'AbortError' }, 'push-service-blocked'],
  ['a wrong certificate key', { name: 'InvalidAccessError' }, 'vapid-key-refused'],
  ['a proxy', { name: 'SyntaxError' }, 'installations-unreadable'],
  ['Google out of reach', { name: 'TypeError' }, 'installations-unreachable'],
  ['nothing at all', undefined, 'unknown-failure'],
])('the SDK’s error for %s has a sentence of its own', (_name, error, code) => {
  expect(failureOfRegistration(error).diagnosis).toMatchObject({ code });
});
