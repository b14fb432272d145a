import type { Config } from '../base/config.ts';
import { createDocuments, type Documents } from './documents.ts';
import { createGoogleApi, type GoogleApi } from './google-api.ts';
import { createHttpClient } from './http-client.ts';
import { createOwnToken, noToken, ownerOfEmulator, type OwnToken } from './own-token.ts';

/** Google's services that a push needs beside FCM, as the functions' own service account. */
export interface GoogleServices {
  readonly documents: Documents;
  readonly secretManager: GoogleApi;
  /**
   * Begins with what the first call will need, while the function is still being loaded. A failure is not shown: the
   * first call is repeated until the token is there.
   */
  readonly prepare: () => void;
}

export interface Surroundings {
  readonly now: () => number;
  readonly random: () => number;
}

/** Calls in flight from one instance; each has a connection of its own. An instance has 80 events at most. */
const maxInFlight = 100;
/** Two documents of 1 MiB, in JSON, with all that may have to be escaped. */
const longestAnswer = 16 * 1024 * 1024;

/** Google's, or what stands in for them on one's own machine. Does no I/O. */
export function createGoogleServices(config: Config, { now, random }: Surroundings): GoogleServices {
  const { projectId, firestoreEmulator, secretManager, metadataServer: host } = config;
  const client = createHttpClient(maxInFlight, { longestAnswer });
  const ownToken = createOwnToken({ host, client, now });
  const api = (baseUrl: string, token: OwnToken) => createGoogleApi({ baseUrl, client, token, random });
  return {
    documents: createDocuments(
      firestoreEmulator
        ? api(`http://${firestoreEmulator}`, ownerOfEmulator)
        : api('https://firestore.googleapis.com', ownToken),
      projectId,
    ),
    secretManager: secretManager
      ? api(`http://${secretManager.host}:${secretManager.port}`, noToken)
      : api('https://secretmanager.googleapis.com', ownToken),
    prepare() {
      if (!firestoreEmulator) ownToken.get().catch(() => undefined);
    },
  };
}
