import { connect, type ClientHttp2Session } from 'node:http2';
import { message } from '../senders/message.ts';
import type { MakeSender } from '../senders/sender.ts';

/** The floor of senders: one session of node:http2 and nothing around it, not even a token of one's own. */
export const bareHttp2: MakeSender = ({ port, certificate, account }) => {
  let session: ClientHttp2Session | undefined;
  const path = `/v1/projects/${account.project_id}/messages:send`;

  function sendOne(target: string): Promise<boolean> {
    if (!session || session.closed || session.destroyed) {
      session = connect(`https://127.0.0.1:${port}`, { ca: certificate });
      session.on('error', () => undefined);
    }
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      authorization: 'Bearer of-somebody',
      'content-type': 'application/json',
    });
    return new Promise((resolve) => {
      let answer = '';
      stream.setEncoding('utf8');
      stream.on('data', (part: string) => (answer += part));
      stream.on('error', () => undefined);
      stream.on('close', () => {
        resolve(answer !== '' && 'name' in (JSON.parse(answer) as object));
      });
      stream.end(JSON.stringify({ message: { ...message, token: target } }));
    });
  }

  return { takes: 'one', send: (targets) => Promise.all(targets.map(sendOne)) };
};
