import * as v from 'valibot';
import { failed, grpcCode, statusCodes } from '../base/failure.ts';
import { parseJson } from '../base/json.ts';
import { isYoung } from '../base/memory.ts';
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

/** Far longer than Firestore and Secret Manager take when they are well. */
const usualPatienceMs = 5_000;
/** Between two questions while none is answered. */
const pauseMs = 5_000;

export interface KeyVault extends ActiveCredential {
  /** Asks for the active version at the next call, and goes on with what is held where that is not answered. */
  lookAgain(): void;
}

interface Held {
  readonly credential: Credential;
  /** When its version was last asked for, and how long that is enough. */
  since: number;
  forMs: number;
}

/**
 * The credentials in force. The active version is asked for once in `maxAgeMs`, so a rotation is picked up without a
 * deploy; the payload of a version never changes and is fetched once. While nobody answers, the credentials that are
 * held stay in use: it takes an answer, or a refusal of the credentials, to put them out of force.
 *
 * @param patienceMs how long an answer is waited for where there are credentials to go on with
 */
export function createKeyVault(
  source: CredentialSource,
  now: () => number,
  maxAgeMs: number,
  patienceMs = usualPatienceMs,
): KeyVault {
  let held: Held | undefined;
  let asking: Promise<Credential> | undefined;

  function ask(): Promise<Credential> {
    const since = now();
    const answer = inForce(held?.credential);
    asking = answer;
    // An answer to a question that was asked before the credentials were refused is not believed.
    answer.then(
      (credential) => {
        if (asking === answer) [asking, held] = [undefined, { credential, since, forMs: maxAgeMs }];
      },
      (error: unknown) => {
        if (asking !== answer) return;
        asking = undefined;
        if (!isPassing(error)) held = undefined;
      },
    );
    return answer;
  }

  async function inForce(known: Credential | undefined): Promise<Credential> {
    const wanted = await activeVersion();
    return known?.version === wanted ? known : load(wanted);
  }

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
      const former = held;
      if (former && isYoung(former.since, former.forMs, now())) return former.credential;
      const answer = asking ?? ask();
      if (!former) return answer;
      try {
        return await inTime(answer, patienceMs);
      } catch (error) {
        // Otherwise they were put out of force meanwhile.
        if (held !== former) throw error;
        [former.since, former.forMs] = [now(), Math.min(maxAgeMs, pauseMs)];
        return former.credential;
      }
    },
    forget(refused) {
      if (held?.credential.version === refused.version) [held, asking] = [undefined, undefined];
    },
    lookAgain() {
      if (held) held.forMs = 0;
    },
  };
}

/** Nobody has said anything about the credentials: it was Firestore or Secret Manager that did not answer. */
function isPassing(error: unknown): boolean {
  return !(error instanceof CredentialError) || error.passing;
}

async function inTime<T>(answer: Promise<T>, patienceMs: number): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(failed('TimeoutError', 'there was no answer in time'));
  }, patienceMs);
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
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
