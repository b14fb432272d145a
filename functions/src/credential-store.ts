import type { Firestore } from '@google-cloud/firestore';
import type { Config } from './config.ts';
import type { CredentialStore } from './key-vault.ts';

/** Public facts of the credentials in force; the key itself is in Secret Manager only. */
export const activeCredentials = 'pushCredentials/active';

/** One Firestore read for the active version, one Secret Manager call for a payload. */
export function createCredentialStore(db: Firestore, config: Config): CredentialStore {
  let client: ReturnType<typeof connect> | undefined;
  return {
    async activeVersion() {
      const version: unknown = (await db.doc(activeCredentials).get()).get('version');
      return typeof version === 'string' ? version : undefined;
    },
    async payload(version) {
      client ??= connect(config.secretManager);
      const name = `projects/${config.projectId}/secrets/${config.credentialsSecret}/versions/${version}`;
      const [answer] = await (await client).accessSecretVersion({ name });
      return Buffer.from(answer.payload?.data ?? '').toString('utf8');
    },
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
  });
}
