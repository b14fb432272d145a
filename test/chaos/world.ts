import type { Firestore } from '@google-cloud/firestore';
import type { Config } from '../../functions/src/base/config.ts';
import { createInstance, type Instance } from '../../functions/src/wiring.ts';
import type { Log, LogEvent } from '../../functions/src/base/log.ts';
import { localFirestore, registerCredentials } from '../../local/credentials.ts';
import { Firestore as FunctionsFirestore } from '../../local/functions-firestore.ts';
import type { Faults } from '../../local/fcm-faults.ts';
import { startFirestore, type FirestoreOptions } from '../../local/firestore/server.ts';
import { startGoogle, type Google } from '../../local/google.ts';
import type { ServiceAccountJson } from '../../local/oauth.ts';
import { startSecretManager, type SecretManager } from '../../local/secret-manager.ts';
import type { Tap } from '../../local/tap.ts';

export const projectId = 'demo-chaos';
const secretId = 'callback-push-credentials';

export interface WorldOptions {
  /** Epoch milliseconds, for everything in the world. */
  readonly now: () => number;
  readonly faults?: Faults;
  readonly firestoreTap?: Tap;
  readonly googleTap?: Tap;
  readonly secretManagerTap?: Tap;
  readonly onChanges?: FirestoreOptions['onChanges'];
  /** How far Google's clock is ahead, in milliseconds. */
  readonly googleAheadMs?: number;
}

/** Google as one instance of the functions sees it: every server real, over the wire, on 127.0.0.1. */
export interface World {
  readonly firestorePort: number;
  readonly google: Google;
  readonly secretManager: SecretManager;
  /** The test's own client. */
  readonly db: Firestore;
  readonly config: Config;
  /** Puts credentials in force; without an account, new ones. */
  readonly register: (account?: ServiceAccountJson) => Promise<ServiceAccountJson>;
  readonly stop: () => Promise<void>;
}

export async function createWorld(options: WorldOptions): Promise<World> {
  const { now, faults, firestoreTap, googleTap, secretManagerTap, onChanges, googleAheadMs = 0 } = options;
  const secretManager = await startSecretManager({ port: 0, ...(secretManagerTap && { tap: secretManagerTap }) });
  const google = await startGoogle({
    port: 0,
    now: () => now() + googleAheadMs,
    ...(faults && { faults }),
    ...(googleTap && { tap: googleTap }),
  });
  const firestore = await startFirestore({
    port: 0,
    now,
    ...(firestoreTap && { tap: firestoreTap }),
    ...(onChanges && { onChanges }),
  });
  const db = localFirestore(projectId, firestore.port);
  const config: Config = {
    projectId,
    region: 'us-central1',
    credentialsSecret: secretId,
    cacheMs: 60_000,
    freshForMs: 5_000,
    leaseMs: 60_000,
    reconciledPerSweep: 0,
    graceMs: 24 * 3600_000,
    fcmBaseUrl: google.url,
    oauthTokenUrl: `${google.url}/token`,
    secretManager: { host: '127.0.0.1', port: secretManager.port },
    firestoreEmulator: `127.0.0.1:${firestore.port}`,
  };
  const registry = { projectId, secretId, secretManagerPort: secretManager.port, firestorePort: firestore.port };
  return {
    firestorePort: firestore.port,
    google,
    secretManager,
    db,
    config,
    async register(account = google.accounts.create(projectId)) {
      await registerCredentials(registry, account);
      return account;
    },
    async stop() {
      await db.terminate();
      await google.stop();
      await firestore.stop();
      await secretManager.stop();
    },
  };
}

/** How many lines of each kind the instances wrote to their log. */
export type LogCounts = Map<LogEvent, number>;

export interface InstanceOptions {
  readonly now: () => number;
  readonly random: () => number;
  readonly scheduleRetry: (noticeId: string, at: number) => Promise<void>;
  readonly logged?: LogCounts;
  readonly config?: Partial<Config>;
  /** In real time; soon, unless told otherwise: where a request hangs simulated time stands still meanwhile. */
  readonly requestTimeoutMs?: number;
}

/** One more instance of the functions, in this process, with caches and connections of its own. */
export function startInstance(
  world: World,
  options: InstanceOptions,
): Instance & { readonly end: () => Promise<void> } {
  const db = new FunctionsFirestore({
    projectId,
    host: `127.0.0.1:${world.firestorePort}`,
    ssl: false,
    customHeaders: { Authorization: 'Bearer owner' },
  });
  const log: Log = (_, event) => options.logged?.set(event, (options.logged.get(event) ?? 0) + 1);
  const { now, random, scheduleRetry, requestTimeoutMs = 400 } = options;
  const config = { ...world.config, ...options.config };
  const instance = createInstance({ config, db, now, random, scheduleRetry, log, requestTimeoutMs });
  return { ...instance, end: () => db.terminate() };
}
