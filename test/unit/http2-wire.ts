import type { AddressInfo, Socket } from 'node:net';
import { createServer, type SecureContextOptions } from 'node:tls';

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
  readonly answer: (stream: number, body: string) => boolean;
  readonly reset: (stream: number, error: Http2Error) => boolean;
  /** @param last the last stream that was or will be looked at */
  readonly goAway: (last: number, error: Http2Error) => boolean;
}

export type Http2Script = (connection: Http2Connection, stream: number) => void;

const frameType = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7 } as const;
const acknowledged = 1;
const endOfStream = 1;
const endOfHeaders = 4;
const prefaceBytes = 24;
/** `:status: 200`, from HPACK's static table. */
const success = Buffer.from([0x88]);

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

/** A server that speaks HTTP/2 frame by frame, so that it can break off as no library lets one. */
export async function startHttp2Wire(script: Http2Script, tls: SecureContextOptions) {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer({ ...tls, ALPNProtocols: ['h2'] }, (socket) => {
    sockets.add(socket);
    const connection: Http2Connection = {
      number: sockets.size,
      socket,
      answer: (stream, body) =>
        socket.write(
          Buffer.concat([
            frame(frameType.headers, endOfHeaders, stream, success),
            frame(frameType.data, endOfStream, stream, Buffer.from(body)),
          ]),
        ),
      reset: (stream, error) => socket.write(frame(frameType.reset, 0, stream, numbers(http2Errors[error]))),
      goAway: (last, error) => socket.write(frame(frameType.goAway, 0, 0, numbers(last, http2Errors[error]))),
    };
    socket.on('error', () => undefined).write(frame(frameType.settings, 0, 0));
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
        if (type === frameType.ping && flags !== acknowledged) socket.write(frame(type, acknowledged, 0, payload));
        if (type !== frameType.data || flags !== endOfStream) continue;
        requests++;
        script(connection, stream);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
