import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Pool } from 'undici';
import type { Contestant } from './contestants.ts';
import type { WireEvent } from './events.ts';
import { processorMs, residentMb } from './process-usage.ts';
import { projectId } from './project.ts';
import { root, type World } from './world.ts';

const framework = path.join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const preload = path.join(import.meta.dirname, 'instance-preload.cjs');

export interface InstanceOptions {
  readonly contestant: Contestant;
  readonly world: World;
  readonly target?: string;
  /** Connections on which it is called. */
  readonly connections?: number;
  /** On one core, where the machine has more and `taskset`. */
  readonly oneCore?: boolean;
  readonly preload?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** One function in a process of its own, as Cloud Run starts it. */
export interface Instance {
  readonly name: string;
  /** Calls the function. @throws where it does not answer that all is well */
  call(event: WireEvent): Promise<void>;
  processorMs(): number;
  residentMb(): number;
  /** After a garbage collection. */
  heapMb(): Promise<number>;
  stop(): Promise<void>;
}

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { contestant, world, target = 'onCallbackWritten', connections = 1, oneCore = false } = options;
  const preloads = [preload, ...(contestant.preload ?? []), ...(options.preload ?? [])];
  const command = [process.execPath, ...preloads.flatMap((file) => ['--require', file]), framework];
  const [program = '', ...args] = oneCore && canPin ? ['taskset', '-c', '1', ...command] : command;
  const child = spawn(program, args, {
    cwd: contestant.folder,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      NODE_ENV: 'production',
      NODE_EXTRA_CA_CERTS: world.certificateFile,
      LOG_EXECUTION_ID: 'true',
      K_SERVICE: target,
      FUNCTION_TARGET: target,
      FUNCTION_SIGNATURE_TYPE: target === 'onCallbackWritten' ? 'cloudevent' : 'http',
      METADATA_SERVER_DETECTION: 'none',
      GCLOUD_PROJECT: projectId,
      FIREBASE_CONFIG: JSON.stringify({ projectId }),
      FIRESTORE_EMULATOR_HOST: `127.0.0.1:${world.firestore.port}`,
      ...contestant.environment(world),
      ...options.environment,
    },
  });
  const exited = once(child, 'exit');
  const { port } = await firstWord(child, contestant.name);
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 });
  const pid = child.pid ?? 0;
  return {
    name: contestant.name,
    async call({ headers, body }) {
      const answer = await pool.request({ path: '/', method: 'POST', headers, body });
      await answer.body.dump();
      if (answer.statusCode >= 300) throw new Error(`${contestant.name} answered ${answer.statusCode}`);
    },
    processorMs: () => processorMs(pid),
    residentMb: () => residentMb(pid),
    async heapMb() {
      const told = once(child, 'message');
      child.send('heap');
      const [{ heapBytes }] = (await told) as [{ heapBytes: number }];
      return heapBytes / 1024 ** 2;
    },
    async stop() {
      await pool.destroy();
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** Runs work with instances that are stopped however it ends. */
export async function withInstances<T>(
  wanted: readonly InstanceOptions[],
  work: (instances: readonly Instance[]) => Promise<T>,
): Promise<T> {
  const instances: Instance[] = [];
  try {
    for (const options of wanted) instances.push(await startInstance(options));
    return await work(instances);
  } finally {
    await Promise.all(instances.map((instance) => instance.stop()));
  }
}

async function firstWord(child: ChildProcess, name: string): Promise<{ port: number }> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint = (complaint + String(chunk)).slice(-2000)));
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      resolve(message as { port: number });
    });
    child.once('exit', (code) => {
      reject(new Error(`${name} ended with code ${code ?? 'none'} before it listened: ${complaint}`));
    });
  });
}
