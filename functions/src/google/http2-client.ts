import type { HttpAnswer } from './http-answer.ts';
import {
  mostStreams,
  NotTakenError,
  openHttp2Connection,
  type Http2Connection,
  type Http2Options,
  type Http2Request,
} from './http2-connection.ts';

/** Posts requests to one server, over connections that it keeps. */
export interface Http2Client {
  /**
   * A request that the other side has certainly not looked at is repeated at once, a few times and where that is found
   * out within half of its time; no other is.
   *
   * @throws what `connectionFailure` tells apart
   */
  post(request: Http2Request): Promise<HttpAnswer>;
  /** Breaks off what is under way. */
  destroy(): void;
}

/** A connection that breaks takes its requests along, so no more than these share one while there may be another. */
const comfortable = 25;
const mostConnections = 4;
/** Requests under way at once; what goes beyond it waits here, without any limit. */
export const mostAtOnce = mostConnections * mostStreams;
const mostAttempts = 4;
/** Then it is time for the event loop to put them on the wire: of 400 at once the first need not wait for the last. */
const mostInOneGo = 50;

/**
 * HTTP/2 with a queue of our own, so that no more goes out on a connection than the other side takes. Measured beside
 * others: 400 messages at once to an FCM 30 ms away were all answered within 50 ms (bare node:http2 147, 100 connections
 * of HTTP/1.1 150); the CPU of a message is 1.1 to 1.2 times that of bare node:http2, whose single session loses half of
 * such a burst when it is closed.
 */
export function createHttp2Client(origin: string, options: Http2Options = {}): Http2Client {
  const connections = new Set<Http2Connection>();
  let inOneGo = 0;
  const waiting: { resolve: (connection: Http2Connection) => void; reject: (error: Error) => void }[] = [];

  function open(): void {
    const connection = openHttp2Connection(origin, options, {
      onRoom: serve,
      onRetired(neverOpened) {
        connections.delete(connection);
        if (!neverOpened) serve();
        // Nobody waits through one attempt after the other.
        else if (!isOpen()) for (const { reject } of waiting.splice(0)) reject(neverOpened);
      },
    });
    connections.add(connection);
  }

  const isOpen = () => [...connections].some(({ limit }) => limit > 0);

  /** The first with few requests on it, so that the last ones fall idle and close; else that with the fewest. */
  function withRoom(): Http2Connection | undefined {
    let best: Http2Connection | undefined;
    for (const connection of connections) {
      if (!connection.hasRoom()) continue;
      if (connection.inFlight < comfortable) return connection;
      if (!best || connection.inFlight < best.inFlight) best = connection;
    }
    return best;
  }

  function grow(): void {
    let left = waiting.length;
    for (const { inFlight, limit } of connections) left += inFlight - Math.min(limit || comfortable, comfortable);
    for (; left > 0 && connections.size < mostConnections; left -= comfortable) open();
  }

  /** With room for one more request, which is reserved. */
  function reserved(): Http2Connection | undefined {
    if (inOneGo === mostInOneGo) return undefined;
    for (const connection of connections) connection.retireIfStale();
    const connection = withRoom();
    if (!connection) return undefined;
    connection.reserve();
    if (++inOneGo === mostInOneGo) setImmediate(goOn);
    return connection;
  }

  function goOn(): void {
    inOneGo = 0;
    serve();
  }

  function serve(): void {
    while (waiting.length > 0) {
      const connection = reserved();
      if (!connection) break;
      waiting.shift()?.resolve(connection);
    }
    grow();
  }

  function turn(): Http2Connection | Promise<Http2Connection> {
    const connection = waiting.length === 0 ? reserved() : undefined;
    if (!connection) {
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        serve();
      });
    }
    grow();
    return connection;
  }

  return {
    async post(request) {
      const startedAt = performance.now();
      for (let attempt = 1; ; attempt++) {
        const connection = await turn();
        try {
          return await connection.post(request);
        } catch (error) {
          const isQuick = performance.now() - startedAt < request.timeoutMs / 2;
          if (!(error instanceof NotTakenError) || !isQuick || attempt === mostAttempts) throw error;
        }
      }
    },
    destroy() {
      for (const { reject } of waiting.splice(0)) reject(new NotTakenError('the client was closed'));
      for (const connection of connections) connection.destroy();
    },
  };
}
