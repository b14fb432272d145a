import { createRequire } from 'node:module';
import type * as FirestoreClient from '@google-cloud/firestore';

/**
 * The functions' own copy of the Firestore client, for whoever runs their code elsewhere: another copy's refuses the
 * Timestamps that it writes.
 */
export const { Firestore, Timestamp } = createRequire(new URL('../functions/package.json', import.meta.url))(
  '@google-cloud/firestore',
) as typeof FirestoreClient;
