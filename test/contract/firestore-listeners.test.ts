import type { DocumentChange, DocumentData, DocumentReference, Query } from '@google-cloud/firestore';

import { code, until, useLocalFirestore } from './firestore-support/local-firestore.ts';

const local = useLocalFirestore();
const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Everything a query listener is told, one entry per snapshot. */
function listened(query: Query): { ids: string[]; changes: string[] }[] {
  const told: { ids: string[]; changes: string[] }[] = [];
  const name = ({ type, doc }: DocumentChange): string => `${type} ${doc.id}`;
  stops.push(
    query.onSnapshot((snapshot) => {
      told.push({ ids: snapshot.docs.map(({ id }) => id), changes: snapshot.docChanges().map(name) });
    }),
  );
  return told;
}

function listenedTo(document: DocumentReference): (DocumentData | undefined)[] {
  const told: (DocumentData | undefined)[] = [];
  stops.push(document.onSnapshot((snapshot) => void told.push(snapshot.data())));
  return told;
}

const hasLength = (length: number) => (told: readonly unknown[]) => told.length === length;

describe('a document listener', () => {
  it('hears of the missing document, its creation, changes and deletion', async () => {
    const document = local.collection().doc();
    const told = listenedTo(document);
    await until(() => told, hasLength(1));
    await document.set({ n: 1 });
    await until(() => told, hasLength(2));
    await document.update({ n: 2 });
    await until(() => told, hasLength(3));
    await document.delete();
    expect(await until(() => told, hasLength(4))).toEqual([undefined, { n: 1 }, { n: 2 }, undefined]);
  });

  it('hears nothing of a write that changes nothing', async () => {
    const document = local.collection().doc();
    await document.set({ n: 1 });
    const told = listenedTo(document);
    await until(() => told, hasLength(1));
    await document.set({ n: 1 });
    await document.set({ n: 2 });
    expect(
      await until(
        () => told,
        (values) => values.length >= 2,
      ),
    ).toEqual([{ n: 1 }, { n: 2 }]);
  });
});

describe('a query listener', () => {
  it('hears of documents that come, change, leave and are deleted', async () => {
    const collection = local.collection();
    await collection.doc('a').set({ n: 1 });
    const told = listened(collection.where('n', '<', 5).orderBy('n'));
    await until(() => told, hasLength(1));
    await collection.doc('b').set({ n: 2 });
    await until(() => told, hasLength(2));
    await collection.doc('b').set({ n: 0 });
    await until(() => told, hasLength(3));
    await collection.doc('a').set({ n: 9 });
    await until(() => told, hasLength(4));
    await collection.doc('b').delete();
    expect(await until(() => told, hasLength(5))).toEqual([
      { ids: ['a'], changes: ['added a'] },
      { ids: ['a', 'b'], changes: ['added b'] },
      { ids: ['b', 'a'], changes: ['modified b'] },
      { ids: ['b'], changes: ['removed a'] },
      { ids: [], changes: ['removed b'] },
    ]);
  });

  it('gets one snapshot for one commit', async () => {
    const collection = local.collection();
    const told = listened(collection);
    await until(() => told, hasLength(1));
    const batch = local.db.batch();
    for (let i = 0; i < 30; i++) batch.set(collection.doc(), { i });
    await batch.commit();
    expect((await until(() => told, hasLength(2)))[1]?.ids).toHaveLength(30);
  });

  it('with a limit sees the next document move up', async () => {
    const collection = local.collection();
    const batch = local.db.batch();
    for (const [id, n] of Object.entries({ a: 1, b: 2, c: 3 })) batch.set(collection.doc(id), { n });
    await batch.commit();
    const told = listened(collection.orderBy('n').limit(2));
    await until(() => told, hasLength(1));
    await collection.doc('a').delete();
    expect(await until(() => told, hasLength(2))).toEqual([
      { ids: ['a', 'b'], changes: ['added a', 'added b'] },
      { ids: ['b', 'c'], changes: ['removed a', 'added c'] },
    ]);
  });

  it('hears of an emptied database', async () => {
    const db = local.client({ projectId: 'demo-emptied' });
    await db.doc('c/d').set({});
    const told = listened(db.collection('c'));
    await until(() => told, hasLength(1));
    await local.http('DELETE', '/emulator/v1/projects/demo-emptied/databases/(default)/documents');
    expect((await until(() => told, hasLength(2)))[1]?.ids).toEqual([]);
  });

  it('is told why a refused query cannot be listened to', async () => {
    const query = local.collection().where(
      'n',
      'in',
      Array.from({ length: 31 }, (_, i) => i),
    );
    const failure = await new Promise((resolve) => {
      stops.push(query.onSnapshot(() => undefined, resolve));
    });
    expect(String(failure)).toContain(`Error ${code.invalidArgument}: `);
  });
});
