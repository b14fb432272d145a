import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

describe('the check of imports between rooms', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'rooms-'));
    write('functions/tsconfig.json', '{}');
    write('functions/src/base/log.ts', 'export const log = 1;');
    write('functions/src/callback/callback.ts', `import '../base/log.ts'; export interface Callback { id: string }`);
    write('functions/src/fcm/result.ts', 'export const result = 1;');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('lets a room use what is below it', () => {
    expect(check()).toMatchObject({ status: 0, said: expect.stringContaining('no dependency violations') as string });
  });

  it.each([
    ['an import back', 'base/back.ts', `import '../callback/callback.ts';`, 'base-uses-only-rooms-below'],
    [
      'an import of a type alone',
      'base/back.ts',
      `import type { Callback } from '../callback/callback.ts'; export type T = Callback;`,
      'base-uses-only-rooms-below',
    ],
    ['a room of the same floor', 'callback/next.ts', `import '../fcm/result.ts';`, 'callback-uses-only-rooms-below'],
    ['a folder without a floor', 'callback/next.ts', `import '../attic/box.ts';`, 'every-folder-is-a-room'],
    ['a circle of files', 'base/log.ts', `import './log-of-log.ts';`, 'no-circles'],
  ])('refuses %s', (_, file, text, rule) => {
    write('functions/src/attic/box.ts', 'export {};');
    write('functions/src/base/log-of-log.ts', `import './log.ts';`);
    write(`functions/src/${file}`, text);
    const { status, said } = check();
    expect(status).not.toBe(0);
    expect(said).toContain(`error ${rule}`);
  });

  function write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }

  function check(): { status: number | null; said: string } {
    const program = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
    const options = ['--config', path.join(root, '.dependency-cruiser.mjs'), 'functions/src'];
    const { stdout, status } = spawnSync(process.execPath, [program, ...options], { cwd: folder, encoding: 'utf8' });
    return { status, said: stdout };
  }
});
