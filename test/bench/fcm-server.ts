import { randomUUID } from 'node:crypto';
import { constants, createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { Accounts } from '../../local/oauth.ts';

/** How FCM behaves. */
export interface Manner {
  /** From the whole request to the answer. */
  readonly delayMs: number;
  /**
   * Every so many messages a connection is closed as a server does that is taken out of service: HTTP/1.1 with
   * `connection: close`, HTTP/2 with GOAWAY; 0 = never.
   */
  readonly closeEvery: number;
  /** Every so many messages a stream of HTTP/2 is refused before it is looked at (REFUSED_STREAM); 0 = never. */
  readonly refuseEvery: number;
  /**
   * The connections that are open when it begins to behave so are half open from then on: nothing is read from them any
   * more, so nothing is answered either, and nobody closes them.
   */
  readonly fallsSilent?: boolean;
}

export const swift: Manner = { delayMs: 0, closeEvery: 0, refuseEvery: 0 };

/** A connection below TLS, which reads by itself: that it stops, only its handle can be told. */
interface RawConnection extends Socket {
  readonly _handle?: { readStop(): void } | null;
}

export interface Counters {
  /** Messages taken. */
  readonly sends: number;
  /** Different targets among them. */
  readonly targets: number;
  readonly tokens: number;
}

export interface FcmServer {
  readonly port: number;
  behave(manner: Manner): void;
  counters(): Counters;
  reset(): void;
}

/** As many as Google's servers allow, by what is known. */
const maxConcurrentStreams = 100;

/**
 * FCM and the token endpoint over TLS, HTTP/1.1 and HTTP/2 on one port as Google has them. It exchanges tokens for
 * real (signatures are checked), but looks at no message closely as the local stack does: it must be faster than whoever
 * is measured, and whether messages are right is what the tests are for.
 */
export async function startFcmServer(
  tls: { readonly key: string; readonly cert: string },
  accounts: Pick<Accounts, 'exchange'>,
): Promise<FcmServer> {
  let manner = swift;
  let [asked, sends, tokens] = [0, 0, 0];
  let targets = new Set<string>();

  function exchange(body: string, response: Http2ServerResponse): void {
    tokens += 1;
    const answer = accounts.exchange(new URLSearchParams(body));
    if ('breaks' in answer) throw new Error('nobody asked for a fault');
    reply(response, answer.status, answer.body);
  }

  function send(request: Http2ServerRequest, body: string, response: Http2ServerResponse): void {
    asked += 1;
    const isHttp2 = request.httpVersionMajor === 2;
    if (isHttp2 && due(asked, manner.refuseEvery)) {
      request.stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    if (!request.headers.authorization?.startsWith('Bearer ')) {
      reply(response, 401, { error: { code: 401, status: 'UNAUTHENTICATED' } });
      return;
    }
    const { message } = JSON.parse(body) as { message: { token?: string; fid?: string } };
    sends += 1;
    targets.add(message.token ?? message.fid ?? '');
    if (due(asked, manner.closeEvery)) {
      if (isHttp2) request.stream.session?.close();
      else response.setHeader('connection', 'close');
    }
    const [, , , project = ''] = request.url.split('/');
    const answer = () => {
      reply(response, 200, { name: `projects/${project}/messages/${randomUUID()}` });
    };
    if (manner.delayMs > 0) setTimeout(answer, manner.delayMs);
    else answer();
  }

  const options = { ...tls, allowHTTP1: true, settings: { maxConcurrentStreams } };
  const server = createSecureServer(options, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      if (request.url === '/token') exchange(body, response);
      else send(request, body, response);
    });
    response.on('error', () => undefined);
  });
  const open = new Set<RawConnection>();
  server.on('connection', (connection: RawConnection) => {
    open.add(connection);
    connection.on('close', () => open.delete(connection));
  });
  server.on('session', (session) => session.on('error', () => undefined));
  // Longer than clients keep an idle connection, so that none is closed under a request on its way.
  Object.assign(server, { keepAliveTimeout: 120_000 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    behave(wanted) {
      manner = wanted;
      if (manner.fallsSilent) for (const connection of open) connection._handle?.readStop();
    },
    counters: () => ({ sends, targets: targets.size, tokens }),
    reset() {
      [sends, tokens] = [0, 0];
      targets = new Set();
    },
  };
}

const due = (count: number, every: number) => every > 0 && count % every === 0;

function reply(response: Http2ServerResponse, status: number, body: unknown): void {
  // The client may have gone meanwhile. Where it speaks HTTP/1.1 there is no stream, whatever the type says.
  if ('stream' in response && response.stream.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(body));
}
