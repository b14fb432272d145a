import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tap } from '../../local/tap.ts';

/** A task as the functions made it. */
export interface Task {
  readonly noticeId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Tasks {
  readonly port: number;
  /** Those that were made since the last call. */
  take(): Task[];
  stop(): Promise<void>;
}

interface WireTask {
  readonly task: { readonly scheduleTime?: string; readonly httpRequest: { readonly body: string } };
}

/** Cloud Tasks, as far as the Admin SDK asks it: it takes tasks in, and the test runs them when it likes. */
export async function startTasks(tap: Tap): Promise<Tasks> {
  let tasks: Task[] = [];
  const server = createServer((request, response) => {
    const answer = async () => {
      let text = '';
      for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
      await tap.before('CreateTask');
      const { task } = JSON.parse(text) as WireTask;
      const { data } = JSON.parse(Buffer.from(task.httpRequest.body, 'base64').toString()) as { data: Task };
      tasks.push({ noticeId: data.noticeId, at: Date.parse(task.scheduleTime ?? '') });
      await tap.after('CreateTask');
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"task"}');
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    take() {
      const taken = tasks;
      tasks = [];
      return taken;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
