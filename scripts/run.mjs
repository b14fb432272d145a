/**
 * Every npm script starts here, with whatever Node the machine has: brings the checkout into working order (nothing is
 * done twice) and then runs what was asked for on the pinned Node, the one that runs in the cloud.
 *
 *   node scripts/run.mjs [program.ts | jest | check] [arguments]
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const node = path.join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
const [wanted, ...rest] = process.argv.slice(2);

let interrupted = false;

const tools = {
  // Jest loads packages that are ES modules only with this flag.
  jest: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'],
  tsc: ['node_modules/typescript/bin/tsc'],
  vite: ['node_modules/vite/bin/vite.js'],
  eslint: ['node_modules/eslint/bin/eslint.js'],
  depcruise: ['node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'],
  prettier: ['node_modules/prettier/bin/prettier.cjs'],
};

try {
  // Vite and ESLint want it.
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node ${process.version} is too old: install Node 20.19 or later.`);
  await install('.');
  await install('functions');
  if (!existsSync(node)) fail('The pinned Node is missing: run "npm rebuild node", with install scripts allowed.');
  await build();
  process.exitCode = await runWanted();
} catch (error) {
  if (!interrupted) console.error(`\n✖ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = interrupted ? 130 : 1;
}

async function runWanted() {
  if (!wanted) return 0;
  if (wanted !== 'check') return run(node, [...(tools[wanted] ?? [wanted]), ...rest]);
  const checks = [
    ['Format', [...tools.prettier, '--check', '.']],
    ['Lint', [...tools.eslint, '--max-warnings', '0', '.']],
    ['Rooms', [...tools.depcruise, '--config', '.dependency-cruiser.mjs', 'functions/src']],
    ['Types', [...tools.tsc, '-p', '.']],
    ['Types of the page', [...tools.tsc, '--noEmit', '-p', 'hosting']],
    ['Types of the service worker', [...tools.tsc, '--noEmit', '-p', 'hosting/worker']],
  ];
  for (const [name, command] of checks) {
    console.log(`▶ ${name}`);
    const code = await run(node, command);
    if (code !== 0) return code;
  }
  return 0;
}

/**
 * Installs a folder's dependencies unless they are whole and its lock file is the one they were installed from. Not by `npm ci`: that
 * refuses a lock file made where the registry lacks some other platform's optional packages.
 */
async function install(folder) {
  const modules = path.join(root, folder, 'node_modules');
  const stamp = path.join(modules, '.installed-from');
  const lock = digest([path.join(root, folder, 'package-lock.json')]);
  const { dependencies = {}, devDependencies = {} } = JSON.parse(
    readFileSync(path.join(root, folder, 'package.json'), 'utf8'),
  );
  const isWhole = Object.keys({ ...dependencies, ...devDependencies }).every((name) =>
    existsSync(path.join(modules, name, 'package.json')),
  );
  if (isWhole && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const what = folder === '.' ? 'tools' : folder;
  await step(
    `Installing dependencies of ${what} (once, about a minute)`,
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund'],
    {
      cwd: path.join(root, folder),
      advice:
        'check that the npm registry can be reached and the disk has 2 GB to spare, then run the same command again',
    },
  );
  writeFileSync(stamp, lock);
}

/** Compiles the functions and the hosted page unless their sources are the ones that were compiled last. */
async function build() {
  const compile = (title, ...args) => step(title, node, args, { cwd: root, advice: 'mend the errors above' });
  await unlessBuilt(
    'functions/lib',
    'trigger.cjs',
    [
      'functions/src',
      'functions/tsconfig.json',
      'functions/package.json',
      'functions/package-lock.json',
      'package-lock.json',
      'tsconfig.base.json',
      'scripts/bundle.mjs',
    ],
    async () => {
      // What was made of files that are gone would be deployed too.
      rmSync(path.join(root, 'functions/lib'), { recursive: true, force: true });
      await compile('Building the functions', ...tools.tsc, '-p', 'functions');
      await compile('Bundling the trigger', 'scripts/bundle.mjs');
    },
  );
  await unlessBuilt(
    'hosting/dist',
    'firebase-messaging-sw.js',
    [
      'hosting/src',
      'hosting/worker',
      'hosting/public',
      'hosting/index.html',
      'hosting/api.html',
      'hosting/vite.config.ts',
      'hosting/vite.sw.config.ts',
    ],
    async () => {
      await compile('Building the page', ...tools.vite, 'build', '-c', 'hosting/vite.config.ts');
      await compile('Building its service worker', ...tools.vite, 'build', '-c', 'hosting/vite.sw.config.ts');
    },
  );
}

async function unlessBuilt(output, entry, sources, compile) {
  // Beside the output, not in it: what lies in hosting/dist is served.
  const stamp = path.join(root, 'node_modules', `.built-${output.replace('/', '-')}`);
  const state = digest(sources.flatMap((source) => filesIn(path.join(root, source))));
  if (existsSync(path.join(root, output, entry)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  await compile();
  writeFileSync(stamp, state);
}

function filesIn(place) {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place)
    .sort()
    .flatMap((name) => filesIn(path.join(place, name)));
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(path.basename(file)).update(readFileSync(file));
  return hash.digest('hex');
}

/** Runs a quiet command with a sign of life every few seconds; its output is shown only when it fails. */
async function step(title, command, args, { cwd, advice }) {
  const started = Date.now();
  const elapsed = () => `${((Date.now() - started) / 1000).toFixed(0)} s`;
  console.log(`▶ ${title}`);
  const alive = setInterval(() => console.log(`  … ${elapsed()}`), 10_000);
  let output = '';
  const code = await run(command, args, { cwd, onOutput: (text) => (output += text) });
  clearInterval(alive);
  if (code === 0) return console.log(`  done in ${elapsed()}`);
  if (!interrupted) console.error(output.trimEnd().split('\n').slice(-40).join('\n'));
  fail(`${title}: failed after ${elapsed()}. Please ${advice}.`);
}

function run(command, args, { cwd = root, onOutput } = {}) {
  // Keeps Google's clients from looking for a metadata server that is not there.
  const env = {
    METADATA_SERVER_DETECTION: 'none',
    ...process.env,
    PATH: `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env.PATH}`,
  };
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: onOutput ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    shell: process.platform === 'win32',
  });
  child.stdout?.on('data', (chunk) => onOutput(String(chunk)));
  child.stderr?.on('data', (chunk) => onOutput(String(chunk)));
  // We outlive the child, to hand on its exit code; it may hear of a Ctrl-C twice, from the terminal and from us.
  const forward = (signal) => {
    interrupted = true;
    child.kill(signal);
  };
  process.on('SIGINT', forward).on('SIGTERM', forward).on('SIGHUP', forward);
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward).off('SIGHUP', forward);
      resolve(code ?? (signal ? 130 : 1));
    });
  });
}

function fail(message) {
  throw new Error(message);
}
