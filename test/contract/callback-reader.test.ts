import type { Firestore } from '@google-cloud/firestore';
import { microsecondsOf } from '../../functions/src/callback/callback.ts';
import { noticeFieldPaths } from '../../functions/src/callback/fields.ts';
import { createCallbackReader, stateBefore } from '../../functions/src/callback/reader.ts';
import type { Documents, ReadOptions } from '../../functions/src/google/documents.ts';
import type { StatusName } from '../../functions/src/base/failure.ts';
import { GoogleError } from '../../functions/src/google/google-api.ts';
import { callbackFields, without } from '../support/builders.ts';
import { useFunctionsFirestore } from './firestore-support/functions-client.ts';
import { until } from './firestore-support/local-firestore.ts';

const firestore = useFunctionsFirestore();

function room(server = firestore) {
  const { db, documents } = server.database();
  return { db, documents, reader: createCallbackReader(documents), callbacks: db.collection('callbacks') };
}

/** Writes a state of a callback for each wait; returns the times of their writing, in microseconds. */
async function writeWaits(db: Firestore, callbackId: string, waits: readonly number[]): Promise<number[]> {
  const times: number[] = [];
  for (const estimatedWaitTime of waits) {
    const { writeTime } = await db.collection('callbacks').doc(callbackId).set(callbackFields({ estimatedWaitTime }));
    times.push(microsecondsOf(`${writeTime.seconds}.${String(writeTime.nanoseconds).padStart(9, '0')}`));
  }
  return times;
}

describe('reads a callback', () => {
  test('as it is, with its times to the microsecond', async () => {
    const { db, reader } = room();
    const [created = 0, updated = 0] = await writeWaits(db, 'cb', [900, 240]);
    const callback = await reader.read('cb');
    expect(callback).toMatchObject({ estimatedWaitTime: 240, isCreation: false, writtenAt: updated / 1000 });
    expect([callback?.booking.split('/')[0], callback?.updateTime].map((time) => microsecondsOf(time ?? ''))).toEqual([
      created,
      updated,
    ]);
  });

  test('that was written once: as created in this state', async () => {
    const { db, reader } = room();
    await writeWaits(db, 'cb', [900]);
    expect(await reader.read('cb')).toMatchObject({ isCreation: true });
  });

  test('whose id was used before: as another booking', async () => {
    const { db, reader, callbacks } = room();
    await writeWaits(db, 'cb', [900]);
    const before = await reader.read('cb');
    await callbacks.doc('cb').delete();
    await writeWaits(db, 'cb', [900]);
    expect((await reader.read('cb'))?.booking).not.toBe(before?.booking);
  });

  test('that does not exist: as none', async () => {
    expect(await room().reader.read('none')).toBeUndefined();
  });

  test('whose fields are all wrong: as a callback of which nothing is known', async () => {
    const { reader, callbacks } = room();
    await callbacks.doc('cb').set({ serviceName: 7, callbackState: [], estimatedWaitTime: NaN, pushTargets: 'all' });
    const callback = await reader.read('cb');
    expect([callback?.serviceName, callback?.callbackState, callback?.pushTargets]).toEqual(['default', undefined, []]);
  });

  test('without its userData, of which nobody asks', async () => {
    const { documents, callbacks } = room();
    await callbacks.doc('cb').set(callbackFields({ userData: { note: 'vip customer' }, other: 1 }));
    const asked: (ReadOptions | undefined)[] = [];
    const answered: unknown[] = [];
    const read: Documents['read'] = async (paths, options) => {
      asked.push(options);
      const found = await documents.read(paths, options);
      answered.push(...found.map((document) => document?.data));
      return found;
    };
    await createCallbackReader({ ...documents, read }).read('cb');
    expect([asked, answered]).toEqual([
      [{ at: undefined, fields: noticeFieldPaths }],
      [without(callbackFields(), 'phoneNumber')],
    ]);
  });
});

describe('reads a callback as it was', () => {
  test.each<{ name: string; given: (times: readonly number[]) => number; expect: number | undefined }>([
    { name: 'at its creation', given: ([first = 0]) => first, expect: 1 },
    { name: 'just before it existed', given: ([first = 0]) => first - 1, expect: undefined },
    { name: 'at a change: as it is by it', given: ([, second = 0]) => second, expect: 2 },
    { name: 'just before a change', given: ([, second = 0]) => second - 1, expect: 1 },
    { name: 'between two changes', given: ([, second = 0, third = 0]) => Math.floor((second + third) / 2), expect: 2 },
    { name: 'at its last change', given: ([, , third = 0]) => third, expect: 3 },
    {
      name: 'longer ago than anybody remembers',
      given: ([first = 0]) => first - 2 * 3600 * 1_000_000,
      expect: undefined,
    },
    { name: 'in a time to come', given: ([first = 0]) => first + 3600 * 1_000_000, expect: undefined },
  ])('$name', async ({ given, expect: expected }) => {
    const { db, reader } = room();
    const times = await writeWaits(db, 'cb', [1, 2, 3]);
    expect((await reader.readAsOf('cb', given(times)))?.estimatedWaitTime).toBe(expected);
  });

  test('with the times that it had then', async () => {
    const { db, reader } = room();
    const [first = 0, second = 0] = await writeWaits(db, 'cb', [1, 2, 3]);
    const then = await reader.readAsOf('cb', second);
    expect([then?.booking.split('/')[0], then?.updateTime].map((time) => microsecondsOf(time ?? ''))).toEqual([
      first,
      second,
    ]);
  });

  test('before it was deleted', async () => {
    const { db, reader, callbacks } = room();
    const [first = 0] = await writeWaits(db, 'cb', [1]);
    await callbacks.doc('cb').delete();
    expect([await reader.read('cb'), (await reader.readAsOf('cb', first))?.estimatedWaitTime]).toEqual([undefined, 1]);
  });
});

test('steps back from state to state, to the creation and no further', async () => {
  const { db, reader } = room();
  await writeWaits(db, 'cb', [1, 2, 3]);
  const waits: (number | undefined)[] = [];
  for (let state = await reader.read('cb'); state; state = await stateBefore(reader, 'cb', state))
    waits.push(state.estimatedWaitTime);
  expect(waits).toEqual([3, 2, 1]);
});

describe('where only the last moment is remembered', () => {
  const forgetful = useFunctionsFirestore({ historyMs: 30 });

  test('what is older is not known, and the present is', async () => {
    const { db, reader } = room(forgetful);
    const [, second = 0] = await writeWaits(db, 'cb', [1, 2]);
    await until(
      () => reader.readAsOf('cb', second),
      (callback) => callback === undefined,
    );
    expect((await reader.read('cb'))?.estimatedWaitTime).toBe(2);
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
