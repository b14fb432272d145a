import type { CollectionReference, DocumentData, Query } from '@google-cloud/firestore';
import { AggregateField, FieldPath, Filter } from '@google-cloud/firestore';

import { code, freshId, useLocalFirestore } from './firestore-support/local-firestore.ts';

const local = useLocalFirestore();

async function filled(documents: Record<string, DocumentData>): Promise<CollectionReference> {
  const collection = local.collection();
  const batch = local.db.batch();
  for (const [id, data] of Object.entries(documents)) batch.set(collection.doc(id), data);
  await batch.commit();
  return collection;
}

async function idsOf(query: Query): Promise<string[]> {
  return (await query.get()).docs.map(({ id }) => id);
}

const id = FieldPath.documentId();

describe('filters', () => {
  const documents = {
    one: { n: 1, tags: ['a', 'b'], s: 'x', m: { k: 1 } },
    two: { n: 2, tags: ['b'], s: 'y', m: { k: 2 } },
    three: { n: 3.5, tags: [], s: 'x' },
    text: { n: '2', s: 'z' },
    none: { n: null, s: null },
    nan: { n: NaN },
    yes: { n: true },
    lacks: { other: 1 },
  };
  const cases: { name: string; query: (c: CollectionReference) => Query; expect: string[] }[] = [
    { name: 'equality', query: (c) => c.where('s', '==', 'x'), expect: ['one', 'three'] },
    { name: 'equality of integer and double', query: (c) => c.where('n', '==', 2.0), expect: ['two'] },
    { name: 'equality with null', query: (c) => c.where('n', '==', null), expect: ['none'] },
    { name: 'equality with NaN', query: (c) => c.where('n', '==', NaN), expect: ['nan'] },
    { name: 'equality inside a map', query: (c) => c.where('m.k', '==', 2), expect: ['two'] },
    { name: 'equality of a map', query: (c) => c.where('m', '==', { k: 1 }), expect: ['one'] },
    { name: 'an inequality stays within its type', query: (c) => c.where('n', '>', 1), expect: ['two', 'three'] },
    { name: 'an inequality never meets null', query: (c) => c.where('s', '<=', 'y'), expect: ['one', 'three', 'two'] },
    { name: 'a range', query: (c) => c.where('n', '>=', 1).where('n', '<', 3.5), expect: ['one', 'two'] },
    {
      name: 'inequality excludes null and missing',
      query: (c) => c.where('s', '!=', 'x'),
      expect: ['two', 'text'],
    },
    { name: 'not null', query: (c) => c.where('n', '!=', null), expect: ['yes', 'nan', 'one', 'two', 'three', 'text'] },
    { name: 'in', query: (c) => c.where('n', 'in', [1, '2', true]), expect: ['one', 'text', 'yes'] },
    { name: 'not-in excludes null and missing', query: (c) => c.where('s', 'not-in', ['x', 'y']), expect: ['text'] },
    { name: 'not-in with null matches nothing', query: (c) => c.where('s', 'not-in', ['x', null]), expect: [] },
    { name: 'array-contains', query: (c) => c.where('tags', 'array-contains', 'b'), expect: ['one', 'two'] },
    {
      name: 'array-contains-any',
      query: (c) => c.where('tags', 'array-contains-any', ['a', 'q']),
      expect: ['one'],
    },
    {
      name: 'or',
      query: (c) => c.where(Filter.or(Filter.where('n', '==', 1), Filter.where('s', '==', 'y'))),
      expect: ['one', 'two'],
    },
    {
      name: 'or inside and',
      query: (c) =>
        c.where(
          Filter.and(Filter.where('s', '==', 'x'), Filter.or(Filter.where('n', '==', 3.5), Filter.where('n', '==', 2))),
        ),
      expect: ['three'],
    },
    { name: 'ids', query: (c) => c.where(id, 'in', ['two', 'one', 'absent']), expect: ['one', 'two'] },
    { name: 'a range of ids', query: (c) => c.where(id, '>=', 'n').where(id, '<', 'o'), expect: ['nan', 'none'] },
  ];
  let collection: CollectionReference;
  beforeAll(async () => {
    collection = await filled(documents);
  });

  it.each(cases)('$name', async ({ query, expect: expected }) => {
    expect(await idsOf(query(collection))).toEqual(expected);
  });
});

describe('order, windows and projection', () => {
  const documents = {
    a: { n: 1, g: 'x' },
    b: { n: 2, g: 'x' },
    c: { n: 2, g: 'y' },
    d: { n: 3, g: 'y' },
    e: { g: 'z' },
  };
  const cases: { name: string; query: (c: CollectionReference) => Query; expect: string[] }[] = [
    { name: 'ordering drops documents without the field', query: (c) => c.orderBy('n'), expect: ['a', 'b', 'c', 'd'] },
    {
      name: 'ties follow the id in the last direction',
      query: (c) => c.orderBy('n', 'desc'),
      expect: ['d', 'c', 'b', 'a'],
    },
    {
      name: 'two orders',
      query: (c) => c.orderBy('g', 'desc').orderBy('n', 'asc'),
      expect: ['c', 'd', 'a', 'b'],
    },
    { name: 'limit and offset', query: (c) => c.orderBy('n').offset(1).limit(2), expect: ['b', 'c'] },
    { name: 'limitToLast', query: (c) => c.orderBy('n').limitToLast(2), expect: ['c', 'd'] },
    { name: 'startAt', query: (c) => c.orderBy('n').startAt(2), expect: ['b', 'c', 'd'] },
    { name: 'startAfter', query: (c) => c.orderBy('n').startAfter(2), expect: ['d'] },
    { name: 'endAt', query: (c) => c.orderBy('n').endAt(2), expect: ['a', 'b', 'c'] },
    { name: 'endBefore', query: (c) => c.orderBy('n').endBefore(2), expect: ['a'] },
    {
      name: 'a cursor with id',
      query: (c) => c.orderBy('n').orderBy(id).startAfter(2, 'b'),
      expect: ['c', 'd'],
    },
    { name: 'a descending cursor', query: (c) => c.orderBy('n', 'desc').startAfter(2), expect: ['a'] },
  ];
  let collection: CollectionReference;
  beforeAll(async () => {
    collection = await filled(documents);
  });

  it.each(cases)('$name', async ({ query, expect: expected }) => {
    expect(await idsOf(query(collection))).toEqual(expected);
  });

  it('a document can be the cursor', async () => {
    const snapshot = await collection.doc('b').get();
    expect(await idsOf(collection.orderBy('n').startAfter(snapshot))).toEqual(['c', 'd']);
  });

  it('select returns only the named fields', async () => {
    const { docs } = await collection.where('n', '==', 1).select('g').get();
    expect(docs.map((document) => document.data())).toEqual([{ g: 'x' }]);
  });

  it('aggregates count, add up and average', async () => {
    const aggregates = { all: AggregateField.count(), sum: AggregateField.sum('n'), mean: AggregateField.average('n') };
    expect((await collection.aggregate(aggregates).get()).data()).toEqual({ all: 5, sum: 8, mean: 2 });
    expect((await collection.where('n', '>', 9).aggregate(aggregates).get()).data()).toEqual({
      all: 0,
      sum: 0,
      mean: null,
    });
  });

  it('values of different types follow the order of types', async () => {
    const mixed = await filled({
      map: { v: {} },
      array: { v: [] },
      text: { v: '' },
      number: { v: 7 },
      nan: { v: NaN },
      flag: { v: false },
      nothing: { v: null },
      bytes: { v: Buffer.from('') },
    });
    const ordered = ['nothing', 'flag', 'nan', 'number', 'text', 'bytes', 'array', 'map'];
    expect(await idsOf(mixed.orderBy('v'))).toEqual(ordered);
  });

  it('strings follow their UTF-8 bytes', async () => {
    const texts = await filled({ emoji: { v: '😀' }, late: { v: '\uFFFD' }, plain: { v: 'z' } });
    expect(await idsOf(texts.orderBy('v'))).toEqual(['plain', 'late', 'emoji']);
  });

  it('equality finds its documents in a large collection while they change', async () => {
    const many = local.collection();
    const writer = local.db.bulkWriter();
    for (let i = 0; i < 300; i++) void writer.set(many.doc(`d${String(i).padStart(3, '0')}`), { group: i % 100 });
    await writer.close();
    expect(await idsOf(many.where('group', '==', 7))).toEqual(['d007', 'd107', 'd207']);
    await many.doc('d107').update({ group: 8 });
    await many.doc('d207').delete();
    await many.doc('d300').set({ group: 7.0 });
    expect(await idsOf(many.where('group', '==', 7))).toEqual(['d007', 'd300']);
  });
});

describe('collection groups and partitions', () => {
  it('a collection group reaches every depth below its root and no other collection', async () => {
    const group = freshId();
    const root = local.collection();
    await root.doc(`a/${group}/x`).set({ n: 2 });
    await root.doc(`b/s/c/${group}/y`).set({ n: 1 });
    await root.doc('a/other/z').set({ n: 3 });
    await local.db.collection(group).doc('top').set({ n: 0 });
    expect(await idsOf(local.db.collectionGroup(group).orderBy('n'))).toEqual(['top', 'y', 'x']);
    expect(await idsOf(local.db.collectionGroup(group).where('n', '==', 1))).toEqual(['y']);
  });

  it('partitions cover a collection group without overlap', async () => {
    const group = freshId();
    const batch = local.db.batch();
    for (let i = 0; i < 20; i++) batch.set(local.collection().doc(`p/${group}/d${i}`), { i });
    await batch.commit();
    const found: string[] = [];
    let parts = 0;
    for await (const partition of local.db.collectionGroup(group).getPartitions(4)) {
      parts += 1;
      found.push(...(await idsOf(partition.toQuery())));
    }
    expect(parts).toBe(4);
    expect(new Set(found).size).toBe(20);
    expect(found).toHaveLength(20);
  });
});

describe('a query production refuses is refused', () => {
  const many = Array.from({ length: 31 }, (_, i) => i);
  const cases: { name: string; query: (c: CollectionReference) => Query }[] = [
    { name: 'more than 30 values for in', query: (c) => c.where('n', 'in', many) },
    { name: 'more than 10 values for not-in', query: (c) => c.where('n', 'not-in', many.slice(0, 11)) },
    {
      name: 'two array filters at once',
      query: (c) => c.where('t', 'array-contains', 1).where('u', 'array-contains', 2),
    },
    { name: 'not-in beside !=', query: (c) => c.where('n', 'not-in', [1]).where('m', '!=', 2) },
    {
      name: 'more than 30 disjunctions',
      query: (c) => c.where('n', 'in', many.slice(0, 10)).where('m', 'in', many.slice(0, 4)),
    },
  ];

  it.each(cases)('$name', async ({ query }) => {
    await expect(query(local.collection()).get()).rejects.toMatchObject({ code: code.invalidArgument });
  });
});
