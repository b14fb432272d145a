import { FunctionSink } from './firestore-support/function-sink.ts';
import { freshId, LocalFirestore, project, signal, until } from './firestore-support/local-firestore.ts';

const local = new LocalFirestore();
const sink = new FunctionSink();

beforeAll(async () => {
  await local.start({ functionsEmulator: await sink.start() });
});

beforeEach(async () => {
  await local.http('PUT', '/local/deliveries', { copies: 1, shuffleMs: 0, inFlight: 4 });
});

afterAll(async () => {
  await local.stop();
  await sink.stop();
});

async function register(pattern: string, kind = 'written', key = `${freshId()}-0`): Promise<string> {
  const { status } = await local.http(
    'POST',
    `/emulator/v1/projects/${project}/eventarcTrigger?eventarcTriggerId=${key}`,
    // The suite encodes its bodies twice.
    JSON.stringify({
      eventType: `google.cloud.firestore.document.v1.${kind}`,
      database: '(default)',
      namespace: '(default)',
      document: { value: pattern, matchType: 'PATH_PATTERN' },
    }),
  );
  expect(status).toBe(200);
  return key;
}

const arrived = (key: string, count: number, deadlineMs?: number) =>
  until(
    () => sink.of(key),
    (received) => received.length >= count,
    deadlineMs,
  );

const idle = () =>
  until(
    async () => (await local.http('GET', '/local/deliveries')).body as { waiting: number; inFlightNow: number },
    ({ waiting, inFlightNow }) => waiting === 0 && inFlightNow === 0,
  );

describe('what triggers are told', () => {
  it('a creation, an update and a deletion, with the document before and after', async () => {
    const collection = freshId();
    const key = await register(`${collection}/{id}`);
    const document = local.db.doc(`${collection}/cb1`);
    await document.set({ state: 'new', deep: { list: [1, 'two', null] } });
    await document.update({ state: 'done', 'deep.more': 2.5 });
    await document.delete();
    const [created, updated, deleted] = (await arrived(key, 3)).map(({ data }) => data);
    const name = `projects/${project}/databases/(default)/documents/${collection}/cb1`;
    expect(created?.oldValue).toBeFalsy();
    expect(created?.value?.name).toBe(name);
    expect(created?.value?.fields?.['state']?.stringValue).toBe('new');
    expect(created?.value?.fields?.['deep']?.mapValue?.fields?.['list']?.arrayValue?.values).toHaveLength(3);
    expect(updated?.oldValue?.fields?.['state']?.stringValue).toBe('new');
    expect(updated?.value?.fields?.['deep']?.mapValue?.fields?.['more']?.doubleValue).toBe(2.5);
    expect(updated?.updateMask?.fieldPaths).toEqual(['state', 'deep.more']);
    expect(deleted?.value).toBeFalsy();
    expect(deleted?.oldValue?.fields?.['state']?.stringValue).toBe('done');
  });

  it('the attributes of the event', async () => {
    const collection = freshId();
    const key = await register(`${collection}/{id}`);
    const { writeTime } = await local.db.doc(`${collection}/cb1`).set({ a: 1 });
    const [received] = await arrived(key, 1);
    expect(received?.headers).toMatchObject({
      'content-type': 'application/protobuf',
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.firestore.document.v1.written',
      'ce-source': `//firestore.googleapis.com/projects/${project}/databases/(default)`,
      'ce-subject': `documents/${collection}/cb1`,
      'ce-document': `${collection}/cb1`,
      'ce-datacontenttype': 'application/protobuf',
      'ce-project': project,
      'ce-database': '(default)',
      'ce-namespace': '(default)',
    });
    expect(Date.parse(String(received?.headers['ce-time']))).toBe(writeTime.toMillis());
    expect(received?.headers['ce-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('a document whose id does not fit into a header, with the id encoded', async () => {
    const collection = freshId();
    const key = await register(`${collection}/{id}`);
    await local.db.doc(`${collection}/a b-é😀%`).set({});
    const [received] = await arrived(key, 1);
    expect(received?.headers['ce-document']).toBe(`${collection}/a b-%C3%A9%F0%9F%98%80%25`);
    expect(received?.data.value?.name?.endsWith('/a b-é😀%')).toBe(true);
  });

  const kinds = [
    { kind: 'created', told: ['create'] },
    { kind: 'updated', told: ['update'] },
    { kind: 'deleted', told: ['delete'] },
    { kind: 'written', told: ['create', 'update', 'delete'] },
    { kind: 'created.withAuthContext', told: ['create'] },
  ];
  it.each(kinds)('$kind: $told', async ({ kind, told }) => {
    const collection = freshId();
    const key = await register(`${collection}/{id}`, kind);
    const document = local.db.doc(`${collection}/d`);
    await document.set({ n: 1 });
    await document.set({ n: 1 });
    await document.set({ n: 2 });
    await document.delete();
    await arrived(key, told.length);
    await idle();
    const names = sink.of(key).map(({ data }) => (data.oldValue ? (data.value ? 'update' : 'delete') : 'create'));
    expect(names).toEqual(told);
  });

  const patterns = [
    { pattern: '*/d', reaches: ['d'] },
    { pattern: '{c}/{id}', reaches: ['d', 'e'] },
    { pattern: '{c}/{id}/s/{sub}', reaches: ['d/s/x'] },
    { pattern: '{c}/{rest=**}', reaches: ['d', 'e', 'd/s/x'] },
    { pattern: '{c}/d', reaches: ['d'] },
  ];
  it.each(patterns)('the pattern $pattern reaches $reaches', async ({ pattern, reaches }) => {
    const collection = freshId();
    const key = await register(pattern.replace(/^(\{c\}|\*)/, collection));
    for (const path of ['d', 'e', 'd/s/x']) await local.db.doc(`${collection}/${path}`).set({});
    await arrived(key, reaches.length);
    await idle();
    expect(sink.of(key).map(({ headers }) => headers['ce-document'])).toEqual(
      reaches.map((path) => `${collection}/${path}`),
    );
  });

  it('nothing of a failed commit or of an emptied database', async () => {
    const collection = freshId();
    const key = await register(`${collection}/{id}`);
    await local.db.doc(`${collection}/d`).create({});
    await expect(local.db.doc(`${collection}/d`).create({})).rejects.toThrow();
    await local.http('DELETE', `/emulator/v1/projects/${project}/databases/(default)/documents`);
    await arrived(key, 1);
    await idle();
    expect(sink.of(key)).toHaveLength(1);
  });

  it('a function loaded anew is told instead of its former self', async () => {
    const collection = freshId();
    const name = freshId();
    await register(`${collection}/{id}`, 'written', `${name}-0`);
    await register(`${collection}/{id}`, 'written', `${name}-1`);
    await local.db.doc(`${collection}/d`).set({});
    await arrived(`${name}-1`, 1);
    await idle();
    expect(sink.of(`${name}-0`)).toEqual([]);
    expect(sink.of(`${name}-1`)).toHaveLength(1);
  });
});

describe('how events are delivered', () => {
  it('in commit order and never more at once than allowed', async () => {
    await local.http('PUT', '/local/deliveries', { inFlight: 1 });
    const collection = freshId();
    const key = await register(`${collection}/{id}`);
    sink.mostAtOnce = 0;
    const document = local.db.doc(`${collection}/d`);
    for (let n = 0; n < 12; n++) await document.set({ n });
    const received = await arrived(key, 12);
    expect(received.map(({ data }) => Number(data.value?.fields?.['n']?.integerValue))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
    expect(sink.mostAtOnce).toBe(1);
  });

  it('four at once unless told otherwise, while the rest waits and is counted', async () => {
    const collection = freshId();
    const key = await register(`${collection}/{id}`);
    const release = signal();
    sink.holdUntil(release.promise);
    await Promise.all(Array.from({ length: 10 }, (_, n) => local.db.doc(`${collection}/d${n}`).set({ n })));
    await arrived(key, 4);
    expect((await local.http('GET', '/local/deliveries')).body).toMatchObject({ inFlightNow: 4, waiting: 6 });
    release.give();
    await arrived(key, 10);
    await idle();
    expect(sink.of(key)).toHaveLength(10);
  });

  it('again after a failure, as the same event', async () => {
    const collection = freshId();
    const key = await register(`${collection}/{id}`);
    const before = (await local.http('GET', '/local/deliveries')).body as { failed: number };
    sink.failNext(1);
    await local.db.doc(`${collection}/d`).set({});
    const [first, second] = await arrived(key, 2, 5000);
    expect(second?.headers['ce-id']).toBe(first?.headers['ce-id']);
    expect(second?.headers['ce-time']).toBe(first?.headers['ce-time']);
    await idle();
    expect(((await local.http('GET', '/local/deliveries')).body as { failed: number }).failed).toBe(before.failed + 1);
    expect(sink.of(key)).toHaveLength(2);
  });

  it('several times and out of order when a test asks for it', async () => {
    await local.http('PUT', '/local/deliveries', { copies: 2, shuffleMs: 300 });
    const collection = freshId();
    const key = await register(`${collection}/{id}`);
    await Promise.all(Array.from({ length: 20 }, (_, n) => local.db.doc(`${collection}/d${n}`).set({ n })));
    const received = await arrived(key, 40);
    await idle();
    expect(sink.of(key)).toHaveLength(40);
    const ids = received.map(({ headers }) => String(headers['ce-id']));
    expect(new Set(ids).size).toBe(20);
    const times = received.map(({ headers }) => String(headers['ce-time']));
    expect(times).not.toEqual([...times].sort());
  });
});
