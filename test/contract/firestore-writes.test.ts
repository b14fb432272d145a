import type { DocumentData, DocumentReference } from '@google-cloud/firestore';
import { FieldPath, FieldValue, Timestamp } from '@google-cloud/firestore';

import { code, useLocalFirestore } from './firestore-support/local-firestore.ts';

const local = useLocalFirestore();

/** A document holding the given data, or missing. */
async function given(data?: DocumentData): Promise<DocumentReference> {
  const document = local.collection().doc();
  if (data !== undefined) await document.set(data);
  return document;
}

const dataOf = async (document: DocumentReference): Promise<DocumentData | undefined> => (await document.get()).data();

describe('writes', () => {
  const cases: {
    name: string;
    before?: DocumentData;
    act: (document: DocumentReference) => Promise<unknown>;
    after: DocumentData | undefined;
  }[] = [
    { name: 'create makes a document', act: (d) => d.create({ a: 1 }), after: { a: 1 } },
    { name: 'set replaces everything', before: { a: 1, b: 2 }, act: (d) => d.set({ c: 3 }), after: { c: 3 } },
    {
      name: 'set with merge keeps what it does not name',
      before: { a: 1, m: { x: 1 } },
      act: (d) => d.set({ m: { y: 2 } }, { merge: true }),
      after: { a: 1, m: { x: 1, y: 2 } },
    },
    {
      name: 'set with mergeFields writes only those',
      before: { a: 1, b: 1 },
      act: (d) => d.set({ a: 2, b: 2 }, { mergeFields: ['b'] }),
      after: { a: 1, b: 2 },
    },
    {
      name: 'merging nothing creates an empty document',
      act: (d) => d.set({}, { merge: true }),
      after: {},
    },
    {
      name: 'update reaches into maps',
      before: { m: { x: 1, y: 1 }, k: 1 },
      act: (d) => d.update({ 'm.x': 2 }),
      after: { m: { x: 2, y: 1 }, k: 1 },
    },
    {
      name: 'update takes quoted paths',
      before: { 'a.b': 1, a: { b: 1 } },
      act: (d) => d.update(new FieldPath('a.b'), 2),
      after: { 'a.b': 2, a: { b: 1 } },
    },
    {
      name: 'update deletes fields',
      before: { a: 1, m: { x: 1, y: 1 } },
      act: (d) => d.update({ a: FieldValue.delete(), 'm.x': FieldValue.delete() }),
      after: { m: { y: 1 } },
    },
    { name: 'delete removes the document', before: { a: 1 }, act: (d) => d.delete(), after: undefined },
    { name: 'deleting what is missing is fine', act: (d) => d.delete(), after: undefined },
  ];

  it.each(cases)('$name', async ({ before, act, after }) => {
    const document = await given(before);
    await act(document);
    expect(await dataOf(document)).toEqual(after);
  });

  it('a batch is applied as a whole or not at all', async () => {
    const [present, missing] = [await given({ a: 1 }), await given()];
    const batch = local.db.batch().update(present, { a: 2 }).update(missing, { a: 2 });
    await expect(batch.commit()).rejects.toMatchObject({ code: code.notFound });
    expect(await dataOf(present)).toEqual({ a: 1 });
  });

  it('a batch may write a document twice, and takes 500 documents', async () => {
    const collection = local.collection();
    const batch = local.db.batch();
    for (let i = 0; i < 500; i++) batch.set(collection.doc(`d${i}`), { i });
    batch.update(collection.doc('d7'), { i: FieldValue.increment(100) });
    await batch.commit();
    expect(await dataOf(collection.doc('d7'))).toEqual({ i: 107 });
    expect((await collection.count().get()).data().count).toBe(500);
  });

  it('commit times grow strictly and a write that changes nothing keeps the old one', async () => {
    const document = await given();
    const first = await document.set({ a: 1 });
    const same = await document.set({ a: 1 });
    const next = await document.set({ a: 2 });
    expect(same.writeTime).toEqual(first.writeTime);
    expect(next.writeTime.valueOf() > first.writeTime.valueOf()).toBe(true);
    expect((await document.get()).createTime).toEqual(first.writeTime);
  });
});

describe('preconditions', () => {
  const elsewhen = new Timestamp(1, 0);
  const cases: {
    name: string;
    before?: DocumentData;
    act: (d: DocumentReference) => Promise<unknown>;
    fails: number;
  }[] = [
    { name: 'create over a document', before: {}, act: (d) => d.create({}), fails: code.alreadyExists },
    { name: 'update of a missing document', act: (d) => d.update({ a: 1 }), fails: code.notFound },
    { name: 'delete({exists}) of a missing one', act: (d) => d.delete({ exists: true }), fails: code.notFound },
    {
      name: 'update of another version',
      before: { a: 1 },
      act: (d) => d.update({ a: 2 }, { lastUpdateTime: elsewhen }),
      fails: code.failedPrecondition,
    },
    {
      name: 'delete of another version',
      before: { a: 1 },
      act: (d) => d.delete({ lastUpdateTime: elsewhen }),
      fails: code.failedPrecondition,
    },
  ];

  it.each(cases)('refuse $name', async ({ before, act, fails }) => {
    const document = await given(before);
    await expect(act(document)).rejects.toMatchObject({ code: fails });
    expect(await dataOf(document)).toEqual(before);
  });

  it('let the version pass that was read', async () => {
    const document = await given({ a: 1 });
    const { updateTime } = await document.get();
    await document.update({ a: 2 }, { lastUpdateTime: updateTime ?? elsewhen });
    expect(await dataOf(document)).toEqual({ a: 2 });
  });
});

describe('transforms', () => {
  const cases: { name: string; before: DocumentData; update: DocumentData; after: DocumentData }[] = [
    { name: 'increment adds', before: { n: 1 }, update: { n: FieldValue.increment(2) }, after: { n: 3 } },
    { name: 'increment starts at zero', before: {}, update: { n: FieldValue.increment(2) }, after: { n: 2 } },
    { name: 'increment replaces text', before: { n: 'x' }, update: { n: FieldValue.increment(2) }, after: { n: 2 } },
    { name: 'increment mixes kinds', before: { n: 1 }, update: { n: FieldValue.increment(0.5) }, after: { n: 1.5 } },
    { name: 'maximum raises', before: { n: 1 }, update: { n: FieldValue.maximum(2) }, after: { n: 2 } },
    { name: 'maximum never lowers', before: { n: 5 }, update: { n: FieldValue.maximum(2) }, after: { n: 5 } },
    { name: 'minimum lowers', before: { n: 5 }, update: { n: FieldValue.minimum(2) }, after: { n: 2 } },
    {
      name: 'arrayUnion adds what is missing',
      before: { a: [1, 2] },
      update: { a: FieldValue.arrayUnion(2, 3, 3) },
      after: { a: [1, 2, 3] },
    },
    { name: 'arrayUnion makes an array', before: { a: 1 }, update: { a: FieldValue.arrayUnion(3) }, after: { a: [3] } },
    {
      name: 'arrayRemove removes every copy',
      before: { a: [1, 2, 1] },
      update: { a: FieldValue.arrayRemove(1) },
      after: { a: [2] },
    },
    {
      name: 'several at once, inside maps too',
      before: { m: { n: 1 } },
      update: { 'm.n': FieldValue.increment(1), 'm.l': FieldValue.arrayUnion('x') },
      after: { m: { n: 2, l: ['x'] } },
    },
  ];

  it.each(cases)('$name', async ({ before, update, after }) => {
    const document = await given(before);
    await document.update(update);
    expect(await dataOf(document)).toEqual(after);
  });

  it('see what the write left, not the document it replaced', async () => {
    const document = await given({ n: 40, a: ['old'] });
    await document.set({ n: FieldValue.increment(2), a: FieldValue.arrayUnion('new') });
    expect(await dataOf(document)).toEqual({ n: 2, a: ['new'] });
  });

  it('stop at the bounds of 64 bits', async () => {
    const document = local.client({ useBigInt: true }).doc((await given()).path);
    await document.set({ n: 2n ** 63n - 2n });
    await document.update({ n: FieldValue.increment(100) });
    expect((await document.get()).get('n')).toBe(2n ** 63n - 1n);
  });

  it('give every field of a commit the same server time, close to now', async () => {
    const [a, b] = [await given(), await given()];
    const now = FieldValue.serverTimestamp();
    await local.db.batch().set(a, { x: now, y: now }).set(b, { x: now }).commit();
    const { x, y } = (await a.get()).data() as { x: Timestamp; y: Timestamp };
    expect(y).toEqual(x);
    expect((await b.get()).get('x')).toEqual(x);
    expect(Math.abs(x.toMillis() - Date.now())).toBeLessThan(5000);
  });
});

describe('many documents', () => {
  it('BulkWriter writes what it can and reports what it cannot', async () => {
    const collection = local.collection();
    await collection.doc('d3').set({ taken: true });
    const writer = local.db.bulkWriter();
    const failures: number[] = [];
    writer.onWriteError((error) => {
      failures.push(error.code);
      return false;
    });
    const writes = Array.from({ length: 40 }, (_, i) => writer.create(collection.doc(`d${i}`), { i }));
    const settled = Promise.allSettled(writes);
    await writer.close();
    expect((await settled).filter(({ status }) => status === 'fulfilled')).toHaveLength(39);
    expect(failures).toEqual([code.alreadyExists]);
    expect(await dataOf(collection.doc('d3'))).toEqual({ taken: true });
  });

  it('recursiveDelete takes a document, everything below it, and nothing beside it', async () => {
    const collection = local.collection();
    const paths = ['a', 'a/s/x', 'a/s/x/t/y', 'a2/s/x', 'b'];
    await Promise.all(paths.map((path) => local.db.doc(`${collection.path}/${path}`).set({})));
    await local.db.recursiveDelete(collection.doc('a'));
    expect((await collection.doc('a').listCollections()).length).toBe(0);
    expect((await collection.doc('a2').collection('s').get()).size).toBe(1);
    await local.db.recursiveDelete(collection);
    expect(await collection.listDocuments()).toEqual([]);
  });

  it('recursiveDelete of a collection leaves one whose name goes on', async () => {
    const collection = local.collection();
    const longer = local.db.collection(`${collection.path}0`);
    await Promise.all([collection.doc('x').set({}), longer.doc('x').set({})]);
    await local.db.recursiveDelete(collection);
    expect((await collection.get()).size).toBe(0);
    expect((await longer.get()).size).toBe(1);
  });

  it('listDocuments names missing documents that have something below them', async () => {
    const collection = local.collection();
    for (const path of ['p2', 'p1', 'm2/deep/er', 'm1/deep/er', 'z']) await collection.doc(path).set({});
    const ids = (await collection.listDocuments()).map(({ id }) => id);
    expect(ids).toEqual(['m1', 'm2', 'p1', 'p2', 'z']);
  });

  it('listCollections names collections at any depth that hold documents', async () => {
    const document = local.collection().doc('d');
    await document.collection('one').doc('x').set({});
    await document.collection('two').doc('y').collection('deep').doc('z').set({});
    await document.collection('gone').doc('x').set({});
    await document.collection('gone').doc('x').delete();
    expect((await document.listCollections()).map(({ id }) => id)).toEqual(['one', 'two']);
  });

  it('getAll reads present and missing documents and only the asked fields', async () => {
    const [present, missing] = [await given({ a: 1, b: 2 }), await given()];
    const snapshots = await local.db.getAll(present, missing, present, { fieldMask: ['b'] });
    expect(snapshots.map((snapshot) => snapshot.data())).toEqual([{ b: 2 }, undefined, { b: 2 }]);
  });
});
