import type { Answer } from './fcm-errors.ts';
import { cut, spoiltAnswers } from './spoilt-answers.ts';

const oauth = (status: number, error: string, error_description: string): Answer => ({
  status,
  body: { error, error_description },
});
const invalidGrant = (description: string) => oauth(400, 'invalid_grant', description);

/** The codes that can be injected at the token endpoint ▶ its answer. */
export const tokenFaultAnswers = {
  INVALID_SIGNATURE: () => invalidGrant('Invalid JWT Signature.'),
  ACCOUNT_NOT_FOUND: () => invalidGrant('Invalid grant: account not found'),
  ACCOUNT_DISABLED: () => invalidGrant('Robot is disabled.'),
  CLOCK_SKEW: () => invalidGrant(untimely),
  INVALID_GRANT: () => invalidGrant('Bad Request'),
  INVALID_CLIENT: () => oauth(401, 'invalid_client', 'Unauthorized'),
  UNAUTHORIZED_CLIENT: () =>
    oauth(401, 'unauthorized_client', 'Client is unauthorized to retrieve access tokens using this method.'),
  INVALID_SCOPE: () => oauth(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.'),
  ACCESS_DENIED: () => oauth(403, 'access_denied', 'Account restricted'),
  RATE_LIMIT_EXCEEDED: () => oauth(429, 'rate_limit_exceeded', 'Rate Limit Exceeded'),
  INTERNAL: () => oauth(500, 'internal_failure', 'Backend Error'),
  UNAVAILABLE: () => oauth(503, 'temporarily_unavailable', 'The service is currently unavailable.'),
  NO_TOKEN: (): Answer => ({ status: 200, body: { expires_in: 3599, token_type: 'Bearer' } }),
  TRUNCATED_200: () => cut(200, '{"access_token":"ya29.c.b0Aaekm1'),
  ...spoiltAnswers,
} satisfies Readonly<Record<string, () => Answer>>;

/** Google's words for an assertion whose times are wrong. */
export const untimely =
  'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. ' +
  'Check your iat and exp values in the JWT claim.';
