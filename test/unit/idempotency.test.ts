import { ApiError } from '../../functions/src/base/api-error.ts';
import { once, rememberMs, type AnswerRecord, type FormerAnswer } from '../../functions/src/engagement/idempotency.ts';
import { monday } from '../support/builders.ts';

/** Records in memory, written only where there is none. */
function room() {
  const records = new Map<string, Omit<FormerAnswer, 'forget'>>();
  const state = {
    now: monday,
    done: 0,
    refusal: undefined as ApiError | undefined,
    /** Whoever is next to remove a record tells that it begins, and waits. */
    slow: undefined as { readonly begun: () => void; readonly end: Promise<void> } | undefined,
  };
  const act = async (recordFor: (answer: { id: number }) => AnswerRecord) => {
    await Promise.resolve();
    if (state.refusal) throw state.refusal;
    const answer = { id: state.done + 1 };
    const { id, fields } = recordFor(answer);
    if (records.has(id)) throw Object.assign(new Error('there'), { code: 6 });
    records.set(id, fields as unknown as FormerAnswer);
    state.done += 1;
    return answer;
  };
  const ask = (changes: object = {}) => {
    const repeatable = { keyId: 'key', operation: 'create', idempotencyKey: 'one', request: { a: 1 }, ...changes };
    const find = (id: string) => {
      const record = records.get(id);
      const forget = async () => {
        const { slow } = state;
        state.slow = undefined;
        slow?.begun();
        await slow?.end;
        if (records.get(id) === record) records.delete(id);
      };
      return Promise.resolve(record && { ...record, forget });
    };
    return once(repeatable, state.now, act, find).catch((error: unknown) =>
      error instanceof ApiError ? error.body.error.code : error,
    );
  };
  return { state, ask };
}

test('a repetition is answered as the first time was, and done once', async () => {
  const { state, ask } = room();
  expect([await ask(), await ask(), await ask()]).toEqual([{ id: 1 }, { id: 1 }, { id: 1 }]);
  expect(state.done).toBe(1);
});

test('also where the first time has used up what the second would need', async () => {
  const { state, ask } = room();
  await ask();
  state.refusal = new ApiError('capacity-exhausted', 'full');
  expect(await ask()).toEqual({ id: 1 });
  expect(await ask({ idempotencyKey: 'two' })).toBe('capacity-exhausted');
});

test('another key, operation or caller is another time; another request with the same key is refused', async () => {
  const { ask } = room();
  await ask();
  expect(await ask({ keyId: 'other' })).toEqual({ id: 2 });
  expect(await ask({ operation: 'call-in' })).toEqual({ id: 3 });
  expect(await ask({ idempotencyKey: 'two' })).toEqual({ id: 4 });
  expect(await ask({ request: { a: 2 } })).toBe('idempotency-key-reused');
});

test('a refusal is not remembered', async () => {
  const { state, ask } = room();
  state.refusal = new ApiError('queue-closed', 'closed');
  expect(await ask()).toBe('queue-closed');
  state.refusal = undefined;
  expect(await ask()).toEqual({ id: 1 });
});

test('after a day the key may be used anew', async () => {
  const { state, ask } = room();
  await ask();
  state.now += rememberMs - 1;
  expect(await ask()).toEqual({ id: 1 });
  state.now += 1;
  expect(await ask()).toEqual({ id: 2 });
});

test('whoever is slow to remove an expired record does not remove the next one', async () => {
  const { state, ask } = room();
  await ask();
  state.now += rememberMs;
  const [begun, end] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  state.slow = {
    begun() {
      begun.resolve(undefined);
    },
    end: end.promise.then(() => undefined),
  };
  const slow = ask();
  await begun.promise;
  const fast = await ask();
  end.resolve(undefined);
  expect([await slow, fast, state.done]).toEqual([{ id: 2 }, { id: 2 }, 2]);
});
