import type { DeliveryParts } from './deliver.ts';

/**
 * The Cloud Tasks queue of `retryNotice`. Google's SDK for it is loaded with the first retry: most instances never need
 * one, and whoever needs one has 10 seconds at least.
 */
export function createRetryQueue(region: string): DeliveryParts['scheduleRetry'] {
  return async (noticeId, at) => {
    const [{ getApps, initializeApp }, { getFunctions }] = await Promise.all([
      import('firebase-admin/app'),
      import('firebase-admin/functions'),
    ]);
    const app = getApps()[0] ?? initializeApp();
    const queue = getFunctions(app).taskQueue<{ noticeId: string }>(`locations/${region}/functions/retryNotice`);
    await queue.enqueue({ noticeId }, { scheduleTime: new Date(at) });
  };
}
