import type { PushMessage } from '../fcm/push-message.ts';
import type { PushResult } from '../fcm/result.ts';

/**
 * Sends one message to one target. Never rejects: whatever goes wrong is a result.
 *
 * @param until epoch milliseconds: when somebody else may make the same attempt. What FCM could answer later is not sent
 */
export type PushSender = (target: string, message: PushMessage, until?: number) => Promise<PushResult>;
