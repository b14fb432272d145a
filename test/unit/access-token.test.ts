import { createAccessTokens, type AccessTokens } from '../../functions/src/google/access-token.ts';
import { CredentialError } from '../../functions/src/google/credential.ts';
import { hour, minute, monday, second } from '../support/builders.ts';
import { answerJson, keys, privateKey, startServer, verified, type Answer } from './http-server.ts';
import { inTheEnd } from './in-the-end.ts';

const credential = { version: '1', projectId: 'first', clientEmail: 'push@first.example', privateKey };
const tokenAnswer = (access_token: string, expires_in = 3600) => answerJson(200, { access_token, expires_in });

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
  server.state.answer = (request, response) => {
    (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
  };
  const { url, http: client } = server;
  return createAccessTokens({ tokenUrl: `${url}/token`, client, now: () => clock, timeoutMs: 5 * second });
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

/** A renewal goes on in the background: until it has ended, the held token is what everybody gets. */
const isRenewed = (tokens: AccessTokens, token: string) =>
  inTheEnd(async () => (await tokens.of(credential).catch(() => '')) === token);

test('a token is renewed five minutes before its end, and nobody waits for it', async () => {
  const tokens = tokensFrom(tokenAnswer('t1'), tokenAnswer('t2'));
  await tokens.of(credential);
  clock += 55 * minute - 1;
  expect(await tokens.of(credential)).toBe('t1');
  expect(server.requests).toHaveLength(1);
  clock += 1;
  expect(await tokens.of(credential)).toBe('t1');
  await isRenewed(tokens, 't2');
  expect(server.requests).toHaveLength(2);
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

test('a refused token is not used again, although it could not be renewed', async () => {
  const tokens = tokensFrom(tokenAnswer('t1'), answerJson(503, {}));
  await tokens.of(credential);
  tokens.forget('t1');
  expect(await codeOf(tokens.of(credential))).toBe('GOOGLE_UNREACHABLE');
  clock += second;
  expect(await codeOf(tokens.of(credential))).toBe('GOOGLE_UNREACHABLE');
});

test('a token that was held when the clock was set back is renewed, and goes on being used until it is', async () => {
  const tokens = tokensFrom(tokenAnswer('t1'), answerJson(503, {}), tokenAnswer('t2'));
  await tokens.of(credential);
  clock -= 1;
  expect(await tokens.of(credential)).toBe('t1');
  await inTheEnd(() => server.requests.length === 2);
  clock -= hour;
  expect(await tokens.of(credential)).toBe('t1');
  await inTheEnd(async () => {
    clock += second;
    return (await tokens.of(credential)) === 't2';
  });
});

describe('an endpoint that is down', () => {
  const down = answerJson(503, {});

  test('does not stop whoever holds a token that still works', async () => {
    const tokens = tokensFrom(tokenAnswer('t1'), down);
    await tokens.of(credential);
    clock += 55 * minute;
    expect(await tokens.of(credential)).toBe('t1');
    await inTheEnd(() => server.requests.length === 2);
    clock += 5 * minute - 1;
    expect(await tokens.of(credential)).toBe('t1');
    clock += 1;
    expect(await codeOf(tokens.of(credential))).toBe('GOOGLE_UNREACHABLE');
  });

  test('is asked once, however many messages want a token', async () => {
    const tokens = tokensFrom(down);
    expect(await codeOf(tokens.of(credential))).toBe('GOOGLE_UNREACHABLE');
    for (let n = 0; n < 600; n++) expect(await codeOf(tokens.of(credential))).toBe('GOOGLE_UNREACHABLE');
    expect(server.requests).toHaveLength(1);
  });

  test('is asked again after a pause that doubles up to 30 s, and everybody learns what is left of it', async () => {
    const tokens = tokensFrom(down);
    const pauses: unknown[] = [];
    for (let n = 1; n <= 7; n++) {
      await codeOf(tokens.of(credential));
      expect(server.requests).toHaveLength(n);
      const { passing, retryAfterMs } = await errorOf(tokens.of(credential));
      expect(passing).toBe(true);
      pauses.push(retryAfterMs);
      clock += Number(retryAfterMs);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30].map((seconds) => seconds * second));
  });

  test('and is mended is asked with the shortest pause, when it is down the next time', async () => {
    const tokens = tokensFrom(down, down, tokenAnswer('t1'), down);
    await codeOf(tokens.of(credential));
    clock += second;
    await codeOf(tokens.of(credential));
    clock += 2 * second;
    expect(await tokens.of(credential)).toBe('t1');
    tokens.forget('t1');
    await codeOf(tokens.of(credential));
    expect(await errorOf(tokens.of(credential))).toMatchObject({ retryAfterMs: second });
  });

  test('is asked at once where the clock was set back meanwhile', async () => {
    const tokens = tokensFrom(down, tokenAnswer('t2'));
    await codeOf(tokens.of(credential));
    clock -= hour;
    expect(await tokens.of(credential)).toBe('t2');
  });
});

test('an account that is refused is asked for once in a while, another one at once', async () => {
  const refused = answerJson(400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
  const tokens = tokensFrom(refused, tokenAnswer('t2'));
  expect(await codeOf(tokens.of(credential))).toBe('INVALID_SIGNATURE');
  expect(await errorOf(tokens.of(credential))).toMatchObject({ code: 'INVALID_SIGNATURE', passing: false });
  expect(server.requests).toHaveLength(1);
  expect(await tokens.of({ ...credential, version: '2' })).toBe('t2');
});

test('an endpoint that asks to be left alone is, with new credentials, too', async () => {
  const tokens = tokensFrom(answerJson(429, {}, { 'retry-after': '40' }), tokenAnswer('t2'));
  await codeOf(tokens.of(credential));
  expect(await codeOf(tokens.of({ ...credential, version: '2' }))).toBe('TOKEN_QUOTA_EXCEEDED');
  expect(server.requests).toHaveLength(1);
});

test('an endpoint that asks to be left alone is, and then asked again', async () => {
  const tokens = tokensFrom(answerJson(429, {}, { 'retry-after': '40' }), tokenAnswer('t2'));
  expect(await codeOf(tokens.of(credential))).toBe('TOKEN_QUOTA_EXCEEDED');
  clock += 10 * second;
  await expect(tokens.of(credential)).rejects.toMatchObject({ passing: true, retryAfterMs: 30 * second });
  expect(server.requests).toHaveLength(1);
  clock += 30 * second;
  expect(await tokens.of(credential)).toBe('t2');
});

test('an endpoint that asks to be left alone for a day is asked again after ten minutes', async () => {
  const tokens = tokensFrom(answerJson(503, {}, { 'retry-after': '86400' }), tokenAnswer('t2'));
  await codeOf(tokens.of(credential));
  clock += 10 * minute;
  expect(await tokens.of(credential)).toBe('t2');
});

test('a token that is held is used whatever was asked for since', async () => {
  const tokens = tokensFrom(tokenAnswer('t1'), answerJson(429, {}, { 'retry-after': '40' }), tokenAnswer('t3'));
  await tokens.of(credential);
  expect(await codeOf(tokens.of({ ...credential, version: '2' }))).toBe('TOKEN_QUOTA_EXCEEDED');
  clock += 40 * second;
  expect(await tokens.of({ ...credential, version: '2' })).toBe('t3');
});

test.each<{ name: string; given: unknown; expect: number }>([
  { name: 'an hour', given: 3599, expect: 3599 * second - 5 * minute },
  { name: 'as text', given: '3599', expect: 3599 * second - 5 * minute },
  { name: 'not told', given: undefined, expect: 55 * minute },
  { name: 'no number', given: 'soon', expect: 55 * minute },
  { name: 'longer than Google gives', given: 1e9, expect: 55 * minute },
  { name: 'shorter than the margin', given: 60, expect: 30 * second },
  { name: 'nothing', given: 0, expect: 10 * second },
  { name: 'less than nothing', given: -1, expect: 10 * second },
])('a token whose life is $name is used, and renewed in time', async ({ given, expect: heldMs }) => {
  const tokens = tokensFrom(answerJson(200, { access_token: 't1', expires_in: given }), tokenAnswer('t2'));
  expect(await tokens.of(credential)).toBe('t1');
  clock += heldMs - 1;
  expect(await tokens.of(credential)).toBe('t1');
  expect(server.requests).toHaveLength(1);
  clock += 1;
  await isRenewed(tokens, 't2');
});

describe('a clock that is wrong', () => {
  const claimsOf = (n: number) => {
    const form = new URLSearchParams(server.requests[n]?.body);
    return (verified(form.get('assertion') ?? '', keys.publicKey)?.claims ?? {}) as { iat?: number; exp?: number };
  };
  const skewed = (date: string) => {
    const body = { error: 'invalid_grant', error_description: 'Token must be in a reasonable timeframe' };
    return answerJson(400, body, { date });
  };
  const threeHoursLater = new Date(monday + 3 * hour).toUTCString();

  test('is set by the answer, once, and remembered for the next exchange', async () => {
    const tokens = tokensFrom(skewed(threeHoursLater), tokenAnswer('t1', 600), tokenAnswer('t2'));
    expect(await tokens.of(credential)).toBe('t1');
    clock += 10 * minute;
    expect(await tokens.of(credential)).toBe('t2');
    const seconds = [0, 1, 2].map((n) => (claimsOf(n).iat ?? 0) - monday / 1000);
    expect(seconds).toEqual([0, 3 * 3600, 3 * 3600 + 600]);
  });

  test('that was mended meanwhile is set again', async () => {
    const [late, right] = [threeHoursLater, new Date(monday + 10 * minute).toUTCString()];
    const tokens = tokensFrom(skewed(late), tokenAnswer('t1', 600), skewed(right), tokenAnswer('t2'));
    await tokens.of(credential);
    clock += 10 * minute;
    expect(await tokens.of(credential)).toBe('t2');
    expect((claimsOf(3).iat ?? 0) * 1000).toBe(clock);
  });

  test('that stays wrong when it is set is tried once, and nothing is remembered of it', async () => {
    const tokens = tokensFrom(skewed(threeHoursLater), skewed(threeHoursLater), tokenAnswer('t3'));
    expect(await codeOf(tokens.of(credential))).toBe('CLOCK_SKEW');
    expect(server.requests).toHaveLength(2);
    clock += second;
    await tokens.of(credential);
    expect((claimsOf(2).iat ?? 0) * 1000).toBe(clock);
  });

  test('is not set by an answer whose time cannot be read', async () => {
    const tokens = tokensFrom(skewed('now'), tokenAnswer('t1'));
    expect(await codeOf(tokens.of(credential))).toBe('CLOCK_SKEW');
    expect(server.requests).toHaveLength(1);
  });
});

test('a key that does not sign asks nobody', async () => {
  const unusable = { ...credential, privateKey: '-----BEGIN PRIVATE KEY-----\nbroken\n-----END PRIVATE KEY-----\n' };
  expect(await codeOf(tokensFrom(tokenAnswer('t1')).of(unusable))).toBe('PRIVATE_KEY_UNUSABLE');
  expect(server.requests).toEqual([]);
});

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return (await errorOf(promise)).code;
}

async function errorOf(promise: Promise<unknown>): Promise<Partial<CredentialError>> {
  const error: unknown = await promise.then(
    () => 'no error',
    (reason: unknown) => reason,
  );
  if (!(error instanceof CredentialError)) throw error;
  return error;
}
