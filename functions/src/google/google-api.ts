import { setTimeout as pause } from 'node:timers/promises';
import { connectionFailure } from './connection-failure.ts';
import { failureMessage, grpcCode, statusCodes, type StatusName } from '../base/failure.ts';
import type { HttpAnswer } from './http-answer.ts';
import type { HttpClient } from './http-client.ts';
import { fieldsOf, parseJson } from '../base/json.ts';
import type { OwnToken } from './own-token.ts';

/** A refusal, as the official clients tell it: by the code of its status. */
export class GoogleError extends Error {
  override readonly name = 'GoogleError';
  readonly code: number;

  constructor(status: StatusName, message: string) {
    super(`${statusCodes[status]} ${status}: ${message}`);
    this.code = statusCodes[status];
  }
}

export interface GoogleApiOptions {
  /** `https://firestore.googleapis.com`, or the local stand-in. */
  readonly baseUrl: string;
  readonly client: HttpClient;
  readonly token: OwnToken;
  readonly random: () => number;
  /** How long one answer may take. */
  readonly answerTimeoutMs?: number;
  /** How long a call is repeated. */
  readonly patienceMs?: number;
}

export interface GoogleCall {
  readonly method: 'GET' | 'POST';
  /** From the first slash. */
  readonly path: string;
  readonly body?: object;
  /** What of it is repeated: it must come to the same if it is carried out twice. */
  readonly repeatOn: readonly StatusName[];
}

export type GoogleApi = (call: GoogleCall) => Promise<unknown>;

/** Far longer than Google takes when it is well. */
const answerTimeoutMs = 15_000;
/** Within the shortest lease: who has not got through by then is taken over, or called again. */
const patienceMs = 50_000;
/** However little of it is left. */
const leastMs = 1_000;
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/**
 * Google's APIs in JSON, as far as a push needs them. The official clients stay wherever no push waits: loading them
 * makes up much of a cold start, and a call through them costs several times the CPU of one through this.
 *
 * Like them it repeats a call, with pauses, where Google asks for that or no whole answer came; and like theirs its
 * errors have the `code` of a gRPC status.
 *
 * @returns a function that resolves with the answer's JSON, and throws `GoogleError`
 */
export function createGoogleApi(options: GoogleApiOptions): GoogleApi {
  const patience = options.patienceMs ?? patienceMs;

  async function once(call: GoogleCall, giveUpAt: number): Promise<unknown> {
    const token = await options.token.get().catch((error: unknown) => {
      throw new GoogleError('UNAVAILABLE', `no access token: ${failureMessage(error)}`);
    });
    const answer = await ask(options, call, token, giveUpAt - performance.now());
    if (answer.status === 200) return parseJson(answer.body);
    // It was revoked before its time: the second attempt is with a new one.
    if (answer.status === 401) options.token.forget(token);
    throw refusalIn(answer);
  }

  return async (call) => {
    const giveUpAt = performance.now() + patience;
    const repeatable = new Set<number>(call.repeatOn.map((status) => statusCodes[status]));
    for (let attempt = 0, unauthenticated = 0; ; attempt++) {
      try {
        return await once(call, giveUpAt);
      } catch (error) {
        const code = grpcCode(error);
        if (code === statusCodes.UNAUTHENTICATED && ++unauthenticated === 1) continue;
        const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** attempt) * (0.5 + options.random());
        if (!repeatable.has(code) || performance.now() + pauseMs > giveUpAt) throw error;
        await pause(pauseMs);
      }
    }
  };
}

async function ask(
  options: GoogleApiOptions,
  { method, path, body }: GoogleCall,
  token: string | undefined,
  patienceLeftMs: number,
) {
  const timeoutMs = Math.min(options.answerTimeoutMs ?? answerTimeoutMs, Math.max(leastMs, patienceLeftMs));
  try {
    return await options.client.exchange({
      method,
      url: options.baseUrl + path,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      timeoutMs,
    });
  } catch (error) {
    const { code, cause } = connectionFailure(error);
    throw new GoogleError('UNAVAILABLE', `no answer: ${code} (${cause})`);
  }
}

/**
 * What a status says that comes without an error in Google's form: somebody in between has sent it, so it must not
 * be taken for a word about the document (https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md).
 */
const statusOfStrangers: Readonly<Record<number, StatusName>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'UNIMPLEMENTED',
  429: 'UNAVAILABLE',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

function refusalIn({ status, body }: HttpAnswer): GoogleError {
  const said = parseJson(body);
  // Where the answer would have been a list, so is the refusal.
  const { error } = fieldsOf(Array.isArray(said) ? said[0] : said);
  return refusalOf(error, new GoogleError(statusOfStrangers[status] ?? 'UNKNOWN', `HTTP ${status}`));
}

/** The refusal that an `error` in Google's form stands for. */
export function refusalOf(
  error: unknown,
  otherwise = new GoogleError('UNKNOWN', 'an error in no known form'),
): GoogleError {
  const { status, message } = fieldsOf(error);
  if (typeof status !== 'string' || !Object.hasOwn(statusCodes, status)) return otherwise;
  return new GoogleError(status as StatusName, String(message));
}
