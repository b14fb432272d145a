import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { Firestore } from '@google-cloud/firestore';

const shim = join(__dirname, '../../local/firestore/java');
const running: ChildProcess[] = [];

beforeAll(() => {
  process.env['METADATA_SERVER_DETECTION'] = 'none';
});

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Runs the stand-in for Java the way the emulator suite does. */
function java(...args: string[]): ChildProcess {
  const child = spawn(shim, args, { env: { ...process.env, CALLBACK_PUSH_NODE: process.execPath } });
  running.push(child);
  return child;
}

async function finished(child: ChildProcess): Promise<{ code: unknown; said: string }> {
  let said = '';
  child.stderr?.on('data', (chunk) => (said += String(chunk)));
  child.stdout?.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as unknown[];
  return { code, said };
}

it('answers the version check as a Java the suite accepts', async () => {
  const { code, said } = await finished(java('-Duser.language=en', '-Dfile.encoding=UTF-8', '-version'));
  expect(code).toBe(0);
  expect(/version "([1-9][0-9]*)/.exec(said)?.[1]).toBe('21');
});

const refusals = [
  { name: 'a project that is not a demo', args: ['--port', '0', '--project_id', 'shop-production'], says: 'demo-' },
  {
    name: 'an address others can reach',
    args: ['--host', '0.0.0.0', '--port', '0', '--project_id', 'demo-x'],
    says: '127.0.0.1',
  },
  { name: 'a missing port', args: ['--project_id', 'demo-x'], says: '--port' },
];
it.each(refusals)('refuses $name with exit code 1', async ({ args, says }) => {
  const { code, said } = await finished(java('-jar', 'any.jar', ...args));
  expect(code).toBe(1);
  expect(said).toContain(says);
});

it.each(['SIGTERM', 'SIGINT'] as const)('serves with the flags of the suite and ends cleanly on %s', async (ending) => {
  const child = java(
    '-Dgoogle.cloud_firestore.debug_log_level=FINE',
    '-jar',
    'any.jar',
    ...['--host', '127.0.0.1', '--port', '0', '--websocket_port', '0', '--database-edition', 'standard'],
    ...['--project_id', 'demo-x', '--rules', '/none', '--single_project_mode', 'true'],
  );
  const ended = finished(child);
  const [line] = (await once(child.stdout ?? child, 'data')) as unknown[];
  const port = /port (\d+)/.exec(String(line))?.[1] ?? '';
  const db = new Firestore({ projectId: 'demo-x', host: `127.0.0.1:${port}`, ssl: false });
  await db.doc('a/b').set({ n: 1 });
  expect((await db.doc('a/b').get()).data()).toEqual({ n: 1 });
  await db.terminate();
  child.kill(ending);
  expect((await ended).code).toBe(0);
});
