import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { isDocumentId } from '../callback/fields.ts';

/** What a key may do; an app that consumers hold gets `call-in` and nothing else. */
export const scopes = ['callbacks:write', 'callbacks:read', 'call-in', 'publish'] as const;
export type Scope = (typeof scopes)[number];

export const defaultRequestsPerMinute = 600;
const maxNameLength = 100;
const maxQueues = 100;

/** What an administrator says of a new key. */
export const newKeySchema = v.object({
  name: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty('must not be empty'),
    v.maxLength(maxNameLength, `must have at most ${maxNameLength} characters`),
  ),
  scopes: v.pipe(v.array(v.picklist(scopes)), v.nonEmpty('must name at least one')),
  queues: v.nullish(
    v.pipe(
      v.array(
        v.pipe(
          v.string(),
          v.nonEmpty('must not be empty'),
          v.maxLength(256, 'is too long'),
          v.check(isDocumentId, 'must be the name of a queue'),
        ),
      ),
      v.nonEmpty('must name at least one, or be left out'),
      v.maxLength(maxQueues, `must name at most ${maxQueues}`),
    ),
  ),
  requestsPerMinute: v.nullish(
    v.pipe(
      v.number(),
      v.integer('must be a whole number'),
      v.minValue(1, 'must be ≥ 1'),
      v.maxValue(60_000, 'must be ≤ 60000'),
    ),
  ),
});
export type NewKey = v.InferOutput<typeof newKeySchema>;

/** What is known of a key. Times are ISO 8601. */
export interface ApiKey {
  /** Public part of the key: names it on lists and in the log. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The only queues that it sees; null = all. */
  readonly queues: readonly string[] | null;
  readonly requestsPerMinute: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  readonly lastUsedAt: string | null;
}

/** What anybody gets to see of it; `key` is its beginning. */
export type PublicKey = ApiKey & { readonly key: string };

/** As it is stored, `apiKeys/{id}`: the key itself is nowhere. */
export interface StoredKey extends ApiKey {
  /** SHA-256 of the key; with 256 random bits in it no slower hash is needed. */
  readonly hash: string;
}

const idLength = 12;
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Makes a key. It is shown once, to whoever asked for it, and only its hash is kept. */
export function newApiKey(request: NewKey, by: string, now: number): { key: string; stored: StoredKey } {
  // A byte taken modulo 31 favours a few letters; the id is public, so that does not matter.
  const id = Array.from(randomBytes(idLength), (byte) => alphabet[byte % alphabet.length]).join('');
  const key = `cbp_${id}_${randomBytes(32).toString('base64url')}`;
  const { name, scopes: granted, queues, requestsPerMinute } = request;
  const stored: StoredKey = {
    id,
    name,
    scopes: scopes.filter((scope) => granted.includes(scope)),
    queues: queues ?? null,
    requestsPerMinute: requestsPerMinute ?? defaultRequestsPerMinute,
    createdAt: new Date(now).toISOString(),
    createdBy: by,
    revokedAt: null,
    revokedBy: null,
    lastUsedAt: null,
    hash: hashOf(key),
  };
  return { key, stored };
}

/** The public part of what looks like a key; undefined for anything else, which is then not looked up. */
export function idOf(key: string): string | undefined {
  return /^cbp_([a-z0-9]{12})_[\w-]{43}$/.exec(key)?.[1];
}

/** Whether this is that key and still good. It takes the same time wherever the first difference is. */
export function isGood(key: string, stored: StoredKey): boolean {
  const given = Buffer.from(hashOf(key), 'hex');
  const known = Buffer.from(stored.hash, 'hex');
  return given.length === known.length && timingSafeEqual(given, known) && stored.revokedAt === null;
}

/** How a key is shown: enough to recognise it. */
export function masked(id: string): string {
  return `cbp_${id}_…`;
}

export function publicFacts({ id, name, scopes: granted, queues, requestsPerMinute, ...times }: ApiKey): PublicKey {
  const { createdAt, createdBy, revokedAt, revokedBy, lastUsedAt } = times;
  const when = { createdAt, createdBy, revokedAt, revokedBy, lastUsedAt };
  return { id, key: masked(id), name, scopes: granted, queues, requestsPerMinute, ...when };
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
