import { constants, type ClientHttp2Stream, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import { failed } from '../base/failure.ts';
import type { HttpAnswer } from './http-answer.ts';
import type { Http2Request } from './http2-connection.ts';

/** No answer of FCM's is longer than this. */
const longestAnswer = 1024 * 1024;

export interface Outcome {
  readonly answer?: HttpAnswer;
  readonly error: Error | null;
  /** Whether anything of an answer came: then the request was looked at. */
  readonly hasBegun: boolean;
}

/**
 * Sends the body and collects the answer. Of a quota and of trouble (429 and above) the headers say enough, and how long
 * to wait: such an answer may lack its body. Any other must be whole.
 */
export function receive(
  stream: ClientHttp2Stream,
  { body, timeoutMs }: Http2Request,
  done: (outcome: Outcome) => void,
): void {
  let headers: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
  const parts: Buffer[] = [];
  let length = 0;
  const timer = setTimeout(() => {
    stream.destroy(new DOMException('there was no whole answer in time', 'TimeoutError'));
  }, timeoutMs);
  stream.on('response', (received) => {
    headers = received;
  });
  stream.on('data', (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length > longestAnswer) stream.destroy(failed('ANSWER_TOO_LONG', 'no answer is so long'));
  });
  stream.on('error', ignored);
  stream.on('close', () => {
    clearTimeout(timer);
    const status = headers[':status'] ?? 0;
    const error = stream.errored;
    // Where its connection broke an answer is said to have ended, too, but then with a code, or shorter than it said.
    const hasEnded = stream.readableEnded && stream.rstCode === constants.NGHTTP2_NO_ERROR && !error;
    const isWhole = hasEnded && length >= Number(headers['content-length'] ?? 0);
    if (status > 0 && (isWhole || status >= 429)) {
      const whole = isWhole ? Buffer.concat(parts).toString() : '';
      done({ answer: { status, headers, body: whole }, error, hasBegun: true });
    } else done({ error, hasBegun: status > 0 });
  });
  stream.end(body);
}

/** It is looked at when the stream closes. */
const ignored = () => undefined;
