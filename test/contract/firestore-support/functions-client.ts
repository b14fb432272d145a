import type * as FirestoreClient from '@google-cloud/firestore';
import { createDocuments, type Documents } from '../../../functions/src/google/documents.ts';
import { createGoogleApi } from '../../../functions/src/google/google-api.ts';
import { createHttpClient } from '../../../functions/src/google/http-client.ts';
import { ownerOfEmulator } from '../../../functions/src/google/own-token.ts';
import { Firestore } from '../../../local/functions-firestore.ts';
import type { FirestoreOptions } from '../../../local/firestore/server.ts';
import { freshId, LocalFirestore } from './local-firestore.ts';

/** A server for the tests of a file, and databases on it, as the functions reach theirs. */
export function useFunctionsFirestore(options: Omit<FirestoreOptions, 'port'> = {}) {
  const local = new LocalFirestore();
  const clients: FirestoreClient.Firestore[] = [];
  const client = createHttpClient(20);
  beforeAll(() => local.start(options));
  afterAll(async () => {
    await Promise.all(clients.map((opened) => opened.terminate()));
    client.destroy();
    await local.stop();
  });
  function db(projectId = `demo-${freshId()}`): FirestoreClient.Firestore {
    const opened = new Firestore({ projectId, host: local.host, ssl: false });
    clients.push(opened);
    return opened;
  }

  function documents(projectId: string): Documents {
    const token = ownerOfEmulator;
    const api = createGoogleApi({ baseUrl: `http://${local.host}`, client, token, random: () => 0 });
    return createDocuments(api, projectId);
  }

  return {
    local,
    /** A client of an empty database, or one more of the same database. */
    db,
    /** An empty database, by Google's client and by the functions' own. */
    database() {
      const projectId = `demo-${freshId()}`;
      return { db: db(projectId), documents: documents(projectId) };
    },
  };
}
