import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Firestore } from '@google-cloud/firestore';
import { localFirestore } from '../../local/credentials.ts';
import { projectId } from './project.ts';

const program = path.resolve(import.meta.dirname, '../../local/firestore/main.ts');

/** What production would bill. */
export interface Usage {
  readonly documentReads: number;
  readonly documentWrites: number;
  readonly queries: number;
}

/** The local Firestore, in a process of its own. */
export interface FirestoreProcess {
  readonly port: number;
  /** The bench's own client; what it does is counted like everybody's. */
  readonly db: Firestore;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

export async function startFirestore(): Promise<FirestoreProcess> {
  const child = spawn(
    process.execPath,
    // It keeps everything in memory: a million entries take some gigabytes.
    ['--max-old-space-size=12000', program, '--port', '0', '--project_id', projectId],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(() => {
      throw new Error('the local Firestore ended before it listened');
    }),
  ])) as [string];
  const port = Number(/port (\d+)/.exec(line)?.[1]);
  const db = localFirestore(projectId, port);
  return {
    port,
    db,
    usage: async () => (await (await fetch(`http://127.0.0.1:${port}/local/counters`)).json()) as Usage,
    async stop() {
      await db.terminate();
      child.kill();
      await exited;
    },
  };
}
