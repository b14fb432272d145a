import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { registerCredentials } from '../../local/credentials.ts';
import { startFirestore, type FirestoreProcess } from './firestore.ts';
import { startGoogle, type Google } from './google.ts';
import { projectId, secretId } from './project.ts';

export const root = path.resolve(import.meta.dirname, '../..');
/** Where a run leaves what it found, and what it deploys. */
export const benchFolder = path.join(root, '.local/bench');

/** Everything that an instance of the functions talks to, each server in a process of its own. */
export interface World {
  readonly firestore: FirestoreProcess;
  readonly google: Google;
  /** A file with the certificate that the FCM of the bench shows. */
  readonly certificateFile: string;
  stop(): Promise<void>;
}

/** The queue of all callbacks. */
export const serviceName = 'bench';

export async function createWorld(): Promise<World> {
  await mkdir(benchFolder, { recursive: true });
  const [firestore, google] = await Promise.all([startFirestore(), startGoogle()]);
  const certificateFile = path.join(benchFolder, 'certificate.pem');
  await writeFile(certificateFile, google.certificate);
  const { secretManagerPort, account } = google;
  await registerCredentials({ projectId, secretId, secretManagerPort, firestorePort: firestore.port }, account);
  await firestore.db.doc(`callbackSettings/${serviceName}`).set({ pushNotificationThresholdMinutes: 5 });
  return {
    firestore,
    google,
    certificateFile,
    async stop() {
      await Promise.all([firestore.stop(), google.stop()]);
    },
  };
}
