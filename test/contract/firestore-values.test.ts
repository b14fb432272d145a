import type { DocumentData } from '@google-cloud/firestore';
import { FieldPath, FieldValue, GeoPoint, Timestamp } from '@google-cloud/firestore';

import { code, useLocalFirestore } from './firestore-support/local-firestore.ts';

const local = useLocalFirestore();

async function stored(data: DocumentData): Promise<DocumentData | undefined> {
  const document = local.collection().doc();
  await document.set(data);
  return (await document.get()).data();
}

describe('a value comes back as it was written', () => {
  const cases: { name: string; value: unknown }[] = [
    { name: 'null', value: null },
    { name: 'true', value: true },
    { name: 'false', value: false },
    { name: 'zero', value: 0 },
    { name: 'negative zero', value: -0 },
    { name: 'an integer', value: 42 },
    { name: 'a fraction', value: 0.1 },
    { name: 'not a number', value: NaN },
    { name: 'infinity', value: Infinity },
    { name: 'the empty string', value: '' },
    { name: 'a string with emoji and zero bytes', value: 'é😀\u0000' },
    { name: 'bytes', value: Buffer.from([0, 1, 255]) },
    { name: 'a timestamp', value: new Timestamp(1_700_000_000, 123_456_000) },
    { name: 'a timestamp before 1970', value: new Timestamp(-5, 1000) },
    { name: 'a place', value: new GeoPoint(-12.5, 0) },
    { name: 'an empty array', value: [] },
    { name: 'an array of mixed values', value: [1, 'a', null, { b: true }] },
    { name: 'an empty map', value: {} },
    { name: 'nested maps', value: { a: { b: { c: [{ d: 1 }] } } } },
    { name: 'a vector', value: FieldValue.vector([1, 2.5, -3]) },
  ];

  it.each(cases)('$name', async ({ value }) => {
    expect(await stored({ value })).toEqual({ value });
  });

  it('a reference', async () => {
    const target = local.collection().doc('target');
    expect((await stored({ target }))?.['target']).toMatchObject({ path: target.path });
  });

  it('an integer beyond what a double holds', async () => {
    const document = local.client({ useBigInt: true }).doc(`${local.collection().path}/big`);
    await document.set({ value: 9_007_199_254_740_993n });
    expect((await document.get()).get('value')).toBe(9_007_199_254_740_993n);
  });

  it('except that timestamps keep whole microseconds', async () => {
    expect(await stored({ at: new Timestamp(1, 123_456_789) })).toEqual({ at: new Timestamp(1, 123_456_000) });
  });

  it('under field names that need quoting', async () => {
    const document = local.collection().doc();
    await document.set({ 'a.b': 1, 'c d': 2, '`': 3, '\\': 4 });
    await document.update(new FieldPath('`'), 5, new FieldPath('\\'), 6);
    expect((await document.get()).data()).toEqual({ 'a.b': 1, 'c d': 2, '`': 5, '\\': 6 });
  });
});

describe('what production would not store is refused', () => {
  const deep = (levels: number): DocumentData => (levels === 0 ? {} : { below: deep(levels - 1) });
  const cases: { name: string; id: string; data: DocumentData }[] = [
    { name: 'a document above 1 MiB', id: 'd', data: { text: 'x'.repeat(1_048_577) } },
    { name: 'a field name above 1500 bytes', id: 'd', data: { ['n'.repeat(1501)]: 1 } },
    { name: 'a reserved field name', id: 'd', data: { __mine__: 1 } },
    { name: 'maps more than 20 deep', id: 'd', data: { top: deep(20) } },
    { name: 'an id of only dots', id: '..', data: {} },
    { name: 'a reserved id', id: '__mine__', data: {} },
    { name: 'an id above 1500 bytes', id: 'i'.repeat(1501), data: {} },
  ];

  it.each(cases)('$name', async ({ id, data }) => {
    const document = local.collection().doc(id);
    await expect(document.set(data)).rejects.toMatchObject({ code: code.invalidArgument });
  });

  it('but a document just below 1 MiB is stored', async () => {
    expect((await stored({ text: 'x'.repeat(1_048_000) }))?.['text']).toHaveLength(1_048_000);
  });
});
