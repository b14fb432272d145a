import { createFcmSender } from '../../functions/src/fcm/sender.ts';
import { buildMessage } from '../../functions/src/notice/message.ts';
import { aMessageRequest, hour, monday, second } from '../support/builders.ts';
import { answerJson, privateKey, startServer, type Answer, type Request } from './http-server.ts';
import { inTheEnd } from './in-the-end.ts';

const message = buildMessage(aMessageRequest());
const patience = 5 * second;

const accepted = answerJson(200, { name: 'projects/first/messages/1' });
/** In Google's form, but FCM does not say what it is about. */
const bare = (code: number, status: string) => answerJson(code, { error: { code, status, message: 'The message.' } });
const notFound = bare(404, 'NOT_FOUND');
const denied = bare(403, 'PERMISSION_DENIED');
const aboutTheTarget = answerJson(400, {
  error: {
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: 'The registration token is not a valid FCM registration token',
  },
});

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer(accepted);
});
afterAll(() => server.stop());
beforeEach(() => {
  server.requests.length = 0;
});

const isProbe = ({ body }: Request) => (JSON.parse(body) as { validate_only?: boolean }).validate_only === true;
const probes = () => server.requests.filter(isProbe);

/** A sender to an FCM that answers probes and messages as it is told. */
function room(given: { readonly toProbes: Answer; readonly toMessages: Answer }) {
  const state = { now: monday, token: 'one', ...given };
  server.state.answer = (request, response) => {
    (isProbe(request) ? state.toProbes : state.toMessages)(request, response);
  };
  const credential = { version: '1', projectId: 'first', clientEmail: 'push@first.example', privateKey };
  const send = createFcmSender({
    client: server.http2,
    timeoutMs: patience,
    now: () => state.now,
    credentials: { active: () => Promise.resolve(credential), forget: () => undefined },
    accessTokens: { of: () => Promise.resolve(state.token), forget: () => true },
  });
  return { send, state };
}

test.each([
  { name: '404', toMessages: notFound, code: 'NOT_FOUND' },
  { name: '403', toMessages: denied, code: 'FORBIDDEN' },
  { name: '401', toMessages: bare(401, 'UNAUTHENTICATED'), code: 'DEVICE_UNAUTHENTICATED' },
])('a bare $name is one device’s trouble where the credentials are good', async ({ toMessages, code }) => {
  const { send } = room({ toMessages, toProbes: aboutTheTarget });
  const result = await send('a device', message);
  expect(result).toMatchObject({ outcome: 'try-later', scope: 'device', code });
  expect('detail' in result && result.detail).toContain('The message.');
});

test.each([
  { name: 'project is not there', answer: notFound, code: 'PROJECT_NOT_FOUND' },
  { name: 'account may not send', answer: denied, code: 'PERMISSION_DENIED' },
  { name: 'account is not known any more', answer: bare(401, 'UNAUTHENTICATED'), code: 'UNAUTHENTICATED' },
])('a bare refusal is everybody’s trouble where a probe says so, too: the $name', async ({ answer, code }) => {
  const { send } = room({ toMessages: notFound, toProbes: answer });
  expect(await send('a device', message)).toMatchObject({ outcome: 'try-later', scope: 'credentials', code });
});

test.each([
  { name: 'is in trouble', answer: bare(503, 'UNAVAILABLE') },
  { name: 'has had enough of us', answer: bare(429, 'RESOURCE_EXHAUSTED') },
  { name: 'hangs up', answer: (_: Request, response: Parameters<Answer>[1]) => response.destroy() },
])('a bare refusal is blamed on nobody where FCM $name when it is asked about the credentials', async (given) => {
  const { send } = room({ toMessages: denied, toProbes: given.answer });
  const result = await send('a device', message);
  expect(result).toMatchObject({ outcome: 'try-later', scope: 'provider', code: 'PERMISSION_DENIED' });
});

test('a wait that comes with a bare refusal is kept', async () => {
  const toMessages = answerJson(403, { error: { code: 403 } }, { 'retry-after': '90' });
  const { send } = room({ toMessages, toProbes: aboutTheTarget });
  expect(await send('a device', message)).toMatchObject({ scope: 'device', retryAfterMs: 90 * second });
});

test('a probe asks with the same project and token, and delivers nothing', async () => {
  const { send } = room({ toMessages: notFound, toProbes: aboutTheTarget });
  await send('a device', message);
  const [probe] = probes();
  expect([probe?.path, probe?.headers.authorization]).toEqual(['/v1/projects/first/messages:send', 'Bearer one']);
  expect(JSON.parse(probe?.body ?? '')).toMatchObject({ validate_only: true, message: { token: 'probe' } });
});

test('messages without number that are refused barely share one probe, and the next one comes after ten seconds', async () => {
  const { send, state } = room({ toMessages: notFound, toProbes: aboutTheTarget });
  const burst = await Promise.all(Array.from({ length: 300 }, (_, n) => send(`device ${n}`, message)));
  expect(burst.filter((result) => !('scope' in result) || result.scope !== 'device')).toEqual([]);
  state.now += 10 * second - 1;
  await send('a device', message);
  expect(probes()).toHaveLength(1);
  state.now += 1;
  state.toProbes = denied;
  expect(await send('a device', message)).toMatchObject({ scope: 'credentials', code: 'PERMISSION_DENIED' });
  expect(probes()).toHaveLength(2);
});

test('a probe that is on its way is waited for by all who need it', async () => {
  const held: (() => void)[] = [];
  const { send } = room({
    toMessages: notFound,
    toProbes: (...given) => {
      held.push(() => {
        denied(...given);
      });
    },
  });
  const both = [send('first', message), send('second', message)];
  await inTheEnd(() => held.length > 0 && server.requests.length === 3);
  for (const answer of held) answer();
  expect(await Promise.all(both)).toMatchObject([{ scope: 'credentials' }, { scope: 'credentials' }]);
  expect(held).toHaveLength(1);
});

test.each([
  { name: 'the token is another', given: { token: 'another' } },
  { name: 'the clock was set back', given: { now: monday - hour } },
])('what a probe said is not believed once $name', async ({ given }) => {
  const { send, state } = room({ toMessages: notFound, toProbes: denied });
  await send('a device', message);
  Object.assign(state, given, { toProbes: aboutTheTarget });
  expect(await send('a device', message)).toMatchObject({ scope: 'device' });
  expect(probes()).toHaveLength(2);
});

test('no probe is begun that could end only when somebody else may send the message, too', async () => {
  const { send, state } = room({
    toMessages: (...given) => {
      state.now += 1;
      notFound(...given);
    },
    toProbes: denied,
  });
  expect(await send('a device', message, state.now + 2 * patience)).toMatchObject({ scope: 'provider' });
  expect(probes()).toEqual([]);
});

test.each([
  { name: 'is taken', toMessages: accepted },
  { name: 'is about the target', toMessages: aboutTheTarget },
  { name: 'finds FCM in trouble', toMessages: bare(503, 'UNAVAILABLE') },
])('a message that $name needs no probe', async ({ toMessages }) => {
  const { send } = room({ toMessages, toProbes: denied });
  await send('a device', message);
  expect(probes()).toEqual([]);
});
