import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions } from 'node:tls';

/** What a server does with a connection on which a whole request has come; `connection` counts from 1. */
export type Script = (socket: Socket, connection: number) => void;

interface Wire {
  readonly port: number;
  /** Whole requests, on whichever connection. */
  requests(): number;
  connections(): number;
  stop(): Promise<void>;
}

/** A server of HTTP/1.1 that writes exactly the bytes it is told to, over TCP or TLS. */
export async function startWire(
  script: Script,
  tls?: SecureContextOptions & { ALPNProtocols?: string[] },
): Promise<Wire> {
  const sockets = new Set<Socket>();
  let requests = 0;
  let connections = 0;
  const accept = (socket: Socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on('error', () => undefined);
    let received = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      received += part;
      for (let end = endOfRequest(received); end; end = endOfRequest(received)) {
        received = received.slice(end);
        requests++;
        script(socket, connection);
      }
    });
  };
  const server = tls ? createTlsServer(tls, accept) : createServer(accept);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    connections: () => connections,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Where the first request ends; 0 while it has not come whole. */
function endOfRequest(received: string): number {
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const [, length = '0'] = /content-length: (\d+)/i.exec(received.slice(0, head)) ?? [];
  const end = head + 4 + Number(length);
  return received.length >= end ? end : 0;
}

/** The bytes of an answer. */
export function bytes(status: number, body: string, headers: Readonly<Record<string, string>> = {}): string {
  const given = {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries({ ...given, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Whatever\r\n${lines.join('')}\r\n${body}`;
}

export const say =
  (...answer: Parameters<typeof bytes>): Script =>
  (socket) =>
    socket.write(bytes(...answer));

/** The first connection goes wrong, and any other is fine. */
export const firstThen =
  (first: Script, others: Script): Script =>
  (socket, connection) => {
    (connection === 1 ? first : others)(socket, connection);
  };

/** Cuts an answer off in the middle of its body. */
export const half = (answer: string): string =>
  answer.slice(0, -Math.ceil((answer.length - answer.indexOf('\r\n\r\n')) / 2));
