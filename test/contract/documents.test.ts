import type { Timestamp } from '@google-cloud/firestore';
import type { DocumentWrite } from '../../functions/src/google/documents.ts';
import { useFunctionsFirestore } from './firestore-support/functions-client.ts';
import { code } from './firestore-support/local-firestore.ts';

const firestore = useFunctionsFirestore();
const at = new Date('2026-03-02T10:00:00.123Z');
const plain = {
  text: 'ä "b" \n €',
  whole: -42,
  large: 9_007_199_254_740_991,
  fraction: 0.1,
  yes: true,
  nothing: null,
  list: [1, 'two', { three: [] }],
  map: { 'a.b': { c: 'd' }, empty: {} },
};

test('what it writes is what Google’s client reads', async () => {
  const { db, documents } = firestore.database();
  await documents.write({ create: 'things/a', fields: { ...plain, at } });
  const { at: writtenAt, ...rest } = (await db.doc('things/a').get()).data() as typeof plain & { at: Timestamp };
  expect([rest, writtenAt.toMillis()]).toEqual([plain, at.getTime()]);
});

test('what Google’s client writes is what it reads, with times to the microsecond', async () => {
  const { db, documents } = firestore.database();
  await db.doc('things/a').set({ ...plain, at, nan: NaN, far: Infinity, bytes: Buffer.from([1, 255]) });
  const [document] = await documents.read(['things/a']);
  const { at: readAt, ...rest } = document?.data as typeof plain & { at: { toMillis(): number } };
  expect(rest).toEqual({ ...plain, nan: NaN, far: Infinity, bytes: Buffer.from([1, 255]) });
  expect(readAt.toMillis()).toBe(at.getTime());
  const { createTime, updateTime } = await db.doc('things/a').get();
  const text = (time?: { seconds: number; nanoseconds: number }) =>
    `${time?.seconds ?? 0}.${String(time?.nanoseconds ?? 0).padStart(9, '0')}`;
  expect([document?.createTime, document?.updateTime]).toEqual([text(createTime), text(updateTime)]);
});

test('documents come in the order asked for, the same one twice, and none where there is none', async () => {
  const { db, documents } = firestore.database();
  await Promise.all([db.doc('things/a').set({ n: 1 }), db.doc('things/b').set({ n: 2 })]);
  const found = await documents.read(['things/b', 'things/none', 'things/a', 'things/b']);
  expect(found.map((document) => document?.data)).toEqual([{ n: 2 }, undefined, { n: 1 }, { n: 2 }]);
});

test('an update changes what it names, removes what it names undefined, and leaves the rest', async () => {
  const { db, documents } = firestore.database();
  const [updateTime = ''] = await documents.write({ create: 'things/a', fields: { a: 1, b: 2, c: 3 } });
  await documents.write({ update: 'things/a', fields: { a: 9, b: undefined }, updateTime });
  expect((await db.doc('things/a').get()).data()).toEqual({ a: 9, c: 3 });
});

test('the time of a write is the one that the next write must name', async () => {
  const { documents } = firestore.database();
  const [first = ''] = await documents.write({ create: 'things/a', fields: { n: 1 } });
  const [second = ''] = await documents.write({ update: 'things/a', fields: { n: 2 }, updateTime: first });
  expect((await documents.read(['things/a']))[0]).toEqual({ data: { n: 2 }, createTime: first, updateTime: second });
  await documents.write({ update: 'things/a', fields: { n: 3 }, updateTime: second });
});

const anyTime = '1772445600.000000000';

test.each<{ name: string; given: DocumentWrite; expect: number }>([
  { name: 'a creation of what is there', given: { create: 'things/a', fields: {} }, expect: code.alreadyExists },
  { name: 'an update of what was changed', given: { update: 'things/a', fields: { n: 9 }, updateTime: anyTime }, expect: code.failedPrecondition }, // prettier-ignore
  { name: 'an update of what is not there', given: { update: 'things/z', fields: { n: 9 }, updateTime: anyTime }, expect: code.failedPrecondition }, // prettier-ignore
  { name: 'a path that is none', given: { set: 'things', fields: {} }, expect: code.invalidArgument },
])('is refused, with all that goes with it: $name', async ({ given, expect: expected }) => {
  const { db, documents } = firestore.database();
  await db.doc('things/a').set({ n: 1 });
  const both = documents.write({ set: 'things/b', fields: {} }, given);
  await expect(both).rejects.toMatchObject({ code: expected });
  expect([(await db.doc('things/a').get()).data(), (await db.doc('things/b').get()).exists]).toEqual([{ n: 1 }, false]);
});

test('what Firestore cannot take for what it is, is not written', async () => {
  const { documents } = firestore.database();
  for (const value of [undefined, NaN, new Map(), 1n, Symbol('x')]) {
    await expect(documents.write({ create: 'things/a', fields: { value } })).rejects.toThrow(TypeError);
  }
});

test('strangers are refused', async () => {
  const { local } = firestore;
  const path = '/v1/projects/demo-x/databases/(default)/documents:batchGet';
  expect(await local.http('POST', path, { documents: [] })).toMatchObject({
    status: 403,
    body: { error: { status: 'PERMISSION_DENIED' } },
  });
});
