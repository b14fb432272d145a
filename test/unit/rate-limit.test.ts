import { ApiError } from '../../functions/src/base/api-error.ts';
import { createRateLimit, type RateLimitParts } from '../../functions/src/keys/rate-limit.ts';
import { minute, monday, second } from '../support/builders.ts';

const perMinute = 600;

/** Instances over one counter in memory. */
function room(instances: number) {
  const state = { now: monday, failing: false };
  const counters = new Map<string, number>();
  const leases: number[] = [];
  const reported: unknown[] = [];
  const lease: RateLimitParts['lease'] = async (keyId, inMinute, wanted, most) => {
    await Promise.resolve();
    if (state.failing) throw new Error('UNAVAILABLE');
    const counter = `${keyId} ${inMinute}`;
    const leased = counters.get(counter) ?? 0;
    const granted = Math.max(0, Math.min(wanted, most - leased));
    counters.set(counter, leased + granted);
    leases.push(granted);
    return granted;
  };
  const limits = Array.from({ length: instances }, () =>
    createRateLimit({ lease, now: () => state.now, report: (error) => reported.push(error) }),
  );
  const ask = async (index: number, keyId = 'key') => {
    try {
      await limits[index % instances]?.(keyId, perMinute);
      return 'served';
    } catch (error) {
      return error instanceof ApiError ? error.body.error : 'bug';
    }
  };
  const served = async (requests: number) =>
    (await Promise.all(Array.from({ length: requests }, (_, index) => ask(index)))).filter((a) => a === 'served')
      .length;
  return { state, leases, reported, ask, served };
}

test.each([1, 4, 20])('%d instances serve the limit and a twentieth of it each, at most', async (instances) => {
  const { served } = room(instances);
  const count = await served(5000);
  expect(count).toBeLessThanOrEqual(perMinute * (1 + instances / 20));
  expect(count).toBeGreaterThanOrEqual(perMinute);
});

test('a key that asks little costs nothing, and a busy one a lease for each thirtieth request', async () => {
  const { leases, served } = room(1);
  await served(30);
  expect(leases).toEqual([]);
  await served(300);
  expect(leases).toHaveLength(10);
});

test('the next minute is a new one; until then it is told how long to wait, and nothing more is asked of the database', async () => {
  const { state, leases, ask, served } = room(1);
  state.now += 20 * second;
  await served(1000);
  const asked = leases.length;
  expect(await ask(0)).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 40 });
  expect(leases).toHaveLength(asked);
  state.now = monday + minute;
  expect(await ask(0)).toBe('served');
});

test('one key does not use up another’s', async () => {
  const { ask, served } = room(1);
  await served(1000);
  expect(await ask(0, 'other')).toBe('served');
});

test('a counter that fails refuses nobody', async () => {
  const { state, reported, served } = room(1);
  state.failing = true;
  expect(await served(200)).toBe(200);
  expect(reported.length).toBeGreaterThan(0);
});
