import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { World } from './world.ts';
import { projectId } from './world.ts';

const root = path.resolve(import.meta.dirname, '../..');
const framework = path.join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const preload = path.join(import.meta.dirname, 'victim-preload.mjs');

export const functionNames = ['onCallbackWritten', 'retryNotice', 'sweepNotices'] as const;
export type FunctionName = (typeof functionNames)[number];

/** One function in a process of its own, as Cloud Run starts it: functions-framework and the built functions. */
export interface Victim {
  /** Calls the function; undefined where it died over it. */
  call(headers: Readonly<Record<string, string>>, body: string | Buffer): Promise<number | undefined>;
  setAhead(ms: number): Promise<void>;
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>;
}

export interface VictimOptions {
  readonly world: World;
  readonly tasksPort: number;
  readonly name: FunctionName;
  /** How far its clock is ahead of the machine's. */
  readonly aheadMs: number;
}

export async function startVictim({ world, tasksPort, name, aheadMs }: VictimOptions): Promise<Victim> {
  const { config } = world;
  const child = spawn(process.execPath, ['--import', preload, framework], {
    cwd: path.join(root, 'functions'),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      FUNCTION_TARGET: name,
      FUNCTION_SIGNATURE_TYPE: name === 'onCallbackWritten' ? 'cloudevent' : 'http',
      CLOCK_AHEAD_MS: String(aheadMs),
      METADATA_SERVER_DETECTION: 'none',
      // What lets addresses other than Google's be used.
      FUNCTIONS_EMULATOR: 'true',
      GCLOUD_PROJECT: projectId,
      FIREBASE_CONFIG: JSON.stringify({ projectId }),
      FIRESTORE_EMULATOR_HOST: `127.0.0.1:${world.firestorePort}`,
      CLOUD_TASKS_EMULATOR_HOST: `127.0.0.1:${tasksPort}`,
      REGION: config.region,
      CREDENTIALS_SECRET: config.credentialsSecret,
      RECONCILED_PER_SWEEP: '20',
      FCM_BASE_URL: config.fcmBaseUrl,
      OAUTH_TOKEN_URL: config.oauthTokenUrl,
      SECRET_MANAGER_ADDRESS: `127.0.0.1:${world.secretManager.port}`,
    },
  });
  const exited = once(child, 'exit').then(() => undefined);
  const port = await portOf(child);
  return {
    async call(headers, body) {
      try {
        const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: toBody(body) });
        await answer.arrayBuffer();
        return answer.status;
      } catch {
        return undefined;
      }
    },
    async setAhead(ms) {
      const heard = once(child, 'message');
      child.send({ aheadMs: ms });
      await heard;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function portOf(child: ChildProcess): Promise<number> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint = (complaint + String(chunk)).slice(-2000)));
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      resolve((message as { port: number }).port);
    });
    child.once('exit', (code) => {
      reject(new Error(`the function ended with code ${code ?? 'none'} before it listened: ${complaint}`));
    });
  });
}

function toBody(body: string | Buffer): string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' ? body : new Uint8Array(body);
}
