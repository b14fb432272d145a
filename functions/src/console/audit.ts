import type { Firestore } from '@google-cloud/firestore';

/** Who did what, when, and how it ended: `auditLog/{id}`. Never a secret. */
export interface AuditRecord {
  readonly at: string;
  readonly by: string;
  readonly action: 'credentials-update' | 'credentials-test' | 'api-key-create' | 'api-key-revoke';
  readonly result: 'succeeded' | 'failed';
  readonly code: string | null;
  readonly projectId: string | null;
  /** Public part of the API key that it was about. */
  readonly apiKeyId?: string;
}

export interface AuditLog {
  add(record: AuditRecord): Promise<void>;
  /** Newest first. */
  newest(limit: number): Promise<readonly (AuditRecord & { readonly id: string })[]>;
}

/** A Firestore TTL policy on `expireAt` removes records after this. */
const keepMs = 365 * 24 * 3600_000;

export function createAuditLog(db: Firestore): AuditLog {
  const records = db.collection('auditLog');
  return {
    async add(record) {
      await records.add({ ...record, expireAt: new Date(Date.parse(record.at) + keepMs) });
    },
    async newest(limit) {
      const found = await records.orderBy('at', 'desc').limit(limit).get();
      return found.docs.map((document) => {
        const { at, by, action, result, code, projectId, apiKeyId } = document.data() as AuditRecord;
        return { id: document.id, at, by, action, result, code, projectId, ...(apiKeyId && { apiKeyId }) };
      });
    },
  };
}
