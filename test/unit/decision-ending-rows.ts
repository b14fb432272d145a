import type { Callback } from '../../functions/src/callback/callback.ts';
import { aBooking, aCallback, monday, someSettings } from '../support/builders.ts';
import { announces, consumerDials, isSilent, routing, unchanged, type DecisionRow } from './decision-rows.ts';

const purged = announces('CALLBACK_PURGED', aBooking());
const asPurged = { callbackState: 'COMPLETED', callbackReason: 'PURGED' } as const;
const asConnected = { callbackState: 'COMPLETED', callbackReason: 'AGENT_CONNECTED' } as const;

export const purgedRows: readonly DecisionRow[] = [
  { name: 'it is purged', given: { before: aCallback(), after: aCallback(asPurged) }, expect: purged },
  {
    name: 'it is purged while an agent handles it',
    given: { before: aCallback({ callbackState: 'PROCESSING' }), after: aCallback(asPurged) },
    expect: purged,
  },
  {
    name: 'the purge is of one booking',
    given: { before: aCallback({ booking: aBooking(7) }), after: aCallback({ ...asPurged, booking: aBooking(7) }) },
    expect: announces('CALLBACK_PURGED', aBooking(7)),
  },
  {
    name: 'the reason of its completion comes later',
    given: { before: aCallback({ callbackState: 'COMPLETED' }), after: aCallback(asPurged) },
    expect: purged,
  },
  {
    name: 'a purged callback that changes otherwise is not purged again',
    given: { before: aCallback(asPurged), after: aCallback({ ...asPurged, language: 'fr' }) },
    expect: unchanged,
  },
  {
    name: 'another callback replaces it',
    given: { before: aCallback(), after: aCallback({ ...asPurged, rescheduledTo: 'callback-2' }) },
    expect: isSilent('rescheduled'),
  },
  {
    name: 'its desired time is changed with the purge',
    given: { before: aCallback(), after: aCallback({ ...asPurged, booking: aBooking(monday) }) },
    expect: isSilent('rescheduled-in-place'),
  },
  {
    name: 'it completes for another reason',
    given: { before: aCallback(), after: aCallback(asConnected) },
    expect: isSilent('completed-otherwise'),
  },
  { name: 'a callback that is imported as purged', given: { after: aCallback(asPurged) }, expect: isSilent('created') },
  {
    name: 'it is deleted while it waits',
    given: { before: aCallback({ booking: aBooking(7) }) },
    expect: announces('CALLBACK_PURGED', aBooking(7)),
  },
  {
    name: 'it is deleted at its turn',
    given: { before: aCallback({ ...consumerDials, ...routing }) },
    expect: purged,
  },
  {
    name: 'it is deleted, but another callback replaces it',
    given: { before: aCallback({ rescheduledTo: 'callback-2' }) },
    expect: isSilent('rescheduled'),
  },
  {
    name: 'it is deleted while an agent handles it',
    given: { before: aCallback({ callbackState: 'PROCESSING' }) },
    expect: isSilent('deleted-after-waiting'),
  },
  {
    name: 'it is deleted after it completed',
    given: { before: aCallback(asPurged) },
    expect: isSilent('deleted-after-waiting'),
  },
];

/** The number of outbound calls grows, with a maximum of three. */
const dialled = (dialAttempts: number, lastDialResult?: string, changes: Partial<Callback> = {}) => ({
  before: aCallback({ dialAttempts: dialAttempts - 1 }),
  after: aCallback({ dialAttempts, ...(lastDialResult && { lastDialResult }), ...changes }),
});
const finalAttempt = announces('CALLBACK_FINAL_ATTEMPT_FAILED', aBooking());

export const attemptRows: readonly DecisionRow[] = [
  {
    name: 'the first call fails',
    given: dialled(1, 'BUSY'),
    expect: announces('CALLBACK_ATTEMPT_FAILED', `${aBooking()}#1`),
  },
  {
    name: 'the second call fails',
    given: dialled(2, 'NO_ANSWER'),
    expect: announces('CALLBACK_ATTEMPT_FAILED', `${aBooking()}#2`),
  },
  { name: 'the last call fails', given: dialled(3, 'ANSWERING_MACHINE'), expect: finalAttempt },
  { name: 'a call beyond the maximum fails', given: dialled(4, 'FAX'), expect: finalAttempt },
  {
    name: 'the maximum is the queue’s own',
    given: { ...dialled(1, 'BUSY'), settings: someSettings({ maxDialAttempts: 1 }) },
    expect: finalAttempt,
  },
  {
    name: 'calls are counted anew after rescheduling',
    given: {
      before: aCallback({ booking: aBooking(7), dialAttempts: 0, lastDialResult: 'BUSY' }),
      after: aCallback({ booking: aBooking(7), dialAttempts: 1, lastDialResult: 'BUSY' }),
    },
    expect: announces('CALLBACK_ATTEMPT_FAILED', `${aBooking(7)}#1`),
  },
  {
    name: 'the final failure is of one booking',
    given: {
      before: aCallback({ booking: aBooking(7), dialAttempts: 2 }),
      after: aCallback({ booking: aBooking(7), dialAttempts: 3, lastDialResult: 'BUSY' }),
    },
    expect: announces('CALLBACK_FINAL_ATTEMPT_FAILED', aBooking(7)),
  },
  {
    name: 'the last call fails and completes the callback',
    given: dialled(3, 'NO_ANSWER', { callbackState: 'COMPLETED', callbackReason: 'FAIL_CALL_TO_CUSTOMER' }),
    expect: finalAttempt,
  },
  {
    name: 'an earlier call fails and completes the callback, so that none follows',
    given: {
      ...dialled(1, 'NO_ANSWER', { callbackState: 'COMPLETED' }),
      before: aCallback({ callbackState: 'COMPLETED' }),
    },
    expect: isSilent('attempts-over'),
  },
  { name: 'the call connects', given: dialled(1, 'CONNECTED'), expect: isSilent('connected') },
  { name: 'a person answers', given: dialled(3, 'PERSON'), expect: isSilent('connected') },
  { name: 'the call still rings', given: dialled(1), expect: isSilent('dial-result-missing') },
  { name: 'the consumer dials', given: dialled(1, 'BUSY', consumerDials), expect: isSilent('consumer-dials') },
  {
    name: 'a result without a new call',
    given: { before: aCallback({ dialAttempts: 1 }), after: aCallback({ dialAttempts: 1, lastDialResult: 'BUSY' }) },
    expect: unchanged,
  },
  {
    name: 'the number of calls is set back',
    given: { before: aCallback({ dialAttempts: 2 }), after: aCallback({ dialAttempts: 0, lastDialResult: 'BUSY' }) },
    expect: unchanged,
  },
  {
    name: 'a callback that is imported with its calls',
    given: { after: aCallback({ dialAttempts: 3, lastDialResult: 'BUSY' }) },
    expect: isSilent('created'),
  },
];
