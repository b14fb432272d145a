import type { Firestore } from '@google-cloud/firestore';
import type { StoredKey } from './api-key.ts';

/** `apiKeys/{id}`. */
export interface ApiKeyStore {
  add(key: StoredKey): Promise<void>;
  /** One read. */
  read(id: string): Promise<StoredKey | undefined>;
  /** Newest first; the revoked ones too. */
  list(limit: number): Promise<readonly StoredKey[]>;
  /** undefined where there is no such key; one that was revoked before stays as it was. */
  revoke(id: string, by: string, at: string): Promise<StoredKey | undefined>;
  used(id: string, at: string): Promise<void>;
}

export function createApiKeyStore(db: Firestore): ApiKeyStore {
  const keys = db.collection('apiKeys');
  return {
    async add(key) {
      await keys.doc(key.id).create({ ...key });
    },
    async read(id) {
      // Only this module writes them.
      return (await keys.doc(id).get()).data() as StoredKey | undefined;
    },
    async list(limit) {
      const found = await keys.orderBy('createdAt', 'desc').limit(limit).get();
      return found.docs.map((document) => document.data() as StoredKey);
    },
    async revoke(id, by, at) {
      return db.runTransaction(async (transaction) => {
        const key = (await transaction.get(keys.doc(id))).data() as StoredKey | undefined;
        if (!key || key.revokedAt !== null) return key;
        const revoked = { ...key, revokedAt: at, revokedBy: by };
        transaction.update(keys.doc(id), { revokedAt: at, revokedBy: by });
        return revoked;
      });
    },
    async used(id, at) {
      await keys.doc(id).update({ lastUsedAt: at });
    },
  };
}
