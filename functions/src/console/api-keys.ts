import type { Manager } from './access.ts';
import { ApiError } from '../base/api-error.ts';
import type { ApiKeyStore } from '../keys/store.ts';
import { newApiKey, publicFacts, type NewKey, type PublicKey } from '../keys/api-key.ts';
import type { AuditLog, AuditRecord } from './audit.ts';

/** API keys as administrators make, list and revoke them. Developers see the list. */
export interface ApiKeyAdministration {
  /** Those that work first, each kind the newest first. */
  list(): Promise<readonly PublicKey[]>;
  /** The key itself is in this answer and nowhere else. @throws {ApiError} */
  create(request: NewKey, by: Manager): Promise<{ key: string; apiKey: object }>;
  /** @throws {ApiError} */
  revoke(id: string, by: Manager): Promise<object>;
}

/** Keys that are looked at, the newest ones. */
const listLimit = 1000;

export function createApiKeyAdministration(parts: {
  readonly store: ApiKeyStore;
  readonly audit: AuditLog;
  readonly now: () => number;
  /** A record that could not be made: for the log. What was done stays done. */
  readonly report: (error: unknown) => void;
}): ApiKeyAdministration {
  const { store, audit, now, report } = parts;
  const iso = () => new Date(now()).toISOString();
  const record = (by: string, action: AuditRecord['action'], apiKeyId: string) =>
    audit.add({ at: iso(), by, action, result: 'succeeded', code: null, projectId: null, apiKeyId }).catch(report);

  return {
    async list() {
      const keys = await store.list(listLimit);
      const isRevoked = ({ revokedAt }: { readonly revokedAt: string | null }) => Number(revokedAt !== null);
      return keys.toSorted((a, b) => isRevoked(a) - isRevoked(b)).map(publicFacts);
    },
    async create(request, by) {
      demandAdministrator(by);
      const { key, stored } = newApiKey(request, by.email, now());
      await store.add(stored);
      await record(by.email, 'api-key-create', stored.id);
      return { key, apiKey: publicFacts(stored) };
    },
    async revoke(id, by) {
      demandAdministrator(by);
      const revoked = await store.revoke(id, by.email, iso());
      if (!revoked) throw new ApiError('not-found', 'There is no API key of this id.');
      await record(by.email, 'api-key-revoke', id);
      return publicFacts(revoked);
    },
  };
}

function demandAdministrator({ role }: Manager): void {
  if (role !== 'administrator')
    throw new ApiError('administrator-only', 'Only administrators make and revoke API keys.');
}
