import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import * as grpc from '@grpc/grpc-js';
import { readConfig } from '../../functions/src/base/config.ts';
import { createCredentialSource } from '../../functions/src/credentials/source.ts';
import { createCredentialStore } from '../../functions/src/credentials/store.ts';
import { createGoogleServices } from '../../functions/src/google/google-services.ts';
import type { PublicFacts } from '../../functions/src/credentials/service-account.ts';
import { startSecretManager, type SecretManager } from '../../local/secret-manager.ts';
import { project, useLocalFirestore } from './firestore-support/local-firestore.ts';

const firestore = useLocalFirestore();
const graceMs = 24 * 3600_000;
let manager: SecretManager;
let client: SecretManagerServiceClient;

beforeAll(async () => {
  manager = await startSecretManager({ port: 0 });
  client = new SecretManagerServiceClient({
    apiEndpoint: '127.0.0.1',
    port: manager.port,
    sslCreds: grpc.credentials.createInsecure(),
    clientOptions: { universeDomain: 'googleapis.com' },
  });
});
afterAll(async () => {
  await client.close();
  await manager.stop();
});
beforeEach(async () => {
  await firestore.db.recursiveDelete(firestore.db.collection('pushCredentials'));
  await firestore.db.recursiveDelete(firestore.db.collection('retiredPushCredentials'));
});

let secrets = 0;

/** A store over a secret of its own, with a clock that stands still until it is turned. */
function createRoom() {
  const CREDENTIALS_SECRET = `credentials-${(secrets += 1)}`;
  const SECRET_MANAGER_ADDRESS = `127.0.0.1:${manager.port}`;
  const config = readConfig({
    GCLOUD_PROJECT: project,
    FUNCTIONS_EMULATOR: 'true',
    CREDENTIALS_SECRET,
    SECRET_MANAGER_ADDRESS,
    FIRESTORE_EMULATOR_HOST: firestore.host,
  });
  const now = () => Date.now();
  const { documents, secretManager } = createGoogleServices(config, { now, random: () => 0 });
  const start = Date.now();
  const store = createCredentialStore(firestore.db, config, () => start);
  const parent = `projects/${project}/secrets/${CREDENTIALS_SECRET}`;
  return {
    store,
    parent,
    beforeGraceEnds: start + graceMs - 60_000,
    afterGrace: start + graceMs + 60_000,
    /** What an update does on its last two rungs. */
    update: async (name: string, expected: string | null) => {
      const version = await store.add(name);
      return { version, outcome: await store.activate({ version, facts: factsOf(name), by: 'ada', expected }) };
    },
    /** As the sender reads it. */
    payload: (version: string) => createCredentialSource(documents, secretManager, config).payload(version),
    usable: async () => {
      const [versions] = await client.listSecretVersions({ parent });
      return versions
        .filter(({ state }) => state === 'ENABLED')
        .map(({ name }) => name?.split('/').at(-1))
        .toSorted();
    },
    onNotice: async () =>
      (await firestore.db.collection('retiredPushCredentials').get()).docs.map(({ id }) => id).toSorted(),
  };
}

const factsOf = (name: string): PublicFacts => ({
  projectId: 'p',
  clientEmail: 'c',
  privateKey: 'k',
  fingerprint: `SHA256:${name}`,
});

test('a version that was stored and never put in force is destroyed when its grace period is over', async () => {
  const { store, update, usable, onNotice, beforeGraceEnds, afterGrace } = createRoom();
  await update('first', null);
  const abandoned = await store.add('abandoned');
  expect(await onNotice()).toEqual([abandoned]);
  expect(await store.destroyRetired(beforeGraceEnds)).toBe(0);
  expect(await usable()).toEqual(['1', '2']);
  expect(await store.destroyRetired(afterGrace)).toBe(1);
  expect([await usable(), await onNotice()]).toEqual([['1'], []]);
});

test('even where nothing was ever put in force', async () => {
  const { store, usable, onNotice, afterGrace } = createRoom();
  await store.add('abandoned');
  await store.destroyRetired(afterGrace);
  expect([await usable(), await onNotice()]).toEqual([[], []]);
});

test('a version whose number nobody ever learned is destroyed too, and no sooner', async () => {
  const { store, parent, update, usable, beforeGraceEnds, afterGrace } = createRoom();
  await update('first', null);
  await client.addSecretVersion({ parent, payload: { data: Buffer.from('the answer to this was lost') } });
  await store.destroyRetired(beforeGraceEnds);
  expect(await usable()).toEqual(['1', '2']);
  await store.destroyRetired(afterGrace);
  expect(await usable()).toEqual(['1']);
});

test('no version is destroyed for being unknown while it is not known which one is in force', async () => {
  const { store, update, usable, afterGrace } = createRoom();
  await update('first', null);
  await firestore.db.doc('pushCredentials/active').delete();
  await store.destroyRetired(afterGrace);
  expect(await usable()).toEqual(['1']);
});

test('what is put in force is on notice no more; what it replaces is', async () => {
  const { store, payload, update, usable, onNotice, afterGrace } = createRoom();
  await update('first', null);
  expect(await onNotice()).toEqual([]);
  await update('second', '1');
  expect(await onNotice()).toEqual(['1']);
  expect(await store.destroyRetired(afterGrace)).toBe(1);
  expect([await usable(), await onNotice()]).toEqual([['2'], []]);
  expect(await payload('2')).toBe('second');
});

test('the version in force is never destroyed, whatever is on notice', async () => {
  const { store, update, usable, onNotice } = createRoom();
  const { version } = await update('first', null);
  await firestore.db.doc(`retiredPushCredentials/${version}`).set({ version, destroyAt: new Date(0) });
  await store.destroyRetired(Date.now());
  expect([await usable(), await onNotice()]).toEqual([[version], []]);
});

test('a commit whose answer was lost is known again when it is made anew', async () => {
  const { store, update, onNotice } = createRoom();
  await update('first', null);
  const { version, outcome } = await update('second', '1');
  const again = await store.activate({ version, facts: factsOf('second'), by: 'ada', expected: '1' });
  expect(again).toEqual(outcome);
  expect(await onNotice()).toEqual(['1']);
});

test('a secret that was deleted and made anew counts from 1 again, and its first version stays', async () => {
  const { store, payload, parent, update, usable, onNotice, afterGrace } = createRoom();
  await update('first', null);
  await update('second', '1');
  await client.deleteSecret({ name: parent });
  const { version, outcome } = await update('third', '2');
  expect([version, outcome]).toMatchObject(['1', { activation: { version: '1', fingerprint: 'SHA256:third' } }]);
  expect(await onNotice()).toEqual(['2']);
  await store.destroyRetired(afterGrace);
  expect([await usable(), await payload('1')]).toEqual([['1'], 'third']);
});

test('a secret that was made anew replaces even the same number', async () => {
  const { store, payload, parent, update, afterGrace } = createRoom();
  await update('first', null);
  await client.deleteSecret({ name: parent });
  const { outcome } = await update('second', '1');
  expect(outcome).toMatchObject({ activation: { version: '1', fingerprint: 'SHA256:second' } });
  await store.destroyRetired(afterGrace);
  expect(await payload('1')).toBe('second');
});

test('who comes second is told of the first, and what they stored can be taken back', async () => {
  const { store, update, usable, onNotice } = createRoom();
  await update('first', null);
  const { version, outcome } = await update('late', null);
  expect(outcome).toMatchObject({ meanwhile: { version: '1', updatedBy: 'ada' } });
  await store.destroy(version);
  expect([await usable(), await onNotice()]).toEqual([['1'], []]);
});

test('there is nothing to destroy before the secret was ever made', async () => {
  const { store, afterGrace } = createRoom();
  await firestore.db.doc('pushCredentials/active').set({ version: '1' });
  expect(await store.destroyRetired(afterGrace)).toBe(0);
});
