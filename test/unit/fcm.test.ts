import { createAccessTokens } from '../../functions/src/google/access-token.ts';
import type { TroubleScope } from '../../functions/src/fcm/result.ts';
import { CredentialError, type Credential } from '../../functions/src/google/credential.ts';
import { createFcmSender } from '../../functions/src/fcm/sender.ts';
import { createHttp2Client } from '../../functions/src/google/http2-client.ts';
import { buildMessage } from '../../functions/src/notice/message.ts';
import { aMessageRequest, aToken, monday } from '../support/builders.ts';
import { answerJson, privateKey, startServer, type Answer } from './http-server.ts';

const message = buildMessage(aMessageRequest());
/** Longer than a busy machine may take. */
const patience = 5000;
const accepted = answerJson(200, { name: 'projects/first/messages/1' });
const unauthenticated = answerJson(401, { error: { code: 401, status: 'UNAUTHENTICATED', message: 'invalid token' } });
const silence: Answer = () => undefined;
const hangUp: Answer = (_, response) => response.destroy();

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer(silence);
});
afterAll(() => server.stop());
beforeEach(() => {
  server.requests.length = 0;
});

/**
 * A sender with real tokens against one server: `t1`, `t2` … come from `/token`, and messages are answered in turn,
 * the last answer again and again. The vault has a new version each time it is asked anew.
 */
function room(...answers: Answer[]) {
  return roomWithin(patience, ...answers);
}

function roomWithin(timeoutMs: number, ...answers: Answer[]) {
  let exchanges = 0;
  const state = {
    now: monday,
    version: 1,
    failure: undefined as Error | undefined,
    asked: 0,
    forgotten: [] as string[],
  };
  server.state.answer = (request, response) => {
    if (request.path === '/token') answerJson(200, { access_token: `t${++exchanges}` })(request, response);
    else (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
  };
  const { url } = server;
  const now = () => state.now;
  const send = createFcmSender({
    client: server.http2,
    timeoutMs,
    now,
    accessTokens: createAccessTokens({ client: server.http, now, timeoutMs: patience, tokenUrl: `${url}/token` }),
    credentials: {
      async active(): Promise<Credential> {
        state.asked++;
        await Promise.resolve();
        if (state.failure) throw state.failure;
        return { version: String(state.version), projectId: 'first', clientEmail: 'push@first.example', privateKey };
      },
      forget: ({ version }) => {
        state.forgotten.push(version);
      },
    },
  });
  return { send, state };
}

const sent = () => server.requests.filter(({ path }) => path !== '/token');
const exchanged = () => server.requests.filter(({ path }) => path === '/token').length;

test('one message is one request with the project’s token', async () => {
  const { send } = room(accepted);
  expect(await send(aToken(), message)).toEqual({ outcome: 'accepted', messageId: 'projects/first/messages/1' });
  const [request] = sent();
  expect({
    ...request,
    headers: request?.headers.authorization,
    body: JSON.parse(request?.body ?? '') as unknown,
  }).toEqual({
    method: 'POST',
    path: '/v1/projects/first/messages:send',
    headers: 'Bearer t1',
    body: { message: { token: aToken(), ...message } },
  });
});

test.each<{ name: string; given: string; expect: 'fid' | 'token' }>([
  { name: 'an installation id', given: 'cIB0dGVzdF9maWRfMDAwMQ', expect: 'fid' },
  { name: 'a registration token', given: aToken(), expect: 'token' },
  { name: 'what begins as no installation id does', given: 'aIB0dGVzdF9maWRfMDAwMQ', expect: 'token' },
  { name: 'what is longer than an installation id', given: 'cIB0dGVzdF9maWRfMDAwMQQ', expect: 'token' },
])('$name is addressed as $expect', async ({ given, expect: field }) => {
  const { send } = room(accepted);
  await send(given, message);
  expect(JSON.parse(sent()[0]?.body ?? '')).toEqual({ message: { [field]: given, ...message } });
});

test('further messages need no further token', async () => {
  const { send } = room(accepted);
  await Promise.all([send('one', message), send('two', message)]);
  await send('three', message);
  expect([exchanged(), sent().length]).toEqual([1, 3]);
});

/** Knows no token of these any more. */
const revoked =
  (...tokens: string[]): Answer =>
  (request, response) => {
    const isKnown = !tokens.includes(request.headers.authorization ?? '');
    (isKnown ? accepted : unauthenticated)(request, response);
  };

test('a token that was revoked is renewed once, with the credentials asked for again', async () => {
  const { send, state } = room(revoked('Bearer t1'));
  expect(await send(aToken(), message)).toMatchObject({ outcome: 'accepted' });
  // The second is the probe.
  expect(sent().map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  expect(state.forgotten).toEqual(['1']);
});

test('devices that are refused as if the token were, while a probe gets through, burn neither tokens nor credentials', async () => {
  const { send, state } = room((request, response) => {
    (request.body.includes('iphone') ? unauthenticated : accepted)(request, response);
  });
  for (let n = 0; n < 20; n++) {
    expect(await send(`iphone-${n}`, message)).toMatchObject({ scope: 'device', code: 'DEVICE_UNAUTHENTICATED' });
    expect(await send(`android-${n}`, message)).toMatchObject({ outcome: 'accepted' });
  }
  expect([exchanged(), state.forgotten, sent().length]).toEqual([1, [], 41]);
});

test.each([
  { name: 'does not exist', code: 'PROJECT_NOT_FOUND', given: answerJson(404, { error: { code: 404 } }) },
  { name: 'may not be sent in', code: 'PERMISSION_DENIED', given: answerJson(403, { error: { code: 403 } }) },
])('where the project $name, the credentials are asked for again with the next message', async ({ code, given }) => {
  const { send, state } = room(given);
  expect(await send(aToken(), message)).toMatchObject({ scope: 'credentials', code });
  expect(state.forgotten).toEqual(['1']);
});

test('a second refusal is the ledger’s business', async () => {
  const { send } = room(unauthenticated);
  expect(await send(aToken(), message)).toMatchObject({ scope: 'credentials', code: 'UNAUTHENTICATED' });
  // A message and a probe with each token.
  expect([sent().length, exchanged()]).toEqual([4, 2]);
});

test('a message with a mistake is not sent twice', async () => {
  const { send } = room(answerJson(400, { error: { code: 400, message: 'Invalid JSON payload received.' } }));
  expect(await send(aToken(), message)).toMatchObject({ outcome: 'refused' });
  expect(sent()).toHaveLength(1);
});

test('many messages that are refused together renew the token once', async () => {
  const { send } = room(accepted);
  await send('first', message);
  server.state.answer = (request, response) => {
    if (request.path === '/token') answerJson(200, { access_token: 'fresh' })(request, response);
    else revoked('Bearer t1')(request, response);
  };
  server.requests.length = 0;
  const results = await Promise.all(Array.from({ length: 30 }, (_, n) => send(`device-${n}`, message)));
  expect(results.filter(({ outcome }) => outcome !== 'accepted')).toEqual([]);
  expect(exchanged()).toBe(1);
});

test('a connection that breaks is tried later, not at once: FCM may have the message', async () => {
  const { send } = room(hangUp, accepted);
  expect(await send(aToken(), message)).toMatchObject({ outcome: 'try-later', code: 'CONNECTION_LOST' });
  expect(sent()).toHaveLength(1);
});

test('a token that is refused only after a long time is left to the ledger: the lease must outlast the attempt', async () => {
  const { send, state } = room((...given) => {
    state.now += patience;
    unauthenticated(...given);
  });
  expect(await send(aToken(), message)).toMatchObject({ outcome: 'try-later', code: 'UNAUTHENTICATED' });
  expect([sent().length, exchanged()]).toEqual([2, 1]);
});

test('what FCM could answer only when somebody else may send it, too, is not sent', async () => {
  const { send, state } = room(accepted);
  const longest = patience * 2;
  expect(await send(aToken(), message, state.now + longest - 1)).toMatchObject({
    outcome: 'try-later',
    code: 'LEASE_ENDING',
  });
  expect(sent()).toHaveLength(0);
  expect(await send(aToken(), message, state.now + longest)).toMatchObject({ outcome: 'accepted' });
});

test('no answer in time is tried later, not at once', async () => {
  const { send } = roomWithin(50, silence);
  expect(await send(aToken(), message)).toMatchObject({ outcome: 'try-later', code: 'TIMEOUT' });
  expect(sent()).toHaveLength(1);
});

test('a server that cannot be reached is tried later', async () => {
  const { send } = room(accepted);
  await send('warm-up', message);
  const nobody = createHttp2Client('http://127.0.0.1:1');
  const elsewhere = createFcmSender({
    client: nobody,
    credentials: {
      active: () => Promise.resolve({ version: '1', projectId: 'p', clientEmail: '', privateKey }),
      forget: () => undefined,
    },
    accessTokens: { of: () => Promise.resolve('t'), forget: () => false },
    timeoutMs: patience,
    now: () => monday,
  });
  expect(await elsewhere(aToken(), message)).toMatchObject({ outcome: 'try-later', code: 'UNREACHABLE' });
  nobody.destroy();
});

interface CredentialRow {
  readonly name: string;
  readonly given: Error;
  readonly expect: { readonly scope: TroubleScope; readonly code: string; readonly retryAfterMs?: number };
  /** How often the vault is asked. */
  readonly asked: number;
}

test.each<CredentialRow>([
  {
    name: 'credentials that were never registered',
    given: new CredentialError('CREDENTIALS_NOT_CONFIGURED', 'register'),
    expect: { scope: 'credentials', code: 'CREDENTIALS_NOT_CONFIGURED' },
    asked: 1,
  },
  {
    name: 'credentials that are lost, unless there are newer ones',
    given: new CredentialError('CREDENTIALS_LOST', 'register'),
    expect: { scope: 'credentials', code: 'CREDENTIALS_LOST' },
    asked: 2,
  },
  {
    name: 'credentials that are disabled, unless there are newer ones',
    given: new CredentialError('CREDENTIALS_DISABLED', 'register'),
    expect: { scope: 'credentials', code: 'CREDENTIALS_DISABLED' },
    asked: 2,
  },
  {
    name: 'credentials that may not be read',
    given: new CredentialError('CREDENTIALS_FORBIDDEN', 'grant'),
    expect: { scope: 'credentials', code: 'CREDENTIALS_FORBIDDEN' },
    asked: 1,
  },
  {
    name: 'a Secret Manager that is down',
    given: new CredentialError('SECRET_MANAGER_UNAVAILABLE', 'no answer', { passing: true }),
    expect: { scope: 'provider', code: 'SECRET_MANAGER_UNAVAILABLE' },
    asked: 1,
  },
  {
    name: 'a token endpoint that asks to be left alone',
    given: new CredentialError('TOKEN_QUOTA_EXCEEDED', 'too many', { passing: true, retryAfterMs: 30_000 }),
    expect: { scope: 'provider', code: 'TOKEN_QUOTA_EXCEEDED', retryAfterMs: 30_000 },
    asked: 1,
  },
  {
    name: 'a database that is down',
    given: new Error('14 UNAVAILABLE'),
    expect: { scope: 'provider', code: 'CREDENTIALS_UNAVAILABLE' },
    asked: 1,
  },
])('$name: try later, without asking FCM', async ({ given, expect: expected, asked }) => {
  const { send, state } = room(accepted);
  state.failure = given;
  expect(await send(aToken(), message)).toEqual({ outcome: 'try-later', detail: given.message, ...expected });
  expect([server.requests, state.asked]).toEqual([[], asked]);
});

const invalidGrant = (error_description: string) => answerJson(400, { error: 'invalid_grant', error_description });

test.each<{ name: string; given: Answer; expect: { scope: TroubleScope; code: string }; forgotten: readonly string[] }>(
  [
    {
      name: 'a key that was rotated',
      given: invalidGrant('Invalid JWT Signature.'),
      expect: { scope: 'credentials', code: 'INVALID_SIGNATURE' },
      forgotten: ['1', '1'],
    },
    {
      name: 'an account that was deleted',
      given: invalidGrant('Invalid grant: account not found'),
      expect: { scope: 'credentials', code: 'ACCOUNT_NOT_FOUND' },
      forgotten: ['1', '1'],
    },
    {
      name: 'an account that was disabled',
      given: answerJson(401, { error: 'disabled_client' }),
      expect: { scope: 'credentials', code: 'ACCOUNT_DISABLED' },
      forgotten: ['1', '1'],
    },
    {
      name: 'a clock that is wrong however it is set',
      given: invalidGrant('reasonable timeframe'),
      expect: { scope: 'credentials', code: 'CLOCK_SKEW' },
      forgotten: [],
    },
    {
      name: 'a token endpoint that is down',
      given: answerJson(503, {}),
      expect: { scope: 'provider', code: 'GOOGLE_UNREACHABLE' },
      forgotten: [],
    },
  ],
)('$name: try later, without asking FCM', async ({ given, expect: expected, forgotten }) => {
  const { send, state } = room(accepted);
  server.state.answer = given;
  expect(await send(aToken(), message)).toMatchObject({ outcome: 'try-later', ...expected });
  expect([sent(), state.forgotten]).toEqual([[], forgotten]);
});
