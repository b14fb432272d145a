import { second } from '../support/builders.ts';
import { answerRows, target } from './fcm-answer-rows.ts';
import type { Http2Script } from './http2-wire.ts';
import { accepted, closeAll, later, message, resultOf, senderTo, success, wire } from './wire-sender.ts';
import { bytes, half } from './wire.ts';

afterEach(closeAll);

const say =
  (answer: string): Http2Script =>
  (connection, stream) =>
    connection.answer(stream, answer);

describe('an answer that came whole', () => {
  test.each(answerRows)('$name', async ({ given, expect: expected }) => {
    const fcm = await wire(say(given));
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    expect(await resultOf(send(target, message))).toEqual(expected);
    // A probe, which is answered in the same way; and one more with a new token.
    const isOfCredentials = expected.outcome === 'try-later' && expected.scope === 'credentials';
    const isOfToken = isOfCredentials && expected.code === 'UNAUTHENTICATED';
    expect(fcm.requests()).toBe(1 + Number(isOfCredentials) + Number(isOfToken));
  });

  test('success has the message id', async () => {
    const fcm = await wire(say(success));
    expect(await senderTo(`http://127.0.0.1:${fcm.port}`)(target, message)).toEqual(accepted);
  });
});

interface BrokenRow {
  readonly name: string;
  readonly given: Http2Script;
  readonly timeoutMs?: number;
  readonly expect: object;
}

/** FCM may have taken each of these: one request, no second. */
describe('an answer that did not come whole', () => {
  const soon = 100;
  const headersOf = (answer: string) => answer.slice(0, answer.indexOf('\r\n\r\n') + 4);
  /** The connection is closed after a part of the answer. */
  const closedAfter =
    (part: string): Http2Script =>
    ({ begin, socket }, stream) => {
      begin(stream, part);
      socket.end();
    };
  test.each<BrokenRow>([
    {
      name: 'the connection is closed',
      given: ({ socket }) => socket.end(),
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the connection is reset',
      given: ({ socket }) => socket.resetAndDestroy(),
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the connection is closed before the body of a success',
      given: closedAfter(headersOf(success)),
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the connection is closed within the body of a success',
      given: closedAfter(half(success)),
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the connection is closed after the body of a success, but before its end',
      given: closedAfter(success),
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the connection is reset within the body of a success',
      given: ({ begin, socket }, stream) => {
        begin(stream, half(success));
        setImmediate(() => socket.resetAndDestroy());
      },
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the stream is reset within the body of a success',
      given: ({ begin, reset }, stream) => {
        begin(stream, half(success));
        reset(stream, 'INTERNAL_ERROR');
      },
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the stream is reset without an error within the body of a success',
      given: ({ begin, reset }, stream) => {
        begin(stream, half(success));
        reset(stream, 'NO_ERROR');
      },
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the stream is refused after an answer has begun',
      given: ({ begin, reset }, stream) => {
        begin(stream, half(success));
        reset(stream, 'REFUSED_STREAM');
      },
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the connection is closed within an answer about the device',
      given: closedAfter(half(bytes(404, JSON.stringify({ error: { code: 404 } })))),
      expect: later('CONNECTION_LOST'),
    },
    {
      name: 'the connection is closed within an answer about a quota: the headers say enough',
      given: closedAfter(half(bytes(429, '{"error":{"code":429}}', { 'retry-after': '40' }))),
      expect: { outcome: 'try-later', scope: 'quota', code: 'QUOTA_EXCEEDED', retryAfterMs: 40 * second },
    },
    {
      name: 'the answer is shorter than it says',
      given: ({ answer }, stream) => answer(stream, half(success)),
      expect: later('CONNECTION_LOST'),
    },
    { name: 'FCM never answers', given: () => undefined, timeoutMs: soon, expect: later('TIMEOUT') },
    {
      name: 'FCM answers with headers and nothing more',
      given: ({ begin }, stream) => begin(stream, headersOf(success)),
      timeoutMs: soon,
      expect: later('TIMEOUT'),
    },
    {
      name: 'FCM stops within the body',
      given: ({ begin }, stream) => begin(stream, half(success)),
      timeoutMs: soon,
      expect: later('TIMEOUT'),
    },
    {
      name: 'FCM answers a byte at a time, for ever',
      given: ({ begin, drip, socket }, stream) => {
        begin(stream, headersOf(bytes(200, ' '.repeat(100_000))));
        const dripping = setInterval(() => drip(stream, ' '), soon / 4);
        socket.on('close', () => {
          clearInterval(dripping);
        });
      },
      timeoutMs: soon,
      expect: later('TIMEOUT'),
    },
    {
      name: 'what answers speaks no HTTP/2',
      given: ({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
      expect: later('UNREADABLE_ANSWER'),
    },
    {
      name: 'what answers is longer than any answer',
      given: say(bytes(200, ' '.repeat(1_100_000))),
      expect: later('UNREADABLE_ANSWER'),
    },
  ])('$name', async ({ given, timeoutMs, expect: expected }) => {
    const fcm = await wire(given);
    const send = senderTo(`http://127.0.0.1:${fcm.port}`, { ...(timeoutMs !== undefined && { timeoutMs }) });
    expect(await resultOf(send(target, message))).toEqual(expected);
    expect(fcm.requests()).toBe(1);
  });
});
