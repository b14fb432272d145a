import type { Dispatcher } from 'undici';
import type { HttpAnswer } from './http-answer.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute; what it names has been encoded already. */
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** How long the answer may take to begin, from when the request is written: what waits for a connection is not timed. */
  readonly headersTimeoutMs?: number;
  /** How long the answer may take from then on, however slowly it drips. */
  readonly bodyTimeoutMs?: number;
  /** How long the whole of it may take, the wait for a connection included. */
  readonly timeoutMs?: number;
}

/**
 * One exchange over a connection of the dispatcher. It listens to the connection's own events instead of asking for a
 * stream, as `request` of the same library would: our answers are short, and a stream for each costs more than they do.
 *
 * Of a quota and of trouble (429 and above) the headers say enough, and how long to wait: such an answer may lack its
 * body. Any other must be whole.
 *
 * @throws what the client library does, or a `TimeoutError`
 */
export function exchange(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpAnswer> {
  const { origin, pathname, search } = new URL(request.url);
  const { headersTimeoutMs } = request;
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(
      {
        origin,
        path: pathname + search,
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
        ...(headersTimeoutMs !== undefined && { headersTimeout: headersTimeoutMs }),
      },
      listener(request, resolve, reject),
    );
  });
}

function listener(
  { bodyTimeoutMs, timeoutMs }: HttpRequest,
  resolve: (answer: HttpAnswer) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let status = 0;
  let headers: HttpAnswer['headers'] = {};
  let connection: Dispatcher.DispatchController | undefined;
  let failure: Error | undefined;
  let timer: NodeJS.Timeout | undefined;

  function giveUpAfter(milliseconds: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      fail(new DOMException('there was no whole answer in time', 'TimeoutError'));
    }, milliseconds);
  }

  function fail(error: Error): void {
    if (failure) return;
    failure = error;
    clearTimeout(timer);
    connection?.abort(error);
    if (status >= 429) resolve({ status, headers, body: '' });
    else reject(error);
  }

  if (timeoutMs !== undefined) giveUpAfter(timeoutMs);
  return {
    onRequestStart(started) {
      connection = started;
      // It was given up while it waited for a connection.
      if (failure) started.abort(failure);
    },
    onResponseStart(_, statusCode, received) {
      status = statusCode;
      headers = received;
      if (bodyTimeoutMs !== undefined) giveUpAfter(bodyTimeoutMs);
    },
    onResponseData(_, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      clearTimeout(timer);
      resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') });
    },
    onResponseError(_, error) {
      fail(error);
    },
  };
}
