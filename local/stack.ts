import { spawnSync } from 'node:child_process';
import { registerCredentials } from './credentials.ts';
import { startEmulators, type Emulators } from './emulators.ts';
import { startGoogle, type Google } from './google.ts';
import { createServiceAccount } from './oauth.ts';
import { demandFree, host, portsFrom, type Ports } from './ports.ts';
import { unlessAborted } from './terminal.ts';
import { seedUsers } from './users.ts';
import { warmUp } from './warm-up.ts';
import { startSecretManager, type SecretManager } from './secret-manager.ts';

/** A project id that begins with `demo-` never reaches a real project: firebase-tools sees to it. */
export const projectId = 'demo-callback-push';
const secretId = 'callback-push-credentials';
/** Settings that one edits by hand apply after this. */
export const cacheSeconds = 2;

export interface StackOptions {
  readonly basePort: number;
  /** Google's own Firestore emulator (Java 21) instead of the one of this repository. */
  readonly official?: boolean;
  /** Whether credentials are registered from the start; without them nothing can be sent yet. */
  readonly registered?: boolean;
  /** Parameters of the functions that differ from what the stack sets. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Told of each long step, when it begins and when it has ended. */
  readonly progress?: (step: string, done: boolean) => void;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

export interface Stack {
  readonly projectId: string;
  readonly ports: Ports;
  readonly google: Google;
  readonly secretManager: SecretManager;
  readonly emulators: Emulators;
  /** Registers a new service account of the project as the credentials in force. */
  readonly registerCredentials: () => Promise<void>;
  /** Runs the scheduled sweep in its function, now. */
  readonly sweep: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Brings everything up that Callback Push needs, on this machine: what stands in for Google in this process, the
 * Firebase emulators with the real functions in theirs, and credentials that work.
 *
 * @throws {Error} that says what to do; nothing is left running
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { basePort, official = false, progress = () => undefined, signal } = options;
  const ports = portsFrom(basePort);
  await demandFree(ports);
  if (official) demandJava();
  const started: { stop: () => Promise<void> }[] = [];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    progress(name, false);
    const result = await work();
    progress(name, true);
    return result;
  };
  try {
    const secretManager = await startSecretManager({ port: ports.secretManager });
    started.push(secretManager);
    const google = await startGoogle({ port: ports.inbox, secretManager });
    started.push(google);
    const parameters = { ...localParameters(google, ports), ...options.parameters };
    const emulators = await step('Firebase emulators', () =>
      startEmulators({ ports, projectId, parameters, official, signal }),
    );
    started.push(emulators);
    const register = async () => {
      const account = createServiceAccount(projectId);
      google.accounts.register(account);
      const { secretManager: secretManagerPort, firestore: firestorePort } = ports;
      await registerCredentials({ projectId, secretId, secretManagerPort, firestorePort }, account);
    };
    await step('Users of the page', () => seedUsers(projectId, ports.auth));
    if (options.registered ?? true) {
      await step('Firebase credentials', register);
      await step('Warming the functions', () => unlessAborted(signal, warmUp(google, projectId, ports.firestore)));
    }
    const sweep = () => runSchedule(ports.functions, 'sweepNotices');
    return { projectId, ports, google, secretManager, emulators, registerCredentials: register, sweep, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Every parameter of the functions, since firebase-tools asks the terminal for those that it misses. */
function localParameters(google: Google, ports: Ports): Record<string, string> {
  return {
    REGION: 'us-central1',
    CREDENTIALS_SECRET: secretId,
    CACHE_SECONDS: String(cacheSeconds),
    FRESH_SECONDS: '5',
    LEASE_SECONDS: '60',
    RECONCILED_PER_SWEEP: '1000',
    CREDENTIALS_GRACE_HOURS: '24',
    FCM_BASE_URL: google.url,
    OAUTH_TOKEN_URL: `${google.url}/token`,
    SECRET_MANAGER_ADDRESS: `${host}:${ports.secretManager}`,
  };
}

/** Google's scheduler has no emulator without Java; the functions emulator runs the function when asked to. */
async function runSchedule(functionsPort: number, name: string): Promise<void> {
  const answer = await fetch(
    `http://${host}:${functionsPort}/functions/projects/${projectId}/triggers/us-central1-${name}-0`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    },
  );
  if (!answer.ok) throw new Error(`${name} answered ${answer.status}: ${await answer.text()}`);
}

function demandJava(): void {
  const { stdout, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(`${stdout}${stderr}`)?.[1] ?? 0);
  if (major >= 21) return;
  const found = major === 0 ? 'no Java was found' : `Java ${major} was found`;
  throw new Error(
    `Google's Firestore emulator needs Java 21 or later, and ${found}. Install it, or leave out --official.`,
  );
}
