import type { AccessTokens } from './access-token.ts';
import { connectionFailure } from './connection-failure.ts';
import type { PushResult } from '../push/delivery-state.ts';
import { failureMessage } from '../failure.ts';
import { classify } from './fcm-answer.ts';
import type { Http2Client } from './http2-client.ts';
import { CredentialError, type Credential, type KeyVault } from './key-vault.ts';
import type { PushMessage } from '../push/message.ts';

/**
 * Sends one message to one target. Never rejects: whatever goes wrong is a result.
 *
 * @param until epoch milliseconds: when somebody else may make the same attempt. What FCM could answer later is not sent
 */
export type PushSender = (target: string, message: PushMessage, until?: number) => Promise<PushResult>;

export interface FcmOptions {
  /** To `https://fcm.googleapis.com`, or the local stand-in. */
  readonly client: Http2Client;
  readonly keyVault: KeyVault;
  readonly accessTokens: AccessTokens;
  /**
   * How long FCM may take for its answer once it is asked; it wants 10 s at least before a request is given up. For a
   * connection a request waits half as long at most.
   */
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Has FCM check each message and deliver none. */
  readonly validateOnly?: boolean;
}

/**
 * A sender over the FCM HTTP v1 API: one request a message; a token exchange an hour.
 *
 * It repeats a request at once only where FCM has certainly not taken it, the fault is on our side, and it was found
 * quickly, and only once: an access token or a key that was refused (it may have been rotated). What FCM may have taken
 * is the ledger's business: a connection that broke says nothing about it, and FCM wants 10 s between two attempts.
 */
export function createFcmSender(options: FcmOptions): PushSender {
  return async (target, message, until = Infinity) => {
    const startedAt = options.now();
    const first = await attempt(options, target, message, until);
    // So that both attempts together stay within the notice's lease.
    const again = first.again && options.now() - startedAt < options.timeoutMs / 2;
    return again ? (await attempt(options, target, message, until)).result : first.result;
  };
}

interface Attempt {
  readonly result: PushResult;
  /** Whether it may succeed if it is made again at once. */
  readonly again: boolean;
}

async function attempt(options: FcmOptions, target: string, message: PushMessage, until: number): Promise<Attempt> {
  const { keyVault, accessTokens } = options;
  let credential: Credential | undefined;
  let accessToken: string;
  try {
    credential = await keyVault.active();
    accessToken = await accessTokens.of(credential);
  } catch (error) {
    return credentialFailure(error, credential, keyVault);
  }
  // A database that is down for a while can take most of the lease before anything is sent.
  if (options.now() + longestAnswer(options.timeoutMs) > until) return { result: leaseEnding, again: false };
  const result = await post(options, credential.projectId, accessToken, target, message, options.validateOnly);
  const again = result.outcome === 'try-later' && result.code === 'UNAUTHENTICATED';
  if (again && accessTokens.forget(accessToken)) keyVault.forget(credential);
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

/** What one request to FCM needs beside its credentials. */
type Transport = Pick<FcmOptions, 'client' | 'timeoutMs' | 'now'>;

/**
 * Asks FCM whether it would send for this account in this project, without sending: a made-up target gets as far as
 * authentication, permission, project and API.
 */
export function probe(transport: Transport, projectId: string, accessToken: string): Promise<PushResult> {
  return post(transport, projectId, accessToken, 'probe', { data: { probe: 'true' } }, true);
}

async function post(
  { client, timeoutMs, now }: Transport,
  projectId: string,
  accessToken: string,
  target: string,
  message: Partial<PushMessage>,
  validateOnly = false,
): Promise<PushResult> {
  try {
    const answer = await client.post({
      path: `/v1/projects/${encodeURIComponent(projectId)}/messages:send`,
      headers: ['authorization', `Bearer ${accessToken}`, 'content-type', 'application/json'],
      body: JSON.stringify({
        validate_only: validateOnly || undefined,
        message: isInstallationId(target) ? { ...message, fid: target } : { ...message, token: target },
      }),
      timeoutMs,
    });
    return classify(answer, target, now());
  } catch (error) {
    const { code, cause } = connectionFailure(error);
    return { outcome: 'try-later', scope: 'provider', code, detail: `no answer of FCM: ${cause}` };
  }
}

/** Firebase installation ids have 22 characters; a registration token is far longer (`<fid>:APA91b…`). */
function isInstallationId(target: string): boolean {
  return target.length === 22 && /^[cdef][\w-]+$/.test(target);
}

/** Codes with which Google tells that the key is not (any more) the right one: worth one look for a newer one. */
const outdatedKeyCodes = new Set([
  'INVALID_SIGNATURE',
  'ACCOUNT_NOT_FOUND',
  'ACCOUNT_DISABLED',
  'CREDENTIALS_LOST',
  'CREDENTIALS_DISABLED',
]);

function credentialFailure(error: unknown, credential: Credential | undefined, keyVault: KeyVault): Attempt {
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
  if (credential && again) keyVault.forget(credential);
  const scope = passing ? 'provider' : 'credentials';
  const wait = retryAfterMs !== undefined && { retryAfterMs };
  return { result: { outcome: 'try-later', scope, code, detail, ...wait }, again };
}
