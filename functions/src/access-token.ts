import { createSign } from 'node:crypto';
import { request, type Dispatcher } from 'undici';
import { failureCode } from './failure.ts';
import { CredentialError, type Credential } from './key-vault.ts';

const scope = 'https://www.googleapis.com/auth/firebase.messaging';
/** The audience that Google's token endpoint demands, wherever it is reached. */
const audience = 'https://oauth2.googleapis.com/token';
/** A token is renewed when it has less than this left, so that none ends on its way. */
const renewBeforeMs = 5 * 60_000;

export interface AccessTokenOptions {
  readonly tokenUrl: string;
  readonly dispatcher: Dispatcher;
  readonly now: () => number;
  readonly timeoutMs: number;
}

export interface AccessTokens {
  /**
   * An OAuth access token for sending pushes with this credential: one exchange an hour and instance.
   * @throws {CredentialError} with a code of its own for each way in which Google refuses the account
   */
  of(credential: Credential): Promise<string>;
  /** Exchanges anew at the next call, if this is what it would answer: the token was refused. Tells whether it was. */
  forget(refused: string): boolean;
}

export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  let held: HeldToken | undefined;

  function start(credential: Credential): HeldToken {
    const started: HeldToken = {
      version: credential.version,
      renewAt: Infinity,
      token: exchange(credential, options).then(({ token, lifetimeMs }) => {
        started.renewAt = options.now() + lifetimeMs - renewBeforeMs;
        started.value = token;
        return token;
      }),
    };
    started.token.catch(() => {
      if (held === started) held = undefined;
    });
    return started;
  }

  return {
    of(credential) {
      if (held?.version !== credential.version || options.now() >= held.renewAt) held = start(credential);
      return held.token;
    },
    forget(refused) {
      // Of many messages that are refused together only the first finds it still held.
      if (held?.value !== refused) return false;
      held = undefined;
      return true;
    },
  };
}

interface HeldToken {
  readonly version: string;
  readonly token: Promise<string>;
  value?: string;
  /** Epoch milliseconds; never, while the exchange is under way. */
  renewAt: number;
}

/** RFC 7523, as in https://developers.google.com/identity/protocols/oauth2/service-account */
async function exchange(
  credential: Credential,
  { tokenUrl, dispatcher, now, timeoutMs }: AccessTokenOptions,
): Promise<{ token: string; lifetimeMs: number }> {
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertion(credential, now()) };
  const { status, body } = await post(tokenUrl, new URLSearchParams(form), dispatcher, timeoutMs);
  if (status === 200 && typeof body['access_token'] === 'string') {
    return { token: body['access_token'], lifetimeMs: (Number(body['expires_in']) || 3600) * 1000 };
  }
  throw refusal(status, body);
}

async function post(
  url: string,
  form: URLSearchParams,
  dispatcher: Dispatcher,
  timeoutMs: number,
): Promise<{ status: number; body: Readonly<Record<string, unknown>> }> {
  try {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await request(url, { method: 'POST', dispatcher, headers, body: form.toString(), signal });
    return { status: answer.statusCode, body: jsonObject(await answer.body.text()) };
  } catch (error) {
    throw new CredentialError('GOOGLE_UNREACHABLE', `the token endpoint did not answer: ${failureCode(error)}`);
  }
}

function assertion({ clientEmail, privateKey }: Credential, now: number): string {
  const iat = Math.floor(now / 1000);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = { iss: clientEmail, scope, aud: audience, iat, exp: iat + 3600 };
  const unsigned = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  try {
    return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(privateKey, 'base64url')}`;
  } catch {
    throw new CredentialError(
      'PRIVATE_KEY_UNUSABLE',
      'the registered private key does not sign; register the credentials again',
    );
  }
}

/** Google tells the causes of `invalid_grant` apart only in its description. */
const grantProblems: readonly (readonly [RegExp, code: string, advice: string])[] = [
  [/signature/i, 'INVALID_SIGNATURE', 'the private key does not belong to the account any more; register a new key'],
  [/account not found/i, 'ACCOUNT_NOT_FOUND', 'the service account was deleted or its email is wrong'],
  [/short-lived|timeframe|iat and exp/i, 'CLOCK_SKEW', 'the clock of this machine is wrong'],
];

function refusal(status: number, body: Readonly<Record<string, unknown>>): CredentialError {
  const description = typeof body['error_description'] === 'string' ? body['error_description'] : '';
  if (body['error'] === 'invalid_grant') {
    const known = grantProblems.find(([pattern]) => pattern.test(description));
    return new CredentialError(known?.[1] ?? 'INVALID_GRANT', known?.[2] ?? 'Google refuses the service account');
  }
  if (status >= 500 || status === 429)
    return new CredentialError('GOOGLE_UNREACHABLE', `the token endpoint answered ${status}`);
  return new CredentialError('TOKEN_REFUSED', `the token endpoint answered ${status}`);
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
