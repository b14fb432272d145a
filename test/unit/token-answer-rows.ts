import { minute, second } from '../support/builders.ts';
import { bytes } from './wire.ts';

export interface TokenRow {
  readonly name: string;
  /** What the token endpoint writes. */
  readonly given: string;
  readonly expect: { readonly code: string; readonly passing: boolean; readonly retryAfterMs?: number };
}

/** Stays broken until somebody mends it. */
const broken = (code: string) => ({ code, passing: false });
const passing = (code: string, retryAfterMs?: number) => ({
  code,
  passing: true,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

const oauth = (status: number, error: unknown, error_description?: string) =>
  bytes(status, JSON.stringify({ error, ...(error_description !== undefined && { error_description }) }));
const invalidGrant = (description?: string) => oauth(400, 'invalid_grant', description);
const html = (status: number) =>
  bytes(status, `<!DOCTYPE html><title>Error ${status}</title>`, { 'content-type': 'text/html' });

const refused: TokenRow[] = [
  {
    name: 'a key that was rotated',
    given: invalidGrant('Invalid JWT Signature.'),
    expect: broken('INVALID_SIGNATURE'),
  },
  {
    name: 'an account that was deleted',
    given: invalidGrant('Invalid grant: account not found'),
    expect: broken('ACCOUNT_NOT_FOUND'),
  },
  {
    name: 'an email that is none',
    given: invalidGrant('Invalid grant: Not a valid email.'),
    expect: broken('ACCOUNT_NOT_FOUND'),
  },
  {
    name: 'a client that was deleted',
    given: oauth(401, 'deleted_client', 'The OAuth client was deleted.'),
    expect: broken('ACCOUNT_NOT_FOUND'),
  },
  {
    name: 'an account that is disabled',
    given: invalidGrant('Robot is disabled.'),
    expect: broken('ACCOUNT_DISABLED'),
  },
  {
    name: 'a client that is disabled',
    given: oauth(401, 'disabled_client', 'The OAuth client was disabled.'),
    expect: broken('ACCOUNT_DISABLED'),
  },
  {
    name: 'a wrong clock, where the answer tells no time',
    given: invalidGrant(
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    ),
    expect: broken('CLOCK_SKEW'),
  },
  {
    name: 'an audience that is another',
    given: invalidGrant('Invalid JWT: Failed audience check.'),
    expect: broken('INVALID_GRANT'),
  },
  { name: 'a cause that we do not know', given: invalidGrant('Bad Request'), expect: broken('INVALID_GRANT') },
  { name: 'a cause without words', given: invalidGrant(), expect: broken('INVALID_GRANT') },
  { name: 'invalid_client', given: oauth(401, 'invalid_client', 'Unauthorized'), expect: broken('CLIENT_REFUSED') },
  {
    name: 'unauthorized_client',
    given: oauth(401, 'unauthorized_client', 'Client is unauthorized to retrieve access tokens using this method.'),
    expect: broken('CLIENT_REFUSED'),
  },
  {
    name: 'invalid_scope',
    given: oauth(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.'),
    expect: broken('SCOPE_REFUSED'),
  },
  { name: 'access_denied', given: oauth(403, 'access_denied', 'Account restricted'), expect: broken('POLICY_REFUSED') },
  { name: 'admin_policy_enforced', given: oauth(400, 'admin_policy_enforced'), expect: broken('POLICY_REFUSED') },
  {
    name: 'a policy of the organization, by its name',
    given: oauth(400, 'invalid_grant', 'Violates constraints/iam.serviceAccountKeyExpiryHours'),
    expect: broken('POLICY_REFUSED'),
  },
  {
    name: 'a perimeter around the project',
    given: oauth(403, {
      code: 403,
      status: 'PERMISSION_DENIED',
      message: "Request is prohibited by organization's policy.",
    }),
    expect: broken('POLICY_REFUSED'),
  },
  { name: 'invalid_request', given: oauth(400, 'invalid_request'), expect: broken('TOKEN_REFUSED') },
  { name: 'unsupported_grant_type', given: oauth(400, 'unsupported_grant_type'), expect: broken('TOKEN_REFUSED') },
  { name: '401 with a word that we do not know', given: oauth(401, 'unheard_of'), expect: broken('TOKEN_REFUSED') },
  {
    name: '404 in the form of Google’s APIs',
    given: oauth(404, { code: 404, status: 'NOT_FOUND', message: 'x' }),
    expect: broken('TOKEN_REFUSED'),
  },
];

const inTrouble: TokenRow[] = [
  { name: '429', given: oauth(429, 'rate_limit_exceeded'), expect: passing('TOKEN_QUOTA_EXCEEDED') },
  {
    name: '429 with seconds to wait',
    given: bytes(429, '', { 'retry-after': '40' }),
    expect: passing('TOKEN_QUOTA_EXCEEDED', 40 * second),
  },
  {
    name: '429 with a time to wait for, by its own clock',
    given: bytes(429, '', { 'retry-after': 'Mon, 02 Mar 2026 15:01:00 GMT', date: 'Mon, 02 Mar 2026 15:00:00 GMT' }),
    expect: passing('TOKEN_QUOTA_EXCEEDED', minute),
  },
  {
    name: '403 about a rate',
    given: oauth(403, 'rate_limit_exceeded', 'Rate Limit Exceeded'),
    expect: passing('TOKEN_QUOTA_EXCEEDED'),
  },
  { name: '500', given: oauth(500, 'internal_failure', 'Backend Error'), expect: passing('GOOGLE_UNREACHABLE') },
  {
    name: '500 that refuses the grant is a server in trouble',
    given: oauth(500, 'invalid_grant', 'Invalid JWT Signature.'),
    expect: passing('GOOGLE_UNREACHABLE'),
  },
  { name: '400 of a server in trouble', given: oauth(400, 'server_error'), expect: passing('GOOGLE_UNREACHABLE') },
  { name: '502 as HTML', given: html(502), expect: passing('GOOGLE_UNREACHABLE') },
  {
    name: '503 with seconds to wait',
    given: bytes(503, '', { 'retry-after': '9' }),
    expect: passing('GOOGLE_UNREACHABLE', 9 * second),
  },
  { name: '504 without a body', given: bytes(504, ''), expect: passing('GOOGLE_UNREACHABLE') },
  { name: '400 as HTML: a box in between', given: html(400), expect: passing('GOOGLE_UNREACHABLE') },
  { name: '401 without a body', given: bytes(401, ''), expect: passing('GOOGLE_UNREACHABLE') },
  { name: '403 as HTML: a box in between', given: html(403), expect: passing('GOOGLE_UNREACHABLE') },
  { name: '404 as HTML', given: html(404), expect: passing('GOOGLE_UNREACHABLE') },
  {
    name: '400 as half a JSON',
    given: bytes(400, '{"error":"invalid_grant","error_descri'),
    expect: passing('GOOGLE_UNREACHABLE'),
  },
  { name: '302 to another page', given: bytes(302, '', { location: '/' }), expect: passing('GOOGLE_UNREACHABLE') },
  {
    name: '200 without a token',
    given: bytes(200, '{"id_token":"x","expires_in":3599}'),
    expect: passing('GOOGLE_UNREACHABLE'),
  },
  { name: '200 with an empty token', given: bytes(200, '{"access_token":""}'), expect: passing('GOOGLE_UNREACHABLE') },
  {
    name: '200 with a token that no header can hold',
    given: bytes(200, '{"access_token":"a\\nb"}'),
    expect: passing('GOOGLE_UNREACHABLE'),
  },
  { name: '200 that is no object', given: bytes(200, '"token"'), expect: passing('GOOGLE_UNREACHABLE') },
  { name: '200 as HTML', given: html(200), expect: passing('GOOGLE_UNREACHABLE') },
  { name: '200 without a body', given: bytes(200, ''), expect: passing('GOOGLE_UNREACHABLE') },
  { name: '200 as half a JSON', given: bytes(200, '{"access_token":"ya29'), expect: passing('GOOGLE_UNREACHABLE') },
];

export const tokenRows: readonly TokenRow[] = [...refused, ...inTrouble];
