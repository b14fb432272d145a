import * as v from 'valibot';
import { parse } from './problems.ts';

export interface Config {
  readonly projectId: string;
  readonly region: string;
  readonly credentialsSecret: string;
  readonly cacheMs: number;
  readonly freshForMs: number;
  readonly leaseMs: number;
  readonly reconciledPerSweep: number;
  readonly graceMs: number;
  readonly fcmBaseUrl: string;
  readonly oauthTokenUrl: string;
  /** Host and port of the local Firestore, and of another metadata server than Google's. */
  readonly firestoreEmulator?: string;
  readonly metadataServer?: string;
  /** Absent = Google's. */
  readonly secretManager?: { readonly host: string; readonly port: number };
}

type Environment = Readonly<Record<string, string | undefined>>;

const google = {
  FCM_BASE_URL: 'https://fcm.googleapis.com',
  OAUTH_TOKEN_URL: 'https://oauth2.googleapis.com/token',
  SECRET_MANAGER_ADDRESS: 'secretmanager.googleapis.com:443',
} as const;

const text = (whenAbsent: string) => v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty')), whenAbsent);
const within = (unit: string, whenAbsent: number, min: number, max: number) =>
  v.pipe(
    v.optional(v.string(), String(whenAbsent)),
    v.transform((text) => (text.trim() === '' ? NaN : Number(text))),
    v.check((value) => value >= min && value <= max, `must be a number of ${unit}, ${min} to ${max}`),
  );

const environmentSchema = v.object({
  GCLOUD_PROJECT: v.string(),
  REGION: text('us-central1'),
  CREDENTIALS_SECRET: text('callback-push-credentials'),
  CACHE_SECONDS: within('seconds', 60, 0, 3600),
  FRESH_SECONDS: within('seconds', 5, 0, 3600),
  LEASE_SECONDS: within('seconds', 60, 60, 600),
  RECONCILED_PER_SWEEP: within('callbacks', 1000, 0, 20_000),
  CREDENTIALS_GRACE_HOURS: within('hours', 24, 1, 720),
  FCM_BASE_URL: text(google.FCM_BASE_URL),
  OAUTH_TOKEN_URL: text(google.OAUTH_TOKEN_URL),
  SECRET_MANAGER_ADDRESS: v.pipe(text(google.SECRET_MANAGER_ADDRESS), v.regex(/^[\w.-]+:\d+$/, 'must be host:port')),
  // As Google's own clients know them.
  FIRESTORE_EMULATOR_HOST: v.optional(v.string()),
  GCE_METADATA_HOST: v.optional(v.string()),
});

/**
 * Reads the configuration once, as one frozen value.
 *
 * @throws {Error} naming every variable that is wrong; an address that is not Google's is wrong outside the emulator,
 *   so that no key or message of a real project can end up anywhere else
 */
export function readConfig(environment: Environment): Config {
  const parsed = parse(environmentSchema, environment);
  if ('problems' in parsed) throw new Error(`The configuration is wrong: ${parsed.problems.join('; ')}`);
  const env = parsed.value;
  const strangers = (Object.keys(google) as (keyof typeof google)[]).filter((name) => env[name] !== google[name]);
  if (strangers.length > 0 && environment['FUNCTIONS_EMULATOR'] !== 'true') {
    throw new Error(
      `The configuration is wrong: only the emulator may use other addresses than Google's (${strangers.join(', ')})`,
    );
  }
  return Object.freeze({
    projectId: env.GCLOUD_PROJECT,
    region: env.REGION,
    credentialsSecret: env.CREDENTIALS_SECRET,
    cacheMs: env.CACHE_SECONDS * 1000,
    freshForMs: env.FRESH_SECONDS * 1000,
    leaseMs: env.LEASE_SECONDS * 1000,
    reconciledPerSweep: Math.floor(env.RECONCILED_PER_SWEEP),
    graceMs: env.CREDENTIALS_GRACE_HOURS * 3600_000,
    fcmBaseUrl: env.FCM_BASE_URL,
    oauthTokenUrl: env.OAUTH_TOKEN_URL,
    ...(env.FIRESTORE_EMULATOR_HOST && { firestoreEmulator: env.FIRESTORE_EMULATOR_HOST }),
    ...(env.GCE_METADATA_HOST && { metadataServer: env.GCE_METADATA_HOST }),
    ...(strangers.includes('SECRET_MANAGER_ADDRESS') && { secretManager: hostAndPort(env.SECRET_MANAGER_ADDRESS) }),
  });
}

function hostAndPort(address: string): { host: string; port: number } {
  const [host = '', port] = address.split(':');
  return { host, port: Number(port) };
}
