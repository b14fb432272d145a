import { credentials, makeGenericClientConstructor, Metadata } from '@grpc/grpc-js';

import { loadProtocol } from '../../local/firestore/wire/protocol.ts';
import { code, LocalFirestore, project } from './firestore-support/local-firestore.ts';

const local = new LocalFirestore();
beforeEach(() => local.start());
afterEach(() => local.stop());

interface Page {
  documents?: { name?: string }[];
  nextPageToken?: string;
}

/** One call without the official client, which always sends a token and hides pages. */
async function rawCall(method: string, request: object, authorization?: string): Promise<unknown> {
  const { service } = loadProtocol();
  const definition = service[method];
  if (definition === undefined) throw new Error(`There is no ${method}.`);
  const Client = makeGenericClientConstructor(service, 'Firestore');
  const client = new Client(local.host, credentials.createInsecure());
  const metadata = new Metadata();
  if (authorization !== undefined) metadata.set('authorization', authorization);
  const { path, requestSerialize, responseDeserialize } = definition;
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, (error, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });
  } finally {
    client.close();
  }
}

describe('who may ask', () => {
  const strangers: { name: string; headers: Record<string, string> }[] = [
    { name: 'a user token', headers: { Authorization: 'Bearer some.user.token' } },
    { name: 'an empty token', headers: { Authorization: '' } },
    { name: 'another scheme', headers: { Authorization: 'Basic owner' } },
  ];

  it.each(strangers)('$name is refused reads, writes, queries and listening', async ({ headers }) => {
    const stranger = local.client({ customHeaders: headers });
    const refused = { code: code.permissionDenied };
    await expect(stranger.doc('a/b').get()).rejects.toMatchObject(refused);
    await expect(stranger.doc('a/b').set({})).rejects.toMatchObject(refused);
    await expect(stranger.collection('a').get()).rejects.toMatchObject(refused);
    let stop = (): void => undefined;
    const failure = await new Promise((resolve) => {
      stop = stranger.doc('a/b').onSnapshot(() => undefined, resolve);
    });
    stop();
    expect(String(failure)).toContain(`Error ${code.permissionDenied}: `);
    expect((await local.db.doc('a/b').get()).exists).toBe(false);
  });

  it('a call without any token is refused', async () => {
    const name = `projects/${project}/databases/(default)/documents/a/b`;
    await expect(rawCall('GetDocument', { name })).rejects.toMatchObject({ code: code.permissionDenied });
  });
});

describe('lists', () => {
  it('come page by page', async () => {
    const collection = local.collection();
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => collection.doc(id).set({ id })));
    const parent = `projects/${project}/databases/(default)/documents`;
    const pages: (string | undefined)[][] = [];
    let pageToken = '';
    do {
      const request = { parent, collectionId: collection.id, pageSize: 2, pageToken };
      const page = (await rawCall('ListDocuments', request, 'Bearer owner')) as Page;
      pages.push((page.documents ?? []).map(({ name }) => name?.split('/').at(-1)));
      pageToken = page.nextPageToken ?? '';
    } while (pageToken !== '' && pages.length < 10);
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });
});

describe('counters', () => {
  it('count what clients read, write and ask for', async () => {
    const collection = local.collection();
    await local.db.batch().set(collection.doc('a'), { n: 1 }).set(collection.doc('b'), { n: 2 }).commit();
    await local.db.getAll(collection.doc('a'), collection.doc('missing'));
    await collection.where('n', '>', 0).get();
    await collection.count().get();
    expect((await local.http('GET', '/local/counters')).body).toEqual({
      documentReads: 5,
      documentWrites: 2,
      queries: 2,
      methods: { Commit: 1, BatchGetDocuments: 1, RunQuery: 1, RunAggregationQuery: 1 },
    });
  });

  it('start again from zero when reset', async () => {
    await local.collection().doc().set({});
    const zero = { documentReads: 0, documentWrites: 0, queries: 0, methods: {} };
    expect((await local.http('DELETE', '/local/counters')).body).toEqual(zero);
    expect((await local.http('GET', '/local/counters')).body).toEqual(zero);
  });
});

describe('faults', () => {
  it('an unavailable server is asked again by the client', async () => {
    await local.http('PUT', '/local/faults', { unavailable: 1 });
    await local.collection().doc().get();
    expect((await local.http('GET', '/local/faults')).body).toEqual({ abortCommits: 0, unavailable: 0 });
    expect((await local.http('GET', '/local/counters')).body).toMatchObject({ methods: { BatchGetDocuments: 2 } });
  });
});

describe('the HTTP side', () => {
  it('answers the questions of the emulator suite', async () => {
    expect((await local.http('GET', '/')).status).toBe(200);
    const rules = await local.http('PUT', `/emulator/v1/projects/${project}:securityRules`, { rules: {} });
    expect(rules).toEqual({ status: 200, body: { issues: [] } });
  });

  it('empties a database', async () => {
    await local.db.doc('a/b').set({});
    await local.http('DELETE', `/emulator/v1/projects/${project}/databases/(default)/documents`);
    expect((await local.db.listCollections()).length).toBe(0);
  });

  const refused: { method: string; path: string; body?: unknown; status: number }[] = [
    { method: 'GET', path: '/nowhere', status: 404 },
    { method: 'PUT', path: '/local/deliveries', body: { copies: 0 }, status: 400 },
    { method: 'PUT', path: '/local/deliveries', body: { copys: 2 }, status: 400 },
    { method: 'PUT', path: '/local/faults', body: { unavailable: 'often' }, status: 400 },
    {
      method: 'POST',
      path: `/emulator/v1/projects/${project}/eventarcTrigger?eventarcTriggerId=f-0`,
      body: { eventType: 'google.cloud.storage.object.v1.finalized', document: { value: 'a/b' } },
      status: 400,
    },
  ];
  it.each(refused)('refuses $method $path $body', async ({ method, path, body, status }) => {
    expect((await local.http(method, path, body)).status).toBe(status);
  });

  it('keeps projects and databases apart', async () => {
    await local.db.doc('a/b').set({});
    expect((await local.client({ projectId: 'demo-other' }).doc('a/b').get()).exists).toBe(false);
    expect((await local.client({ databaseId: 'second' }).doc('a/b').get()).exists).toBe(false);
  });
});
