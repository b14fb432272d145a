import { createServer, type AddressInfo, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { createConnections } from '../../functions/src/google/connections.ts';
import { selfSigned } from '../support/certificate.ts';
import { hour, second } from '../support/builders.ts';
import { target } from './fcm-answer-rows.ts';
import type { Http2Script } from './http2-wire.ts';
import {
  accepted,
  closeAll,
  http2Wire,
  later,
  message,
  resultOf,
  senderTo,
  success,
  trusted,
  wire,
} from './wire-sender.ts';
import { say } from './wire.ts';

afterEach(closeAll);

describe('a server that is not reached', () => {
  test('refuses the connection', async () => {
    const gone = await wire(() => undefined);
    await gone.stop();
    const send = senderTo(`http://127.0.0.1:${gone.port}`, createConnections(10));
    expect(await resultOf(send(target, message))).toEqual(later('UNREACHABLE'));
  });

  test.each(['ENOTFOUND', 'EAI_AGAIN'])('has no address: %s', async (code) => {
    const lookup: LookupFunction = (_, __, done) => {
      done(Object.assign(new Error('getaddrinfo'), { code }), '');
    };
    const send = senderTo('http://fcm.example', new Agent({ connect: { lookup } }));
    expect(await resultOf(send(target, message))).toEqual(later('DNS_FAILED'));
  });

  test('takes the connection and is silent while it is to be encrypted, for all at once', async () => {
    const silent = await wire(() => undefined);
    const send = senderTo(`https://127.0.0.1:${silent.port}`, createConnections(30, { connectTimeoutMs: 200 }));
    const started = Date.now();
    const results = await Promise.all(Array.from({ length: 30 }, () => resultOf(send(target, message))));
    expect(results).toEqual(results.map(() => later('UNREACHABLE')));
    expect(Date.now() - started).toBeLessThan(3 * second);
  });

  test('does not speak TLS', async () => {
    const plain = createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    const send = senderTo(`https://127.0.0.1:${port}`, createConnections(10));
    expect(await resultOf(send(target, message))).toEqual(later('TLS_FAILED'));
    plain.close();
  });
});

describe('a certificate', () => {
  const overTls = async (tls: ReturnType<typeof selfSigned>, dispatcher: Dispatcher, host = '127.0.0.1') => {
    const fcm = await wire(say(200, success), tls);
    const result = await resultOf(senderTo(`https://${host}:${fcm.port}`, dispatcher)(target, message));
    return { result, requests: fcm.requests() };
  };
  const untrusted = { result: later('TLS_FAILED'), requests: 0 };

  test('that we trust lets the message through', async () => {
    expect(await overTls(trusted, createConnections(1, { ca: trusted.cert }))).toEqual({
      result: accepted,
      requests: 1,
    });
  });
  test('that has signed itself does not', async () => {
    expect(await overTls(trusted, createConnections(1))).toEqual(untrusted);
  });
  test('that has expired does not', async () => {
    const expired = selfSigned({ from: Date.now() - 2 * hour, until: Date.now() - hour });
    expect(await overTls(expired, createConnections(1, { ca: expired.cert }))).toEqual(untrusted);
  });
  test('that begins tomorrow does not', async () => {
    const early = selfSigned({ from: Date.now() + hour, until: Date.now() + 2 * hour });
    expect(await overTls(early, createConnections(1, { ca: early.cert }))).toEqual(untrusted);
  });
  test('of another host does not', async () => {
    const lookup: LookupFunction = (_, __, done) => {
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    const dispatcher = new Agent({ allowH2: false, connect: { ca: trusted.cert, lookup } });
    expect(await overTls(trusted, dispatcher, 'fcm.example')).toEqual(untrusted);
  });
});

test('a server that prefers HTTP/2 is spoken HTTP/1.1 to', async () => {
  const fcm = await wire(say(200, success), { ...trusted, ALPNProtocols: ['h2', 'http/1.1'] });
  const send = senderTo(`https://127.0.0.1:${fcm.port}`, createConnections(10, { ca: trusted.cert }));
  expect(await send(target, message)).toEqual(accepted);
});

test('a server that speaks HTTP/2 alone is tried later', async () => {
  const fcm = await http2Wire(() => undefined);
  const send = senderTo(`https://127.0.0.1:${fcm.port}`, createConnections(10, { ca: trusted.cert }));
  expect(await resultOf(send(target, message))).toEqual(later('TLS_FAILED'));
});

interface Http2Row {
  readonly name: string;
  readonly given: Http2Script;
  readonly expect: object;
  readonly requests: number;
}

/** Not the protocol that we choose (see connections.ts), but if it were chosen nothing would be lost or repeated wrongly. */
describe('over HTTP/2', () => {
  const everyLast = 2 ** 31 - 1;
  const onFirst =
    (script: Http2Script): Http2Script =>
    (connection, stream) => {
      if (connection.number === 1) script(connection, stream);
      else connection.answer(stream, success);
    };
  test.each<Http2Row>([
    {
      name: 'success',
      given: (connection, stream) => connection.answer(stream, success),
      expect: accepted,
      requests: 1,
    },
    {
      name: 'GOAWAY that was sent before our stream was looked at: repeated at once, on another connection',
      given: onFirst((connection) => connection.goAway(0, 'NO_ERROR')),
      expect: accepted,
      requests: 2,
    },
    {
      name: 'GOAWAY of a server in trouble that has not looked at our stream: repeated at once',
      given: onFirst(({ goAway, socket }) => {
        goAway(0, 'INTERNAL_ERROR');
        socket.end();
      }),
      expect: accepted,
      requests: 2,
    },
    {
      name: 'GOAWAY once more: tried later',
      given: (connection) => connection.goAway(0, 'NO_ERROR'),
      expect: later('CONNECTION_LOST'),
      requests: 2,
    },
    {
      name: 'GOAWAY with notice, and then the answer',
      given: onFirst((connection, stream) => {
        connection.goAway(everyLast, 'NO_ERROR');
        connection.answer(stream, success);
      }),
      expect: accepted,
      requests: 1,
    },
    {
      name: 'GOAWAY after our stream was looked at, and no answer: tried later',
      given: onFirst(({ goAway, socket }, stream) => {
        goAway(stream, 'NO_ERROR');
        socket.end();
      }),
      expect: later('CONNECTION_LOST'),
      requests: 1,
    },
    {
      name: 'GOAWAY of a server in trouble that may have looked at our stream: tried later',
      given: onFirst(({ goAway, socket }, stream) => {
        goAway(stream, 'INTERNAL_ERROR');
        socket.end();
      }),
      expect: later('CONNECTION_LOST'),
      requests: 1,
    },
    {
      name: 'REFUSED_STREAM was not looked at: repeated at once',
      given: (connection, stream) => {
        if (stream === 1) connection.reset(stream, 'REFUSED_STREAM');
        else connection.answer(stream, success);
      },
      expect: accepted,
      requests: 2,
    },
    {
      name: 'REFUSED_STREAM once more: tried later',
      given: (connection, stream) => connection.reset(stream, 'REFUSED_STREAM'),
      expect: later('CONNECTION_LOST'),
      requests: 2,
    },
    ...(['INTERNAL_ERROR', 'CANCEL', 'ENHANCE_YOUR_CALM'] as const).map((error) => ({
      name: `RST_STREAM ${error}: tried later`,
      given: onFirst((connection, stream) => connection.reset(stream, error)),
      expect: later('CONNECTION_LOST'),
      requests: 1,
    })),
    {
      name: 'a connection that is closed: tried later',
      given: onFirst(({ socket }) => socket.end()),
      expect: later('CONNECTION_LOST'),
      requests: 1,
    },
  ])('$name', async ({ given, expect: expected, requests }) => {
    const fcm = await http2Wire(given);
    const send = senderTo(`https://127.0.0.1:${fcm.port}`, new Agent({ allowH2: true, connect: { ca: trusted.cert } }));
    expect(await resultOf(send(target, message))).toEqual(expected);
    expect(fcm.requests()).toBe(requests);
  });
});
