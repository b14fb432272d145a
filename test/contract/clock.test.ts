import { createAccessTokens } from '../../functions/src/google/access-token.ts';
import { createFcmSender } from '../../functions/src/fcm/sender.ts';
import { createHttpClient } from '../../functions/src/google/http-client.ts';
import { createHttp2Client, type Http2Client } from '../../functions/src/google/http2-client.ts';
import type { Credential } from '../../functions/src/google/credential.ts';
import { buildMessage } from '../../functions/src/notice/message.ts';
import { startGoogle, type Google } from '../../local/google.ts';
import { aMessageRequest, hour, minute, second } from '../support/builders.ts';

const message = buildMessage(aMessageRequest());
const tokenClient = createHttpClient(10);
let client: Http2Client;
let google: Google;
let credential: Credential;

/** How far our clock is ahead of Google's. */
let aheadMs = 0;
const start = Date.parse('2026-03-02T10:00:00Z');
let elapsed = 0;

beforeAll(async () => {
  google = await startGoogle({ port: 0, now: () => start + elapsed });
  client = createHttp2Client(google.url);
  const { project_id, client_email, private_key } = google.accounts.create('demo-callbacks');
  credential = { version: '1', projectId: project_id, clientEmail: client_email, privateKey: private_key };
});
afterAll(async () => {
  client.destroy();
  tokenClient.destroy();
  await google.stop();
});
beforeEach(() => {
  elapsed = 0;
  google.resetRequests();
  google.faults.clear();
});

function sender() {
  const common = { timeoutMs: 5 * second, now: () => start + elapsed + aheadMs };
  return createFcmSender({
    ...common,
    client,
    credentials: { active: () => Promise.resolve(credential), forget: () => undefined },
    accessTokens: createAccessTokens({ ...common, client: tokenClient, tokenUrl: `${google.url}/token` }),
  });
}

test.each([
  { name: 'right', given: 0, exchanges: 1 },
  { name: '5 minutes ahead', given: 5 * minute, exchanges: 1 },
  { name: '5 minutes behind', given: -5 * minute, exchanges: 1 },
  { name: '6 minutes ahead', given: 6 * minute, exchanges: 2 },
  { name: '6 minutes behind', given: -6 * minute, exchanges: 1 },
  { name: '3 hours ahead', given: 3 * hour, exchanges: 2 },
  { name: '3 hours behind', given: -3 * hour, exchanges: 2 },
])('a clock that is $name delivers, and knows better at the next exchange', async ({ given, exchanges }) => {
  aheadMs = given;
  const send = sender();
  expect(await send('phone', message)).toMatchObject({ outcome: 'accepted' });
  expect(google.requests()).toEqual({ token: exchanges, send: 1 });
  elapsed += hour;
  expect(await send('phone', message)).toMatchObject({ outcome: 'accepted' });
  expect(google.requests()).toEqual({ token: exchanges + 1, send: 2 });
});

test('a clock that is mended while we run delivers', async () => {
  aheadMs = 3 * hour;
  const send = sender();
  await send('phone', message);
  aheadMs = 0;
  elapsed += 5 * hour;
  expect(await send('phone', message)).toMatchObject({ outcome: 'accepted' });
});

test('a clock that Google finds wrong for no reason is set once', async () => {
  aheadMs = 0;
  google.faults.set([{ door: 'token', code: 'CLOCK_SKEW' }]);
  expect(await sender()('phone', message)).toMatchObject({ scope: 'credentials', code: 'CLOCK_SKEW' });
  expect(google.requests()).toEqual({ token: 2, send: 0 });
});
