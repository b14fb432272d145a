import type { AccessTokens } from '../google/access-token.ts';
import { ApiError, type ApiErrorKind } from '../base/api-error.ts';
import type { CredentialStore, Activation } from './store.ts';
import { isTrouble, type PushResult } from '../fcm/result.ts';
import { CredentialError, type Credential } from '../google/credential.ts';
import { clean, publicFacts, readKey, type ServiceAccount, type TypedAccount } from './service-account.ts';

/** What an update climbs, in this order; until the last rung the former credentials stay in force. */
export const rungs = ['kind', 'key', 'token', 'probe', 'store', 'activate'] as const;
export type Rung = (typeof rungs)[number];

export interface RungReport {
  readonly rung: Rung;
  readonly state: 'running' | 'passed';
  readonly note?: string;
}

export interface UpdateRequest extends TypedAccount {
  /** The version that the administrator saw, null for none: whoever changed it since must not be overwritten unseen. */
  readonly revision: string | null;
}

export interface LadderParts {
  /** Exchanges afresh: nothing that was remembered may make a wrong key look right. */
  readonly newAccessTokens: () => AccessTokens;
  /** Asks FCM whether it would send, without sending. */
  readonly probe: (projectId: string, accessToken: string) => Promise<PushResult>;
  readonly store: CredentialStore;
  readonly report: (report: RungReport) => void;
}

/**
 * Checks new credentials as far as can be without a device, and puts them in force.
 *
 * @param by who does it, for the record
 * @throws {ApiError} that names the rung, the cause and what to do; then nothing has changed
 */
export async function updateCredentials(request: UpdateRequest, by: string, parts: LadderParts): Promise<Activation> {
  const climb = async <T>(rung: Rung, step: () => Promise<T> | T, noteOf?: (result: T) => string): Promise<T> => {
    parts.report({ rung, state: 'running' });
    const result = await step();
    const note = noteOf?.(result);
    parts.report({ rung, state: 'passed', ...(note && { note }) });
    return result;
  };
  const { account } = await climb(
    'kind',
    () => cleaned(request),
    ({ notes }) => notes.join(' '),
  );
  const checked = await climb('key', () => withReadableKey(account));
  const accessToken = await climb('token', () => exchanged(checked, parts.newAccessTokens()));
  await climb('probe', () => probed(checked, accessToken, parts));
  const version = await climb('store', () => stored(checked, parts.store));
  return climb('activate', () => activated({ version, request, checked, by }, parts.store));
}

function cleaned(request: UpdateRequest) {
  const result = clean(request);
  if ('account' in result) return result;
  const [first] = result.problems;
  throw failure('kind', first?.code ?? 'not-a-key', result.problems.map(({ message }) => message).join(' '), {
    problems: result.problems,
  });
}

function withReadableKey(account: TypedAccount): ServiceAccount {
  const result = readKey(account.privateKey);
  if ('key' in result) return account;
  throw failure('key', result.problem.code, result.problem.message, { problems: [result.problem] });
}

const tokenAdvice: Readonly<Record<string, readonly [code: string, message: string]>> = {
  INVALID_SIGNATURE: [
    'invalid-signature',
    'Google does not accept this key for this account: it belongs to another account, or was deleted. Generate a new one.',
  ],
  ACCOUNT_NOT_FOUND: [
    'account-not-found',
    'Google does not know this client email: the account was deleted, or the email has a typo.',
  ],
  CLOCK_SKEW: [
    'clock-skew',
    'Google finds the time of the request wrong: the clock of the server is off. Try again in a minute.',
  ],
  INVALID_GRANT: [
    'invalid-grant',
    'Google refuses this account. Check that it is enabled in the Google Cloud console.',
  ],
  PRIVATE_KEY_UNUSABLE: [
    'private-key-unusable',
    'The private key can be read, but not signed with. Generate a new one in the Firebase console.',
  ],
  TOKEN_REFUSED: [
    'token-refused',
    'Google refuses to sign this account in. Check that it is enabled in the Google Cloud console.',
  ],
};

async function exchanged(account: ServiceAccount, accessTokens: AccessTokens): Promise<string> {
  const candidate: Credential = { ...account, version: 'candidate' };
  try {
    return await accessTokens.of(candidate);
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    const [code, message] = tokenAdvice[error.code] ?? [];
    if (code && message) throw failure('token', code, message);
    if (error.passing) throw unreachable('token');
    throw failure(
      'token',
      error.code.toLowerCase().replaceAll('_', '-'),
      `Google refuses the account: ${error.message}.`,
    );
  }
}

/** Whatever FCM finds wrong with the made-up target, it has let the account through to it. */
async function probed({ projectId }: ServiceAccount, accessToken: string, { probe }: LadderParts): Promise<void> {
  const result = await probe(projectId, accessToken);
  if (result.outcome === 'accepted' || result.outcome === 'target-gone') return;
  const refusal = refusalOf(result, projectId);
  throw refusal ? failure('probe', refusal.code, refusal.message) : unreachable('probe');
}

/** What an answer of FCM says against the account or its project; undefined where it only could not answer. */
export function refusalOf(
  result: PushResult,
  projectId: string,
): { readonly code: string; readonly message: string } | undefined {
  if (result.outcome === 'accepted' || isTrouble(result, 'provider')) return undefined;
  const { code, detail } = result;
  if (code === 'PERMISSION_DENIED') {
    return /SERVICE_DISABLED|has not been used|is disabled/.test(detail)
      ? {
          code: 'api-disabled',
          message: `The Firebase Cloud Messaging API is not enabled in ${projectId}. Enable it in the Google Cloud console (APIs & Services), wait a minute and try again.`,
        }
      : {
          code: 'permission-missing',
          message: `The account may not send pushes in ${projectId}. Grant it the role Firebase Cloud Messaging API Admin there.`,
        };
  }
  if (code === 'PROJECT_NOT_FOUND') {
    return {
      code: 'project-not-found',
      message: `Google knows no project ${projectId}. Copy the project id from Project settings ▸ General.`,
    };
  }
  if (result.outcome === 'refused' || code === 'UNAUTHENTICATED') {
    return {
      code: 'probe-refused',
      message: 'FCM refuses the account. Check that it belongs to this project, and try again.',
    };
  }
  return undefined;
}

async function stored(account: ServiceAccount, store: CredentialStore): Promise<string> {
  const { projectId: project_id, clientEmail: client_email, privateKey: private_key } = account;
  try {
    return await store.add(JSON.stringify({ type: 'service_account', project_id, client_email, private_key }));
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    throw failure(
      'store',
      error.code.toLowerCase().replaceAll('_', '-'),
      `Secret Manager did not take the key: ${error.message}.`,
    );
  }
}

async function activated(
  { version, request, checked, by }: { version: string; request: UpdateRequest; checked: ServiceAccount; by: string },
  store: CredentialStore,
): Promise<Activation> {
  const outcome = await store.activate({ version, facts: publicFacts(checked), by, expected: request.revision });
  if ('activation' in outcome) return outcome.activation;
  // The other administrator's credentials are in force; ours were never used.
  await store.destroy(version).catch(() => undefined);
  const { updatedBy, updatedAt } = outcome.meanwhile;
  throw new ApiError(
    'changed-meanwhile',
    `${updatedBy} has changed the credentials in the meantime. Look at them before you replace them.`,
    {
      rung: 'activate',
      meanwhile: { by: updatedBy, at: updatedAt },
    },
  );
}

function failure(
  rung: Rung,
  code: string,
  message: string,
  more: object = {},
  kind: ApiErrorKind = 'update-failed',
): ApiError {
  return new ApiError(kind, message, { code, rung, ...more });
}

function unreachable(rung: Rung): ApiError {
  return failure(
    rung,
    'google-unreachable',
    'Google did not answer. The credentials are unchanged; try again in a minute.',
    {},
    'google-unreachable',
  );
}
