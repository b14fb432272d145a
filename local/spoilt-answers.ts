import type { Answer } from './fcm-errors.ts';

/** What becomes of a request: an answer, or the connection breaks instead of it or, with `within`, halfway through it. */
export type Outcome = Answer | Broken;

export interface Broken {
  readonly breaks: 'hang' | 'reset' | 'disconnect';
  readonly within?: Answer;
}

/**
 * HANG = no answer ever; RESET = the request is broken off, over HTTP/1.1 with its connection, over HTTP/2 alone.
 * DISCONNECT = the connection is dropped, with all that is under way on it. IN_BODY = so after half an answer.
 */
export const breakCodes = ['HANG', 'RESET', 'DISCONNECT', 'HANG_IN_BODY', 'RESET_IN_BODY'] as const;
type BreakCode = (typeof breakCodes)[number];

const json = { 'content-type': 'application/json; charset=utf-8' };

/** What comes from the boxes in front of Google's servers, or passes them damaged: the same at every door. */
export const spoiltAnswers = {
  HTML_500: () => page(500),
  HTML_502: () => page(502),
  HTML_503: () => page(503),
  HTML_504: () => page(504),
  EMPTY_500: () => empty(500),
  EMPTY_503: () => empty(503),
  TRUNCATED_503: () => cut(503, '{"error":{"code":503,"message":"The service is curr'),
  HTML_200: () => page(200),
  EMPTY_200: () => empty(200),
} satisfies Readonly<Record<string, () => Answer>>;

const empty = (status: number): Answer => ({ status, body: '', headers: json });

/** An answer whose headers promise no more than this, although it is half of a JSON. */
export const cut = (status: number, body: string): Answer => ({ status, body, headers: json });

function page(status: number): Answer {
  return {
    status,
    body: `<!DOCTYPE html>
<html lang=en>
  <meta charset=utf-8>
  <title>Error ${status} (Server Error)!!1</title>
  <p><b>${status}.</b> <ins>That’s an error.</ins>
  <p>The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.
`,
  };
}

interface Fault<Code extends string> {
  readonly code: Code;
  readonly retryAfterSeconds?: number;
  readonly afterAccepting?: boolean;
}

/**
 * @param answerOf what the fault answers, unless it breaks the connection
 * @param success what would have been answered
 */
export function outcomeOf<Code extends string>(
  { code, retryAfterSeconds, afterAccepting }: Fault<Code>,
  answerOf: (code: Exclude<Code, BreakCode>) => Answer,
  success: Answer,
): Outcome {
  if (isBreak(code)) {
    const breaks = code.startsWith('HANG') ? 'hang' : code === 'DISCONNECT' ? 'disconnect' : 'reset';
    return code.endsWith('IN_BODY') ? { breaks, within: success } : { breaks };
  }
  if (afterAccepting && !code.endsWith('_200')) return { breaks: 'reset' };
  const answer = answerOf(code as Exclude<Code, BreakCode>);
  if (retryAfterSeconds === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}

function isBreak(code: string): code is BreakCode {
  return breakCodes.some((breakCode) => breakCode === code);
}
