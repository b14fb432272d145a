import { once } from 'node:events';
import { createServer, type AddressInfo, type LookupFunction, type Socket } from 'node:net';
import { selfSigned } from '../support/certificate.ts';
import { hour, second } from '../support/builders.ts';
import { target } from './fcm-answer-rows.ts';
import type { Http2Script } from './http2-wire.ts';
import {
  accepted,
  closeAll,
  later,
  message,
  resultOf,
  senderTo,
  success,
  trusted,
  wire,
  type SenderOptions,
} from './wire-sender.ts';
import { startWire } from './wire.ts';

afterEach(closeAll);
afterEach(() => {
  jest.restoreAllMocks();
});

const answered: Http2Script = (connection, stream) => connection.answer(stream, success);
/** The first connection goes wrong, and any other is fine. */
const onFirst =
  (script: Http2Script): Http2Script =>
  (connection, stream) => {
    (connection.number === 1 ? script : answered)(connection, stream);
  };
const times = (count: number) => Array.from({ length: count });

describe('a server that is not reached', () => {
  test('refuses the connection', async () => {
    const gone = await wire(() => undefined);
    await gone.stop();
    expect(await resultOf(senderTo(`http://127.0.0.1:${gone.port}`)(target, message))).toEqual(later('UNREACHABLE'));
  });

  test.each(['ENOTFOUND', 'EAI_AGAIN'])('has no address: %s', async (code) => {
    const lookup: LookupFunction = (_, __, done) => {
      done(Object.assign(new Error('getaddrinfo'), { code }), '');
    };
    expect(await resultOf(senderTo('http://fcm.example', { lookup })(target, message))).toEqual(later('DNS_FAILED'));
  });

  test('takes the connection and is silent while it is to be encrypted, for all at once', async () => {
    const silent = await startWire(() => undefined);
    const send = senderTo(`https://127.0.0.1:${silent.port}`, { connectTimeoutMs: 200 });
    const started = Date.now();
    const results = await Promise.all(times(500).map(() => resultOf(send(target, message))));
    expect(results).toEqual(results.map(() => later('UNREACHABLE')));
    expect(Date.now() - started).toBeLessThan(3 * second);
    await silent.stop();
  });

  test.each(['http', 'https'])('has no address for a long time, over %s', async (scheme) => {
    const send = senderTo(`${scheme}://fcm.example`, { connectTimeoutMs: 200, lookup: () => undefined });
    expect(await resultOf(send(target, message))).toEqual(later('UNREACHABLE'));
  });

  test('is not taken for a busy one, once a connection has failed', async () => {
    const options = { connectTimeoutMs: 600, timeoutMs: 800, lookup: () => undefined };
    const send = senderTo('http://fcm.example', options);
    const codes: unknown[] = [];
    for (let n = 0; n < 3; n++) codes.push(await resultOf(send(target, message)));
    // The first is given up before its connection is, and the third before the second connection is.
    expect(codes).toEqual([later('TOO_BUSY'), later('UNREACHABLE'), later('UNREACHABLE')]);
  });

  test('on one of several connections is reached on the others, by all', async () => {
    let connections = 0;
    const fcm = await wire(answered, {
      isSilent(socket) {
        if (++connections === 2) socket.resetAndDestroy();
        return connections === 2;
      },
    });
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    const results = await Promise.all(times(100).map(() => send(target, message)));
    expect(results).toEqual(results.map(() => accepted));
    expect(connections).toBeGreaterThan(2);
  });

  test('on some of several connections is reached on the one that opened, although it is slow', async () => {
    let connections = 0;
    const held: (() => void)[] = [];
    const fcm = await wire(
      (connection, stream) => {
        held.push(() => {
          answered(connection, stream);
        });
        if (held.length === 100) for (const answer of held) answer();
      },
      { isSilent: () => ++connections > 1 },
    );
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    const results = await Promise.all(times(100).map(() => send(target, message)));
    expect(results).toEqual(results.map(() => accepted));
  });

  test('does not speak TLS', async () => {
    const plain = createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    expect(await resultOf(senderTo(`https://127.0.0.1:${port}`)(target, message))).toEqual(later('TLS_FAILED'));
    plain.close();
  });

  test('does not speak HTTP/2', async () => {
    const fcm = await wire(answered, { tls: { ...trusted, ALPNProtocols: ['http/1.1'] } });
    const send = senderTo(`https://127.0.0.1:${fcm.port}`, { ca: trusted.cert });
    expect(await resultOf(send(target, message))).toEqual(later('TLS_FAILED'));
    expect(fcm.requests()).toBe(0);
  });

  test('is there again for the next message', async () => {
    const fcm = await wire(onFirst(({ socket }) => socket.destroy()));
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    expect(await resultOf(send(target, message))).toEqual(later('CONNECTION_LOST'));
    expect(await send(target, message)).toEqual(accepted);
  });
});

describe('a certificate', () => {
  const overTls = async (tls: ReturnType<typeof selfSigned>, options: SenderOptions, host = '127.0.0.1') => {
    const fcm = await wire(answered, { tls });
    const result = await resultOf(senderTo(`https://${host}:${fcm.port}`, options)(target, message));
    return { result, requests: fcm.requests() };
  };
  const untrusted = { result: later('TLS_FAILED'), requests: 0 };

  test('that we trust lets the message through', async () => {
    expect(await overTls(trusted, { ca: trusted.cert })).toEqual({ result: accepted, requests: 1 });
  });
  test('that has signed itself does not', async () => {
    expect(await overTls(trusted, {})).toEqual(untrusted);
  });
  test('that has expired does not', async () => {
    const expired = selfSigned({ from: Date.now() - 2 * hour, until: Date.now() - hour });
    expect(await overTls(expired, { ca: expired.cert })).toEqual(untrusted);
  });
  test('that begins tomorrow does not', async () => {
    const early = selfSigned({ from: Date.now() + hour, until: Date.now() + 2 * hour });
    expect(await overTls(early, { ca: early.cert })).toEqual(untrusted);
  });
  test('of another host does not', async () => {
    const lookup: LookupFunction = (_, __, done) => {
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    expect(await overTls(trusted, { ca: trusted.cert, lookup }, 'fcm.example')).toEqual(untrusted);
  });
});

interface Row {
  readonly name: string;
  readonly given: Http2Script;
  readonly expect: object;
  readonly requests: number;
}

describe('a connection that ends', () => {
  const everyLast = 2 ** 31 - 1;
  test.each<Row>([
    {
      name: 'GOAWAY that was sent before our stream was looked at: repeated at once, on another connection',
      given: onFirst((connection) => connection.goAway(0, 'NO_ERROR')),
      expect: accepted,
      requests: 2,
    },
    {
      name: 'GOAWAY of a server in trouble: tried later, though it has not looked at our stream',
      given: onFirst(({ goAway, socket }) => {
        goAway(0, 'INTERNAL_ERROR');
        socket.end();
      }),
      expect: later('CONNECTION_LOST'),
      requests: 1,
    },
    {
      name: 'GOAWAY of a server that wants calm: tried later',
      given: (connection) => connection.goAway(0, 'ENHANCE_YOUR_CALM'),
      expect: later('CONNECTION_LOST'),
      requests: 1,
    },
    {
      name: 'GOAWAY again and again: tried later',
      given: (connection) => connection.goAway(0, 'NO_ERROR'),
      expect: later('CONNECTION_LOST'),
      requests: 6,
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
      name: 'REFUSED_STREAM again and again: repeated once, then tried later',
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
  ])('$name', async ({ given, expect: expected, requests }) => {
    const fcm = await wire(given, { tls: trusted });
    const send = senderTo(`https://127.0.0.1:${fcm.port}`, { ca: trusted.cert });
    expect(await resultOf(send(target, message))).toEqual(expected);
    expect(fcm.requests()).toBe(requests);
  });

  test('while it is not in use is not used: the message is sent once, on another', async () => {
    let first: Socket | undefined;
    const fcm = await wire((connection, stream) => {
      first ??= connection.socket;
      answered(connection, stream);
      connection.socket.end();
    });
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    expect(await send(target, message)).toEqual(accepted);
    if (first && !first.closed) await once(first, 'close');
    expect(await send(target, message)).toEqual(accepted);
    expect([fcm.requests(), fcm.connections()]).toEqual([2, 2]);
  });

  test('when the message comes: FCM may have it, so it is tried later', async () => {
    let asked = 0;
    const fcm = await wire((connection, stream) => {
      if (++asked === 1) answered(connection, stream);
      else connection.socket.end();
    });
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    expect(await send(target, message)).toEqual(accepted);
    expect(await resultOf(send(target, message))).toEqual(later('CONNECTION_LOST'));
    expect([fcm.requests(), fcm.connections()]).toEqual([2, 1]);
  });

  test('takes the messages on it along, and no other', async () => {
    const fcm = await wire(onFirst(({ socket }) => socket.end()));
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    const results = await Promise.all(times(150).map(() => resultOf(send(target, message))));
    const { length } = results.filter(({ outcome }) => outcome === 'accepted');
    // No more are on one connection while others are opening.
    expect(length).toBeGreaterThanOrEqual(125);
    expect(length).toBeLessThan(150);
  });
});

describe('a connection that is kept', () => {
  test('has several messages on it, and takes the next ones', async () => {
    const fcm = await wire(answered);
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    await Promise.all(times(10).map(() => send(target, message)));
    expect(await send(target, message)).toEqual(accepted);
    expect([fcm.requests(), fcm.connections()]).toEqual([11, 1]);
  });

  test('is closed after a silence', async () => {
    let socket: Socket | undefined;
    const fcm = await wire((connection, stream) => {
      ({ socket } = connection);
      answered(connection, stream);
    });
    const send = senderTo(`http://127.0.0.1:${fcm.port}`, { idleMs: 50 });
    expect(await send(target, message)).toEqual(accepted);
    if (socket && !socket.closed) await once(socket, 'close');
    expect(await send(target, message)).toEqual(accepted);
    expect(fcm.connections()).toBe(2);
  });

  test.each([
    { name: 'of an hour', given: hour },
    { name: 'in which the clock was set back', given: -hour },
  ])('is not used after a silence $name in which no timer ran', async ({ given }) => {
    const fcm = await wire(answered);
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    expect(await send(target, message)).toEqual(accepted);
    const thawed = Date.now() + given;
    jest.spyOn(Date, 'now').mockImplementation(() => thawed);
    expect(await send(target, message)).toEqual(accepted);
    expect(fcm.connections()).toBe(2);
  });

  test('and was silent to one message gets no other', async () => {
    const fcm = await wire(onFirst(() => undefined));
    const send = senderTo(`http://127.0.0.1:${fcm.port}`, { timeoutMs: 100 });
    expect(await resultOf(send(target, message))).toEqual(later('TIMEOUT'));
    expect(await send(target, message)).toEqual(accepted);
    expect([fcm.requests(), fcm.connections()]).toEqual([2, 2]);
  });
});

describe('a server that takes few messages at once', () => {
  test('is sent no more than these on each of four connections', async () => {
    const underWay = new Map<number, number>();
    let most = 0;
    const fcm = await wire(
      (connection, stream) => {
        const { number } = connection;
        underWay.set(number, (underWay.get(number) ?? 0) + 1);
        most = Math.max(most, underWay.get(number) ?? 0);
        setImmediate(() => {
          underWay.set(number, (underWay.get(number) ?? 0) - 1);
          answered(connection, stream);
        });
      },
      { streams: 3 },
    );
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    const results = await Promise.all(times(100).map(() => send(target, message)));
    expect(results).toEqual(results.map(() => accepted));
    expect([most, fcm.connections()]).toEqual([3, 4]);
  });

  test('and says so only now is sent no more from then on', async () => {
    let underWay = 0;
    let most = 0;
    const fcm = await wire((connection, stream) => {
      if (connection.number > 1) answered(connection, stream);
      else {
        if (stream === 1) connection.takes(2);
        else most = Math.max(most, ++underWay);
        setImmediate(() => {
          answered(connection, stream);
          if (stream > 1) underWay -= 1;
        });
      }
    });
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    await send(target, message);
    const results = await Promise.all(times(20).map(() => send(target, message)));
    expect(results).toEqual(results.map(() => accepted));
    expect(most).toBe(2);
  });

  test('and refuses what goes beyond it without having said so is asked again as it answers: none is lost', async () => {
    const heldOn = new Map<number, (() => void)[]>();
    const fcm = await wire((connection, stream) => {
      const held = heldOn.get(connection.number) ?? [];
      heldOn.set(connection.number, held);
      if (held.length === 5) {
        connection.reset(stream, 'REFUSED_STREAM');
        return;
      }
      held.push(() => {
        answered(connection, stream);
      });
      setImmediate(() => held.shift()?.());
    });
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    const results = await Promise.all(times(100).map(() => resultOf(send(target, message))));
    expect(results).toEqual(results.map(() => accepted));
    expect(fcm.requests()).toBeLessThan(300);
  });

  test('and refuses all is asked twice for each message, not six times', async () => {
    const fcm = await wire((connection, stream) => connection.reset(stream, 'REFUSED_STREAM'));
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    const results = await Promise.all(times(100).map(() => resultOf(send(target, message))));
    expect(results).toEqual(results.map(() => later('CONNECTION_LOST')));
    expect(fcm.requests()).toBe(200);
  });

  test('lets the others wait, but not for long: they were not sent', async () => {
    const held: (() => void)[] = [];
    const fcm = await wire(
      (connection, stream) => {
        held.push(() => {
          answered(connection, stream);
        });
      },
      { streams: 1 },
    );
    const send = senderTo(`http://127.0.0.1:${fcm.port}`, { timeoutMs: 2 * second });
    const sent = times(5).map(() => resultOf(send(target, message)));
    const first = await Promise.race(sent);
    expect(first).toEqual(later('TOO_BUSY'));
    for (const answer of held) answer();
    const outcomes = (await Promise.all(sent)).map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual([...times(4).map(() => 'accepted'), 'try-later']);
    expect(fcm.requests()).toBe(4);
  });

  test('takes those that wait in their turn', async () => {
    const fcm = await wire(answered, { streams: 1 });
    const send = senderTo(`http://127.0.0.1:${fcm.port}`);
    const results = await Promise.all(times(60).map(() => send(target, message)));
    expect(results).toEqual(results.map(() => accepted));
  });
});
