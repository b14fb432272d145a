import { retryAfterMs, type HttpAnswer } from './http-answer.ts';
import { fieldsOf, parseJson } from '../base/json.ts';
import { CredentialError } from './credential.ts';
import type { NewToken } from './token-holder.ts';

/** An hour, as Google gives it. */
const usualLifetimeSeconds = 3600;

/** The token in an answer of the token endpoint, if there is one. A lifetime that cannot be is not believed. */
export function tokenIn({ status, body }: HttpAnswer): NewToken | undefined {
  const { access_token: token, expires_in: expiresIn } = fieldsOf(parseJson(body));
  // What is no header's value is no token either.
  if (status !== 200 || typeof token !== 'string' || !/^[!-~]+$/.test(token)) return undefined;
  const seconds = Number(expiresIn ?? usualLifetimeSeconds);
  const lifetime = Number.isFinite(seconds)
    ? Math.max(0, Math.min(seconds, usualLifetimeSeconds))
    : usualLifetimeSeconds;
  return { token, lifetimeMs: lifetime * 1000 };
}

interface Refusal {
  /** What OAuth's code and Google's description look like: Google tells the causes of one code apart only there. */
  readonly says: RegExp;
  readonly code: string;
  readonly advice: string;
  /** It passes by itself; everything else stays until somebody mends it. */
  readonly passing?: true;
}

/** The first that fits counts. */
const refusals: readonly Refusal[] = [
  {
    says: /^(rate_limit_exceeded|slow_down|RESOURCE_EXHAUSTED):/,
    code: 'TOKEN_QUOTA_EXCEEDED',
    advice: 'too many token exchanges',
    passing: true,
  },
  {
    says: /^(server_error|temporarily_unavailable|internal_failure|backend_error):/,
    code: 'GOOGLE_UNREACHABLE',
    advice: 'the token endpoint is in trouble',
    passing: true,
  },
  {
    says: /^(access_denied|admin_policy_enforced|org_internal):|organi[sz]ation('s)? policy|\bconstraints\//i,
    code: 'POLICY_REFUSED',
    advice: 'a policy of the Google organization forbids it; ask its administrator for an exception',
  },
  {
    says: /^invalid_grant: .*signature/i,
    code: 'INVALID_SIGNATURE',
    advice: 'the private key does not belong to the account any more; register a new key',
  },
  {
    says: /^invalid_grant: .*(account not found|not a valid email)|^deleted_client:/i,
    code: 'ACCOUNT_NOT_FOUND',
    advice: 'the service account was deleted or its email is wrong',
  },
  {
    says: /^invalid_grant: .*disabled|^disabled_client:/i,
    code: 'ACCOUNT_DISABLED',
    advice: 'the service account is disabled; enable it in the Google Cloud console',
  },
  {
    says: /^invalid_grant: .*(short-lived|timeframe|iat and exp)/i,
    code: 'CLOCK_SKEW',
    advice: 'the clock of this machine is wrong',
  },
  { says: /^invalid_grant:/, code: 'INVALID_GRANT', advice: 'Google refuses the service account' },
  {
    says: /^(invalid|unauthorized)_client:/,
    code: 'CLIENT_REFUSED',
    advice: 'Google does not let the service account sign in; register a key of another one',
  },
  {
    says: /^invalid_scope:/,
    code: 'SCOPE_REFUSED',
    advice: 'Google does not let the service account send pushes; register a key of another one',
  },
  { says: /^\w+:/, code: 'TOKEN_REFUSED', advice: 'Google refuses to sign the service account in' },
];

/** What an answer of the token endpoint without a token means. Of its words none is kept: they may hold the assertion. */
export function refusalOf({ status, headers, body }: HttpAnswer, now: number): CredentialError {
  const wait = retryAfterMs(headers, now);
  const passing = { passing: true, ...(wait !== undefined && { retryAfterMs: wait }) };
  if (status === 429) return new CredentialError('TOKEN_QUOTA_EXCEEDED', 'too many token exchanges', passing);
  if (status >= 500) return new CredentialError('GOOGLE_UNREACHABLE', `the token endpoint answered ${status}`, passing);
  const said = wordsOf(body);
  const known = refusals.find(({ says }) => says.test(said));
  if (known) return new CredentialError(known.code, known.advice, known.passing && passing);
  // Not Google's answer, but that of a box in between, or half of one.
  const advice = `the token endpoint answered ${status} with what is no answer of OAuth`;
  return new CredentialError('GOOGLE_UNREACHABLE', advice, passing);
}

/** `code: description`. What guards Google's APIs answers with an object where OAuth has a word. */
function wordsOf(body: string): string {
  const { error, error_description: description } = fieldsOf(parseJson(body));
  const { status, message } = fieldsOf(error);
  const [code, text] = typeof error === 'string' ? [error, description] : [status, message];
  return typeof code === 'string' ? `${code}: ${typeof text === 'string' ? text : ''}` : '';
}
