import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server as HttpServer, ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';

/** Takes over a connection that speaks HTTP/2. */
export interface Http2Door {
  injectConnection(socket: Socket): void;
}

/** As many as Google's servers allow. */
const maxConcurrentStreams = 100;

/** Lets what answers HTTP/1.1 answer HTTP/2, too: Node makes its requests and responses so that it can. */
export function http2DoorTo(answer: RequestListener): Http2Door {
  const server = createHttp2Server({ settings: { maxConcurrentStreams } }, (request, response) => {
    answer(request as unknown as IncomingMessage, response as unknown as ServerResponse & { req: IncomingMessage });
  });
  return { injectConnection: (socket) => server.emit('connection', socket) };
}

const http2Preface = 'PRI * HTTP/2.0';
const closeGraceMs = 200;

/** One port for both protocols, told apart by the first bytes a client sends. */
export async function openPort(
  { host, port }: { host: string; port: number },
  http2: Http2Door,
  http1: HttpServer,
): Promise<{ port: number; close: (graceMs?: number) => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    // A client may vanish before it has said anything.
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      route(socket, http2, http1);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: (graceMs = closeGraceMs) => closePort(server, sockets, graceMs),
  };
}

/** Lets calls that are about to end do so, then cuts off whoever is still there. */
async function closePort(server: Server, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, graceMs);
  await closed;
  clearTimeout(timer);
}

function route(socket: Socket, http2: Http2Door, http1: HttpServer): void {
  const first = socket.read() as Buffer | null;
  if (first === null) return;
  socket.unshift(first);
  if (first.subarray(0, http2Preface.length).toString('latin1') === http2Preface) http2.injectConnection(socket);
  else http1.emit('connection', socket);
}
