import type { DocumentData } from '@google-cloud/firestore';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';

const second = 1000;
const minute = 60 * second;

/** What a callback system writes of one callback, and what its consumer must be told of it, however late and often. */
export interface Story {
  readonly callbackId: string;
  readonly targets: readonly string[];
  readonly writes: readonly StoryWrite[];
  /** Undefined = nothing. */
  readonly expected: NoticeEvent | undefined;
}

export interface StoryWrite {
  /** Milliseconds after the beginning of the story. */
  readonly at: number;
  /** `undefined` deletes the document. */
  readonly fields: DocumentData | undefined;
}

type Plot = (began: number) => {
  readonly later: readonly (DocumentData | undefined)[];
  readonly expected?: NoticeEvent;
};

/** Each ends so that its notice stays true, and lives for 10 minutes at least. */
const plots: readonly Plot[] = [
  () => ({
    later: [4400, 3900, 3300, 3200, 3100].map((estimatedWaitTime) => ({ estimatedWaitTime })),
    expected: 'CALLBACK_UPCOMING',
  }),
  () => ({ later: [{ callDirection: 'USERORIGINATED' }, { callbackState: 'ROUTING' }], expected: 'CALLBACK_READY' }),
  (began) => ({
    later: [
      {
        callDirection: 'USERORIGINATED',
        callIn: {
          id: 'call-in-1',
          toPhoneNumber: '+18005550100',
          accessCode: '0042',
          expirationTime: new Date(began + 59 * minute),
        },
      },
      { positionInQueue: 1 },
    ],
    expected: 'CALLBACK_CALL_IN',
  }),
  () => ({
    later: [{ positionInQueue: 3 }, { callbackState: 'COMPLETED', callbackReason: 'PURGED' }],
    expected: 'CALLBACK_PURGED',
  }),
  () => ({ later: [{ positionInQueue: 2 }, undefined], expected: 'CALLBACK_PURGED' }),
  () => ({
    later: [{ dialAttempts: 1, lastDialResult: 'BUSY' }, { positionInQueue: 1 }],
    expected: 'CALLBACK_ATTEMPT_FAILED',
  }),
  () => ({ later: [{ dialAttempts: 3, lastDialResult: 'NO_ANSWER' }], expected: 'CALLBACK_FINAL_ATTEMPT_FAILED' }),
  () => ({
    later: [
      { estimatedWaitTime: 4800 },
      { callbackState: 'ROUTING' },
      { callbackState: 'PROCESSING', dialAttempts: 1, lastDialResult: 'CONNECTED' },
      { callbackState: 'COMPLETED', callbackReason: 'AGENT_CONNECTED' },
    ],
  }),
];

/** The queue of all stories; its settings make UPCOMING due below an hour, so that it lives long enough. */
export const queue = { serviceName: 'chaos', settings: { pushNotificationThresholdMinutes: 60, maxDialAttempts: 3 } };

/**
 * @param began epoch milliseconds
 * @param withinMs stories begin within this
 */
export function tell(count: number, began: number, withinMs: number, random: () => number): Story[] {
  return Array.from({ length: count }, (_, index) => {
    const plot = plots[index % plots.length] as Plot;
    const start = Math.floor(random() * withinMs);
    const targets = Array.from({ length: index % 5 === 0 ? 2 : 1 }, (_, device) => `device-${index}-${device}`);
    const { later, expected } = plot(began + start);
    const first: DocumentData = {
      serviceName: queue.serviceName,
      phoneNumber: '+49305550100',
      callbackState: 'QUEUED',
      estimatedWaitTime: 5000,
      pushTargets: targets.map((target) => ({ channel: 'FCM', target })),
    };
    const writes = [first, ...later].map((fields, n) => ({ at: start + n * 2 * second, fields }));
    return { callbackId: `story-${index}`, targets, writes, expected };
  });
}
