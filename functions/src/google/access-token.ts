import { createSign } from 'node:crypto';
import { connectionFailure } from './connection-failure.ts';
import { dateOf, type HttpAnswer } from './http-answer.ts';
import type { HttpClient } from './http-client.ts';
import { CredentialError, type Credential } from './credential.ts';
import { refusalOf, tokenIn } from './token-answer.ts';
import { createTokenHolder, type NewToken } from './token-holder.ts';

const scope = 'https://www.googleapis.com/auth/firebase.messaging';
/** The audience that Google's token endpoint demands, wherever it is reached. */
const audience = 'https://oauth2.googleapis.com/token';
/** The last minutes of a token are left for trying again, where the endpoint is in trouble. */
const renewBeforeMs = 5 * 60_000;
const longestPauseMs = 30_000;

export interface AccessTokenOptions {
  readonly tokenUrl: string;
  readonly client: HttpClient;
  readonly now: () => number;
  /** Of one exchange, whatever it takes. */
  readonly timeoutMs: number;
}

export interface AccessTokens {
  /**
   * An OAuth access token for sending pushes with this credential: one exchange an hour and instance; see `TokenHolder`.
   *
   * @throws {CredentialError} with a code of its own for each way in which Google refuses the account
   */
  of(credential: Credential): Promise<string>;
  /** It was refused, so it is exchanged anew at the next call. Tells whether it is what that would have answered. */
  forget(refused: string): boolean;
}

export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const exchange = createExchange(options);
  const holder = createTokenHolder({ now: options.now, renewBeforeMs, longestPauseMs });
  return {
    of: (credential) => holder.of(credential.version, () => exchange(credential)),
    forget: (refused) => holder.forget(refused),
  };
}

/**
 * RFC 7523, as in https://developers.google.com/identity/protocols/oauth2/service-account. Where Google finds our clock
 * wrong, it is asked once more with the time that it tells, and from then on by the difference: for signing alone.
 */
function createExchange({ tokenUrl, client, now, timeoutMs }: AccessTokenOptions) {
  let aheadMs = 0;

  async function askBy(clock: number, credential: Credential, leftMs: number): Promise<HttpAnswer> {
    const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const form = new URLSearchParams({ grant_type: grantType, assertion: assertion(credential, clock) });
    try {
      return await client.exchange({
        method: 'POST',
        url: tokenUrl,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
        timeoutMs: leftMs,
      });
    } catch (error) {
      throw noAnswer(error);
    }
  }

  return async (credential: Credential): Promise<NewToken> => {
    const asked = performance.now();
    const answer = await askBy(now() + aheadMs, credential, timeoutMs);
    const token = tokenIn(answer);
    if (token) return token;
    const refusal = refusalOf(answer, now());
    const googlesTime = dateOf(answer.headers);
    if (refusal.code !== 'CLOCK_SKEW' || googlesTime === undefined) throw refusal;
    const difference = googlesTime - now();
    const leftMs = Math.max(0, timeoutMs - (performance.now() - asked));
    const second = await askBy(now() + difference, credential, leftMs);
    const tokenByGooglesTime = tokenIn(second);
    if (!tokenByGooglesTime) throw refusalOf(second, now());
    aheadMs = difference;
    return tokenByGooglesTime;
  };
}

function noAnswer(error: unknown): CredentialError {
  const { code, cause } = connectionFailure(error);
  return new CredentialError(
    code === 'TLS_FAILED' ? code : 'GOOGLE_UNREACHABLE',
    `the token endpoint did not answer: ${code} (${cause})`,
    { passing: true },
  );
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
