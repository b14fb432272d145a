import { createDocuments } from '../../functions/src/google/documents.ts';
import { statusCodes, type StatusName } from '../../functions/src/base/failure.ts';
import { createGoogleApi } from '../../functions/src/google/google-api.ts';
import { createHttpClient } from '../../functions/src/google/http-client.ts';
import { bytes, half, say, startWire, type Script } from './wire.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const repeatOn = ['UNAVAILABLE', 'ABORTED'] as const;
const refusal = (status: string, code: number) => say(code, JSON.stringify({ error: { code, status, message: 'no' } }));
const success = say(200, '{"a":1}');

/** The first request goes wrong, and any other is fine. */
function onceThen(first: Script, others: Script): Script {
  let requests = 0;
  return (socket, connection) => {
    (++requests === 1 ? first : others)(socket, connection);
  };
}

/** A call of a server that answers by the script, with short patience; tells what was asked of it, too. */
async function call(script: Script, options: { patienceMs?: number; answerTimeoutMs?: number } = {}) {
  const google = await startWire(script);
  const client = createHttpClient(1);
  open.push(
    () => {
      client.destroy();
    },
    () => google.stop(),
  );
  const tokens: (string | undefined)[] = [];
  const token = {
    get: () => Promise.resolve(`token-${tokens.length}`),
    forget: (refused: string | undefined) => void tokens.push(refused),
  };
  const baseUrl = `http://127.0.0.1:${google.port}`;
  const api = createGoogleApi({ baseUrl, client, token, random: () => 0, patienceMs: 1000, ...options });
  const outcome = await api({ method: 'POST', path: '/v1/x', body: {}, repeatOn }).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ code: (error as { code?: unknown }).code }),
  );
  return { ...outcome, requests: google.requests(), tokens };
}

test('an answer is handed out', async () => {
  expect(await call(success)).toEqual({ answer: { a: 1 }, requests: 1, tokens: [] });
});

const inAnswer = (text: string): Script => say(200, text);

test.each<{ name: string; given: Script; expect: StatusName }>([
  { name: 'a document that is there', given: refusal('ALREADY_EXISTS', 409), expect: 'ALREADY_EXISTS' },
  { name: 'a document that was changed', given: refusal('FAILED_PRECONDITION', 400), expect: 'FAILED_PRECONDITION' },
  { name: 'a document that is gone', given: refusal('NOT_FOUND', 404), expect: 'NOT_FOUND' },
  { name: 'a deadline of Google’s', given: refusal('DEADLINE_EXCEEDED', 504), expect: 'DEADLINE_EXCEEDED' },
  { name: 'a refusal in a list', given: say(400, '[{"error":{"status":"INVALID_ARGUMENT"}}]'), expect: 'INVALID_ARGUMENT' }, // prettier-ignore
  { name: 'what a proxy says of a page that is not there', given: say(404, '<html>'), expect: 'UNIMPLEMENTED' },
  { name: 'a conflict of which nobody knows', given: say(409, ''), expect: 'UNKNOWN' },
  { name: 'a status of which nobody knows', given: say(418, '{"error":{"status":"TEAPOT"}}'), expect: 'UNKNOWN' },
])('is not repeated: $name', async ({ given, expect: expected }) => {
  expect(await call(given)).toEqual({ code: statusCodes[expected], requests: 1, tokens: [] });
});

test.each<{ name: string; given: Script }>([
  { name: 'a call that Google does not take now', given: refusal('UNAVAILABLE', 503) },
  { name: 'a call that another one got in the way of', given: refusal('ABORTED', 409) },
  { name: 'a gateway in between that is in trouble', given: say(502, '<html>') },
  {
    name: 'a server in trouble that does not say more',
    given: (socket) => socket.end(half(bytes(503, '{"error":{}}'))),
  },
  { name: 'a connection that is closed', given: (socket) => socket.end() },
  { name: 'a connection that is reset', given: (socket) => socket.resetAndDestroy() },
  { name: 'an answer that ends in its middle', given: (socket) => socket.end(half(bytes(200, '{"a":1}'))) },
])('is repeated: $name', async ({ given }) => {
  expect(await call(onceThen(given, success))).toEqual({ answer: { a: 1 }, requests: 2, tokens: [] });
});

test('is repeated: what is not answered in time', async () => {
  const silent: Script = () => undefined;
  expect(await call(onceThen(silent, success), { answerTimeoutMs: 100, patienceMs: 10_000 })).toMatchObject({
    answer: { a: 1 },
  });
});

test('what lasts is given up in the end, with its reason', async () => {
  const outcome = await call(refusal('UNAVAILABLE', 503), { patienceMs: 400 });
  expect(outcome).toMatchObject({ code: statusCodes.UNAVAILABLE });
  // After 50, 100 and 200 ms, for which a slow machine may have no time left.
  expect([3, 4]).toContain(outcome.requests);
});

test('a token that is refused is replaced once', async () => {
  const once = onceThen(refusal('UNAUTHENTICATED', 401), success);
  expect(await call(once)).toEqual({ answer: { a: 1 }, requests: 2, tokens: ['token-0'] });
  expect(await call(refusal('UNAUTHENTICATED', 401))).toEqual({
    code: statusCodes.UNAUTHENTICATED,
    requests: 2,
    tokens: ['token-0', 'token-1'],
  });
});

test('an answer that is no JSON is none', async () => {
  expect(await call(inAnswer('<html>'))).toEqual({ answer: undefined, requests: 1, tokens: [] });
});

describe('documents', () => {
  const documentsAt = async (script: Script) => {
    const google = await startWire(script);
    const client = createHttpClient(1);
    open.push(
      () => {
        client.destroy();
      },
      () => google.stop(),
    );
    const token = { get: () => Promise.resolve(undefined), forget: () => undefined };
    const api = createGoogleApi({ baseUrl: `http://127.0.0.1:${google.port}`, client, token, random: () => 0 });
    return createDocuments(api, 'p');
  };

  test.each(['INTERNAL', 'DEADLINE_EXCEEDED', 'UNAVAILABLE'])(
    'a commit of which Google does not say what became of it is made again: %s',
    async (status) => {
      const written = say(200, '{"writeResults":[{"updateTime":"2026-03-02T10:00:00.000001Z"}]}');
      const documents = await documentsAt(onceThen(refusal(status, 500), written));
      expect(await documents.write({ set: 'things/a', fields: {} })).toEqual(['1772445600.000001000']);
    },
  );

  test('an answer that began well and ends with an error is that error', async () => {
    const begun = '{"missing":"projects/p/databases/(default)/documents/things/a"}';
    const documents = await documentsAt(say(200, `[${begun},{"error":{"status":"INTERNAL","message":"no"}}]`));
    await expect(documents.read(['things/a', 'things/b'])).rejects.toMatchObject({ code: statusCodes.INTERNAL });
  });
});
