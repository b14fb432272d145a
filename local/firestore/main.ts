import { parseArgs } from 'node:util';

import type { FirestoreOptions } from './server.ts';
import { startFirestore } from './server.ts';

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Reads the flags of the official emulator; those that mean nothing here are ignored. */
const parentCheckMs = 250;

function readOptions(args: readonly string[]): FirestoreOptions {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      host: { type: 'string' },
      port: { type: 'string' },
      project_id: { type: 'string' },
      functions_emulator: { type: 'string' },
    },
  });
  const text = (value: string | boolean | undefined): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  const host = text(values.host) ?? '127.0.0.1';
  const port = Number(text(values.port) ?? NaN);
  const project = text(values.project_id) ?? '';
  const functionsEmulator = text(values.functions_emulator);
  if (!project.startsWith('demo-')) {
    throw new Error(`The local Firestore only serves projects whose id starts with "demo-", not "${project}".`);
  }
  if (!loopback.has(host)) {
    throw new Error(`The local Firestore only listens on this machine (127.0.0.1), not on "${host}".`);
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error('The local Firestore needs a port number: --port 8080.');
  }
  return { host, port, ...(functionsEmulator === undefined ? {} : { functionsEmulator }) };
}

async function run(): Promise<void> {
  const starting = startFirestore(readOptions(process.argv.slice(2)));
  // Before the port is open: whoever sees it open may at once ask for the end.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void starting.then((server) => server.stop()).then(() => process.exit(0));
    });
  }
  endWithParent();
  const { port } = await starting;
  console.log(`The local Firestore listens on port ${port}.`);
}

/** firebase-tools gives each emulator a process group of its own: where it is killed nobody else would end us. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, parentCheckMs).unref();
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
