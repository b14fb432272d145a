import type { DocumentSnapshot, Firestore } from '@google-cloud/firestore';
import type { Config } from './config.ts';
import { grpcCode } from './failure.ts';
import { CredentialError, type CredentialStore } from './key-vault.ts';
import type { PublicFacts } from './service-account.ts';

/** Public facts of the credentials in force; the key itself is in Secret Manager only. */
export const activeCredentials = 'pushCredentials/active';
/** Former versions that still work until their grace period is over, one document each. */
const retiredCredentials = 'retiredPushCredentials';

export interface LastTest {
  readonly at: string;
  readonly by: string;
  readonly result: 'arrived' | 'failed';
  readonly code: string | null;
}

/** What is known of the credentials in force: `pushCredentials/active`. Times are ISO 8601. */
export interface Activation extends PublicFacts {
  readonly version: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly lastTest: LastTest | null;
}

export interface ActivationRequest {
  readonly version: string;
  readonly facts: PublicFacts;
  readonly by: string;
  /** The version that must still be in force, null for none. */
  readonly expected: string | null;
}

/** What the administrators' side does with credentials. */
export interface CredentialRegistry {
  /** A new version of the secret, which is made with its first. @throws {CredentialError} */
  add(payload: string): Promise<string>;
  /** Puts a version in force, and the former one on notice, unless another one is in force than was expected. */
  activate(request: ActivationRequest): Promise<{ activation: Activation } | { meanwhile: Activation }>;
  /** Destroys a version for good. */
  destroy(version: string): Promise<void>;
  active(): Promise<Activation | undefined>;
  recordTest(version: string, lastTest: LastTest): Promise<void>;
  /** Destroys the versions whose grace period is over. Returns how many. */
  destroyRetired(now: number): Promise<number>;
}

const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const PERMISSION_DENIED = 7;
const FAILED_PRECONDITION = 9;

/** One Firestore read for the active version, one Secret Manager call for a payload. */
export function createCredentialStore(
  db: Firestore,
  config: Config,
  now: () => number,
): CredentialStore & CredentialRegistry {
  let connection: ReturnType<typeof connect> | undefined;
  const client = () => (connection ??= connect(config.secretManager));
  const parent = `projects/${config.projectId}`;
  const secret = `${parent}/secrets/${config.credentialsSecret}`;
  const active = db.doc(activeCredentials);
  const retired = db.collection(retiredCredentials);

  async function addVersion(payload: string): Promise<string> {
    const [added] = await (
      await client()
    ).addSecretVersion({ parent: secret, payload: { data: Buffer.from(payload) } });
    return added.name?.split('/').at(-1) ?? '';
  }

  async function createSecret(): Promise<void> {
    const replication = { automatic: {} };
    await (
      await client()
    )
      .createSecret({ parent, secretId: config.credentialsSecret, secret: { replication } })
      .catch(unless(ALREADY_EXISTS));
  }

  async function destroy(version: string): Promise<void> {
    await (
      await client()
    )
      .destroySecretVersion({ name: `${secret}/versions/${version}` })
      .catch(unless(NOT_FOUND, FAILED_PRECONDITION));
  }

  return {
    async activeVersion() {
      const version: unknown = (await active.get()).get('version');
      return typeof version === 'string' ? version : undefined;
    },

    async payload(version) {
      const [answer] = await (await client()).accessSecretVersion({ name: `${secret}/versions/${version}` });
      return Buffer.from(answer.payload?.data ?? '').toString('utf8');
    },

    async add(payload) {
      try {
        return await addVersion(payload).catch(async (error: unknown) => {
          unless(NOT_FOUND)(error);
          await createSecret();
          return addVersion(payload);
        });
      } catch (error) {
        throw grpcCode(error) === PERMISSION_DENIED
          ? new CredentialError(
              'SECRET_MANAGER_FORBIDDEN',
              'grant the functions’ service account roles/secretmanager.admin on the project',
            )
          : new CredentialError('SECRET_MANAGER_UNAVAILABLE', 'it did not answer; try again in a minute');
      }
    },

    async activate({ version, facts, by, expected }) {
      return db.runTransaction(async (transaction) => {
        const former = activationOf(await transaction.get(active));
        // A commit whose answer was lost is tried again, and finds what it wrote itself.
        if (former?.version === version && former.fingerprint === facts.fingerprint) return { activation: former };
        if (former && former.version !== expected) return { meanwhile: former };
        const activation: Activation = {
          ...facts,
          version,
          updatedAt: new Date(now()).toISOString(),
          updatedBy: by,
          lastTest: null,
        };
        transaction.set(active, activation);
        // Numbers begin anew with a new secret: what is in force is never on notice.
        transaction.delete(retired.doc(version));
        if (former && former.version !== version)
          transaction.set(retired.doc(former.version), {
            version: former.version,
            destroyAt: new Date(now() + config.graceMs),
          });
        return { activation };
      });
    },

    destroy,

    async active() {
      return activationOf(await active.get());
    },

    async recordTest(version, lastTest) {
      await db.runTransaction(async (transaction) => {
        const current = activationOf(await transaction.get(active));
        if (current?.version === version) transaction.update(active, { lastTest });
      });
    },

    async destroyRetired(at) {
      const due = await retired.where('destroyAt', '<=', new Date(at)).get();
      const inForce = activationOf(await active.get())?.version;
      for (const document of due.docs) {
        if (document.id !== inForce) await destroy(document.id);
        await document.ref.delete();
      }
      return due.size;
    },
  };
}

/** Only this module writes the document, or the local stack in its words. */
function activationOf(snapshot: DocumentSnapshot): Activation | undefined {
  return snapshot.exists ? (snapshot.data() as Activation) : undefined;
}

function unless(...codes: readonly number[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes(grpcCode(error))) throw error as Error;
  };
}

/** Loaded at the first push, not with the function: most instances of most updates never need it (about 140 ms). */
async function connect(address: Config['secretManager']) {
  const { SecretManagerServiceClient } = await import('@google-cloud/secret-manager');
  if (!address) return new SecretManagerServiceClient();
  const { credentials } = await import('@grpc/grpc-js');
  return new SecretManagerServiceClient({
    apiEndpoint: address.host,
    port: address.port,
    sslCreds: credentials.createInsecure(),
    clientOptions: { universeDomain: 'googleapis.com' },
  });
}
