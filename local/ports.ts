import { createServer } from 'node:net';

/** Everything listens here and nowhere else. */
export const host = '127.0.0.1';

/** Port of the push inbox; the other servers take the ports after it. */
export const defaultBasePort = 8900;

const servers = [
  'inbox',
  'functions',
  'firestore',
  'firestoreWebsocket',
  'tasks',
  'eventarc',
  'hub',
  'logging',
  'secretManager',
  'auth',
  'hosting',
] as const;
export type Server = (typeof servers)[number];
export type Ports = Readonly<Record<Server, number>>;

/** One block of consecutive ports, so that a single number moves the whole stack. */
export function portsFrom(base: number): Ports {
  return Object.fromEntries(servers.map((server, offset) => [server, base + offset])) as Ports;
}

/** @throws {Error} that names the first port somebody else listens on, and what to do */
export async function demandFree(ports: Ports): Promise<void> {
  for (const server of servers) {
    if (await isFree(ports[server])) continue;
    throw new Error(
      `Port ${ports[server]} (${server}) is taken. Stop what listens there, or choose another block of ports with ` +
        `--port ${ports.inbox + 100}`,
    );
  }
}

/**
 * The base of a block of ports that are all free now, looked for at random: for tests, which may run beside a stack.
 * Below 32768, where systems take the ports of outgoing connections from: such a one may come between look and use.
 */
export async function findFreeBase(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const base = 20_000 + Math.floor(Math.random() * 600) * 20;
    const free = await Promise.all(Object.values(portsFrom(base)).map(isFree));
    if (free.every(Boolean)) return base;
  }
  throw new Error('No block of free ports was found between 20000 and 32000.');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, host, () =>
      probe.close(() => {
        resolve(true);
      }),
    );
  });
}
