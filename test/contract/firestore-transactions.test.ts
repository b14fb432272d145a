import { code, freshId, signal, useLocalFirestore } from './firestore-support/local-firestore.ts';

const local = useLocalFirestore();

describe('read-write transactions', () => {
  it('twenty concurrent increments of one document all count', async () => {
    const counter = local.collection().doc('counter');
    await counter.set({ n: 0 });
    const increment = () =>
      local.db.runTransaction(async (transaction) => {
        const snapshot = await transaction.get(counter);
        transaction.update(counter, { n: (snapshot.get('n') as number) + 1 });
      });
    await Promise.all(Array.from({ length: 20 }, increment));
    expect((await counter.get()).get('n')).toBe(20);
  });

  it('only one of two clients creates what both found missing', async () => {
    const path = `${local.collection().path}/claim`;
    const claim = (owner: string) => {
      const db = local.client();
      return db.runTransaction(async (transaction) => {
        const snapshot = await transaction.get(db.doc(path));
        if (!snapshot.exists) transaction.create(db.doc(path), { owner });
        return !snapshot.exists;
      });
    };
    expect((await Promise.all([claim('a'), claim('b')])).filter(Boolean)).toHaveLength(1);
  });

  it('a query result acted on cannot grow meanwhile: no phantoms', async () => {
    const collection = local.collection();
    const createOnce = () =>
      local.db.runTransaction(async (transaction) => {
        const found = await transaction.get(collection.where('key', '==', 'k'));
        if (found.empty) transaction.create(collection.doc(), { key: 'k' });
      });
    await Promise.all([createOnce(), createOnce(), createOnce()]);
    expect((await collection.get()).size).toBe(1);
  });

  it('a plain write waits until a transaction that read the document has ended', async () => {
    const [document, other] = [local.collection().doc(), local.collection().doc()];
    await document.set({ by: 'nobody' });
    let plainIsDone = false;
    let plain: Promise<unknown> = Promise.resolve();
    const seen = await local.db.runTransaction(async (transaction) => {
      await transaction.get(document);
      plain = document.set({ by: 'plain' }).then(() => (plainIsDone = true));
      await local.db.getAll(other, other);
      await transaction.get(other);
      const waited = !plainIsDone;
      transaction.update(document, { by: 'transaction' });
      return waited;
    });
    await plain;
    expect(seen).toBe(true);
    expect((await document.get()).get('by')).toBe('plain');
  });

  it('the older of two transactions wins and the younger one starts again', async () => {
    const document = local.collection().doc();
    await document.set({ log: [] });
    const [bothRead, firstRead] = [signal(), signal()];
    const attempts = { older: 0, younger: 0 };
    const older = local.db.runTransaction(async (transaction) => {
      attempts.older += 1;
      const log = (await transaction.get(document)).get('log') as string[];
      firstRead.give();
      await bothRead.promise;
      transaction.update(document, { log: [...log, 'older'] });
    });
    await firstRead.promise;
    const younger = local.db.runTransaction(async (transaction) => {
      attempts.younger += 1;
      const log = (await transaction.get(document)).get('log') as string[];
      bothRead.give();
      await older;
      transaction.update(document, { log: [...log, 'younger'] });
    });
    await Promise.all([older, younger]);
    expect((await document.get()).get('log')).toEqual(['older', 'younger']);
    expect(attempts).toEqual({ older: 1, younger: 2 });
  });

  it('two transactions that each read what the other writes do not hang', async () => {
    const collection = local.collection();
    const [a, b] = [collection.doc('a'), collection.doc('b')];
    await Promise.all([a.set({ n: 1 }), b.set({ n: 1 })]);
    const move = (from: typeof a, to: typeof a) =>
      local.db.runTransaction(async (transaction) => {
        const [here, there] = [await transaction.get(from), await transaction.get(to)];
        transaction.update(to, { n: (here.get('n') as number) + (there.get('n') as number) });
      });
    await Promise.all([move(a, b), move(b, a)]);
    const values = [(await a.get()).get('n') as number, (await b.get()).get('n') as number];
    expect(values.sort()).toEqual([2, 3]);
  });

  it('an error in the body leaves nothing behind and frees the document', async () => {
    const document = local.collection().doc();
    const failing = local.db.runTransaction(async (transaction) => {
      await transaction.get(document);
      transaction.set(document, { half: true });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await document.create({ free: true });
    expect((await document.get()).data()).toEqual({ free: true });
  });

  it('a failing precondition fails the whole transaction', async () => {
    const [present, fresh] = [local.collection().doc(), local.collection().doc()];
    await present.set({});
    const failing = local.db.runTransaction(async (transaction) => {
      await transaction.get(fresh);
      transaction.set(fresh, {}).create(present, {});
    });
    await expect(failing).rejects.toMatchObject({ code: code.alreadyExists });
    expect((await fresh.get()).exists).toBe(false);
  });

  it('commits that the test asked to abort are tried again', async () => {
    const counter = local.collection().doc();
    await counter.set({ n: 0 });
    await local.http('PUT', '/local/faults', { abortCommits: 1 });
    let attempts = 0;
    await local.db.runTransaction(async (transaction) => {
      attempts += 1;
      const snapshot = await transaction.get(counter);
      transaction.update(counter, { n: (snapshot.get('n') as number) + 1 });
    });
    expect(attempts).toBe(2);
    expect((await counter.get()).get('n')).toBe(1);
  });
});

describe('reading the past', () => {
  it('a read-only transaction sees one moment and makes nobody wait', async () => {
    const document = local.collection().doc();
    await document.set({ n: 1 });
    const seen = await local.db.runTransaction(
      async (transaction) => {
        const first = (await transaction.get(document)).get('n') as number;
        await document.set({ n: 2 });
        const found = await transaction.get(document.parent.where('n', '==', 1));
        return [first, (await transaction.get(document)).get('n') as number, found.size];
      },
      { readOnly: true },
    );
    expect(seen).toEqual([1, 1, 1]);
    expect((await document.get()).get('n')).toBe(2);
  });

  it('a read time shows documents as they were, also before they were made or after they were deleted', async () => {
    const document = local.db.collection(freshId()).doc('d');
    const before = await document.parent.doc('marker').set({});
    await document.set({ n: 1 });
    const then = (await document.get()).readTime;
    await document.delete();
    const readAt = (readTime: typeof then) =>
      local.db.runTransaction((transaction) => transaction.get(document), { readOnly: true, readTime });
    expect((await readAt(then)).data()).toEqual({ n: 1 });
    expect((await readAt(before.writeTime)).exists).toBe(false);
  });
});
