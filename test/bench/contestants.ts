import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { secretId } from './project.ts';
import { project } from './row.ts';
import { benchFolder, root, type World } from './world.ts';

/** Somebody who is measured: a folder as it is deployed, and what its deployment gives it. */
export interface Contestant {
  readonly name: string;
  /** What functions-framework is pointed at; `main` of its package.json is the artifact. */
  readonly folder: string;
  readonly environment: (world: World) => Readonly<Record<string, string>>;
  /** Preloaded besides what everybody gets. */
  readonly preload?: readonly string[];
}

const modules = path.join(root, 'functions/node_modules');
const rivals = path.join(import.meta.dirname, 'rivals');

/** What is deployed with the functions, for every project. */
const deployedEnvironment = parseEnv(readFileSync(path.join(root, 'functions/.env'), 'utf8')) as Readonly<
  Record<string, string>
>;

/** This project: the very folder that is deployed. */
export const ours: Contestant = {
  name: project,
  folder: path.join(root, 'functions'),
  environment: ({ google }) => ({
    ...deployedEnvironment,
    CREDENTIALS_SECRET: secretId,
    FCM_BASE_URL: `https://127.0.0.1:${google.port}`,
    OAUTH_TOKEN_URL: `https://127.0.0.1:${google.port}/token`,
    SECRET_MANAGER_ADDRESS: `127.0.0.1:${google.secretManagerPort}`,
    // What lets addresses other than Google's be used.
    FUNCTIONS_EMULATOR: 'true',
    // An event that a busy machine kept waiting for seconds is young all the same: what is measured must not change.
    FRESH_SECONDS: '300',
    // What is not sent at once asks for a task, which nobody takes here.
    CLOUD_TASKS_EMULATOR_HOST: '127.0.0.1:1',
  }),
};

/** An empty handler in our place: deployed with the same environment, for what it costs by itself is V8's and not ours. */
export const floor = rival('floor', { environment: () => deployedEnvironment });
export const empty = rival('empty', { environment: () => deployedEnvironment });
export const straightforward = rival('straightforward', {
  environment: ({ google }) => ({
    SERVICE_ACCOUNT: JSON.stringify(google.account),
    GOOGLE_PORT: String(google.port),
  }),
  preload: [path.join(import.meta.dirname, 'google-redirect.cjs')],
});

/**
 * A rival lies where it finds the same packages as we do, and only once each: beside a link to them, as if it were
 * deployed from a folder of its own.
 */
function rival(name: string, given: Partial<Pick<Contestant, 'environment' | 'preload'>> = {}): Contestant {
  const deployed = path.join(benchFolder, 'rivals');
  const folder = path.join(deployed, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(deployed, { recursive: true });
  cpSync(path.join(rivals, name), folder, { recursive: true });
  const link = path.join(deployed, 'node_modules');
  if (!existsSync(link)) symlinkSync(modules, link);
  return { name, folder, environment: () => ({}), ...given };
}
