/**
 * What consumers can be told about their callback; queues name their own texts by it. In the order in which notices of one
 * change go out: each takes the place of the one before it on the device, so the last is what the consumer needs most.
 */
export const noticeEvents = [
  'CALLBACK_ATTEMPT_FAILED',
  'CALLBACK_FINAL_ATTEMPT_FAILED',
  'CALLBACK_PURGED',
  'CALLBACK_UPCOMING',
  'CALLBACK_READY',
  'CALLBACK_CALL_IN',
] as const;
export type NoticeEvent = (typeof noticeEvents)[number];
