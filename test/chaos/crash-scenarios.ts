import type { DocumentData } from '@google-cloud/firestore';
import type { FunctionName } from './victim.ts';

/** One way through the chain, from a call of a function to its answer: whatever it asks of Google on it, it may die over. */
export interface Scenario {
  readonly name: string;
  /** Who dies. */
  readonly victim: FunctionName;
  /** FCM's first answer to the device: with `busy` the notice has to wait for another attempt. */
  readonly fcm: 'ready' | 'busy';
  /** Written before, and looked after by others: the call that is tried is about what comes of it. */
  readonly before: readonly DocumentData[];
  /** The write whose event the victim gets; absent where the victim comes later, for what it left behind. */
  readonly write?: DocumentData;
}

const waiting = {
  serviceName: 'crash',
  phoneNumber: '+49305550100',
  callbackState: 'QUEUED',
  estimatedWaitTime: 5000,
};
const near = { estimatedWaitTime: 3000 };

/** UPCOMING takes the longest way: it needs the settings, and it may be superseded. */
export const scenarios: readonly Scenario[] = [
  { name: 'first attempt', victim: 'onCallbackWritten', fcm: 'ready', before: [waiting], write: near },
  { name: 'first attempt, FCM is busy', victim: 'onCallbackWritten', fcm: 'busy', before: [waiting], write: near },
  { name: 'retry by its task', victim: 'retryNotice', fcm: 'busy', before: [waiting, near] },
  { name: 'retry by the sweep', victim: 'sweepNotices', fcm: 'busy', before: [waiting, near] },
];
