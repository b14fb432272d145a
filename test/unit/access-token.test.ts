import { createAccessTokens } from '../../functions/src/access-token.ts';
import { minute, monday, second } from '../support/builders.ts';
import { answerJson, keys, privateKey, startServer, verified, type Answer } from './http-server.ts';

const credential = { version: '1', projectId: 'first', clientEmail: 'push@first.example', privateKey };
const tokenAnswer = (access_token: string, expires_in = 3600) => answerJson(200, { access_token, expires_in });

/** Never answers. */
const silence: Answer = () => undefined;

let server: Awaited<ReturnType<typeof startServer>>;
let clock: number;

beforeAll(async () => {
  server = await startServer(tokenAnswer('unused'));
});
afterAll(() => server.stop());
beforeEach(() => {
  clock = monday;
  server.requests.length = 0;
});

/** Tokens of an endpoint that answers one thing after the other, the last one again and again. */
function tokensFrom(...answers: Answer[]) {
  const timeoutMs = answers.includes(silence) ? 50 : 5000;
  server.state.answer = (request, response) => {
    (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
  };
  const { url, dispatcher } = server;
  return createAccessTokens({ tokenUrl: `${url}/token`, dispatcher, now: () => clock, timeoutMs });
}

test('a token is given for an assertion that the account’s key signed', async () => {
  expect(await tokensFrom(tokenAnswer('t1')).of(credential)).toBe('t1');
  const form = new URLSearchParams(server.requests[0]?.body);
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  expect(verified(form.get('assertion') ?? '', keys.publicKey)).toEqual({
    header: { alg: 'RS256', typ: 'JWT' },
    claims: {
      iss: 'push@first.example',
      scope: 'https://www.googleapis.com/auth/firebase.messaging',
      aud: 'https://oauth2.googleapis.com/token',
      iat: monday / 1000,
      exp: monday / 1000 + 3600,
    },
  });
});

test('callers at the same time share one exchange', async () => {
  const tokens = tokensFrom(tokenAnswer('t1'));
  expect(await Promise.all([tokens.of(credential), tokens.of(credential), tokens.of(credential)])).toEqual([
    't1',
    't1',
    't1',
  ]);
  expect(server.requests).toHaveLength(1);
});

test('a token is renewed five minutes before its end', async () => {
  const tokens = tokensFrom(tokenAnswer('t1'), tokenAnswer('t2'));
  await tokens.of(credential);
  clock += 55 * minute - 1;
  expect(await tokens.of(credential)).toBe('t1');
  clock += 1;
  expect(await tokens.of(credential)).toBe('t2');
});

test('the provider tells how long a token lives', async () => {
  const tokens = tokensFrom(tokenAnswer('t1', 600), tokenAnswer('t2'));
  await tokens.of(credential);
  clock += 300 * second;
  expect(await tokens.of(credential)).toBe('t2');
});

test('new credentials get a token of their own', async () => {
  const tokens = tokensFrom(tokenAnswer('t1'), tokenAnswer('t2'));
  await tokens.of(credential);
  expect(await tokens.of({ ...credential, version: '2' })).toBe('t2');
});

test('a token that was refused is exchanged anew', async () => {
  const tokens = tokensFrom(tokenAnswer('t1'), tokenAnswer('t2'));
  await tokens.of(credential);
  tokens.forget('t1');
  expect(await tokens.of(credential)).toBe('t2');
});

test('a token that was refused after it had been renewed costs no further exchange', async () => {
  const tokens = tokensFrom(tokenAnswer('t1'), tokenAnswer('t2'), tokenAnswer('t3'));
  await tokens.of(credential);
  tokens.forget('t1');
  const renewed = tokens.of(credential);
  tokens.forget('t1');
  await renewed;
  tokens.forget('t1');
  expect(await tokens.of(credential)).toBe('t2');
});

test('a failed exchange is not remembered', async () => {
  const tokens = tokensFrom(answerJson(503, {}), tokenAnswer('t2'));
  expect(await codeOf(tokens.of(credential))).toBe('GOOGLE_UNREACHABLE');
  expect(await tokens.of(credential)).toBe('t2');
});

const invalidGrant = (error_description: string) => answerJson(400, { error: 'invalid_grant', error_description });
const hangUp: Answer = (_, response) => response.destroy();
const halfAnAnswer: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"access_token"', () => response.destroy());
};

test.each<{ name: string; given: Answer; expect: string }>([
  { name: 'a key that was rotated', given: invalidGrant('Invalid JWT Signature.'), expect: 'INVALID_SIGNATURE' },
  {
    name: 'an account that was deleted',
    given: invalidGrant('Invalid grant: account not found'),
    expect: 'ACCOUNT_NOT_FOUND',
  },
  {
    name: 'a clock that is wrong',
    given: invalidGrant(
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    ),
    expect: 'CLOCK_SKEW',
  },
  { name: 'a cause that we do not know', given: invalidGrant('Bad Request'), expect: 'INVALID_GRANT' },
  { name: 'a cause without words', given: answerJson(400, { error: 'invalid_grant' }), expect: 'INVALID_GRANT' },
  { name: 'another refusal', given: answerJson(401, { error: 'invalid_client' }), expect: 'TOKEN_REFUSED' },
  { name: 'an answer that is no token', given: answerJson(200, { id_token: 'x' }), expect: 'TOKEN_REFUSED' },
  { name: 'an answer that is no object', given: answerJson(200, 'token'), expect: 'TOKEN_REFUSED' },
  { name: 'too many exchanges', given: answerJson(429, {}), expect: 'GOOGLE_UNREACHABLE' },
  {
    name: 'a page of the load balancer',
    given: (_, response) => response.writeHead(502).end('<html>'),
    expect: 'GOOGLE_UNREACHABLE',
  },
  { name: 'no answer in time', given: silence, expect: 'GOOGLE_UNREACHABLE' },
  { name: 'a connection that breaks', given: hangUp, expect: 'GOOGLE_UNREACHABLE' },
  { name: 'a connection that breaks within the answer', given: halfAnAnswer, expect: 'GOOGLE_UNREACHABLE' },
])('$name has a code of its own: $expect', async ({ given, expect: code }) => {
  expect(await codeOf(tokensFrom(given).of(credential))).toBe(code);
});

test('a key that does not sign asks nobody', async () => {
  const unusable = { ...credential, privateKey: '-----BEGIN PRIVATE KEY-----\nbroken\n-----END PRIVATE KEY-----\n' };
  expect(await codeOf(tokensFrom(tokenAnswer('t1')).of(unusable))).toBe('PRIVATE_KEY_UNUSABLE');
  expect(server.requests).toEqual([]);
});

function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (error: unknown) => ((error as Error).name === 'CredentialError' ? (error as { code?: unknown }).code : error),
  );
}
