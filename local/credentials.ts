import { Firestore } from '@google-cloud/firestore';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { credentials as grpcCredentials } from '@grpc/grpc-js';
import { publicFacts } from '../functions/src/credentials/service-account.ts';
import { host } from './ports.ts';
import type { ServiceAccountJson } from './oauth.ts';

export interface Registry {
  readonly projectId: string;
  readonly secretManagerPort: number;
  readonly firestorePort: number;
  readonly secretId: string;
}

/** Registers a service account as the credentials in force, as the Push Notification page does in the cloud. */
export async function registerCredentials(registry: Registry, account: ServiceAccountJson): Promise<void> {
  const { projectId, secretId } = registry;
  const secrets = new SecretManagerServiceClient({
    apiEndpoint: host,
    port: registry.secretManagerPort,
    sslCreds: grpcCredentials.createInsecure(),
    clientOptions: { universeDomain: 'googleapis.com' },
  });
  const db = localFirestore(projectId, registry.firestorePort);
  try {
    const secret = `projects/${projectId}/secrets/${secretId}`;
    await secrets
      .createSecret({ parent: `projects/${projectId}`, secretId, secret: { replication: { automatic: {} } } })
      .catch(unlessItExists);
    const payload = { data: Buffer.from(JSON.stringify(account)) };
    const [added] = await secrets.addSecretVersion({ parent: secret, payload });
    const version = added.name?.split('/').at(-1);
    const { project_id: id, client_email: clientEmail, private_key: privateKey } = account;
    await db.doc('pushCredentials/active').set({
      ...publicFacts({ projectId: id, clientEmail, privateKey }),
      version,
      updatedAt: new Date().toISOString(),
      updatedBy: 'the local stack',
      lastTest: null,
    });
  } finally {
    await Promise.all([secrets.close(), db.terminate()]);
  }
}

/** A client with an administrator's rights, like the Admin SDK's, to the local Firestore. */
export function localFirestore(projectId: string, port: number): Firestore {
  return new Firestore({
    projectId,
    host: `${host}:${port}`,
    ssl: false,
    customHeaders: { Authorization: 'Bearer owner' },
  });
}

const ALREADY_EXISTS = 6;

function unlessItExists(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS)) throw error;
}
