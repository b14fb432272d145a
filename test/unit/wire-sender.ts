import { createFcmSender } from '../../functions/src/fcm/sender.ts';
import type { PushSender } from '../../functions/src/guards/push-sender.ts';
import { createHttp2Client } from '../../functions/src/google/http2-client.ts';
import type { Http2Options } from '../../functions/src/google/http2-connection.ts';
import { buildMessage } from '../../functions/src/notice/message.ts';
import { selfSigned } from '../support/certificate.ts';
import { aMessageRequest, monday, second } from '../support/builders.ts';
import { target } from './fcm-answer-rows.ts';
import { privateKey } from './http-server.ts';
import { startHttp2Wire } from './http2-wire.ts';
import { bytes } from './wire.ts';

export const message = buildMessage(aMessageRequest());
const messageId = 'projects/first/messages/1';
export const success = bytes(200, JSON.stringify({ name: messageId }));
export const accepted = { outcome: 'accepted', messageId };
export const later = (code: string) => ({ outcome: 'try-later', scope: 'provider', code });
/** Longer than a busy machine may take. */
const patience = 5 * second;
export const trusted = selfSigned();

const open: (() => Promise<void>)[] = [];

/** Closes the servers and connections of a test, however it ended. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

/** An FCM that answers by a script, in the clear where no `tls` is given. */
export async function wire(...given: Parameters<typeof startHttp2Wire>) {
  const server = await startHttp2Wire(...given);
  open.push(() => server.stop());
  return server;
}

export interface SenderOptions extends Http2Options {
  readonly timeoutMs?: number;
}

export function senderTo(origin: string, { timeoutMs = patience, ...options }: SenderOptions = {}): PushSender {
  const client = createHttp2Client(origin, options);
  open.push(() => {
    client.destroy();
    return Promise.resolve();
  });
  const credential = { version: '1', projectId: 'first', clientEmail: 'push@first.example', privateKey };
  return createFcmSender({
    client,
    timeoutMs,
    credentials: { active: () => Promise.resolve(credential), forget: () => undefined },
    accessTokens: { of: () => Promise.resolve('token'), forget: () => true },
    now: () => monday,
  });
}

/** What is kept of an answer, but for its words. */
export async function resultOf(sending: ReturnType<PushSender>) {
  const result = await sending;
  if (!('detail' in result)) return result;
  const { detail, ...rest } = result;
  expect(detail).not.toContain(target.slice(0, 40));
  return rest;
}
