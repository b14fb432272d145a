import type { LookupFunction } from 'node:net';
import { createAccessTokens, type AccessTokens } from '../../functions/src/google/access-token.ts';
import { createHttpClient, type HttpClient } from '../../functions/src/google/http-client.ts';
import { CredentialError } from '../../functions/src/google/credential.ts';
import { selfSigned } from '../support/certificate.ts';
import { hour, monday, second } from '../support/builders.ts';
import { privateKey } from './http-server.ts';
import { tokenRows } from './token-answer-rows.ts';
import { bytes, half, startWire, type Script } from './wire.ts';

const credential = { version: '1', projectId: 'first', clientEmail: 'push@first.example', privateKey };
const success = bytes(200, '{"access_token":"t1","expires_in":3599,"token_type":"Bearer"}');

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function wire(...given: Parameters<typeof startWire>) {
  const server = await startWire(...given);
  open.push(() => server.stop());
  return server;
}

function tokensOf(origin: string, client: HttpClient, timeoutMs = 5 * second): AccessTokens {
  open.push(() => {
    client.destroy();
  });
  return createAccessTokens({ tokenUrl: `${origin}/token`, client, timeoutMs, now: () => monday });
}

/** What the sender goes by. */
async function failureOf(tokens: AccessTokens) {
  const error: unknown = await tokens.of(credential).catch((reason: unknown) => reason);
  if (!(error instanceof CredentialError)) return error;
  const { code, passing, retryAfterMs } = error;
  return { code, passing, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

const unreachable = { code: 'GOOGLE_UNREACHABLE', passing: true };

test.each(tokenRows)('an answer that came whole: $name', async ({ given, expect: expected }) => {
  const google = await wire((socket) => socket.write(given));
  expect(await failureOf(tokensOf(`http://127.0.0.1:${google.port}`, createHttpClient(1)))).toEqual(expected);
  expect(google.requests()).toBe(1);
});

test.each<{ name: string; given: Script; timeoutMs?: number }>([
  { name: 'the connection is closed', given: (socket) => socket.end() },
  { name: 'the connection is reset', given: (socket) => socket.resetAndDestroy() },
  { name: 'the connection is closed within the token', given: (socket) => socket.end(half(success)) },
  { name: 'Google never answers', given: () => undefined, timeoutMs: 100 },
  { name: 'Google stops within the token', given: (socket) => socket.write(half(success)), timeoutMs: 100 },
  { name: 'Google changes the protocol', given: (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n') },
  { name: 'what answers is no HTTP server', given: (socket) => socket.write('SSH-2.0-x\r\n') },
])('no whole answer: $name', async ({ given, timeoutMs }) => {
  const google = await wire(given);
  const tokens = tokensOf(`http://127.0.0.1:${google.port}`, createHttpClient(1), timeoutMs);
  expect(await failureOf(tokens)).toEqual(unreachable);
  expect(google.requests()).toBe(1);
});

test('no answer: the connection is refused', async () => {
  const gone = await startWire(() => undefined);
  await gone.stop();
  expect(await failureOf(tokensOf(`http://127.0.0.1:${gone.port}`, createHttpClient(1)))).toEqual(unreachable);
});

test('no answer: Google has no address', async () => {
  const lookup: LookupFunction = (_, __, done) => {
    done(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), '');
  };
  expect(await failureOf(tokensOf('http://oauth.example', createHttpClient(1, { lookup })))).toEqual(unreachable);
});

test.each([
  { name: 'that has signed itself', given: selfSigned(), trust: false },
  {
    name: 'that has expired',
    given: selfSigned({ from: Date.now() - 2 * hour, until: Date.now() - hour }),
    trust: true,
  },
])('no answer: a certificate $name', async ({ given, trust }) => {
  const google = await wire((socket) => socket.write(success), given);
  const client = createHttpClient(1, trust ? { ca: given.cert } : {});
  const tokens = tokensOf(`https://127.0.0.1:${google.port}`, client);
  expect(await failureOf(tokens)).toEqual({ code: 'TLS_FAILED', passing: true });
  expect(google.requests()).toBe(0);
});
