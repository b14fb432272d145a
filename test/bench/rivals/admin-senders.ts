import type { OutgoingHttpHeaders } from 'node:http';
import http2 from 'node:http2';
import { cert, initializeApp } from 'firebase-admin/app';
import { getMessaging, type Message, type Messaging } from 'firebase-admin/messaging';
import { message } from '../senders/message.ts';
import type { Destination, MakeSender } from '../senders/sender.ts';

/** The Admin SDK as the samples use it: one `send` a message. google-redirect.cjs leads it to the FCM of the bench. */
export const adminSend: MakeSender = (destination) => {
  const messaging = messagingOf(destination);
  const sendOne = async (target: string) => {
    try {
      return (await messaging.send(messageTo(target))) !== '';
    } catch {
      return false;
    }
  };
  return { takes: 'one', send: (targets) => Promise.all(targets.map(sendOne)) };
};

/** All that is to be sent in one call: a new session of HTTP/2 each time. */
export const adminSendEach: MakeSender = (destination) => {
  mendScheme();
  const messaging = messagingOf(destination);
  return {
    takes: 'all',
    async send(targets) {
      const { responses } = await messaging.sendEach(targets.map((target) => messageTo(target)));
      return responses.map(({ success }) => success);
    },
  };
};

function messagingOf({ account }: Destination): Messaging {
  const { project_id: projectId, client_email: clientEmail, private_key: privateKey } = account;
  return getMessaging(initializeApp({ credential: cert({ projectId, clientEmail, privateKey }) }));
}

function messageTo(token: string): Message {
  const { notification, data } = message;
  const tag = data['noticeId']?.slice(0, 64) ?? '';
  return {
    token,
    ...(notification && { notification }),
    data: { ...data },
    android: { priority: 'high', ttl: 600_000, collapseKey: tag, notification: { tag } },
    apns: {
      headers: { 'apns-priority': '10', 'apns-collapse-id': tag, 'apns-expiration': '1800000000' },
      payload: { aps: { sound: 'default', category: 'CALLBACK_CONFIRM_CANCEL' } },
    },
    webpush: { headers: { Urgency: 'high', TTL: '600' }, notification: { tag } },
  };
}

/** firebase-admin 14.5 sends `:scheme: https:`, with the colon: every server but Google's resets such a stream. */
function mendScheme(): void {
  const { connect } = http2;
  http2.connect = ((...given: Parameters<typeof connect>) => {
    const session = connect(...given);
    const request = session.request.bind(session);
    session.request = (headers, options) =>
      request({ ...(headers as OutgoingHttpHeaders), ':scheme': 'https' }, options);
    return session;
  }) as typeof connect;
}
