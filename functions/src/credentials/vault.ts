import * as v from 'valibot';
import { grpcCode, statusCodes } from '../base/failure.ts';
import { parseJson } from '../base/json.ts';
import { parse } from '../base/problems.ts';
import type { ActiveCredential } from '../fcm/sender.ts';
import { CredentialError, type Credential } from '../google/credential.ts';

/** Where the credentials come from. Both reject with whatever their client rejects with. */
export interface CredentialSource {
  /** Version named in `pushCredentials/active`; undefined when nothing was registered yet. */
  activeVersion(): Promise<string | undefined>;
  /** Payload of a version of the secret. */
  payload(version: string): Promise<string>;
}

/** gRPC status codes of Secret Manager, and what an operator does about each. */
const accessProblems: Readonly<Record<number, readonly [code: string, advice: string]>> = {
  [statusCodes.NOT_FOUND]: [
    'CREDENTIALS_LOST',
    'the active secret version does not exist; register the credentials again',
  ],
  [statusCodes.PERMISSION_DENIED]: [
    'CREDENTIALS_FORBIDDEN',
    'grant the function’s service account roles/secretmanager.secretAccessor on the secret',
  ],
  [statusCodes.FAILED_PRECONDITION]: [
    'CREDENTIALS_DISABLED',
    'the active secret version is disabled or destroyed; register the credentials again',
  ],
};

const payloadSchema = v.object({
  project_id: v.pipe(v.string(), v.nonEmpty()),
  client_email: v.pipe(v.string(), v.nonEmpty()),
  private_key: v.pipe(v.string(), v.includes('PRIVATE KEY')),
});

/**
 * The credentials in force. The active version is asked for once in `maxAgeMs`, so a rotation is picked up without a
 * deploy; the payload of a version never changes and is fetched once. A failure is not remembered.
 */
export function createKeyVault(source: CredentialSource, now: () => number, maxAgeMs: number): ActiveCredential {
  let version: { readonly value: Promise<string>; readonly until: number } | undefined;
  let held: { readonly version: string; readonly value: Promise<Credential> } | undefined;

  async function activeVersion(): Promise<string> {
    const active = await source.activeVersion();
    if (active !== undefined) return active;
    throw new CredentialError(
      'CREDENTIALS_NOT_CONFIGURED',
      'register the Firebase credentials on the Push Notification page',
    );
  }

  async function load(wanted: string): Promise<Credential> {
    let payload: string;
    try {
      payload = await source.payload(wanted);
    } catch (error) {
      const [code, advice] = accessProblems[grpcCode(error)] ?? [];
      if (code && advice) throw new CredentialError(code, advice);
      throw new CredentialError('SECRET_MANAGER_UNAVAILABLE', 'Secret Manager did not answer', { passing: true });
    }
    return credentialOf(payload, wanted);
  }

  return {
    async active() {
      if (!version || now() >= version.until) version = { value: activeVersion(), until: now() + maxAgeMs };
      const asked = version;
      try {
        const wanted = await asked.value;
        if (held?.version !== wanted) held = { version: wanted, value: load(wanted) };
        return await held.value;
      } catch (error) {
        if (version === asked) version = undefined;
        held = undefined;
        throw error;
      }
    },
    forget(refused) {
      if (held?.version !== refused.version) return;
      version = undefined;
      held = undefined;
    },
  };
}

function credentialOf(payload: string, version: string): Credential {
  const parsed = parse(payloadSchema, parseJson(payload));
  if ('problems' in parsed) {
    throw new CredentialError(
      'CREDENTIALS_UNREADABLE',
      'the active secret version is no service account; register the credentials again',
    );
  }
  const { project_id: projectId, client_email: clientEmail, private_key: privateKey } = parsed.value;
  return { version, projectId, clientEmail, privateKey };
}
