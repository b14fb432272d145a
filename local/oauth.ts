import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, randomInt, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { untimely } from './token-errors.ts';

/** The file that Google hands out for a service account. `private_key` is PKCS8 PEM. */
export interface ServiceAccountJson {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly auth_uri: string;
  readonly token_uri: string;
  readonly auth_provider_x509_cert_url: string;
  readonly client_x509_cert_url: string;
  readonly universe_domain: string;
}

/**
 * `removed` and `key-revoked` fail the token exchange as at Google; `permission-denied` and `api-disabled` give
 * tokens that FCM refuses.
 */
export const accountStates = ['active', 'removed', 'key-revoked', 'permission-denied', 'api-disabled'] as const;
export type AccountState = (typeof accountStates)[number];

/** What of a service account's file it takes to register it. */
export type AccountKey = Pick<ServiceAccountJson, 'client_email' | 'project_id' | 'private_key_id' | 'private_key'>;

/** Whom an access token speaks for. */
export interface Bearer {
  readonly projectId: string;
  readonly state: AccountState;
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, string | number>>;
}

/** The service accounts that this Google knows, and the tokens it gave them. */
export interface Accounts {
  /** Makes and registers an account. */
  create(projectId: string): ServiceAccountJson;
  /**
   * A second key of a known account joins the first.
   * @throws where `private_key` is not an RSA key in PEM
   */
  register(account: AccountKey): void;
  /** Replaces all keys of the account, which is then active, by the one returned; nothing for an unknown account. */
  rotateKey(clientEmail: string): ServiceAccountJson | undefined;
  /** @returns whether the account is known */
  setState(clientEmail: string, state: AccountState): boolean;
  /** Lets every token given to the account so far be refused; @returns whether the account is known */
  revokeTokens(clientEmail: string): boolean;
  knowsProject(projectId: string): boolean;
  /** Answers `POST /token`. */
  exchange(form: URLSearchParams): TokenAnswer;
  /** Nothing = the token is unknown, expired or revoked. */
  bearerOf(accessToken: string): Bearer | undefined;
}

/** Makes an account with a fresh RSA key; it takes some 100 ms. */
export function createServiceAccount(projectId: string): ServiceAccountJson {
  const name = `firebase-adminsdk-${randomBytes(3).toString('hex').slice(1)}`;
  return serviceAccountJson(projectId, `${name}@${projectId}.iam.gserviceaccount.com`);
}

function serviceAccountJson(projectId: string, clientEmail: string): ServiceAccountJson {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    type: 'service_account',
    project_id: projectId,
    private_key_id: randomBytes(20).toString('hex'),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    client_email: clientEmail,
    client_id: `1${Array.from({ length: 20 }, () => randomInt(10)).join('')}`,
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: googleTokenUrl,
    auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
    client_x509_cert_url: `https://www.googleapis.com/robot/v1/metadata/x509/${encodeURIComponent(clientEmail)}`,
    universe_domain: 'googleapis.com',
  };
}

/** Parses a service account's file, given as JSON: the account, or every problem with it. */
export function parseAccount(input: unknown): { readonly account: AccountKey } | { readonly problems: string[] } {
  const fields: Readonly<Record<string, unknown>> = { ...(input as object) };
  const { type, client_email, project_id, private_key_id, private_key } = fields;
  const given = { client_email, project_id, private_key_id, private_key };
  const missing = Object.entries(given).filter(([, value]) => typeof value !== 'string' || value === '');
  const problems = missing.map(([name]) => `${name}: must be a non-empty string`);
  if (type !== 'service_account') problems.push('type: must be service_account');
  if (typeof private_key === 'string' && !isRsaKey(private_key))
    problems.push('private_key: must be an RSA key in PEM');
  return problems.length > 0 ? { problems } : { account: given as AccountKey };
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

const googleTokenUrl = 'https://oauth2.googleapis.com/token';
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const scopes = [
  'https://www.googleapis.com/auth/firebase.messaging',
  'https://www.googleapis.com/auth/cloud-platform',
] as const;
const tokenLifetimeSeconds = 3599;
const clockSkewSeconds = 300;
const maxAssertionSeconds = 3600 + clockSkewSeconds;

interface Account {
  readonly clientEmail: string;
  readonly projectId: string;
  /** Key id ▶ public key. */
  readonly keys: Map<string, KeyObject>;
  state: AccountState;
}

interface Token {
  readonly account: Account;
  readonly scope: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * @param options.tokenUrl the address of this token endpoint, good as an audience besides Google's own
 * @param options.now epoch milliseconds
 */
export function createAccounts({ tokenUrl, now }: { tokenUrl: () => string; now: () => number }): Accounts {
  const accounts = new Map<string, Account>();
  const tokens = new Map<string, Token>();

  const register: Accounts['register'] = ({ client_email, project_id, private_key_id, private_key }) => {
    if (!isRsaKey(private_key)) throw new TypeError('private_key is not an RSA key in PEM');
    const publicKey = createPublicKey(private_key);
    const known = accounts.get(client_email);
    const keys = known?.projectId === project_id ? known.keys : new Map<string, KeyObject>();
    keys.set(private_key_id, publicKey);
    accounts.set(client_email, { clientEmail: client_email, projectId: project_id, keys, state: 'active' });
  };
  const registered = (json: ServiceAccountJson) => {
    register(json);
    return json;
  };
  return {
    register,
    create: (projectId) => registered(createServiceAccount(projectId)),
    rotateKey: (clientEmail) => {
      const account = accounts.get(clientEmail);
      account?.keys.clear();
      return account && registered(serviceAccountJson(account.projectId, clientEmail));
    },
    setState: (clientEmail, state) => {
      const account = accounts.get(clientEmail);
      if (account) account.state = state;
      return account !== undefined;
    },
    revokeTokens: (clientEmail) => {
      for (const [token, { account }] of tokens) if (account.clientEmail === clientEmail) tokens.delete(token);
      return accounts.has(clientEmail);
    },
    knowsProject: (projectId) => [...accounts.values()].some((account) => account.projectId === projectId),
    exchange: (form) => {
      const grant = checkGrant(form, accounts, [googleTokenUrl, tokenUrl()], now() / 1000);
      if ('error' in grant) return { status: 400, body: { ...grant } };
      for (const [token, { expiresAt }] of tokens) if (expiresAt <= now()) tokens.delete(token);
      const accessToken = `ya29.c.${randomBytes(96).toString('base64url')}`;
      tokens.set(accessToken, { ...grant, expiresAt: now() + tokenLifetimeSeconds * 1000 });
      return {
        status: 200,
        body: { access_token: accessToken, expires_in: tokenLifetimeSeconds, token_type: 'Bearer' },
      };
    },
    bearerOf: (accessToken) => {
      const token = tokens.get(accessToken);
      // The account is looked up again, for it may have been registered anew since the token was given.
      const account = token && accounts.get(token.account.clientEmail);
      return account && account.state !== 'removed' && token.expiresAt > now() ? account : undefined;
    },
  };
}

interface GrantError {
  readonly error: 'invalid_grant' | 'invalid_request' | 'invalid_scope' | 'unsupported_grant_type';
  readonly error_description: string;
}

function checkGrant(
  form: URLSearchParams,
  accounts: ReadonlyMap<string, Account>,
  audiences: readonly string[],
  nowSeconds: number,
): Omit<Token, 'expiresAt'> | GrantError {
  const given = form.get('grant_type') ?? '';
  if (given !== grantType)
    return { error: 'unsupported_grant_type', error_description: `Invalid grant_type: ${given}` };
  const assertion = form.get('assertion') ?? '';
  if (assertion === '') return { error: 'invalid_request', error_description: 'Missing required parameter: assertion' };
  const jwt = decode(assertion);
  if (!jwt) return { error: 'invalid_grant', error_description: 'Invalid JWT: malformed assertion.' };
  const { iss, aud, iat, exp, scope } = jwt.claims;

  const account = typeof iss === 'string' ? accounts.get(iss) : undefined;
  if (!account || account.state === 'removed') return refuse('Invalid grant: account not found');
  if (account.state === 'key-revoked' || !isSigned(jwt, account)) return refuse('Invalid JWT Signature.');
  if (typeof aud !== 'string' || !audiences.includes(aud)) {
    return refuse(`Invalid JWT: Failed audience check. The right audience is ${googleTokenUrl}`);
  }
  if (!isTimely(iat, exp, nowSeconds)) {
    return refuse(untimely);
  }
  if (typeof scope !== 'string' || scope.trim() === '') {
    return { error: 'invalid_scope', error_description: 'Empty or missing scope not allowed.' };
  }
  if (!scopes.some((enough) => scope.split(' ').includes(enough))) {
    return { error: 'invalid_scope', error_description: 'Invalid OAuth scope or ID token audience provided.' };
  }
  return { account, scope };
}

/** Whom an exchange is for, by its own account. */
export function issuerOf(form: URLSearchParams): string {
  const iss = decode(form.get('assertion') ?? '')?.claims['iss'];
  return typeof iss === 'string' ? iss : '';
}

function refuse(error_description: string): GrantError {
  return { error: 'invalid_grant', error_description };
}

function isTimely(iat: unknown, exp: unknown, nowSeconds: number): boolean {
  if (typeof iat !== 'number' || typeof exp !== 'number') return false;
  return iat <= nowSeconds + clockSkewSeconds && exp > nowSeconds && exp - iat <= maxAssertionSeconds && exp > iat;
}

interface Jwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: string;
  readonly signature: string;
}

function decode(assertion: string): Jwt | undefined {
  const [header, claims, signature, ...rest] = assertion.split('.');
  if (!header || !claims || !signature || rest.length > 0) return undefined;
  const parts = [header, claims].map(decodePart);
  const [headerFields, claimFields] = parts;
  return (
    headerFields &&
    claimFields && { header: headerFields, claims: claimFields, signed: `${header}.${claims}`, signature }
  );
}

function decodePart(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isSigned({ header, signed, signature }: Jwt, { keys }: Account): boolean {
  if (header['alg'] !== 'RS256') return false;
  const { kid } = header;
  const candidates = typeof kid === 'string' ? [keys.get(kid)] : [...keys.values()];
  const bytes = Buffer.from(signature, 'base64url');
  return candidates.some((key) => key !== undefined && verify('RSA-SHA256', Buffer.from(signed), key, bytes));
}
