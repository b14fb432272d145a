import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { assertSucceeds, initializeTestEnvironment, type RulesTestEnvironment } from '@firebase/rules-unit-testing';
import { doc, getDoc, setDoc, type Firestore } from 'firebase/firestore';
import { startFirestore, type RunningFirestore } from '../../local/firestore/server.ts';
import { eventually } from '../support/stack.ts';
import { refusesEverybody } from './access-table.ts';

const rules = readFileSync(path.resolve(import.meta.dirname, '../../firestore.rules'), 'utf8');
const host = '127.0.0.1';

async function roomAt(port: number): Promise<RulesTestEnvironment> {
  return initializeTestEnvironment({ projectId: 'demo-rules', firestore: { host, port, rules } });
}

describe('the local Firestore', () => {
  let server: RunningFirestore;
  let room: RulesTestEnvironment;
  beforeAll(async () => {
    server = await startFirestore({ port: 0 });
    room = await roomAt(server.port);
  });
  afterAll(async () => {
    await room.cleanup();
    await server.stop();
  });
  refusesEverybody(() => room);
});

/** Google's own emulator: its jar, named by this variable, and a Java that runs it. */
const jar = process.env['FIRESTORE_EMULATOR_JAR'] ?? '';

if (existsSync(jar)) describe('Google’s emulator, which judges by firestore.rules', onGooglesEmulator);

function onGooglesEmulator(): void {
  let emulator: ChildProcess;
  let room: RulesTestEnvironment;
  beforeAll(async () => {
    const port = await freePort();
    const main = 'com.google.cloud.datastore.emulator.firestore.CloudFirestore';
    emulator = spawn('java', ['-cp', jar, main, '--host', host, '--port', String(port)], { stdio: 'ignore' });
    room = await eventually('Google’s emulator', () => roomAt(port).catch(() => undefined));
  }, 60_000);
  afterAll(async () => {
    await room.cleanup();
    emulator.kill();
  });
  refusesEverybody(() => room);

  test('only rules stand in the way: without them the same request passes', async () => {
    await room.withSecurityRulesDisabled(async (context) => {
      const db = context.firestore() as unknown as Firestore;
      await assertSucceeds(setDoc(doc(db, 'callbacks', 'one'), { serviceName: 'support' }));
      await assertSucceeds(getDoc(doc(db, 'callbacks', 'one')));
    });
  });
}

test('the rules allow nothing to anybody', () => {
  expect(rules.match(/allow [^;]+;/g)).toEqual(['allow read, write: if false;']);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await promisify((done: (error?: Error) => void) => server.listen(0, host, done))();
  const address = server.address();
  await promisify((done: (error?: Error) => void) => server.close(done))();
  return typeof address === 'object' && address ? address.port : 0;
}
