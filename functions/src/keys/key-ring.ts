import { ApiError } from '../base/api-error.ts';
import { idOf, isGood, type ApiKey, type StoredKey } from './api-key.ts';
import { remembering } from '../base/memory.ts';

export interface KeyRingParts {
  /** One read; undefined where there is no such key. */
  readonly read: (id: string) => Promise<StoredKey | undefined>;
  readonly used: (id: string, at: string) => Promise<void>;
  readonly now: () => number;
  /** How long a revoked key still works, and a new one that was asked for too early does not. */
  readonly maxAgeMs: number;
  /** Recording a use failed: for the log, and no reason to refuse anybody. */
  readonly report: (error: unknown) => void;
}

/** Who sends a request, by its key. @throws {ApiError} 401 */
export type KeyRing = (key: string | undefined) => Promise<ApiKey>;

const useRecordedEveryMs = 3600_000;

/** Keys by id, those that do not exist among them, read once and remembered for `maxAgeMs`; of each one the last use is recorded at most once an hour. */
export function createKeyRing({ read, used, now, maxAgeMs, report }: KeyRingParts): KeyRing {
  const look = remembering(read, { now, maxAgeMs });
  const recorded = new Map<string, number>();

  async function recordUse({ id, lastUsedAt }: StoredKey): Promise<void> {
    const last = Math.max(recorded.get(id) ?? 0, lastUsedAt === null ? 0 : Date.parse(lastUsedAt));
    if (now() - last < useRecordedEveryMs) return;
    recorded.set(id, now());
    await used(id, new Date(now()).toISOString()).catch(report);
  }

  return async (key) => {
    if (key === undefined || key === '') throw new ApiError('api-key-missing', 'Send your API key in x-api-key.');
    const id = idOf(key);
    const stored = id === undefined ? undefined : await look(id);
    if (!stored || !isGood(key, stored))
      throw new ApiError('api-key-invalid', 'This API key is not valid: it is mistyped, or was revoked.');
    await recordUse(stored);
    return stored;
  };
}
