import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { World } from '../world.ts';
import type { Destination } from './sender.ts';

const program = path.join(import.meta.dirname, 'process.ts');
const redirect = path.join(import.meta.dirname, '../google-redirect.cjs');

export type SenderName = 'project' | 'bare http2' | 'admin send' | 'admin sendEach';

export interface Order {
  readonly count: number;
  /** Messages under way at the same time. */
  readonly concurrency: number;
  /** So many go first and are not looked at: they make the connections and fill the caches that a busy sender has. */
  readonly leadIn: number;
}

export interface Outcome {
  readonly sent: number;
  readonly accepted: number;
  /** Milliseconds, of each message, or each call where one takes many. */
  readonly took: readonly number[];
  /** The processor's, of the whole process meanwhile. */
  readonly microseconds: number;
}

export interface SenderProcess {
  readonly name: SenderName;
  send(order: Order): Promise<Outcome>;
  stop(): Promise<void>;
}

export async function startSender(name: SenderName, { google, certificateFile }: World): Promise<SenderProcess> {
  const { port, certificate, account } = google;
  const destination: Destination = { port, certificate, account };
  const child = fork(program, [name, JSON.stringify(destination)], {
    execArgv: name.startsWith('admin') ? ['--require', redirect] : [],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: certificateFile, GOOGLE_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint = (complaint + String(chunk)).slice(-2000)));
  const exited = once(child, 'exit').then(() => {
    throw new Error(`the sender ${name} has ended: ${complaint}`);
  });
  exited.catch(() => undefined);
  const told = async () => (await Promise.race([once(child, 'message'), exited]))[0] as unknown;
  await told();
  return {
    name,
    async send(order) {
      const answer = told();
      child.send(order);
      return (await answer) as Outcome;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited.catch(() => undefined);
    },
  };
}

/** Runs work with senders that are stopped however it ends. */
export async function withSenders<T>(
  names: readonly SenderName[],
  world: World,
  work: (senders: readonly SenderProcess[]) => Promise<T>,
): Promise<T> {
  const senders: SenderProcess[] = [];
  try {
    for (const name of names) senders.push(await startSender(name, world));
    return await work(senders);
  } finally {
    await Promise.all(senders.map((sender) => sender.stop()));
  }
}
