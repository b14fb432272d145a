/** What consumers can be told about their callback; queues name their own texts by it. */
export const noticeEvents = [
  'CALLBACK_UPCOMING',
  'CALLBACK_READY',
  'CALLBACK_CALL_IN',
  'CALLBACK_PURGED',
  'CALLBACK_ATTEMPT_FAILED',
  'CALLBACK_FINAL_ATTEMPT_FAILED',
] as const;
export type NoticeEvent = (typeof noticeEvents)[number];
