import { createAccessTokens } from '../../../functions/src/google/access-token.ts';
import { createFcmSender } from '../../../functions/src/fcm/sender.ts';
import { createHttpClient } from '../../../functions/src/google/http-client.ts';
import { createHttp2Client } from '../../../functions/src/google/http2-client.ts';
import { message } from './message.ts';
import type { MakeSender } from './sender.ts';

const timeoutMs = 10_000;

/** The sender of this project, with everything that it has in production but the guards. */
export const ours: MakeSender = ({ port, certificate, account }) => {
  const tokenClient = createHttpClient(1, { ca: certificate });
  const baseUrl = `https://127.0.0.1:${port}`;
  const now = () => Date.now();
  const credential = {
    version: '1',
    projectId: account.project_id,
    clientEmail: account.client_email,
    privateKey: account.private_key,
  };
  const send = createFcmSender({
    client: createHttp2Client(baseUrl, { ca: certificate }),
    timeoutMs,
    credentials: { active: () => Promise.resolve(credential), forget: () => undefined },
    accessTokens: createAccessTokens({ tokenUrl: `${baseUrl}/token`, client: tokenClient, now, timeoutMs }),
    now,
  });
  const sendOne = async (target: string) => (await send(target, message)).outcome === 'accepted';
  return { takes: 'one', send: (targets) => Promise.all(targets.map(sendOne)) };
};
