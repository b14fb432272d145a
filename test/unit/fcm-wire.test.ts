import { once } from 'node:events';
import { createConnections } from '../../functions/src/google/connections.ts';
import { second } from '../support/builders.ts';
import { answerRows, target } from './fcm-answer-rows.ts';
import { accepted, closeAll, later, message, resultOf, senderTo, success, wire } from './wire-sender.ts';
import { bytes, firstThen, half, say, type Script } from './wire.ts';

afterEach(closeAll);

describe('an answer that came whole', () => {
  test.each(answerRows)('$name', async ({ given, expect: expected }) => {
    const fcm = await wire((socket) => socket.write(given));
    const send = senderTo(`http://127.0.0.1:${fcm.port}`, createConnections(10));
    expect(await resultOf(send(target, message))).toEqual(expected);
    expect(fcm.requests()).toBe(expected.code === 'UNAUTHENTICATED' ? 2 : 1);
  });

  test('success has the message id', async () => {
    const fcm = await wire(say(200, success));
    const send = senderTo(`http://127.0.0.1:${fcm.port}`, createConnections(10));
    expect(await send(target, message)).toEqual(accepted);
  });
});

interface BrokenRow {
  readonly name: string;
  readonly given: Script;
  readonly timeoutMs?: number;
  readonly expect: object;
}

/** FCM may have taken each of these: one request, no second. */
describe('an answer that did not come whole', () => {
  const soon = 100;
  const stop: Script = (socket) => socket.end();
  test.each<BrokenRow>([
    { name: 'the connection is closed', given: stop, expect: later('CONNECTION_LOST') },
    { name: 'the connection is reset', given: (socket) => socket.resetAndDestroy(), expect: later('CONNECTION_LOST') },
    {
      name: 'the connection is closed within the headers',
      given: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Ty'),
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the connection is closed within the body of a success',
      given: (socket) => socket.end(half(bytes(200, success))),
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the connection is reset within the body of a success',
      given: (socket) => socket.write(half(bytes(200, success)), () => socket.resetAndDestroy()),
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the connection is closed within an answer about the device',
      given: (socket) => socket.end(half(bytes(404, JSON.stringify({ error: { code: 404 } })))),
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the connection is closed within an answer about a quota: the headers say enough',
      given: (socket) => socket.end(half(bytes(429, '{"error":{"code":429}}', { 'retry-after': '40' }))),
      expect: { outcome: 'try-later', scope: 'quota', code: 'QUOTA_EXCEEDED', retryAfterMs: 40 * second },
    },
    {
      name: 'the connection is closed within a chunk',
      given: (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"name":'),
      expect: later('CONNECTION_LOST'),
    },
    { name: 'FCM never answers', given: () => undefined, timeoutMs: soon, expect: later('TIMEOUT') },
    {
      name: 'FCM answers with headers and nothing more',
      given: (socket) => socket.write(bytes(200, success).slice(0, -success.length)),
      timeoutMs: soon,
      expect: later('TIMEOUT'),
    },
    {
      name: 'FCM stops within the body',
      given: (socket) => socket.write(half(bytes(200, success))),
      timeoutMs: soon,
      expect: later('TIMEOUT'),
    },
    {
      name: 'FCM answers a byte at a time, for ever',
      given: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
        const drip = setInterval(() => socket.write(' '), soon / 4);
        socket.on('close', () => {
          clearInterval(drip);
        });
      },
      timeoutMs: soon,
      expect: later('TIMEOUT'),
    },
    {
      name: 'what answers is no HTTP server',
      given: (socket) => socket.write('SSH-2.0-x\r\n'),
      expect: later('UNREADABLE_ANSWER'),
    },
    {
      name: 'what answers is longer than any answer',
      given: (socket) => socket.write(bytes(200, ' '.repeat(1_100_000))),
      expect: later('UNREADABLE_ANSWER'),
    },
  ])('$name', async ({ given, timeoutMs, expect: expected }) => {
    const fcm = await wire(given);
    const send = senderTo(`http://127.0.0.1:${fcm.port}`, createConnections(10), timeoutMs);
    expect(await resultOf(send(target, message))).toEqual(expected);
    expect(fcm.requests()).toBe(1);
  });
});

describe('a connection that was kept', () => {
  test('and closed since is not used: the message is sent once, on another', async () => {
    const fcm = await wire((socket) => socket.end(bytes(200, success)));
    const dispatcher = createConnections(1);
    const send = senderTo(`http://127.0.0.1:${fcm.port}`, dispatcher);
    const closed = once(dispatcher, 'disconnect');
    expect(await send(target, message)).toEqual(accepted);
    await closed;
    expect(await send(target, message)).toEqual(accepted);
    expect([fcm.requests(), fcm.connections()]).toEqual([2, 2]);
  });

  test('and is closed by the message itself: FCM may have it, so it is tried later', async () => {
    let asked = 0;
    const fcm = await wire((socket) => (++asked === 1 ? socket.write(bytes(200, success)) : socket.end()));
    const send = senderTo(`http://127.0.0.1:${fcm.port}`, createConnections(1));
    expect(await send(target, message)).toEqual(accepted);
    expect(await resultOf(send(target, message))).toEqual(later('CONNECTION_LOST'));
    expect([fcm.requests(), fcm.connections()]).toEqual([2, 1]);
  });

  test('breaks for its own message alone', async () => {
    const fcm = await wire(firstThen((socket) => socket.end(), say(200, success)));
    const send = senderTo(`http://127.0.0.1:${fcm.port}`, createConnections(20));
    const results = await Promise.all(Array.from({ length: 20 }, () => resultOf(send(target, message))));
    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(19);
  });
});

test('a message that waits for a connection is not timed meanwhile', async () => {
  const timeoutMs = 600;
  const fcm = await wire((socket) => setTimeout(() => socket.write(bytes(200, success)), timeoutMs * 0.55));
  const send = senderTo(`http://127.0.0.1:${fcm.port}`, createConnections(1), timeoutMs);
  // The third is answered after 1.65 timeouts, and 0.55 after it was sent.
  const results = await Promise.all([1, 2, 3].map(() => send(target, message)));
  expect(results).toEqual([accepted, accepted, accepted]);
});
