import type * as FirestoreClient from '@google-cloud/firestore';
import { Firestore } from '../../../local/functions-firestore.ts';
import type { FirestoreOptions } from '../../../local/firestore/server.ts';
import { freshId, LocalFirestore } from './local-firestore.ts';

/** A server for the tests of a file, and databases on it, as the functions reach theirs. */
export function useFunctionsFirestore(options: Omit<FirestoreOptions, 'port'> = {}) {
  const local = new LocalFirestore();
  const clients: FirestoreClient.Firestore[] = [];
  beforeAll(() => local.start(options));
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.terminate()));
    await local.stop();
  });
  return {
    local,
    /** A client of an empty database, or one more of the same database. */
    db(projectId = `demo-${freshId()}`): FirestoreClient.Firestore {
      const client = new Firestore({ projectId, host: local.host, ssl: false });
      clients.push(client);
      return client;
    },
  };
}
