import { readConfig, type Config } from '../../functions/src/base/config.ts';
import { parameters } from '../../functions/src/base/parameters.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const project: Environment = { GCLOUD_PROJECT: 'demo-callbacks' };
const defaults: Config = {
  projectId: 'demo-callbacks',
  region: 'us-central1',
  credentialsSecret: 'callback-push-credentials',
  cacheMs: 60_000,
  freshForMs: 5_000,
  leaseMs: 60_000,
  reconciledPerSweep: 1000,
  graceMs: 24 * 3600_000,
  fcmBaseUrl: 'https://fcm.googleapis.com',
  oauthTokenUrl: 'https://oauth2.googleapis.com/token',
};

const local: Environment = {
  FUNCTIONS_EMULATOR: 'true',
  FCM_BASE_URL: 'http://127.0.0.1:9010',
  OAUTH_TOKEN_URL: 'http://127.0.0.1:9010/token',
  SECRET_MANAGER_ADDRESS: '127.0.0.1:9020',
};

test.each<{ name: string; given: Environment; expect: Partial<Config> }>([
  { name: 'nothing but the project leaves the defaults', given: {}, expect: {} },
  {
    name: 'what is set counts',
    given: {
      REGION: 'europe-west3',
      CREDENTIALS_SECRET: 'keys',
      CACHE_SECONDS: '0',
      FRESH_SECONDS: '30',
      LEASE_SECONDS: '600',
    },
    expect: { region: 'europe-west3', credentialsSecret: 'keys', cacheMs: 0, freshForMs: 30_000, leaseMs: 600_000 },
  },
  {
    name: 'the emulator may use other addresses',
    given: local,
    expect: {
      fcmBaseUrl: 'http://127.0.0.1:9010',
      oauthTokenUrl: 'http://127.0.0.1:9010/token',
      secretManager: { host: '127.0.0.1', port: 9020 },
    },
  },
])('$name', ({ given, expect: changes }) => {
  expect(readConfig({ ...project, ...given })).toEqual({ ...defaults, ...changes });
});

test('the configuration is frozen', () => {
  expect(Object.isFrozen(readConfig(project))).toBe(true);
});

test('an installation that answers every question with its default has the defaults', () => {
  const answers = Object.values(parameters).map((parameter) => [
    parameter.name,
    JSON.stringify(parameter.options.default).replaceAll('"', ''),
  ]);
  expect(readConfig({ ...project, ...(Object.fromEntries(answers) as Environment) })).toEqual(defaults);
});

test('parameters are read by their own names', () => {
  expect(Object.entries(parameters).filter(([name, parameter]) => parameter.name !== name)).toEqual([]);
});

test.each<{ name: string; given: Environment; expect: readonly string[] }>([
  { name: 'the project must be known', given: { GCLOUD_PROJECT: undefined }, expect: ['GCLOUD_PROJECT'] },
  {
    name: 'a text is not empty',
    given: { REGION: '', CREDENTIALS_SECRET: '' },
    expect: ['REGION', 'CREDENTIALS_SECRET'],
  },
  { name: 'seconds are a number', given: { CACHE_SECONDS: 'a minute' }, expect: ['CACHE_SECONDS'] },
  {
    name: 'seconds that are empty are not zero',
    given: { CACHE_SECONDS: '', FRESH_SECONDS: ' ' },
    expect: ['CACHE_SECONDS', 'FRESH_SECONDS'],
  },
  { name: 'a cache is not older than an hour', given: { CACHE_SECONDS: '3601' }, expect: ['CACHE_SECONDS'] },
  {
    name: 'an event is not fresh for longer than an hour',
    given: { FRESH_SECONDS: '3601' },
    expect: ['FRESH_SECONDS'],
  },
  { name: 'an event is not fresh for less than no time', given: { FRESH_SECONDS: '-1' }, expect: ['FRESH_SECONDS'] },
  { name: 'a lease lasts 30 s at least', given: { LEASE_SECONDS: '29' }, expect: ['LEASE_SECONDS'] },
  { name: 'a lease lasts 600 s at most', given: { LEASE_SECONDS: '601' }, expect: ['LEASE_SECONDS'] },
  {
    name: 'every problem is named at once',
    given: { REGION: '', CACHE_SECONDS: 'x', LEASE_SECONDS: '1' },
    expect: ['REGION', 'CACHE_SECONDS', 'LEASE_SECONDS'],
  },
  {
    name: 'other addresses are wrong outside the emulator',
    given: { ...local, FUNCTIONS_EMULATOR: undefined },
    expect: ['FCM_BASE_URL', 'OAUTH_TOKEN_URL', 'SECRET_MANAGER_ADDRESS'],
  },
  {
    name: 'an address of Secret Manager has a port',
    given: { ...local, SECRET_MANAGER_ADDRESS: '127.0.0.1' },
    expect: ['SECRET_MANAGER_ADDRESS'],
  },
])('$name', ({ given, expect: names }) => {
  expect(namesIn(() => readConfig({ ...project, ...given }))).toEqual(names);
});

/** The variables that an error names, in its order. */
function namesIn(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    return (error instanceof Error ? error.message : '').match(/\b[A-Z]+(_[A-Z]+)+\b|\bREGION\b/g) ?? [];
  }
}
