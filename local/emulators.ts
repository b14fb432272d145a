import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { host, type Ports } from './ports.ts';

const root = path.resolve(import.meta.dirname, '..');

export interface EmulatorOptions {
  readonly ports: Ports;
  readonly projectId: string;
  /** The functions' parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The Java emulator of Firestore instead of the one of this repository. */
  readonly official: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface Emulators {
  /** File of what firebase-tools prints, the functions' log among it. */
  readonly log: string;
  /** Resolves when the emulators have ended by themselves. */
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Runs firebase-tools with the project's own firebase.json on the given ports. Firestore is started by firebase-tools
 * too: it believes that `local/firestore/java` is Java.
 *
 * @throws {Error} with the end of its output when it does not come up
 */
export async function startEmulators(options: EmulatorOptions): Promise<Emulators> {
  const { ports, projectId } = options;
  const folder = path.join(root, '.local', String(ports.inbox));
  const config = path.join(root, `.firebase-local-${ports.inbox}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(config, JSON.stringify(await configFor(ports, folder), null, 2));
  await writeFile(path.join(folder, '.env'), environmentFile(options.parameters));
  const firebase = createRequire(import.meta.url).resolve('firebase-tools/lib/bin/firebase.js');
  const child = spawn(process.execPath, [firebase, 'emulators:start', '--project', projectId, '--config', config], {
    cwd: folder,
    env: { ...process.env, ...(await firestoreEnvironment(options.official, folder)) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: Ctrl-C in the terminal is ours to hand on, in our order.
    detached: true,
  });
  const log = path.join(folder, 'emulators.log');
  const file = createWriteStream(log);
  let tail = '';
  const collect = (chunk: Buffer) => {
    file.write(chunk);
    tail = (tail + String(chunk)).slice(-20_000);
    // firebase-tools lives on without its Firestore, to no purpose.
    if (/Firestore Emulator has exited/.test(tail)) child.kill('SIGINT');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = once(child, 'exit').then(() => undefined);
  const stop = async () => {
    await end(child, ended);
    await rm(config, { force: true });
  };
  try {
    await ready(child, () => tail, ended, options.signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { log, ended, stop };
}

/** How long the emulators may take; a cold machine needs about 20 s. */
const startLimitMs = 120_000;

async function ready(
  child: ChildProcess,
  output: () => string,
  ended: Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const up = new Promise<void>((resolve, reject) => {
    const look = () => {
      if (/All emulators ready/.test(output())) resolve();
      if (/Failed to load function/.test(output())) reject(new Error('The functions could not be loaded'));
    };
    child.stdout?.on('data', look);
    signal?.addEventListener('abort', () => {
      reject(new Error('The start was given up'));
    });
    void ended.then(() => {
      reject(new Error('The Firebase emulators ended before they were ready'));
    });
    setTimeout(() => {
      reject(new Error(`The Firebase emulators were not ready after ${startLimitMs / 1000} s`));
    }, startLimitMs).unref();
  });
  await up.catch((error: unknown) => {
    const tail = output().trimEnd().split('\n').slice(-25).join('\n');
    throw new Error(`${error instanceof Error ? error.message : String(error)}. This is what they said last:\n${tail}`);
  });
}

/**
 * firebase.json with other ports, the functions' parameters from a folder of this stack alone, and what of the stack
 * the hosted page must reach that lies elsewhere in the cloud.
 */
async function configFor(ports: Ports, folder: string): Promise<object> {
  const config = JSON.parse(await readFile(path.join(root, 'firebase.json'), 'utf8')) as {
    functions: object[];
    hosting: { headers: { headers: { key: string; value: string }[] }[] };
    emulators: Record<string, unknown>;
  };
  const local = `${origin(ports.auth)} ${origin(ports.inbox)}`;
  for (const { headers } of config.hosting.headers) {
    for (const header of headers) header.value = header.value.replace(/connect-src 'self'/, `$& ${local}`);
  }
  const at = (port: number) => ({ host, port });
  return {
    ...config,
    functions: config.functions.map((codebase) => ({ ...codebase, configDir: path.relative(root, folder) })),
    emulators: {
      ...config.emulators,
      functions: at(ports.functions),
      firestore: { ...at(ports.firestore), websocketPort: ports.firestoreWebsocket },
      tasks: at(ports.tasks),
      eventarc: at(ports.eventarc),
      hub: at(ports.hub),
      logging: at(ports.logging),
      auth: at(ports.auth),
      hosting: at(ports.hosting),
    },
  };
}

function origin(port: number): string {
  return `http://${host}:${port}`;
}

function environmentFile(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
    .join('');
}

async function firestoreEnvironment(official: boolean, folder: string): Promise<Record<string, string>> {
  // Keeps the Google clients from looking for a metadata server that is not there.
  // What firebase-tools remembers of a user is of no use here, and their home may not be writable.
  // A busy machine takes longer to load functions than firebase-tools waits by itself.
  const offline = {
    METADATA_SERVER_DETECTION: 'none',
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    FUNCTIONS_DISCOVERY_TIMEOUT: '120',
  };
  if (official) return offline;
  const jar = path.join(folder, 'firestore-emulator.jar');
  await writeFile(jar, '');
  return {
    ...offline,
    PATH: `${path.join(import.meta.dirname, 'firestore')}${path.delimiter}${process.env['PATH'] ?? ''}`,
    FIRESTORE_EMULATOR_BINARY_PATH: jar,
    CALLBACK_PUSH_NODE: process.execPath,
  };
}

/** An interrupt lets firebase-tools end its children; whoever of its group is left after that is ended. */
async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined) return;
  const endGroup = () => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // Nobody of the group is left, as it should be.
    }
  };
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGINT');
    const lastResort = setTimeout(endGroup, 15_000);
    await ended;
    clearTimeout(lastResort);
  }
  endGroup();
}
