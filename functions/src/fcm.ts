import { request, type Dispatcher } from 'undici';
import type { AccessTokens } from './access-token.ts';
import type { PushResult } from './delivery-state.ts';
import { failureCode, failureMessage } from './failure.ts';
import { CredentialError, type Credential, type KeyVault } from './key-vault.ts';
import type { PushMessage } from './message.ts';

/** Sends one message to one target. Never rejects: whatever goes wrong is a result. */
export type PushSender = (target: string, message: PushMessage) => Promise<PushResult>;

export interface FcmOptions {
  /** `https://fcm.googleapis.com`, or the local stand-in. */
  readonly baseUrl: string;
  /** Keeps connections alive between messages; one request in flight on each. */
  readonly dispatcher: Dispatcher;
  readonly keyVault: KeyVault;
  readonly accessTokens: AccessTokens;
  /** FCM asks for 10 s at least before a request is given up. */
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Has FCM check each message and deliver none. */
  readonly validateOnly?: boolean;
}

/**
 * A sender over the FCM HTTP v1 API: one request a message; a token exchange an hour.
 *
 * It repeats a request at once only where the fault is on our side of it, and only once: an access token that was
 * refused (the key may have been rotated), or a kept-alive connection that turned out to be closed. Every other
 * repetition is the ledger's business.
 */
export function createFcmSender(options: FcmOptions): PushSender {
  return async (target, message) => {
    const first = await attempt(options, target, message);
    return first.again ? (await attempt(options, target, message)).result : first.result;
  };
}

interface Attempt {
  readonly result: PushResult;
  /** Whether it may succeed if it is made again at once. */
  readonly again: boolean;
}

async function attempt(options: FcmOptions, target: string, message: PushMessage): Promise<Attempt> {
  const { keyVault, accessTokens } = options;
  let credential: Credential | undefined;
  let accessToken: string;
  try {
    credential = await keyVault.active();
    accessToken = await accessTokens.of(credential);
  } catch (error) {
    return credentialFailure(error, credential, keyVault);
  }
  try {
    const { projectId } = credential;
    const result = await post(options, projectId, accessToken, target, message, options.validateOnly);
    const again = result.outcome === 'try-later' && result.code === 'UNAUTHENTICATED';
    if (again && accessTokens.forget(accessToken)) keyVault.forget(credential);
    return { result, again };
  } catch (error) {
    return connectionFailure(error);
  }
}

/** What one request to FCM needs beside its credentials. */
type Transport = Pick<FcmOptions, 'baseUrl' | 'dispatcher' | 'timeoutMs' | 'now'>;

/**
 * Asks FCM whether it would send for this account in this project, without sending: a made-up target gets as far as
 * authentication, permission, project and API.
 */
export async function probe(transport: Transport, projectId: string, accessToken: string): Promise<PushResult> {
  try {
    return await post(transport, projectId, accessToken, 'probe', { data: { probe: 'true' } }, true);
  } catch (error) {
    return connectionFailure(error).result;
  }
}

async function post(
  { baseUrl, dispatcher, timeoutMs, now }: Transport,
  projectId: string,
  accessToken: string,
  target: string,
  message: Partial<PushMessage>,
  validateOnly = false,
): Promise<PushResult> {
  const answer = await request(`${baseUrl}/v1/projects/${encodeURIComponent(projectId)}/messages:send`, {
    method: 'POST',
    dispatcher,
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...(validateOnly && { validate_only: true }),
      message: { ...addressOf(target), ...message },
    }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  return classify(answer.statusCode, await answer.body.text(), answer.headers['retry-after'], target, now());
}

/** Firebase installation ids have 22 characters; a registration token is far longer (`<fid>:APA91b…`). */
function addressOf(target: string): { fid: string } | { token: string } {
  return /^[cdef][\w-]{21}$/.test(target) ? { fid: target } : { token: target };
}

/** Codes with which Google tells that the key is not (any more) the right one: worth one look for a newer one. */
const outdatedKeyCodes = new Set([
  'INVALID_SIGNATURE',
  'ACCOUNT_NOT_FOUND',
  'CREDENTIALS_LOST',
  'CREDENTIALS_DISABLED',
]);

function credentialFailure(error: unknown, credential: Credential | undefined, keyVault: KeyVault): Attempt {
  const code = error instanceof CredentialError ? error.code : 'CREDENTIALS_UNAVAILABLE';
  if (credential && outdatedKeyCodes.has(code)) keyVault.forget(credential);
  return { result: { outcome: 'try-later', code, detail: failureMessage(error) }, again: outdatedKeyCodes.has(code) };
}

/** What a kept-alive connection that the other side has closed in the meantime fails with. */
const closedConnectionCodes = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

function connectionFailure(error: unknown): Attempt {
  const code = failureCode(error);
  if (code === 'TimeoutError') {
    return { result: { outcome: 'try-later', code: 'TIMEOUT', detail: 'FCM did not answer in time' }, again: false };
  }
  const result: PushResult = { outcome: 'try-later', code, detail: 'the connection to FCM failed' };
  return { result, again: closedConnectionCodes.has(code) };
}

/**
 * The consequence of each FCM error code (https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode).
 * What is not listed means try later: a device is never given up for an answer that we do not know.
 */
const consequences: Readonly<Record<string, 'target-gone' | 'refused' | 'try-later'>> = {
  UNREGISTERED: 'target-gone',
  INVALID_TARGET: 'target-gone',
  INVALID_ARGUMENT: 'refused',
  SENDER_ID_MISMATCH: 'refused',
  THIRD_PARTY_AUTH_ERROR: 'refused',
  QUOTA_EXCEEDED: 'try-later',
  UNAVAILABLE: 'try-later',
  INTERNAL: 'try-later',
};

/** An answer without FcmError speaks of the request or the credentials, never of the device. */
const codeByStatus: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'PROJECT_NOT_FOUND',
  429: 'QUOTA_EXCEEDED',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

/** What an answer of `messages:send` means. The target is taken out of what is kept of it. */
export function classify(
  status: number,
  body: string,
  retryAfter: string | string[] | undefined,
  target: string,
  now: number,
): PushResult {
  const answer = parseAnswer(body);
  if (status === 200 && answer.name) return { outcome: 'accepted', messageId: answer.name };
  const stated = answer.errorCode ?? codeByStatus[status] ?? `HTTP_${status}`;
  const code = stated === 'INVALID_ARGUMENT' && isAboutTarget(answer) ? 'INVALID_TARGET' : stated;
  const detail = body.replaceAll(target, '(target)').slice(0, 1000);
  const outcome = consequences[code] ?? 'try-later';
  if (outcome !== 'try-later') return { outcome, code, detail };
  const retryAfterMs = parseRetryAfter(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, now);
  return { outcome, code, detail, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

interface Answer {
  readonly name?: string;
  readonly message?: string;
  readonly errorCode?: string;
  readonly fields: readonly string[];
}

function parseAnswer(body: string): Answer {
  const { name, error } = fieldsOf(parseJson(body));
  const { message, details } = fieldsOf(error);
  const parts = (Array.isArray(details) ? details : []).map(fieldsOf);
  const errorCode = parts.find((part) => String(part['@type']).endsWith('fcm.v1.FcmError'))?.['errorCode'];
  const violations = parts.flatMap(({ fieldViolations }): unknown[] =>
    Array.isArray(fieldViolations) ? fieldViolations : [],
  );
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof message === 'string' && { message }),
    ...(typeof errorCode === 'string' && errorCode !== 'UNSPECIFIED_ERROR' && { errorCode }),
    fields: violations.map((violation) => String(fieldsOf(violation)['field'])),
  };
}

/** The fields of what may be no object at all: an answer that has passed a proxy can be anything. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * INVALID_ARGUMENT stands for a garbled target as well as for a mistake in our message; only a violation of the
 * target's field, or FCM's very sentence about it, speaks of the device.
 */
function isAboutTarget({ message, fields }: Answer): boolean {
  if (fields.length > 0) return fields.every((field) => field === 'message.token' || field === 'message.fid');
  return message === 'The registration token is not a valid FCM registration token';
}

function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
