import { assertFails, type RulesTestEnvironment } from '@firebase/rules-unit-testing';
import {
  addDoc,
  collection,
  collectionGroup,
  deleteDoc,
  doc,
  getDoc,
  getDocs,
  limit,
  query,
  runTransaction,
  setDoc,
  setLogLevel,
  updateDoc,
  where,
  writeBatch,
  type Firestore,
} from 'firebase/firestore';

setLogLevel('silent');

/** Every collection of the product, and one that nobody has thought of yet. */
const collections = [
  'callbacks',
  'callbackSettings',
  'queues',
  'pushNotifications',
  'pushCredentials',
  'retiredPushCredentials',
  'auditLog',
  'apiKeys',
  'rateLimits',
  'callInRequests',
  'idempotency',
  'anythingElse',
];

const claims = { role: 'administrator', email: 'ada@example.com', email_verified: true };

/** Everybody who can come by Firestore's own API: rules bind them all, whatever they claim to be. */
const people = {
  'nobody signed in': (room: RulesTestEnvironment) => room.unauthenticatedContext(),
  'somebody signed in': (room: RulesTestEnvironment) => room.authenticatedContext('user-1'),
  'a developer': (room: RulesTestEnvironment) => room.authenticatedContext('user-2', { ...claims, role: 'developer' }),
  'an administrator': (room: RulesTestEnvironment) => room.authenticatedContext('user-3', claims),
};

const attempts: Readonly<Record<string, (db: Firestore, name: string) => Promise<unknown>>> = {
  get: (db, name) => getDoc(doc(db, name, 'one')),
  list: (db, name) => getDocs(query(collection(db, name), limit(1))),
  query: (db, name) => getDocs(query(collection(db, name), where('serviceName', '==', 'support'))),
  'query all of that name': (db, name) => getDocs(collectionGroup(db, name)),
  create: (db, name) => addDoc(collection(db, name), { serviceName: 'support' }),
  set: (db, name) => setDoc(doc(db, name, 'one'), { serviceName: 'support' }),
  update: (db, name) => updateDoc(doc(db, name, 'one'), { callbackState: 'ROUTING' }),
  delete: (db, name) => deleteDoc(doc(db, name, 'one')),
  batch: (db, name) =>
    writeBatch(db)
      .set(doc(db, name, 'two'), {})
      .commit(),
  transaction: (db, name) => runTransaction(db, (transaction) => transaction.get(doc(db, name, 'one'))),
  'get what lies below': (db, name) => getDoc(doc(db, name, 'one', 'below', 'two')),
};

/** The same table for Google's emulator and for the local Firestore: not one request of all these passes. */
export function refusesEverybody(room: () => RulesTestEnvironment): void {
  describe.each(Object.entries(people))('%s', (_, person) => {
    test.each(collections)('gets at nothing of %s', async (name) => {
      const db = person(room()).firestore() as unknown as Firestore;
      const refused = Object.values(attempts).map((attempt) => assertFails(attempt(db, name)));
      await Promise.all(refused);
    });
  });
}
