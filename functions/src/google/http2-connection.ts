import { connect, constants, type ClientHttp2Stream, type Settings } from 'node:http2';
import { connect as connectInTheClear, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectOverTls } from 'node:tls';
import { failed, failureCode } from '../base/failure.ts';
import type { HttpAnswer } from './http-answer.ts';
import { receive } from './http2-answer.ts';
import { watchSilence } from './silence.ts';

export interface Http2Request {
  /** From the first slash; what it names has been encoded already. */
  readonly path: string;
  /** Name, value, name, value …: the form that node:http2 takes as it is. */
  readonly headers: readonly string[];
  readonly body: string;
  /** How long the whole answer may take from when the request is written. */
  readonly timeoutMs: number;
}

export interface Http2Options {
  /** Until a connection is there and encrypted. */
  readonly connectTimeoutMs?: number;
  /**
   * How long a connection is kept that nobody uses: far less than Google does, for an instance that was frozen meanwhile
   * must not write into a connection that the other side has given up.
   */
  readonly idleMs?: number;
  /**
   * How long nothing may come while requests are under way, until the other side is asked whether it is there; and how
   * long it may take to say so.
   */
  readonly silenceMs?: number;
  /** A certificate authority to trust instead of the usual ones. */
  readonly ca?: string;
  readonly lookup?: LookupFunction;
}

/** The other side has certainly not looked at the request: it may be repeated at once. */
export class NotTakenError extends Error {
  readonly code = 'NOT_TAKEN';
}

/** Because it has too much to do: it has room once it has given answers. */
export class RefusedError extends NotTakenError {}

export interface Http2Connection {
  /** Requests that it takes at once, as far as is known; 0 until it is open. */
  readonly limit: number;
  /** Requests under way, and those for which room is reserved. */
  readonly inFlight: number;
  /** It is about to open, if all goes well: nothing is known of it yet. */
  isOpening(): boolean;
  hasRoom(): boolean;
  /** Makes sure that the next `post` finds room. */
  reserve(): void;
  /**
   * Uses a reservation.
   *
   * @throws {NotTakenError}; anything else leaves open whether the request was carried out
   */
  post(request: Http2Request): Promise<HttpAnswer>;
  /**
   * Takes no further requests and closes, where Node has closed it or nobody has used it for a while. By the clock: while
   * an instance is frozen no timer runs.
   */
  retireIfUnfit(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface Http2Listener {
  /** There may be room for a request. */
  readonly onRoom: () => void;
  /** It takes no requests from now on. With an error: it never did. */
  readonly onRetired: (neverOpened?: Error) => void;
}

/** As many as Google's servers take; what goes beyond it they may refuse. */
export const mostStreams = 100;
/** A connection usually opens within a fraction of this. */
const usualOpeningMs = 200;
/** Whatever is under way on a connection that takes no more requests has ended after this. */
const lingerMs = 30_000;

/** One session of node:http2, over TLS or, to `http://…`, in the clear and without asking first. */
export function openHttp2Connection(
  origin: string,
  { connectTimeoutMs = 4_000, idleMs = 4_000, silenceMs = 1_000, ...options }: Http2Options,
  { onRoom, onRetired }: Http2Listener,
): Http2Connection {
  const url = new URL(origin);
  const socket = connectTo(url, options);
  const session = connect(origin, { createConnection: () => socket, settings: { enablePush: false } });
  const pseudoHeaders = [':method', 'POST', ':authority', url.host, ':scheme', url.protocol.slice(0, -1)];
  const openedAt = Date.now();
  /** What the other side says that it takes. One that refuses requests takes less; each answer shows room for one more. */
  let promised = 0;
  let limit = 0;
  let inFlight = 0;
  let usedAt = Date.now();
  /** The last stream that the other side has looked at or will look at. */
  let lastTaken = Infinity;
  let retired = false;
  let failure: Error | undefined;
  const opening = setTimeout(() => {
    failure = failed('ETIMEDOUT', 'there was no connection in time');
    destroy();
    retire(failure);
  }, connectTimeoutMs);

  // Who waits for it need not do so for ever.
  const unusual = setTimeout(onRoom, usualOpeningMs + 1);

  function retire(neverOpened?: Error): void {
    if (retired) return;
    retired = true;
    clearTimeout(opening);
    clearTimeout(unusual);
    // What is under way is still watched: a session that is closed sends no PING.
    if (inFlight === 0) session.close();
    setTimeout(() => {
      destroy();
    }, lingerMs).unref();
    onRetired(neverOpened);
  }

  const isOpen = () => !retired && !session.closed && !session.destroyed;

  /** It has ended, for whatever reason. */
  function end(): void {
    retire(limit === 0 ? (failure ?? new NotTakenError('the connection was closed before it was open')) : undefined);
  }

  /** With its socket: a session alone would wait for the other side, for as long as the other side is silent. */
  function destroy(error?: Error): void {
    session.destroy(error);
    socket.destroy();
  }

  const silence = watchSilence(silenceMs, {
    isBusy: () => inFlight > 0 && !session.closed,
    bytesRead: () => socket.bytesRead,
    ping(onAnswer) {
      if (session.destroyed) return;
      session.ping((error) => {
        if (!error) onAnswer();
      });
    },
    onLost() {
      retire();
      destroy(failed('SILENT', 'the other side is not there any more'));
    },
  });

  const idle = setTimeout(() => {
    if (inFlight === 0 && limit > 0) retire();
  }, idleMs).unref();

  function rest(): void {
    usedAt = Date.now();
    idle.refresh();
    session.unref();
  }

  // The first thing that the other side says, so it does speak HTTP/2.
  session.on('remoteSettings', ({ maxConcurrentStreams = mostStreams }: Settings) => {
    clearTimeout(opening);
    clearTimeout(unusual);
    if (inFlight === 0) rest();
    promised = Math.max(1, Math.min(maxConcurrentStreams, mostStreams));
    limit = promised;
    onRoom();
  });
  session.on('goaway', (error: number, lastStream: number) => {
    // Whoever is in trouble, or wants calm, is not to be asked again at once.
    if (error === constants.NGHTTP2_NO_ERROR) lastTaken = lastStream;
    retire();
  });
  session.on('error', (error) => {
    failure ??= error;
  });
  session.on('close', end);

  function release(): void {
    inFlight -= 1;
    if (inFlight === 0) rest();
    if (inFlight === 0 && retired) session.close();
    onRoom();
  }

  return {
    get limit() {
      return limit;
    },
    get inFlight() {
      return inFlight;
    },
    isOpening: () => limit === 0 && Math.abs(Date.now() - openedAt) < usualOpeningMs,
    hasRoom: () => inFlight < limit && isOpen(),
    reserve() {
      inFlight += 1;
      if (inFlight > 1) return;
      session.ref();
      silence.begin();
    },
    post: (request) =>
      new Promise((resolve, reject) => {
        if (!isOpen()) {
          release();
          reject(new NotTakenError('the connection was closed meanwhile'));
          return;
        }
        let stream: ClientHttp2Stream;
        try {
          stream = session.request([...pseudoHeaders, ':path', request.path, ...request.headers]);
        } catch (error) {
          release();
          throw error;
        }
        receive(stream, request, ({ answer, error, hasBegun }) => {
          // Whoever is silent to one may be silent to all: no further request goes there.
          if (failureCode(error) === 'TimeoutError') retire();
          if (hasBegun) silence.answered();
          // Node says the same of what comes after the last stream of a GOAWAY.
          const isLeftOut = !hasBegun && (stream.id ?? 0) > lastTaken;
          const isRefused = !hasBegun && !isLeftOut && stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
          if (isRefused) limit = Math.max(1, Math.min(limit, inFlight - 1));
          if (answer) limit = Math.min(promised, limit + 1);
          release();
          if (answer) resolve(answer);
          else if (isRefused) reject(new RefusedError('the request was refused unseen', { cause: error }));
          else if (isLeftOut) reject(new NotTakenError('the request was not looked at', { cause: error }));
          else reject(error ?? failed('BROKEN_OFF', 'the answer was broken off'));
        });
      }),
    retireIfUnfit() {
      const isStale = inFlight === 0 && limit > 0 && Math.abs(Date.now() - usedAt) > idleMs;
      if (isStale || !isOpen()) end();
    },
    destroy() {
      destroy();
    },
  };
}

function connectTo({ protocol, hostname, port }: URL, { ca, lookup }: Pick<Http2Options, 'ca' | 'lookup'>): Socket {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const common = { host, ...(lookup && { lookup }) };
  if (protocol === 'http:') return connectInTheClear({ ...common, port: Number(port) || 80 });
  const named = { ...(isIP(host) === 0 && { servername: host }), ...(ca !== undefined && { ca }) };
  return connectOverTls({ ...common, ...named, port: Number(port) || 443, ALPNProtocols: ['h2'] });
}
