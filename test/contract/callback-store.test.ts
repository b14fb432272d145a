import type { Firestore } from '@google-cloud/firestore';
import {
  createCallbackReader,
  createWaitingCallbacks,
  documentOf,
  microsecondsOf,
} from '../../functions/src/callback/callback-store.ts';
import type { Documents } from '../../functions/src/google/documents.ts';
import type { StatusName } from '../../functions/src/base/failure.ts';
import { GoogleError } from '../../functions/src/google/google-api.ts';
import { useFunctionsFirestore } from './firestore-support/functions-client.ts';
import { until } from './firestore-support/local-firestore.ts';

const firestore = useFunctionsFirestore();

function room(server = firestore) {
  const { db, documents } = server.database();
  const store = { ...createCallbackReader(documents), ...createWaitingCallbacks(db) };
  return { db, store, callbacks: db.collection('callbacks') };
}

/** Writes one state of a callback after the other; returns the times of their writing, in microseconds. */
async function writeStates(db: Firestore, callbackId: string, states: readonly object[]): Promise<number[]> {
  const times: number[] = [];
  for (const state of states) {
    const { writeTime } = await db.collection('callbacks').doc(callbackId).set(state);
    times.push(microsecondsOf(`${writeTime.seconds}.${String(writeTime.nanoseconds).padStart(9, '0')}`));
  }
  return times;
}

describe('reads a callback', () => {
  test('as it is, with its times to the microsecond', async () => {
    const { db, store } = room();
    const [created = 0, updated = 0] = await writeStates(db, 'cb', [{ n: 1 }, { n: 2 }]);
    const document = await store.read('cb');
    expect(document?.data).toEqual({ n: 2 });
    expect([document?.createTime, document?.updateTime].map((time) => microsecondsOf(time ?? ''))).toEqual([
      created,
      updated,
    ]);
  });

  test('that does not exist: as none', async () => {
    expect(await room().store.read('none')).toBeUndefined();
  });
});

describe('reads a callback as it was', () => {
  test.each<{ name: string; given: (times: readonly number[]) => number; expect: object | undefined }>([
    { name: 'at its creation', given: ([first = 0]) => first, expect: { n: 1 } },
    { name: 'just before it existed', given: ([first = 0]) => first - 1, expect: undefined },
    { name: 'at a change: as it is by it', given: ([, second = 0]) => second, expect: { n: 2 } },
    { name: 'just before a change', given: ([, second = 0]) => second - 1, expect: { n: 1 } },
    { name: 'between two changes', given: ([, second = 0, third = 0]) => Math.floor((second + third) / 2), expect: { n: 2 } }, // prettier-ignore
    { name: 'at its last change', given: ([, , third = 0]) => third, expect: { n: 3 } },
    { name: 'longer ago than anybody remembers', given: ([first = 0]) => first - 2 * 3600 * 1_000_000, expect: undefined }, // prettier-ignore
    { name: 'in a time to come', given: ([first = 0]) => first + 3600 * 1_000_000, expect: undefined },
  ])('$name', async ({ given, expect: expected }) => {
    const { db, store } = room();
    const times = await writeStates(db, 'cb', [{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect((await store.readAsOf('cb', given(times)))?.data).toEqual(expected);
  });

  test('with the times that it had then', async () => {
    const { db, store } = room();
    const [first = 0, second = 0] = await writeStates(db, 'cb', [{ n: 1 }, { n: 2 }, { n: 3 }]);
    const then = await store.readAsOf('cb', second);
    expect([then?.createTime, then?.updateTime].map((time) => microsecondsOf(time ?? ''))).toEqual([first, second]);
  });

  test('before it was deleted', async () => {
    const { db, store, callbacks } = room();
    const [first = 0] = await writeStates(db, 'cb', [{ n: 1 }]);
    await callbacks.doc('cb').delete();
    expect([await store.read('cb'), (await store.readAsOf('cb', first))?.data]).toEqual([undefined, { n: 1 }]);
  });
});

describe('where only the last moment is remembered', () => {
  const forgetful = useFunctionsFirestore({ historyMs: 30 });

  test('what is older is not known, and the present is', async () => {
    const { db, store } = room(forgetful);
    const [, second = 0] = await writeStates(db, 'cb', [{ n: 1 }, { n: 2 }]);
    await until(
      () => store.readAsOf('cb', second),
      (document) => document === undefined,
    );
    expect((await store.read('cb'))?.data).toEqual({ n: 2 });
  });
});

test.each<{ name: string; given: StatusName }>([
  { name: 'unavailable', given: 'UNAVAILABLE' },
  { name: 'not allowed', given: 'PERMISSION_DENIED' },
])('where Firestore is $name, it says so instead of knowing of no callback', async ({ given }) => {
  const refusal = new GoogleError(given, 'refused');
  const read: Documents['read'] = () => Promise.reject(refusal);
  const reader = createCallbackReader({ read, write: () => Promise.reject(refusal) });
  await expect(reader.readAsOf('cb', Date.now() * 1000)).rejects.toBe(refusal);
});

describe('finds the callbacks that wait', () => {
  const states = ['SCHEDULED', 'QUEUED', 'ROUTING', 'PROCESSING', 'COMPLETED'];

  async function filled() {
    const { store, callbacks } = room();
    const ids = Array.from({ length: 25 }, (_, n) => `cb-${String((n * 7) % 25).padStart(2, '0')}`);
    await Promise.all(ids.map((id) => callbacks.doc(id).set({ callbackState: states[Number(id.slice(3)) % 5] })));
    return { store, waiting: ids.toSorted().filter((id) => Number(id.slice(3)) % 5 < 3) };
  }

  test('in the order of their ids, with their documents', async () => {
    const { store, waiting } = await filled();
    const found = await store.waiting(undefined, 100);
    expect(found.map(({ callbackId }) => callbackId)).toEqual(waiting);
    expect(found[0]?.document).toEqual(await store.read(waiting[0] ?? ''));
  });

  test('page by page, each once, and then no more', async () => {
    const { store, waiting } = await filled();
    const pages: string[][] = [];
    for (let after: string | undefined; pages.length < 5; after = pages.at(-1)?.at(-1) ?? after)
      pages.push((await store.waiting(after, 6)).map(({ callbackId }) => callbackId));
    expect(pages).toEqual([waiting.slice(0, 6), waiting.slice(6, 12), waiting.slice(12), [], []]);
  });

  test('after a callback that is not there any more', async () => {
    const { store, waiting } = await filled();
    expect((await store.waiting('cb-09a', 3)).map(({ callbackId }) => callbackId)).toEqual(waiting.slice(6, 9));
  });
});

test('a document that does not exist is none', () => {
  expect(documentOf({ exists: false, data: () => undefined })).toBeUndefined();
});
