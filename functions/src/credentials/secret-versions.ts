import type { Config } from '../base/config.ts';
import { grpcCode, statusCodes } from '../base/failure.ts';
import { CredentialError } from '../google/credential.ts';

/** The versions of the one secret that holds credentials, as administrators change them. */
export interface SecretVersions {
  /** A new version; the secret is made with its first. @throws {CredentialError} */
  add(payload: string): Promise<string>;
  /** Destroys a version for good; one that is gone already is no failure. */
  destroy(version: string): Promise<void>;
  /** Those that can be used, with the time at which they were made, in epoch milliseconds. */
  enabled(): Promise<readonly { readonly version: string; readonly createdAt: number }[]>;
}

const { NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, FAILED_PRECONDITION } = statusCodes;

export function createSecretVersions(config: Config): SecretVersions {
  let connection: ReturnType<typeof connect> | undefined;
  const client = () => (connection ??= connect(config.secretManager));
  const parent = `projects/${config.projectId}`;
  const secret = `${parent}/secrets/${config.credentialsSecret}`;

  async function addVersion(payload: string): Promise<string> {
    const secretManager = await client();
    const [added] = await secretManager.addSecretVersion({ parent: secret, payload: { data: Buffer.from(payload) } });
    return numberOf(added.name);
  }

  async function createSecret(): Promise<void> {
    const secretManager = await client();
    const replication = { automatic: {} };
    await secretManager
      .createSecret({ parent, secretId: config.credentialsSecret, secret: { replication } })
      .catch(unless(ALREADY_EXISTS));
  }

  return {
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

    async destroy(version) {
      const secretManager = await client();
      await secretManager
        .destroySecretVersion({ name: `${secret}/versions/${version}` })
        .catch(unless(NOT_FOUND, FAILED_PRECONDITION));
    },

    async enabled() {
      const secretManager = await client();
      const [versions] = await secretManager
        .listSecretVersions({ parent: secret, filter: 'state:ENABLED' })
        .catch((error: unknown) => {
          unless(NOT_FOUND)(error);
          return [[]] as const;
        });
      return versions
        .filter(({ state }) => state === 'ENABLED')
        .map(({ name, createTime }) => ({
          version: numberOf(name),
          createdAt: Number(createTime?.seconds ?? 0) * 1000,
        }));
    },
  };
}

function numberOf(name: string | null | undefined): string {
  return name?.split('/').at(-1) ?? '';
}

function unless(...codes: readonly number[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes(grpcCode(error))) throw error as Error;
  };
}

/** Loaded when it is first needed, not with the function: most instances never need it, and it is slow to load. */
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
