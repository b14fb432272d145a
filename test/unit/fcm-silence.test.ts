import { createHttp2Client } from '../../functions/src/google/http2-client.ts';
import { second } from '../support/builders.ts';
import { target } from './fcm-answer-rows.ts';
import type { Http2Script } from './http2-wire.ts';
import { inTheEnd } from './in-the-end.ts';
import { accepted, closeAll, later, message, resultOf, senderTo, success, trusted, wire } from './wire-sender.ts';

afterEach(closeAll);

/** Far shorter than in production, and longer than a busy machine takes for an answer on itself. */
const silenceMs = 200;
/** Until FCM itself would be given up: no test waits for that. */
const timeoutMs = 60 * second;

const answered: Http2Script = (connection, stream) => connection.answer(stream, success);
/** As when the way to the other side is gone and nobody says so: nothing is read any more, and nothing closed. */
const fallsSilent: Http2Script = ({ socket }) => socket.pause();
const times = (count: number) => Array.from({ length: count });

test.each([
  { name: 'in the clear', scheme: 'http', tls: undefined },
  { name: 'over TLS', scheme: 'https', tls: trusted },
])('a connection that has fallen silent is given up long before FCM would be, $name', async ({ scheme, tls }) => {
  const script: Http2Script = (...given) => {
    (given[0].number === 1 ? fallsSilent : answered)(...given);
  };
  const fcm = await wire(script, tls ? { tls } : {});
  const send = senderTo(`${scheme}://127.0.0.1:${fcm.port}`, { silenceMs, timeoutMs, ca: trusted.cert });
  const started = performance.now();
  const results = await Promise.all(times(10).map(() => resultOf(send(target, message))));
  expect(results).toEqual(results.map(() => later('CONNECTION_LOST')));
  expect(performance.now() - started).toBeGreaterThanOrEqual(2 * silenceMs - 50);
  expect(performance.now() - started).toBeLessThan(timeoutMs / 4);
  expect(await send(target, message)).toEqual(accepted);
  expect(fcm.connections()).toBe(2);
});

test('a connection that falls silent after it was used is given up, too', async () => {
  let asked = 0;
  const fcm = await wire((...given) => {
    (++asked === 2 ? fallsSilent : answered)(...given);
  });
  const send = senderTo(`http://127.0.0.1:${fcm.port}`, { silenceMs, timeoutMs });
  expect(await send(target, message)).toEqual(accepted);
  const result = await send(target, message);
  expect(result).toMatchObject(later('CONNECTION_LOST'));
  expect('detail' in result && result.detail).toContain('SILENT');
  expect(await send(target, message)).toEqual(accepted);
});

test('a slow answer is waited for while PINGs are answered, and these become rarer', async () => {
  let answer: () => void = () => undefined;
  const fcm = await wire((connection, stream) => {
    answer = () => {
      answered(connection, stream);
    };
  });
  const send = senderTo(`http://127.0.0.1:${fcm.port}`, { silenceMs, timeoutMs });
  const started = performance.now();
  const sending = send(target, message);
  await inTheEnd(() => fcm.pings() === 3);
  // After one silence, two and four.
  expect(performance.now() - started).toBeGreaterThan(6 * silenceMs);
  answer();
  expect(await sending).toEqual(accepted);
  expect(fcm.connections()).toBe(1);
});

test('while answers come no PING is sent', async () => {
  const fcm = await wire(answered);
  const send = senderTo(`http://127.0.0.1:${fcm.port}`, { silenceMs, timeoutMs });
  const until = performance.now() + 3 * silenceMs;
  await inTheEnd(async () => {
    await send(target, message);
    return performance.now() > until;
  });
  expect(fcm.pings()).toBe(0);
});

test('a connection on which nobody waits is sent no PING until it is closed', async () => {
  let isClosed = false;
  const fcm = await wire((connection, stream) => {
    connection.socket.once('close', () => {
      isClosed = true;
    });
    answered(connection, stream);
  });
  const send = senderTo(`http://127.0.0.1:${fcm.port}`, { silenceMs, timeoutMs, idleMs: 4 * silenceMs });
  expect(await send(target, message)).toEqual(accepted);
  await inTheEnd(() => isClosed);
  expect([fcm.pings(), fcm.connections()]).toEqual([0, 1]);
});

test('a request that gets no answer in time takes no other with it, where the server answers every PING', async () => {
  let answer: () => void = () => undefined;
  const fcm = await wire((connection, stream) => {
    answer = () => {
      answered(connection, stream);
    };
  });
  const client = createHttp2Client(`http://127.0.0.1:${fcm.port}`, { silenceMs });
  const post = (patience: number) => client.post({ path: '/', headers: [], body: '{}', timeoutMs: patience });
  // Between the second PING, after three silences, and the third, after seven.
  const slow = expect(post(4.85 * silenceMs)).rejects.toThrow('in time');
  const other = post(timeoutMs);
  await slow;
  await inTheEnd(() => fcm.pings() === 3);
  answer();
  expect(await other).toMatchObject({ status: 200 });
  client.destroy();
});

test('a slow answer is waited for on a connection that takes no further requests', async () => {
  const fcm = await wire((connection, stream) => {
    connection.goAway(stream, 'NO_ERROR');
    const answersAt = performance.now() + 4 * silenceMs;
    void inTheEnd(() => performance.now() > answersAt).then(() => {
      answered(connection, stream);
    });
  });
  const send = senderTo(`http://127.0.0.1:${fcm.port}`, { silenceMs, timeoutMs });
  expect(await send(target, message)).toEqual(accepted);
  expect(fcm.requests()).toBe(1);
});
