import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { ServiceAccountJson } from '../../local/oauth.ts';
import type { Counters, Manner } from './fcm-server.ts';

export interface Started {
  readonly port: number;
  readonly secretManagerPort: number;
  readonly certificate: string;
  readonly account: ServiceAccountJson;
}

export interface Question {
  readonly behave?: Manner;
  readonly reset?: boolean;
}

export interface GoogleCounters extends Counters {
  /** Since the start: they are never reset. */
  readonly secretAccesses: number;
}

/** FCM, the token endpoint and Secret Manager, in a process of their own. */
export interface Google extends Started {
  behave(manner: Manner): Promise<void>;
  counters(): Promise<GoogleCounters>;
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startGoogle(): Promise<Google> {
  const child = fork(path.join(import.meta.dirname, 'google-process.ts'));
  const exited = once(child, 'exit');
  const told = async () => (await once(child, 'message'))[0] as unknown;
  const ask = async (question: Question) => {
    const answer = told();
    child.send(question);
    return (await answer) as GoogleCounters;
  };
  const started = (await Promise.race([
    told(),
    exited.then(() => {
      throw new Error('the process of FCM ended before it listened');
    }),
  ])) as Started;
  return {
    ...started,
    async behave(manner) {
      await ask({ behave: manner });
    },
    counters: () => ask({}),
    async reset() {
      await ask({ reset: true });
    },
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}
