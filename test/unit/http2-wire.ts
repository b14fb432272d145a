import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** https://www.rfc-editor.org/rfc/rfc9113#name-error-codes */
export const http2Errors = {
  NO_ERROR: 0,
  INTERNAL_ERROR: 2,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  ENHANCE_YOUR_CALM: 11,
} as const;
type Http2Error = keyof typeof http2Errors;

export interface Http2Connection {
  /** Counts from 1. */
  readonly number: number;
  readonly socket: Socket;
  /** @param answer as it is written for HTTP/1.1: see `bytes` */
  readonly answer: (stream: number, answer: string) => boolean;
  /** As much of an answer as is given, and no end of it. */
  readonly begin: (stream: number, answer: string) => boolean;
  /** A little more of an answer that has begun. */
  readonly drip: (stream: number, part: string) => boolean;
  /** How many streams it takes at once, from now on. */
  readonly takes: (streams: number) => boolean;
  readonly reset: (stream: number, error: Http2Error) => boolean;
  /** @param last the last stream that was or will be looked at */
  readonly goAway: (last: number, error: Http2Error) => boolean;
}

export type Http2Script = (connection: Http2Connection, stream: number) => void;

const frameType = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const;
const acknowledged = 1;
const endOfStream = 1;
const endOfHeaders = 4;
const prefaceBytes = 24;
const largestFrame = 16_384;
const maxConcurrentStreams = 3;

function setting(name: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(name);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** A name and a value that are in no table of HPACK, neither of them compressed. */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0]),
    ...[name, value].map((text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])),
  ]);
}

/** An answer as it is written for HTTP/1.1, in frames. */
function framesOf(stream: number, answer: string, ends: boolean): Buffer {
  const end = answer.indexOf('\r\n\r\n');
  const [first = '', ...lines] = answer.slice(0, end).split('\r\n');
  const [, status = ''] = first.split(' ');
  const fields = lines.map((line) => line.split(': '));
  const block = [
    literal(':status', status),
    ...fields.map(([name = '', value = '']) => literal(name.toLowerCase(), value)),
  ];
  const text = Buffer.from(answer.slice(end + 4));
  const size = Math.ceil(text.length / largestFrame);
  const parts = Array.from({ length: size }, (_, n) => {
    const flags = ends && n === size - 1 ? endOfStream : 0;
    return frame(frameType.data, flags, stream, text.subarray(n * largestFrame, (n + 1) * largestFrame));
  });
  const flags = endOfHeaders | (ends && size === 0 ? endOfStream : 0);
  return Buffer.concat([frame(frameType.headers, flags, stream, Buffer.concat(block)), ...parts]);
}

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, n) => bytes.writeUInt32BE(value, 4 * n));
  return bytes;
}

/**
 * A server that speaks HTTP/2 frame by frame, so that it can break off as no library lets one.
 *
 * @param tls absent = in the clear
 * @param streams how many it takes at once on a connection
 * @param isSilent whether nothing is ever said on a connection
 */
export async function startHttp2Wire(
  script: Http2Script,
  { tls, streams = 100, isSilent }: { tls?: TlsOptions; streams?: number; isSilent?: (socket: Socket) => boolean } = {},
) {
  const sockets = new Set<Socket>();
  let requests = 0;
  let connections = 0;
  let pings = 0;
  const accept = (socket: Socket) => {
    if (isSilent?.(socket)) {
      socket.on('error', () => undefined);
      return;
    }
    const connection: Http2Connection = {
      number: ++connections,
      socket,
      answer: (stream, answer) => socket.write(framesOf(stream, answer, true)),
      drip: (stream, part) => socket.write(frame(frameType.data, 0, stream, Buffer.from(part))),
      begin: (stream, answer) => socket.write(framesOf(stream, answer, false)),
      takes: (most) => socket.write(frame(frameType.settings, 0, 0, setting(maxConcurrentStreams, most))),
      reset: (stream, error) => socket.write(frame(frameType.reset, 0, stream, numbers(http2Errors[error]))),
      goAway: (last, error) => socket.write(frame(frameType.goAway, 0, 0, numbers(last, http2Errors[error]))),
    };
    socket.setNoDelay(true);
    socket.on('error', () => undefined).write(frame(frameType.settings, 0, 0, setting(maxConcurrentStreams, streams)));
    let received = Buffer.alloc(0);
    let skip = prefaceBytes;
    socket.on('data', (part: Buffer) => {
      received = Buffer.concat([received, part]);
      while (received.length >= skip + 9) {
        const whole = skip + 9 + received.readUIntBE(skip, 3);
        if (received.length < whole) return;
        const [type, flags] = [received.readUInt8(skip + 3), received.readUInt8(skip + 4)];
        const stream = received.readUInt32BE(skip + 5);
        const payload = received.subarray(skip + 9, whole);
        received = received.subarray(whole);
        skip = 0;
        if (type === frameType.settings && flags !== acknowledged) socket.write(frame(type, acknowledged, 0));
        if (type === frameType.ping && flags !== acknowledged) {
          pings++;
          socket.write(frame(type, acknowledged, 0, payload));
        }
        if (type === frameType.data && payload.length > 0) {
          socket.write(frame(frameType.windowUpdate, 0, 0, numbers(payload.length)));
        }
        if (type !== frameType.data || flags !== endOfStream) continue;
        requests++;
        script(connection, stream);
      }
    });
  };
  const server = tls ? createTlsServer({ ALPNProtocols: ['h2'], ...tls }, accept) : createServer(accept);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    /** PINGs that were answered. */
    pings: () => pings,
    connections: () => connections,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
