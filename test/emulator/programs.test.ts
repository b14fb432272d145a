import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectId } from '../../local/stack.ts';
import { program } from '../support/program.ts';
import { eventually, sharedStack } from '../support/stack.ts';
import { demandFree, findFreeBase, host, portsFrom } from '../../local/ports.ts';

const root = path.resolve(import.meta.dirname, '../..');
const sharedPort = () => process.env['CALLBACK_PUSH_TEST_PORT'] ?? '';

test('npm start plays the demo without a duplicate or a loss, and Ctrl-C leaves nothing behind', async () => {
  const port = await findFreeBase();
  const { code, output } = await program('local/main.ts', ['--port', String(port)], /It is all yours/);
  expect(output).toMatch(/^result expected=9 received=9 duplicates=0 missing=0 p50=\d+ms p99=\d+ms$/m);
  expect(code).toBe(0);
  await demandFree(portsFrom(port));
}, 120_000);

test('the TypeScript example of the README works as it stands', async () => {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const example = path.join(root, '.local', sharedPort(), 'readme-example.ts');
  await writeFile(example, /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? 'throw new Error("no example")');
  const { firestore } = portsFrom(Number(sharedPort()));
  const env = { ...process.env, FIRESTORE_EMULATOR_HOST: `${host}:${firestore}`, GCLOUD_PROJECT: projectId };
  await promisify(execFile)(process.execPath, [example], { env });
  const stack = sharedStack();
  await stack.idle();
  const { messages } = await stack.inbox();
  const events = messages.filter(({ target }) => target === 'registration-token-of-the-app').map(({ event }) => event);
  expect(events.toSorted()).toEqual(['CALLBACK_ATTEMPT_FAILED', 'CALLBACK_UPCOMING']);
  await stack.db.terminate();
});

test('a replay that is interrupted does not count as passed', async () => {
  const { code, output } = await program('local/replay-main.ts', ['sample', '--port', sharedPort()], /Playing/);
  expect(code).toBe(130);
  expect(output).not.toMatch(/^result/m);
});

test('firebase-tools ending by itself is told, and leaves nothing behind', async () => {
  const port = await findFreeBase();
  const starting = program('local/main.ts', ['--port', String(port)]);
  const pid = await eventually('firebase-tools', async () => {
    const { stdout } = await promisify(execFile)('pgrep', ['-f', `firebase-local-${port}.json`]).catch(() => ({
      stdout: '',
    }));
    const listening = await fetch(`http://${host}:${portsFrom(port).firestore}/`).then(
      () => true,
      () => false,
    );
    return listening && Number(stdout.trim().split('\n')[0]);
  });
  process.kill(pid, 'SIGKILL');
  const { code, output } = await starting;
  expect(code).toBe(1);
  expect(output).toMatch(/✖ The Firebase emulators/);
  await eventually('the ports to be free', () =>
    demandFree(portsFrom(port)).then(
      () => true,
      () => false,
    ),
  );
});

test('a port that is taken is named, with what to do', async () => {
  const port = await findFreeBase();
  const other = createServer().listen(portsFrom(port).firestore, host);
  const { code, output } = await program('local/main.ts', ['--port', String(port)]);
  other.close();
  expect(code).toBe(1);
  expect(output).toContain(`Port ${portsFrom(port).firestore} (firestore) is taken.`);
  expect(output).not.toMatch(/^ +at /m);
}, 30_000);

test.each([
  { how: 'as it is', args: [] },
  { how: 'with every delivery doubled and shuffled', args: ['--copies', '2', '--shuffle', '400'] },
])(
  'the shipped sample arrives whole $how',
  async ({ args }) => {
    const { code, output } = await program('local/replay-main.ts', [
      'sample',
      '--speed',
      '12',
      '--port',
      sharedPort(),
      ...args,
    ]);
    expect(output).toMatch(/^result expected=(\d+) received=\1 duplicates=0 missing=0 /m);
    expect(code).toBe(0);
  },
  300_000,
);

test('a replay in which something is missing or unexpected fails', async () => {
  const { code, output } = await program('local/replay-main.ts', [
    path.join(import.meta.dirname, 'disappointing.ndjson'),
    '--port',
    sharedPort(),
  ]);
  expect(output).toMatch(/^result expected=1 received=1 duplicates=0 missing=1 /m);
  expect(output).toContain('disappointing CALLBACK_READY: expected 1, received 0');
  expect(output).toContain('disappointing CALLBACK_PURGED: expected 0, received 1');
  expect(code).toBe(1);
}, 60_000);

test('a recording with bad lines is refused before anything is written', async () => {
  const { code, output } = await program('local/replay-main.ts', [
    path.join(import.meta.dirname, 'broken.ndjson'),
    '--port',
    sharedPort(),
  ]);
  expect(code).toBe(1);
  expect(output).toMatch(/line 2: .*\n {2}line 3: /);
}, 30_000);
