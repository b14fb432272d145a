import { failureMessage } from '../base/failure.ts';
import { isYoung } from '../base/memory.ts';
import type { AccessTokens } from '../google/access-token.ts';
import { CredentialError, type Credential } from '../google/credential.ts';
import { createDoubt, type Doubt } from './doubt.ts';
import type { PushMessage } from './push-message.ts';
import { askFcm, type FcmTransport } from './request.ts';
import { isTrouble, type PushResult } from './result.ts';

/** Whose credentials are in force. */
export interface ActiveCredential {
  /** @throws {CredentialError} */
  active(): Promise<Credential>;
  /** Asks again at the next call, if this is what it would answer: it failed to authenticate. */
  forget(refused: Credential): void;
}

export interface FcmOptions extends FcmTransport {
  readonly credentials: ActiveCredential;
  readonly accessTokens: AccessTokens;
  /** Has FCM check each message and deliver none. */
  readonly validateOnly?: boolean;
}

/**
 * A sender over the FCM HTTP v1 API: one request a message; a token exchange an hour.
 *
 * It repeats a request at once only where FCM has certainly not taken it, the fault is on our side, and it was found
 * quickly, and only once: an access token that a probe was refused with, too, or a key that was refused (either may have
 * been rotated). What FCM may have taken is the ledger's business: a connection that broke says nothing about it, and FCM
 * wants 10 s between two attempts.
 */
export function createFcmSender(options: FcmOptions) {
  const parts = { ...options, doubt: createDoubt(options) };
  return async (target: string, message: PushMessage, until = Infinity): Promise<PushResult> => {
    const startedAt = options.now();
    const first = await attempt(parts, target, message, until);
    // So that both attempts together stay within the notice's lease.
    const again = first.again && isYoung(startedAt, options.timeoutMs / 2, options.now());
    return again ? (await attempt(parts, target, message, until)).result : first.result;
  };
}

interface SenderParts extends FcmOptions {
  readonly doubt: Doubt;
}

interface Attempt {
  readonly result: PushResult;
  /** Whether it may succeed if it is made again at once. */
  readonly again: boolean;
}

async function attempt(parts: SenderParts, target: string, message: PushMessage, until: number): Promise<Attempt> {
  const { credentials, accessTokens, now, timeoutMs } = parts;
  const canBeAnswered = () => now() + longestAnswer(timeoutMs) <= until;
  let credential: Credential | undefined;
  let accessToken: string;
  try {
    credential = await credentials.active();
    accessToken = await accessTokens.of(credential);
  } catch (error) {
    return credentialFailure(error, credential, credentials);
  }
  // A database that is down for a while can take most of the lease before anything is sent.
  if (!canBeAnswered()) return { result: leaseEnding, again: false };
  const { projectId } = credential;
  const validateOnly = parts.validateOnly ?? false;
  const answer = await askFcm(parts, { projectId, accessToken, target, message, validateOnly });
  const result = await parts.doubt(answer, { projectId, accessToken }, canBeAnswered());
  if (!isTrouble(result, 'credentials')) return { result, again: false };
  const again = 'code' in result && result.code === 'UNAUTHENTICATED';
  // Others may be registered by now. Of many messages whose token is refused together only the first asks for them.
  if (!again || accessTokens.forget(accessToken)) credentials.forget(credential);
  return { result, again };
}

const leaseEnding: PushResult = {
  outcome: 'try-later',
  scope: 'provider',
  code: 'LEASE_ENDING',
  detail: 'what comes before a push took so long that somebody else may send it meanwhile',
};

/** With the wait for a connection before it, and a request before that which FCM has not looked at. */
const longestAnswer = (timeoutMs: number) => timeoutMs * 2;

/** Codes with which Google tells that the key is not (any more) the right one: worth one look for a newer one. */
const outdatedKeyCodes = new Set([
  'INVALID_SIGNATURE',
  'ACCOUNT_NOT_FOUND',
  'ACCOUNT_DISABLED',
  'CREDENTIALS_LOST',
  'CREDENTIALS_DISABLED',
]);

function credentialFailure(error: unknown, credential: Credential | undefined, credentials: ActiveCredential): Attempt {
  const detail = failureMessage(error);
  if (!(error instanceof CredentialError)) {
    // Not the credentials, but the database that names them.
    return {
      result: { outcome: 'try-later', scope: 'provider', code: 'CREDENTIALS_UNAVAILABLE', detail },
      again: false,
    };
  }
  const { code, passing, retryAfterMs } = error;
  const again = outdatedKeyCodes.has(code);
  if (credential && again) credentials.forget(credential);
  const scope = passing ? 'provider' : 'credentials';
  const wait = retryAfterMs !== undefined && { retryAfterMs };
  return { result: { outcome: 'try-later', scope, code, detail, ...wait }, again };
}
