import { randomUUID } from 'node:crypto';

import type { CollectionReference, Settings } from '@google-cloud/firestore';
import { Firestore } from '@google-cloud/firestore';

import type { FirestoreOptions, RunningFirestore } from '../../../local/firestore/server.ts';
import { startFirestore } from '../../../local/firestore/server.ts';

export const project = 'demo-contract';

/** gRPC status codes as the client reports them. */
export const code = {
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  failedPrecondition: 9,
  aborted: 10,
  unavailable: 14,
} as const;

/** The server under test with the official client connected to it over the wire. */
export class LocalFirestore {
  #server: RunningFirestore | undefined;
  #clients: Firestore[] = [];
  readonly #Client: typeof Firestore;

  /** @param Client which copy of the official client: code of the functions needs their own */
  constructor(Client = Firestore) {
    this.#Client = Client;
  }

  async start(options: Omit<FirestoreOptions, 'port'> = {}): Promise<void> {
    process.env['METADATA_SERVER_DETECTION'] = 'none';
    this.#server = await startFirestore({ port: 0, ...options });
    this.client();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.terminate()));
    await this.#server?.stop();
  }

  get host(): string {
    return `127.0.0.1:${this.#server?.port ?? 0}`;
  }

  get db(): Firestore {
    const [client] = this.#clients;
    if (client === undefined) throw new Error('The server has not been started.');
    return client;
  }

  /** A further client, which shares nothing with the first one. */
  client(settings: Settings = {}): Firestore {
    const client = new this.#Client({ projectId: project, host: this.host, ssl: false, ...settings });
    this.#clients.push(client);
    return client;
  }

  /** A collection no other test uses. */
  collection(): CollectionReference {
    return this.db.collection(freshId());
  }

  /** Asks the HTTP side; answers with the status and the decoded body. */
  async http(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`http://${this.host}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }
}

/** Starts a server for the tests of a file and stops it after them. */
export function useLocalFirestore(Client = Firestore): LocalFirestore {
  const local = new LocalFirestore(Client);
  beforeAll(() => local.start());
  afterAll(() => local.stop());
  return local;
}

export function freshId(): string {
  return `c-${randomUUID().slice(0, 8)}`;
}

/** Reads again and again until the value is accepted; fails with the last value at the deadline. */
export async function until<T>(
  read: () => T | Promise<T>,
  accept: (value: T) => boolean,
  deadlineMs = 8000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(value)} after ${deadlineMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A promise to be settled from outside, for tests that take turns with a running transaction. */
export function signal(): { promise: Promise<void>; give: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    promise,
    give: () => {
      resolve(undefined);
    },
  };
}
