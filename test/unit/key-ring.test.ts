import { ApiError } from '../../functions/src/base/api-error.ts';
import { idOf, newApiKey, publicFacts, type StoredKey } from '../../functions/src/keys/api-key.ts';
import { createKeyRing } from '../../functions/src/keys/key-ring.ts';
import { hour, minute, monday } from '../support/builders.ts';

/** A key ring over keys in memory, with a record of what was read and recorded. */
function room() {
  const { key, stored } = newApiKey({ name: 'App', scopes: ['call-in'] }, 'ada@example.com', monday);
  const keys = new Map<string, StoredKey>([[stored.id, stored]]);
  const state = { now: monday, failing: false };
  const read: string[] = [];
  const used: string[] = [];
  const reported: unknown[] = [];
  const ring = createKeyRing({
    async read(id) {
      read.push(id);
      await Promise.resolve();
      if (state.failing) throw new Error('UNAVAILABLE');
      return keys.get(id);
    },
    async used(_, at) {
      await Promise.resolve();
      if (state.failing) throw new Error('UNAVAILABLE');
      used.push(at);
    },
    now: () => state.now,
    maxAgeMs: minute,
    report: (error) => reported.push(error),
  });
  const codeOf = (given: string | undefined) =>
    ring(given).then(
      ({ id }) => id,
      (error: unknown) => (error instanceof ApiError ? error.body.error.code : 'bug'),
    );
  const revoke = () => keys.set(stored.id, { ...stored, revokedAt: 'now', revokedBy: 'ada@example.com' });
  return { key, stored, keys, state, read, used, reported, codeOf, revoke };
}

test('a key is random, recognisable, and kept as a hash only', () => {
  const made = Array.from({ length: 50 }, () => newApiKey({ name: 'x', scopes: ['publish'] }, 'ada', monday));
  expect(new Set(made.map(({ key }) => key)).size).toBe(50);
  for (const { key, stored } of made) {
    expect(key).toMatch(/^cbp_[a-z2-9]{12}_[\w-]{43}$/);
    expect(idOf(key)).toBe(stored.id);
    expect(JSON.stringify([stored, publicFacts(stored)])).not.toContain(key.slice(17));
    expect(publicFacts(stored)).toMatchObject({ key: `cbp_${stored.id}_…` });
    expect(publicFacts(stored)).not.toHaveProperty('hash');
  }
});

test('a good key is known by one read a minute', async () => {
  const { key, stored, state, read, codeOf } = room();
  expect(await codeOf(key)).toBe(stored.id);
  expect(await codeOf(key)).toBe(stored.id);
  state.now += minute - 1;
  await codeOf(key);
  expect(read).toHaveLength(1);
  state.now += 1;
  await codeOf(key);
  expect(read).toHaveLength(2);
});

test('a revoked key works a minute at most', async () => {
  const { key, stored, state, codeOf, revoke } = room();
  await codeOf(key);
  revoke();
  expect(await codeOf(key)).toBe(stored.id);
  state.now += minute;
  expect(await codeOf(key)).toBe('api-key-invalid');
});

test('no key, no real key, and another secret behind a real id are refused; only the last costs a read', async () => {
  const { key, read, codeOf } = room();
  expect(await codeOf(undefined)).toBe('api-key-missing');
  expect(await codeOf('')).toBe('api-key-missing');
  for (const wrong of ['x', 'cbp_x', `${key}x`, key.toUpperCase()]) expect(await codeOf(wrong)).toBe('api-key-invalid');
  expect(read).toEqual([]);
  const other = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
  expect(await codeOf(other)).toBe('api-key-invalid');
  expect(await codeOf(other)).toBe('api-key-invalid');
  expect(read).toHaveLength(1);
});

test('its use is recorded once an hour, and a record that fails refuses nobody', async () => {
  const { key, stored, keys, state, used, reported, codeOf } = room();
  await codeOf(key);
  keys.set(stored.id, { ...stored, lastUsedAt: used[0] ?? null });
  for (let minutes = 1; minutes < 60; minutes++) {
    state.now += minute;
    await codeOf(key);
  }
  expect(used).toEqual([new Date(monday).toISOString()]);
  state.now = monday + hour;
  await codeOf(key);
  expect(used).toHaveLength(2);
  state.now += hour;
  await codeOf(key);
  state.now += hour - 1;
  await codeOf(key);
  state.failing = true;
  state.now += 1;
  expect(await codeOf(key)).toBe(stored.id);
  expect([used.length, reported.length]).toEqual([3, 1]);
});
