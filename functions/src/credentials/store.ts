import type { DocumentSnapshot, Firestore, Timestamp } from '@google-cloud/firestore';
import type { Config } from '../base/config.ts';
import { activeCredentials } from './source.ts';
import { createSecretVersions } from './secret-versions.ts';
import type { PublicFacts } from './service-account.ts';

/** Versions on notice: they still work until their grace period is over, one document each. */
const retiredCredentials = 'retiredPushCredentials';

export interface LastTest {
  readonly at: string;
  readonly by: string;
  readonly result: 'arrived' | 'failed';
  readonly code: string | null;
}

/** What is known of the credentials in force: `pushCredentials/active`. Times are ISO 8601. */
export interface Activation extends PublicFacts {
  readonly version: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly lastTest: LastTest | null;
}

export interface ActivationRequest {
  readonly version: string;
  readonly facts: PublicFacts;
  readonly by: string;
  /** The version that must still be in force, null for none. */
  readonly expected: string | null;
}

/** What the administrators' side does with credentials. */
export interface CredentialStore {
  /** A new version of the secret, on notice until it is put in force. @throws {CredentialError} */
  add(payload: string): Promise<string>;
  /** Puts a version in force and takes it off notice, and the former one on it, unless another one is in force than was expected. */
  activate(request: ActivationRequest): Promise<{ activation: Activation } | { meanwhile: Activation }>;
  /** Destroys a version for good. */
  destroy(version: string): Promise<void>;
  active(): Promise<Activation | undefined>;
  recordTest(version: string, lastTest: LastTest): Promise<void>;
  /** Destroys the versions that are not in force and whose grace period is over. Returns how many. */
  destroyRetired(now: number): Promise<number>;
}

export function createCredentialStore(db: Firestore, config: Config, now: () => number): CredentialStore {
  const versions = createSecretVersions(config);
  const active = db.doc(activeCredentials);
  const retired = db.collection(retiredCredentials);
  const notice = (version: string) => ({ version, destroyAt: new Date(now() + config.graceMs) });

  return {
    async add(payload) {
      const version = await versions.add(payload);
      // On notice until it is put in force: whatever happens in between leaves nothing usable behind.
      await retired.doc(version).set(notice(version));
      return version;
    },

    async activate({ version, facts, by, expected }) {
      return db.runTransaction(async (transaction) => {
        const former = activationOf(await transaction.get(active));
        // A commit whose answer was lost is tried again, and finds what it wrote itself.
        if (former?.version === version && former.fingerprint === facts.fingerprint) return { activation: former };
        if (former && former.version !== expected) return { meanwhile: former };
        const activation: Activation = {
          ...facts,
          version,
          updatedAt: new Date(now()).toISOString(),
          updatedBy: by,
          lastTest: null,
        };
        transaction.set(active, activation);
        // Numbers begin anew with a new secret: what is in force is never on notice.
        transaction.delete(retired.doc(version));
        if (former && former.version !== version) transaction.set(retired.doc(former.version), notice(former.version));
        return { activation };
      });
    },

    async destroy(version) {
      await versions.destroy(version);
      await retired.doc(version).delete();
    },

    async active() {
      return activationOf(await active.get());
    },

    async recordTest(version, lastTest) {
      await db.runTransaction(async (transaction) => {
        const current = activationOf(await transaction.get(active));
        if (current?.version === version) transaction.update(active, { lastTest });
      });
    },

    async destroyRetired(at) {
      const notices = (await retired.get()).docs;
      const inForce = activationOf(await active.get())?.version;
      const due = notices.filter((document) => (document.get('destroyAt') as Timestamp).toMillis() <= at);
      for (const document of due) {
        if (document.id !== inForce) await versions.destroy(document.id);
        await document.ref.delete();
      }
      const known = new Set([inForce, ...notices.map(({ id }) => id)]);
      // Where nothing is in force the database may have been lost, and nobody knows which version is still wanted.
      const strays = inForce === undefined ? [] : await straysAmong(known, at - config.graceMs);
      for (const version of strays) await versions.destroy(version);
      return due.length + strays.length;
    },
  };

  /** Versions of which nobody knows: the answer to the call that made them was lost. */
  async function straysAmong(known: ReadonlySet<string | undefined>, madeBefore: number): Promise<readonly string[]> {
    const enabled = await versions.enabled();
    return enabled
      .filter(({ version, createdAt }) => !known.has(version) && createdAt <= madeBefore)
      .map(({ version }) => version);
  }
}

/** Only this module writes the document, or the local stack in its words. */
function activationOf(snapshot: DocumentSnapshot): Activation | undefined {
  return snapshot.exists ? (snapshot.data() as Activation) : undefined;
}
