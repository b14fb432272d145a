import type { Callback } from '../../functions/src/callback/callback.ts';
import type { Decision } from '../../functions/src/notice/decision.ts';
import { aBooking, aCallIn, aCallback, minute, monday, someSettings } from '../support/builders.ts';
import {
  announces,
  consumerDials,
  consumersDial,
  isSilent,
  routing,
  staysSilent,
  undirected,
  type DecisionRow,
} from './decision-rows.ts';

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
    expect: staysSilent('already-due'),
  },
  {
    name: 'another callback replaces it',
    given: { before: aCallback(), after: aCallback({ ...asPurged, rescheduledTo: 'callback-2' }) },
    expect: isSilent('rescheduled'),
  },
  {
    name: 'its desired time is changed with the purge',
    given: { before: aCallback(), after: aCallback({ ...asPurged, booking: aBooking(monday), isScheduled: true }) },
    expect: isSilent('rescheduled-in-place'),
  },
  {
    name: 'its desired time is changed after the purge',
    given: {
      before: aCallback(asPurged),
      after: aCallback({ ...asPurged, booking: aBooking(monday), isScheduled: true }),
    },
    expect: isSilent('rescheduled-in-place'),
  },
  {
    name: 'what was rescheduled in place is not purged by the next write either',
    given: {
      before: aCallback({ ...asPurged, booking: aBooking(monday) }),
      after: aCallback({ ...asPurged, booking: aBooking(monday), language: 'fr' }),
    },
    expect: staysSilent('already-due'),
  },
  {
    name: 'the callback that replaces it is withdrawn',
    given: { before: aCallback({ ...asPurged, rescheduledTo: 'callback-2' }), after: aCallback(asPurged) },
    expect: purged,
  },
  {
    name: 'whoever adds a device after the purge is told',
    given: { before: aCallback({ ...asPurged, pushTargets: [] }), after: aCallback(asPurged) },
    expect: purged,
  },
  {
    name: 'it completes for another reason',
    given: { before: aCallback(), after: aCallback(asConnected) },
    expect: isSilent('completed-otherwise'),
  },
  {
    name: 'a callback that is imported as purged',
    given: { after: aCallback(asPurged) },
    expect: isSilent('imported'),
  },
  {
    name: 'a callback that is imported as completed otherwise',
    given: { after: aCallback(asConnected) },
    expect: isSilent('imported'),
  },
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
    name: 'it is deleted with a call-in that lives: the number is of no use any more',
    given: { before: aCallback({ callIn: aCallIn() }) },
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

/** The number of outbound calls grows, with a maximum of three; there was no result yet. */
const dialled = (dialAttempts: number, lastDialResult?: string, changes: Partial<Callback> = {}) => ({
  before: aCallback({ dialAttempts: dialAttempts - 1 }),
  after: aCallback({ dialAttempts, ...(lastDialResult && { lastDialResult }), ...changes }),
});
const failed = { dialAttempts: 2, lastDialResult: 'BUSY' } as const;
const completed = (callbackReason?: string) => ({
  callbackState: 'COMPLETED' as const,
  ...(callbackReason !== undefined && { callbackReason }),
});
const finalAttempt = announces('CALLBACK_FINAL_ATTEMPT_FAILED', aBooking());
const attempt = (n: number, booking = aBooking()) => announces('CALLBACK_ATTEMPT_FAILED', `${booking}#${n}`);
/** Believed only when the phone cannot ring any more. */
const onceRung = (event: 'CALLBACK_ATTEMPT_FAILED' | 'CALLBACK_FINAL_ATTEMPT_FAILED', occasion: string): Decision => ({
  notices: [{ event, occasion, notBefore: monday + minute }],
});

export const attemptRows: readonly DecisionRow[] = [
  { name: 'the first call fails', given: dialled(1, 'BUSY'), expect: attempt(1) },
  { name: 'the second call fails', given: dialled(2, 'NO_ANSWER'), expect: attempt(2) },
  { name: 'the last call fails', given: dialled(3, 'ANSWERING_MACHINE'), expect: finalAttempt },
  { name: 'a call beyond the maximum fails', given: dialled(4, 'FAX'), expect: finalAttempt },
  {
    name: 'the maximum is the queue’s own',
    given: { ...dialled(1, 'BUSY'), settings: someSettings({ maxDialAttempts: 1 }) },
    expect: finalAttempt,
  },
  {
    name: 'each call is told of its booking',
    given: {
      before: aCallback({ booking: aBooking(7) }),
      after: aCallback({ booking: aBooking(7), dialAttempts: 1, lastDialResult: 'BUSY' }),
    },
    expect: attempt(1, aBooking(7)),
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
    name: 'calls that were made before it was booked anew are no news of the new booking',
    given: {
      before: aCallback({ ...failed, booking: aBooking(7) }),
      after: aCallback({ ...failed, booking: aBooking(8) }),
    },
    expect: staysSilent('already-due'),
  },
  {
    name: 'nor is the last of them, where it was the final one',
    given: {
      before: aCallback({ ...failed, dialAttempts: 3, booking: aBooking(7) }),
      after: aCallback({ ...failed, dialAttempts: 3, booking: aBooking(8) }),
    },
    expect: staysSilent('already-due'),
  },
  {
    name: 'a call that follows them is news of the new booking',
    given: {
      before: aCallback({ dialAttempts: 1, lastDialResult: 'BUSY', booking: aBooking(8) }),
      after: aCallback({ dialAttempts: 2, lastDialResult: 'NO_ANSWER', booking: aBooking(8) }),
    },
    expect: attempt(2, aBooking(8)),
  },
  {
    name: 'the last call fails and completes the callback',
    given: dialled(3, 'NO_ANSWER', completed('FAIL_CALL_TO_CUSTOMER')),
    expect: finalAttempt,
  },
  {
    name: 'an earlier call fails and completes the callback: it was the last all the same',
    given: dialled(1, 'NO_ANSWER', completed('FAIL_CALL_TO_CUSTOMER')),
    expect: finalAttempt,
  },
  {
    name: 'the centre gives up after a call that failed earlier',
    given: { before: aCallback(failed), after: aCallback({ ...failed, ...completed('FAIL_CALL_TO_CUSTOMER') }) },
    expect: finalAttempt,
  },
  {
    name: 'the callback completes for no reason after a call that failed',
    given: { before: aCallback(failed), after: aCallback({ ...failed, ...completed() }) },
    expect: finalAttempt,
  },
  {
    name: 'the centre gives up, though no call had failed',
    given: { before: aCallback(), after: aCallback(completed('FAIL_NO_AGENT')) },
    expect: isSilent('completed-otherwise'),
  },
  {
    name: 'the consumer cancels after a call that failed',
    given: { before: aCallback(failed), after: aCallback({ ...failed, ...completed('CANCELLED') }) },
    expect: isSilent('attempts-over'),
  },
  {
    name: 'the consumer cancels while a call fails',
    given: dialled(1, 'NO_ANSWER', completed('CANCELLED')),
    expect: isSilent('attempts-over'),
  },
  {
    name: 'an agent talks to the consumer after a call that failed',
    given: { before: aCallback(failed), after: aCallback({ ...failed, ...completed('AGENT_CONNECTED') }) },
    expect: isSilent('connected'),
  },
  {
    name: 'an agent talks to the consumer at the last call, whose result is still that of the call before',
    given: { before: aCallback(failed), after: aCallback({ ...failed, dialAttempts: 3, ...completed('AGENT_CONNECTED') }) }, // prettier-ignore
    expect: isSilent('connected'),
  },
  {
    name: 'it is purged after a call that failed',
    given: { before: aCallback(failed), after: aCallback({ ...failed, ...asPurged }) },
    expect: purged,
  },
  {
    name: 'a failure that is final already is not told again when the callback completes',
    given: {
      before: aCallback({ ...failed, dialAttempts: 3 }),
      after: aCallback({ ...failed, dialAttempts: 3, ...completed('FAIL_CALL_TO_CUSTOMER') }),
    },
    expect: isSilent('completed-otherwise'),
  },
  { name: 'the call connects', given: dialled(1, 'CONNECTED'), expect: isSilent('connected') },
  { name: 'a person answers', given: dialled(3, 'PERSON'), expect: isSilent('connected') },
  { name: 'the call still rings', given: dialled(1), expect: isSilent('dial-result-missing') },
  { name: 'the consumer dials', given: dialled(1, 'BUSY', consumerDials), expect: isSilent('consumer-dials') },
  {
    name: 'the queue says that the consumer dials',
    given: { before: undirected(), after: undirected({ ...failed, dialAttempts: 1 }), settings: consumersDial },
    expect: isSilent('consumer-dials'),
  },
  {
    name: 'the queue says that the centre dials',
    given: { before: undirected(), after: undirected({ ...failed, dialAttempts: 1 }) },
    expect: attempt(1),
  },
  {
    name: 'the result is written after the call',
    given: { before: aCallback({ dialAttempts: 1 }), after: aCallback({ dialAttempts: 1, lastDialResult: 'BUSY' }) },
    expect: attempt(1),
  },
  {
    name: 'the result of the last call is written after it',
    given: { before: aCallback({ dialAttempts: 3 }), after: aCallback({ dialAttempts: 3, lastDialResult: 'BUSY' }) },
    expect: finalAttempt,
  },
  {
    name: 'another result of the same call is no news',
    given: { before: aCallback(failed), after: aCallback({ ...failed, lastDialResult: 'NO_ANSWER' }) },
    expect: staysSilent('already-due'),
  },
  {
    name: 'a result that may be left over from the call before is told when the phone cannot ring any more',
    given: {
      before: aCallback({ dialAttempts: 1, lastDialResult: 'BUSY' }),
      after: aCallback({ dialAttempts: 2, lastDialResult: 'BUSY' }),
    },
    expect: onceRung('CALLBACK_ATTEMPT_FAILED', `${aBooking()}#2`),
  },
  {
    name: 'so is a result that was there before any call',
    given: {
      before: aCallback({ dialAttempts: 0, lastDialResult: 'BUSY' }),
      after: aCallback({ dialAttempts: 1, lastDialResult: 'BUSY' }),
    },
    expect: onceRung('CALLBACK_ATTEMPT_FAILED', `${aBooking()}#1`),
  },
  {
    name: 'so is that of the last call',
    given: { before: aCallback(failed), after: aCallback({ ...failed, dialAttempts: 3 }) },
    expect: onceRung('CALLBACK_FINAL_ATTEMPT_FAILED', aBooking()),
  },
  {
    name: 'a call that connected and rings once more has not failed',
    given: {
      before: aCallback({ dialAttempts: 1, lastDialResult: 'CONNECTED' }),
      after: aCallback({ dialAttempts: 2, lastDialResult: 'CONNECTED' }),
    },
    expect: staysSilent('connected'),
  },
  {
    name: 'the number of calls is set back to none',
    given: { before: aCallback({ dialAttempts: 2 }), after: aCallback({ dialAttempts: 0, lastDialResult: 'BUSY' }) },
    expect: staysSilent('wait-unknown'),
  },
  {
    name: 'whoever adds a device while another call is to come is told',
    given: { before: aCallback({ ...failed, pushTargets: [] }), after: aCallback(failed) },
    expect: attempt(2),
  },
  {
    name: 'a callback that is imported with its calls',
    given: { after: aCallback({ dialAttempts: 3, lastDialResult: 'BUSY' }) },
    expect: isSilent('imported'),
  },
  {
    name: 'the first write after the import tells nothing of them either',
    given: {
      before: aCallback({ dialAttempts: 2, lastDialResult: 'BUSY', isCreation: true }),
      after: aCallback({ dialAttempts: 2, lastDialResult: 'BUSY', language: 'fr' }),
    },
    expect: staysSilent('already-due'),
  },
];
