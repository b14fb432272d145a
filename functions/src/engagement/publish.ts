import { ApiError } from '../base/api-error.ts';
import type { Notification } from './schemas.ts';
import type { PushResult, TryLater } from '../fcm/result.ts';
import type { PushMessage } from '../fcm/push-message.ts';

/** Sends one message to one target. Never rejects: whatever goes wrong is a result. */
export type Send = (target: string, message: PushMessage) => Promise<PushResult>;

/** Long enough for a phone that is off for the night. */
const ttlSeconds = 12 * 3600;

/**
 * Pushes a notification that is not about a callback: one FCM request, nothing is kept of it, nothing is repeated.
 *
 * @param senders with the credentials in force, and no faster than the notices beside them let them; the second has FCM
 *   check everything and deliver nothing
 * @returns the name that FCM gave it. @throws {ApiError}
 */
export function createPublisher(senders: { readonly send: Send; readonly validate: Send }) {
  return async (target: string, notification: Notification, validateOnly: boolean): Promise<string> => {
    const result = await (validateOnly ? senders.validate : senders.send)(target, messageOf(notification));
    if (result.outcome === 'accepted') return result.messageId;
    if (result.outcome !== 'try-later') {
      const what = result.outcome === 'target-gone' ? 'FCM does not know this target (any more)' : 'FCM refused it';
      throw new ApiError('push-refused', `${what}: ${result.code}.`);
    }
    throw new ApiError('push-unavailable', `It could not be pushed: ${result.code}. Try again later.`, {
      retryAfterSeconds: waitSeconds(result),
    });
  };
}

/** FCM wants 10 s at least between two attempts, and 60 s once too much was sent, whatever a box in between asks for. */
function waitSeconds({ scope, retryAfterMs = 0 }: TryLater): number {
  if (retryAfterMs === 0 && scope === 'quota') return 60;
  return Math.max(10, Math.ceil(retryAfterMs / 1000));
}

function messageOf({ title = '', body = '', image }: Notification): PushMessage {
  return {
    notification: { title, body, ...(image !== undefined && { image }) },
    data: {},
    android: { ttl: `${ttlSeconds}s` },
    apns: {},
    webpush: { headers: { TTL: String(ttlSeconds) } },
  };
}
