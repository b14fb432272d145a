import { ApiError, type ErrorBody } from './wire.ts';

/** The answer's lines as they arrive; one JSON document without line breaks is one line. */
export async function* linesOf(response: Response): AsyncGenerator {
  let rest = '';
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let ended = reader === undefined; !ended;) {
    const chunk = await (reader as ReadableStreamDefaultReader<Uint8Array>).read().catch(() => {
      throw cutOff();
    });
    ended = chunk.done;
    const lines = (rest + decoder.decode(chunk.value, { stream: !ended })).split('\n');
    rest = ended ? '' : (lines.pop() ?? '');
    for (const line of lines) if (line.trim() !== '') yield parse(line);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable();
  }
}

/** @throws {ApiError} */
export async function jsonOf(response: Response): Promise<unknown> {
  return parse(await transport(response.text()));
}

/** What an answer that is not a success says. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = (await jsonOf(response).catch(() => null)) as { error?: ErrorBody } | null;
  return body?.error ? new ApiError(body.error) : unreadable(response.status);
}

/** Awaits the network; its failures become ApiErrors with a code of their own. */
export async function transport<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw new ApiError({
        code: 'timeout',
        message: 'Callback did not answer in time. Refresh to see what is in force, then try again.',
      });
    }
    throw unreachable();
  }
}

/** The connection went while the answer was coming: what was asked for may have happened. */
export function cutOff(): ApiError {
  return new ApiError({
    code: 'answer-cut-off',
    message: 'The connection ended before the result came. Refresh to see which credentials are in force.',
  });
}

/** Nothing was answered at all. */
export function unreachable(): ApiError {
  return new ApiError({
    code: 'unreachable',
    message: 'Callback could not be reached. Check your network connection, then try again.',
  });
}

function unreadable(status?: number): ApiError {
  const what = status === undefined ? 'something this page does not understand' : `an error (HTTP ${status})`;
  return new ApiError({
    code: 'unreadable-answer',
    message: `Callback answered with ${what}. Try again; if it stays so, tell whoever runs Callback.`,
  });
}
