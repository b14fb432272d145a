// What one would otherwise write, after the public samples: everything imported at the top, settings read and the notice
// claimed in one transaction, the Admin SDK for the push, the key from defineSecret.
const { initializeApp, cert } = require('firebase-admin/app');
const { getFirestore, FieldValue } = require('firebase-admin/firestore');
const { getMessaging } = require('firebase-admin/messaging');
const logger = require('firebase-functions/logger');
const { defineSecret } = require('firebase-functions/params');
const { onDocumentWritten } = require('firebase-functions/v2/firestore');

const serviceAccount = defineSecret('SERVICE_ACCOUNT');

initializeApp();
const db = getFirestore();
let messaging;

exports.onCallbackWritten = onDocumentWritten(
  { document: 'callbacks/{callbackId}', secrets: [serviceAccount], retry: true },
  async (event) => {
    const { callbackId } = event.params;
    const before = event.data.before.data();
    const after = event.data.after.data();
    if (!before || !after || after.callbackState === 'COMPLETED' || !after.pushTargets?.length) return;

    const claimed = await db.runTransaction(async (transaction) => {
      const settings = await transaction.get(db.doc(`callbackSettings/${after.serviceName}`));
      const notice = noticeOf(before, after, settings.get('pushNotificationThresholdMinutes') ?? 5);
      if (!notice) return undefined;
      const entry = db.doc(`pushNotifications/${callbackId}-${notice}`);
      if ((await transaction.get(entry)).exists) return undefined;
      transaction.create(entry, {
        notice,
        callbackId,
        serviceName: after.serviceName,
        state: 'SENDING',
        createdAt: FieldValue.serverTimestamp(),
      });
      return { notice, entry };
    });
    if (!claimed) return;

    const { notice, entry } = claimed;
    messaging ??= getMessaging(initializeApp({ credential: cert(JSON.parse(serviceAccount.value())) }, 'push'));
    const messageIds = await Promise.all(
      after.pushTargets.map(({ target }) => messaging.send(messageOf(notice, callbackId, after, target))),
    );
    await entry.update({ state: 'SENT', messageIds, sentAt: FieldValue.serverTimestamp() });
    logger.info('push sent', { callbackId, notice });
  },
);

function noticeOf(before, after, thresholdMinutes) {
  const isNear = ({ estimatedWaitTime }) => estimatedWaitTime >= 0 && estimatedWaitTime < thresholdMinutes * 60;
  if (after.callIn && after.callIn.id !== before.callIn?.id) return 'CALLBACK_CALL_IN';
  if (after.callbackState === 'ROUTING' && before.callbackState !== 'ROUTING') return 'CALLBACK_READY';
  if (isNear(after) && !isNear(before)) return 'CALLBACK_UPCOMING';
  return undefined;
}

const texts = {
  CALLBACK_UPCOMING: { title: 'Almost your turn', body: 'Your callback is coming up in a few minutes.' },
  CALLBACK_READY: { title: 'It is your turn', body: 'An agent is ready to speak with you now.' },
  CALLBACK_CALL_IN: { title: 'Please call us now', body: 'Call the number in the app to reach an agent.' },
};

function messageOf(notice, callbackId, callback, token) {
  const tag = `${callbackId}-${notice}`.slice(0, 64);
  const ttlSeconds = 600;
  return {
    token,
    notification: texts[notice],
    data: {
      event: notice,
      callbackServiceId: callbackId,
      serviceName: callback.serviceName,
      noticeId: tag,
      category: 'CALLBACK_CONFIRM_CANCEL',
      estimatedWaitTime: String(callback.estimatedWaitTime ?? -1),
      ...(callback.callIn && { toPhoneNumber: callback.callIn.toPhoneNumber, accessCode: callback.callIn.accessCode }),
    },
    android: { priority: 'high', ttl: ttlSeconds * 1000, collapseKey: tag, notification: { tag } },
    apns: {
      headers: {
        'apns-priority': '10',
        'apns-collapse-id': tag,
        'apns-expiration': String(Math.floor(Date.now() / 1000) + ttlSeconds),
      },
      payload: { aps: { sound: 'default', category: 'CALLBACK_CONFIRM_CANCEL' } },
    },
    webpush: { headers: { Urgency: 'high', TTL: String(ttlSeconds) }, notification: { tag, requireInteraction: true } },
  };
}
