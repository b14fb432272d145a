import { failed } from '../base/failure.ts';
import type { HttpAnswer } from './http-answer.ts';
import {
  mostStreams,
  NotTakenError,
  openHttp2Connection,
  RefusedError,
  type Http2Connection,
  type Http2Options,
  type Http2Request,
} from './http2-connection.ts';

/** Posts requests to one server, over connections that it keeps. */
export interface Http2Client {
  /**
   * A request that the other side has certainly not looked at is repeated at once, a few times and where that is found
   * out within half of its time; no other is. One that was refused for want of room is repeated once, and again only
   * after answers have made room.
   *
   * @throws what `connectionFailure` tells apart
   */
  post(request: Http2Request): Promise<HttpAnswer>;
  /** Breaks off what is under way. */
  destroy(): void;
}

/** Somebody who waits for a connection. */
interface Turn {
  readonly resolve: (connection: Http2Connection) => void;
  readonly reject: (error: Error) => void;
}

/** A connection that breaks takes its requests along, so no more than these share one while there may be another. */
const comfortable = 25;
const mostConnections = 4;
/** Requests under way at once; what goes beyond it waits here, for half of its time at most. */
export const mostAtOnce = mostConnections * mostStreams;
const mostAttempts = 6;
/** After so many the event loop may put them on the wire: of 400 at once the first need not wait for the last. */
const mostInOneGo = 50;

/**
 * HTTP/2 with a queue of our own, so that no more goes out on a connection than the other side takes, and several
 * connections, so that a burst is not held up behind its own first messages. Bare node:http2 has neither, and loses what
 * is under way where a server closes connections under load (`npm run bench -- --only sender,burst` compares them).
 */
export function createHttp2Client(origin: string, options: Http2Options = {}): Http2Client {
  const connections = new Set<Http2Connection>();
  /** Why the last connection could not be opened, until one is. */
  let trouble: Error | undefined;
  let inOneGo = 0;
  let answers = 0;
  const waiting: Turn[] = [];

  function open(): void {
    const connection = openHttp2Connection(origin, options, {
      onRoom() {
        if (connection.limit > 0) trouble = undefined;
        serve();
      },
      onRetired(neverOpened) {
        connections.delete(connection);
        if (!neverOpened) {
          serve();
          return;
        }
        trouble = neverOpened;
        // Those that are open, or may still open, serve whoever waits; but no further attempt is made on their behalf.
        if (connections.size === 0) for (const { reject } of waiting.splice(0)) reject(neverOpened);
        else handOut();
      },
    });
    connections.add(connection);
  }

  /**
   * The first with few requests on it, so that the last ones fall idle and close; else that with the fewest, unless
   * another is about to open.
   */
  function withRoom(): Http2Connection | undefined {
    let best: Http2Connection | undefined;
    let isOneOpening = false;
    for (const connection of connections) {
      isOneOpening ||= connection.isOpening();
      if (!connection.hasRoom()) continue;
      if (connection.inFlight < comfortable) return connection;
      if (!best || connection.inFlight < best.inFlight) best = connection;
    }
    return isOneOpening ? undefined : best;
  }

  function grow(): void {
    let left = waiting.length;
    for (const connection of connections) {
      const expected = connection.isOpening() ? comfortable : Math.min(connection.limit, comfortable);
      left += connection.inFlight - expected;
    }
    for (; left > 0 && connections.size < mostConnections; left -= comfortable) open();
  }

  /** With room for one more request, which is reserved. */
  function reserved(): Http2Connection | undefined {
    if (inOneGo === mostInOneGo) return undefined;
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

  /** What is retired hands out itself what waits: so it must be done before anything is reserved. */
  function retireUnfit(): void {
    for (const connection of connections) connection.retireIfUnfit();
  }

  function handOut(): void {
    retireUnfit();
    while (waiting.length > 0) {
      const connection = reserved();
      if (!connection) break;
      waiting.shift()?.resolve(connection);
    }
  }

  function serve(): void {
    if (waiting.length === 0) return;
    handOut();
    grow();
  }

  function turn(longestWaitMs: number): Http2Connection | Promise<Http2Connection> {
    retireUnfit();
    const connection = waiting.length === 0 ? reserved() : undefined;
    if (!connection) return turnWithin(longestWaitMs);
    grow();
    return connection;
  }

  function turnWithin(longestWaitMs: number): Promise<Http2Connection> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(turn), 1);
        reject(trouble ?? failed('NO_TURN', 'too many requests were under way for too long'));
      }, longestWaitMs);
      const turn: Turn = {
        resolve(connection) {
          clearTimeout(timer);
          resolve(connection);
        },
        reject(error) {
          clearTimeout(timer);
          reject(error);
        },
      };
      waiting.push(turn);
      serve();
    });
  }

  return {
    async post(request) {
      const startedAt = performance.now();
      let answersBefore: number | undefined;
      for (let attempt = 1; ; attempt++) {
        const found = turn(request.timeoutMs / 2);
        const connection = found instanceof Promise ? await found : found;
        try {
          const answer = await connection.post(request);
          answers += 1;
          return answer;
        } catch (error) {
          const isQuick = performance.now() - startedAt < request.timeoutMs / 2;
          if (!(error instanceof NotTakenError) || !isQuick || attempt === mostAttempts) throw error;
          if (!(error instanceof RefusedError)) continue;
          if (answersBefore === answers) throw error;
          answersBefore = answers;
        }
      }
    },
    destroy() {
      for (const { reject } of waiting.splice(0)) reject(new NotTakenError('the client was closed'));
      for (const connection of connections) connection.destroy();
    },
  };
}
