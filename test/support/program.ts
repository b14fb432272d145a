import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program of the local stack as npm does; `until` = interrupt it once its output matches. */
export function program(script: string, args: readonly string[], until?: RegExp): Promise<Ended> {
  const child = spawn(process.execPath, [path.join(root, 'scripts/run.mjs'), script, ...args], { cwd: root });
  let output = '';
  let interrupted = false;
  const collect = (chunk: Buffer) => {
    output += String(chunk);
    if (until?.test(output) && !interrupted) {
      interrupted = true;
      child.kill('SIGINT');
    }
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code, output });
    });
  });
}
