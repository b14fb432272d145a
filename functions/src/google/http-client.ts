import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { failed } from '../base/failure.ts';
import type { HttpAnswer } from './http-answer.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute; what it names has been encoded already. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long the whole of it may take, the wait for a connection included. */
  readonly timeoutMs: number;
}

export interface HttpOptions {
  /** A longer answer is refused. */
  readonly longestAnswer?: number;
  /** A certificate authority to trust instead of the usual ones. */
  readonly ca?: string;
  readonly lookup?: LookupFunction;
}

/** Asks any server over HTTP/1.1, on connections that it keeps, each with one request in flight. */
export interface HttpClient {
  /** @throws what `connectionFailure` tells apart */
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  /** Breaks off what is under way. */
  destroy(): void;
}

/** Until a connection is there and encrypted. */
const connectTimeoutMs = 5_000;
/** Far less than Google's: an instance that was frozen meanwhile must not write into a connection that the other side has given up. */
const idleMs = 4_000;
/** No answer of a token endpoint's is longer than this. */
const usualLongestAnswer = 1024 * 1024;

/**
 * For Google's services beside FCM: the local Firestore and the metadata server have nothing but HTTP/1.1. It is Node's own
 * client, which functions-framework has loaded already: any other would make the trigger's bundle several times as large.
 *
 * @param limit connections to each host; more requests than that wait, without any limit: whoever asks bounds them
 */
export function createHttpClient(limit: number, { longestAnswer, ...options }: HttpOptions = {}): HttpClient {
  const kept = { keepAlive: true, maxSockets: limit, timeout: idleMs, ...options };
  const plain = new http.Agent(kept);
  const secure = new https.Agent(kept);
  let usedAt = Date.now();

  /** By the clock: while an instance is frozen no timer runs. */
  function dropStale(): void {
    const now = Date.now();
    if (Math.abs(now - usedAt) > idleMs) dropFree();
    usedAt = now;
  }

  function dropFree(): void {
    for (const agent of [plain, secure]) {
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    }
  }

  return {
    exchange: ({ url, method, headers, body, timeoutMs }) =>
      new Promise((resolve, reject) => {
        dropStale();
        const request = url.startsWith('https:')
          ? https.request(url, { agent: secure, method, headers })
          : http.request(url, { agent: plain, method, headers });
        giveUpConnecting(request);
        const timer = setTimeout(() => {
          const error = new DOMException('there was no whole answer in time', 'TimeoutError');
          // One that still waits for a connection would tell nobody.
          if (!request.socket) reject(error);
          request.destroy(error);
          // Whoever is silent to one may be silent to all.
          dropFree();
        }, timeoutMs);
        receive(request, longestAnswer ?? usualLongestAnswer, resolve, reject);
        request.once('close', () => {
          clearTimeout(timer);
        });
        request.end(body);
      }),
    destroy() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function giveUpConnecting(request: ClientRequest): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => {
      request.destroy(failed('ETIMEDOUT', 'there was no connection in time'));
    }, connectTimeoutMs);
    const stop = () => {
      clearTimeout(timer);
    };
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', stop).once('close', stop);
  });
}

/**
 * Of a quota and of trouble (429 and above) the headers say enough, and how long to wait: such an answer may lack its
 * body. Any other must be whole.
 */
function receive(
  request: ClientRequest,
  longestAnswer: number,
  resolve: (answer: HttpAnswer) => void,
  reject: (error: Error) => void,
): void {
  let failure: Error | undefined;
  let hasBegun = false;
  request.on('error', (error) => {
    failure = error;
  });
  request.on('close', () => {
    if (!hasBegun) reject(failure ?? failed('BROKEN_OFF', 'there was no answer'));
  });
  request.on('response', (response) => {
    hasBegun = true;
    const { statusCode: status = 0, headers } = response;
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      body += part;
      if (body.length > longestAnswer) request.destroy(failed('ANSWER_TOO_LONG', 'no answer is so long'));
    });
    response.on('error', (error) => {
      failure ??= error;
    });
    response.on('close', () => {
      if (response.complete && !failure) resolve({ status, headers, body });
      else if (status >= 429) resolve({ status, headers, body: '' });
      else reject(failure ?? failed('BROKEN_OFF', 'the answer was broken off'));
    });
  });
}
