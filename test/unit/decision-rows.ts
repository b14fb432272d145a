import type { Callback } from '../../functions/src/callback/callback.ts';
import type { Decision } from '../../functions/src/notice/decision.ts';
import type { Silence } from '../../functions/src/notice/silences.ts';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import type { Settings } from '../../functions/src/callback/settings.ts';
import { aBooking, aCallIn, aCallback, day, hour, minute, monday, someSettings, without } from '../support/builders.ts';

/** What `decide` answers to one change; unless it says otherwise, at eleven o'clock in Berlin on a Monday. */
export interface DecisionRow {
  readonly name: string;
  readonly given: {
    readonly before?: Callback;
    readonly after?: Callback;
    readonly settings?: Settings;
    readonly now?: number;
  };
  readonly expect: Decision;
}

export const announces = (event: NoticeEvent, occasion: string): Decision => ({ notices: [{ event, occasion }] });
export const isSilent = (silence: Silence): Decision => ({ silence, isNews: true });
export const staysSilent = (silence: Silence): Decision => ({ silence, isNews: false });
export const unchanged = staysSilent('unchanged');
const upcoming = announces('CALLBACK_UPCOMING', aBooking());

/** A callback whose wait falls from ten minutes to the one given, seen by a queue with a threshold of five. */
const fallsTo = (estimatedWaitTime: number, changes: Partial<Callback> = {}) => ({
  before: aCallback({ estimatedWaitTime: 600, ...changes }),
  after: aCallback({ estimatedWaitTime, ...changes }),
});
const at = (epochMilliseconds: number) => new Date(epochMilliseconds);

/** Written by a callback system that leaves it to the queue who dials. */
export const undirected = (changes: Partial<Callback> = {}): Callback => without(aCallback(changes), 'callDirection');
export const consumersDial = someSettings({ callDirection: 'USERORIGINATED' });

/** Open from nine to the given time in Berlin, where it is eleven o'clock. */
const openUntil = (close: string) => {
  const hours = [{ open: '09:00', close }];
  return someSettings({ businessHours: { timeZone: 'Europe/Berlin', weekly: { monday: hours, tuesday: hours } } });
};
/** Two minutes before five in Berlin, and half past nine on the next morning. */
const beforeClosing = monday + 6 * hour - 2 * minute;
const nextMorning = monday + day - 90 * minute;

export const upcomingRows: readonly DecisionRow[] = [
  { name: 'the wait falls below the threshold', given: fallsTo(299), expect: upcoming },
  { name: 'the wait falls to nothing', given: fallsTo(0), expect: upcoming },
  {
    name: 'a wait of exactly the threshold is not below it',
    given: fallsTo(300),
    expect: staysSilent('wait-above-threshold'),
  },
  {
    name: 'the wait rises to the threshold again',
    given: { before: aCallback({ estimatedWaitTime: 200 }), after: aCallback({ estimatedWaitTime: 300 }) },
    expect: isSilent('wait-above-threshold'),
  },
  {
    name: 'the threshold is the queue’s own',
    given: { ...fallsTo(300), settings: someSettings({ pushNotificationThresholdMinutes: 5.5 }) },
    expect: upcoming,
  },
  {
    name: 'a threshold of zero announces no callback as upcoming',
    given: { ...fallsTo(0), settings: someSettings({ pushNotificationThresholdMinutes: 0 }) },
    expect: staysSilent('wait-above-threshold'),
  },
  {
    name: 'the wait was below the threshold before',
    given: { before: aCallback({ estimatedWaitTime: 200 }), after: aCallback({ estimatedWaitTime: 100 }) },
    expect: staysSilent('already-due'),
  },
  {
    name: 'the wait becomes known and is short',
    given: { before: aCallback(), after: aCallback({ estimatedWaitTime: 100 }) },
    expect: upcoming,
  },
  {
    name: 'the wait becomes unknown',
    given: { before: aCallback({ estimatedWaitTime: 600 }), after: aCallback() },
    expect: isSilent('wait-unknown'),
  },
  {
    name: 'a callback that is due when it is created is not announced',
    given: { after: aCallback({ estimatedWaitTime: 10 }) },
    expect: isSilent('created'),
  },
  {
    name: 'a callback that is created far from its turn is new, whatever the threshold',
    given: { after: aCallback({ estimatedWaitTime: 900 }) },
    expect: isSilent('created'),
  },
  {
    name: 'a callback that was created with a short wait is told nothing while it stays short',
    given: {
      before: aCallback({ estimatedWaitTime: 200, isCreation: true }),
      after: aCallback({ estimatedWaitTime: 100 }),
    },
    expect: staysSilent('already-due'),
  },
  {
    name: 'a callback that was created with an unknown wait becomes due',
    given: { before: aCallback({ isCreation: true }), after: aCallback({ estimatedWaitTime: 240 }) },
    expect: upcoming,
  },
  { name: 'a scheduled callback may be due', given: fallsTo(100, { callbackState: 'SCHEDULED' }), expect: upcoming },
  {
    name: 'a callback in ROUTING may be due where the centre dials',
    given: fallsTo(100, { callbackState: 'ROUTING' }),
    expect: upcoming,
  },
  {
    name: 'who dials themselves is not told that their turn is near once it is there',
    given: fallsTo(100, { callbackState: 'ROUTING', callDirection: 'USERORIGINATED' }),
    expect: staysSilent('already-due'),
  },
  {
    name: 'in ROUTING, the queue may say that the centre dials',
    given: {
      before: undirected({ callbackState: 'ROUTING', estimatedWaitTime: 600 }),
      after: undirected({ callbackState: 'ROUTING', estimatedWaitTime: 100 }),
    },
    expect: upcoming,
  },
  {
    name: 'in ROUTING, the queue may say that the consumer dials',
    given: {
      before: undirected({ callbackState: 'ROUTING', estimatedWaitTime: 600 }),
      after: undirected({ callbackState: 'ROUTING', estimatedWaitTime: 100 }),
      settings: consumersDial,
    },
    expect: staysSilent('already-due'),
  },
  {
    name: 'a callback that an agent handles waits no more',
    given: fallsTo(100, { callbackState: 'PROCESSING' }),
    expect: unchanged,
  },
  {
    name: 'a callback that waits again after an attempt becomes due by it',
    given: {
      before: aCallback({ callbackState: 'PROCESSING', estimatedWaitTime: 100 }),
      after: aCallback({ estimatedWaitTime: 100 }),
    },
    expect: upcoming,
  },
  {
    name: 'its turn at the very moment of its expiry is still in time',
    given: fallsTo(240, { expirationTime: at(monday + 4 * minute) }),
    expect: upcoming,
  },
  {
    name: 'its turn a moment after its expiry is too late',
    given: fallsTo(240, { expirationTime: at(monday + 4 * minute - 1) }),
    expect: isSilent('expires-first'),
  },
  {
    name: 'a longer life makes a callback due whose wait has not changed',
    given: {
      before: aCallback({ estimatedWaitTime: 240, expirationTime: at(monday + minute) }),
      after: aCallback({ estimatedWaitTime: 240, expirationTime: at(monday + hour) }),
    },
    expect: upcoming,
  },
  {
    name: 'its turn at the closing moment is still in time',
    given: { ...fallsTo(240), settings: openUntil('11:04') },
    expect: upcoming,
  },
  {
    name: 'its turn after the closing moment is too late',
    given: { ...fallsTo(241), settings: openUntil('11:04') },
    expect: isSilent('closes-first'),
  },
  {
    name: 'its turn is still after the closing moment',
    given: {
      before: aCallback({ estimatedWaitTime: 299 }),
      after: aCallback({ estimatedWaitTime: 241 }),
      settings: openUntil('11:04'),
    },
    expect: staysSilent('closes-first'),
  },
  {
    name: 'its turn two minutes before closing comes too late',
    given: {
      before: aCallback({ estimatedWaitTime: 900, writtenAt: beforeClosing - minute }),
      after: aCallback({ estimatedWaitTime: 240, writtenAt: beforeClosing }),
      settings: openUntil('17:00'),
      now: beforeClosing,
    },
    expect: isSilent('closes-first'),
  },
  {
    name: 'what the clock made due overnight is told with the first write of the morning',
    given: {
      before: aCallback({ estimatedWaitTime: 240, writtenAt: beforeClosing }),
      after: aCallback({ estimatedWaitTime: 230, writtenAt: nextMorning }),
      settings: openUntil('17:00'),
      now: nextMorning,
    },
    expect: upcoming,
  },
  {
    name: 'what was told in the morning is not told again with the next write',
    given: {
      before: aCallback({ estimatedWaitTime: 230, writtenAt: nextMorning }),
      after: aCallback({ estimatedWaitTime: 220, writtenAt: nextMorning + minute }),
      settings: openUntil('17:00'),
      now: nextMorning + minute,
    },
    expect: staysSilent('already-due'),
  },
  {
    name: 'a callback that was due when it was written was told then, though it would be too late now',
    given: {
      before: aCallback({ estimatedWaitTime: 240, writtenAt: beforeClosing - 5 * minute }),
      after: aCallback({ estimatedWaitTime: 235, writtenAt: beforeClosing - 4 * minute }),
      settings: openUntil('17:00'),
      now: beforeClosing - 4 * minute,
    },
    expect: staysSilent('already-due'),
  },
  {
    name: 'a callback rescheduled in place may be announced anew',
    given: {
      before: aCallback({ estimatedWaitTime: 600, booking: aBooking(monday) }),
      after: aCallback({ estimatedWaitTime: 200, booking: aBooking(monday + hour) }),
    },
    expect: announces('CALLBACK_UPCOMING', aBooking(monday + hour)),
  },
  {
    name: 'a callback rescheduled in place while it is due is announced anew',
    given: {
      before: aCallback({ estimatedWaitTime: 200, booking: aBooking(monday) }),
      after: aCallback({ estimatedWaitTime: 200, booking: aBooking(monday + hour) }),
    },
    expect: announces('CALLBACK_UPCOMING', aBooking(monday + hour)),
  },
  {
    name: 'whoever adds a device while it is due is told',
    given: {
      before: aCallback({ estimatedWaitTime: 200, pushTargets: [] }),
      after: aCallback({ estimatedWaitTime: 200 }),
    },
    expect: upcoming,
  },
  {
    name: 'whoever replaces a device is not told again',
    given: {
      before: aCallback({ estimatedWaitTime: 200, pushTargets: ['old'] }),
      after: aCallback({ estimatedWaitTime: 200, pushTargets: ['new'] }),
    },
    expect: staysSilent('already-due'),
  },
];

const asCancelled = { callbackState: 'COMPLETED', callbackReason: 'CANCELLED' } as const;
export const consumerDials = { callDirection: 'USERORIGINATED' } as const;
export const routing = { callbackState: 'ROUTING' } as const;

/** It owes what the state before did not, but its entry into ROUTING lies further back. */
const readyOfEarlierEntry: Decision = { notices: [{ event: 'CALLBACK_READY', occasion: undefined }] };

export const readyRows: readonly DecisionRow[] = [
  {
    name: 'the consumer’s turn to dial',
    given: { before: aCallback(consumerDials), after: aCallback({ ...consumerDials, ...routing, updateTime: '7.1' }) },
    expect: announces('CALLBACK_READY', '7.1'),
  },
  {
    name: 'a callback created at its turn is ready at once',
    given: { after: aCallback({ ...consumerDials, ...routing, updateTime: '7.2' }) },
    expect: announces('CALLBACK_READY', '7.2'),
  },
  {
    name: 'a callback that stays in ROUTING is not ready once more',
    given: { before: aCallback({ ...consumerDials, ...routing }), after: aCallback({ ...consumerDials, ...routing }) },
    expect: staysSilent('already-due'),
  },
  {
    name: 'a callback that comes back into ROUTING is ready once more',
    given: { before: aCallback(consumerDials), after: aCallback({ ...consumerDials, ...routing, updateTime: '7.5' }) },
    expect: announces('CALLBACK_READY', '7.5'),
  },
  {
    name: 'a document that leaves it to its queue is ready where the consumers dial',
    given: { before: undirected(), after: undirected({ ...routing, updateTime: '7.6' }), settings: consumersDial },
    expect: announces('CALLBACK_READY', '7.6'),
  },
  {
    name: 'a document that leaves it to its queue is never ready where the centre dials',
    given: { before: undirected(), after: undirected(routing) },
    expect: isSilent('centre-dials'),
  },
  {
    name: 'a document that says who dials overrules its queue',
    given: { before: aCallback(), after: aCallback(routing), settings: consumersDial },
    expect: isSilent('centre-dials'),
  },
  {
    name: 'of a turn with a wait of nothing, only the turn is told',
    given: {
      before: aCallback({ ...consumerDials, estimatedWaitTime: 600 }),
      after: aCallback({ ...consumerDials, ...routing, estimatedWaitTime: 0, updateTime: '7.4' }),
    },
    expect: announces('CALLBACK_READY', '7.4'),
  },
  {
    name: 'whoever adds a device at their turn is told; which turn it is, history tells',
    given: {
      before: aCallback({ ...consumerDials, ...routing, pushTargets: [] }),
      after: aCallback({ ...consumerDials, ...routing }),
    },
    expect: readyOfEarlierEntry,
  },
  {
    name: 'whoever replaces a device at their turn is not told again',
    given: {
      before: aCallback({ ...consumerDials, ...routing, pushTargets: ['old'] }),
      after: aCallback({ ...consumerDials, ...routing, pushTargets: ['new'] }),
    },
    expect: staysSilent('already-due'),
  },
  {
    name: 'whoever has a number to call is not asked whether they want one',
    given: {
      before: aCallback({ ...consumerDials, callIn: aCallIn() }),
      after: aCallback({ ...consumerDials, ...routing, callIn: aCallIn() }),
    },
    expect: staysSilent('accepted-already'),
  },
  {
    name: 'whose number has expired at their turn is asked once more',
    given: {
      before: aCallback({ ...consumerDials, ...routing, callIn: aCallIn({ expirationTime: at(monday) }), writtenAt: monday - minute }), // prettier-ignore
      after: aCallback({ ...consumerDials, ...routing, callIn: aCallIn({ expirationTime: at(monday) }) }),
    },
    expect: readyOfEarlierEntry,
  },
  {
    name: 'a callback that the centre dials is never ready',
    given: { before: aCallback(), after: aCallback(routing) },
    expect: isSilent('centre-dials'),
  },
];

const callIn = announces('CALLBACK_CALL_IN', 'call-in-1');

export const callInRows: readonly DecisionRow[] = [
  {
    name: 'a call-in appears',
    given: { before: aCallback(), after: aCallback({ callIn: aCallIn() }) },
    expect: callIn,
  },
  {
    name: 'a call-in that was there from the start',
    given: { after: aCallback({ callIn: aCallIn() }) },
    expect: callIn,
  },
  {
    name: 'another call-in replaces it',
    given: {
      before: aCallback({ callIn: aCallIn() }),
      after: aCallback({ callIn: aCallIn({ id: 'call-in-2' }) }),
    },
    expect: announces('CALLBACK_CALL_IN', 'call-in-2'),
  },
  {
    name: 'the same call-in with another code is not told again',
    given: {
      before: aCallback({ callIn: aCallIn() }),
      after: aCallback({ callIn: aCallIn({ accessCode: '7777' }) }),
    },
    expect: staysSilent('accepted-already'),
  },
  {
    name: 'a call-in that has expired',
    given: { before: aCallback(), after: aCallback({ callIn: aCallIn({ expirationTime: at(monday) }) }) },
    expect: isSilent('call-in-expired'),
  },
  {
    name: 'a call-in that lives for one more moment',
    given: { before: aCallback(), after: aCallback({ callIn: aCallIn({ expirationTime: at(monday + 1) }) }) },
    expect: callIn,
  },
  {
    name: 'a call-in at the consumer’s turn',
    given: {
      before: aCallback({ ...consumerDials, ...routing }),
      after: aCallback({ ...consumerDials, ...routing, callIn: aCallIn() }),
    },
    expect: callIn,
  },
  {
    name: 'a call-in for somebody who talks to an agent',
    given: {
      before: aCallback({ callbackState: 'PROCESSING' }),
      after: aCallback({ callbackState: 'PROCESSING', callIn: aCallIn() }),
    },
    expect: isSilent('call-in-too-late'),
  },
  {
    name: 'whoever adds a device while a call-in lives is told the number',
    given: {
      before: aCallback({ callIn: aCallIn(), pushTargets: [] }),
      after: aCallback({ callIn: aCallIn() }),
    },
    expect: callIn,
  },
  {
    name: 'a call-in for a callback that is over',
    given: { before: aCallback(), after: aCallback({ ...asCancelled, callIn: aCallIn() }) },
    expect: isSilent('completed-otherwise'),
  },
  {
    name: 'a call-in for a callback that was over before',
    given: {
      before: aCallback(asCancelled),
      after: aCallback({ ...asCancelled, callIn: aCallIn() }),
    },
    expect: isSilent('call-in-too-late'),
  },
  {
    name: 'a call-in that goes away',
    given: { before: aCallback({ callIn: aCallIn() }), after: aCallback() },
    expect: isSilent('wait-unknown'),
  },
];

export const otherRows: readonly DecisionRow[] = [
  {
    name: 'there is no device to push to, from the start',
    given: { after: aCallback({ pushTargets: [] }) },
    expect: isSilent('no-push-targets'),
  },
  {
    name: 'the devices are withdrawn',
    given: {
      before: aCallback({ estimatedWaitTime: 600 }),
      after: aCallback({ pushTargets: [], estimatedWaitTime: 100 }),
    },
    expect: isSilent('no-push-targets'),
  },
  {
    name: 'there is still no device to push to',
    given: fallsTo(100, { pushTargets: [] }),
    expect: staysSilent('no-push-targets'),
  },
  {
    name: 'a callback without devices is deleted',
    given: { before: aCallback({ pushTargets: [] }) },
    expect: staysSilent('no-push-targets'),
  },
  { name: 'there is neither a before nor an after', given: {}, expect: isSilent('deleted-after-waiting') },
  {
    name: 'nothing changed, and nothing could be told',
    given: { before: aCallback({ callbackState: 'PROCESSING' }), after: aCallback({ callbackState: 'PROCESSING' }) },
    expect: unchanged,
  },
  {
    name: 'nothing is known of its state',
    given: { before: aCallback(), after: without(aCallback({ estimatedWaitTime: 100 }), 'callbackState') },
    expect: unchanged,
  },
  {
    name: 'the reason that is new is the one to tell',
    given: {
      before: aCallback({ dialAttempts: 1, lastDialResult: 'CONNECTED', estimatedWaitTime: 100 }),
      after: aCallback({ dialAttempts: 1, lastDialResult: 'CONNECTED', estimatedWaitTime: 900 }),
    },
    expect: isSilent('wait-above-threshold'),
  },
  {
    name: 'several things are told at once, what matters most the last',
    given: {
      before: aCallback({ dialAttempts: 0, estimatedWaitTime: 600 }),
      after: aCallback({ dialAttempts: 1, lastDialResult: 'BUSY', estimatedWaitTime: 100, callIn: aCallIn() }),
    },
    expect: {
      notices: [
        { event: 'CALLBACK_ATTEMPT_FAILED', occasion: `${aBooking()}#1` },
        { event: 'CALLBACK_CALL_IN', occasion: 'call-in-1' },
      ],
    },
  },
  {
    name: 'whoever adds the first device is told all that is still true',
    given: {
      before: aCallback({ ...consumerDials, estimatedWaitTime: 100, callIn: aCallIn(), pushTargets: [] }),
      after: aCallback({ ...consumerDials, estimatedWaitTime: 100, callIn: aCallIn() }),
    },
    expect: {
      notices: [{ event: 'CALLBACK_CALL_IN', occasion: 'call-in-1' }],
    },
  },
  {
    name: 'whoever has a number to call is not told that the turn is near',
    given: fallsTo(100, { callIn: aCallIn() }),
    expect: staysSilent('accepted-already'),
  },
  {
    name: 'a desired time that is wrong for a moment books nothing',
    given: {
      before: aCallback({ estimatedWaitTime: 100, booking: aBooking(monday), isScheduled: true }),
      after: aCallback({ estimatedWaitTime: 90, booking: `${aBooking()}?`, isBookingKnown: false }),
    },
    expect: staysSilent('already-due'),
  },
  {
    name: 'nor when it is mended',
    given: {
      before: aCallback({ estimatedWaitTime: 100, booking: `${aBooking()}?`, isBookingKnown: false }),
      after: aCallback({ estimatedWaitTime: 90, booking: aBooking(monday), isScheduled: true }),
    },
    expect: staysSilent('already-due'),
  },
  {
    name: 'a state that is wrong for a moment begins no other turn: history tells which it is',
    given: {
      before: without(aCallback({ ...consumerDials }), 'callbackState'),
      after: aCallback({ ...consumerDials, ...routing }),
    },
    expect: { notices: [{ event: 'CALLBACK_READY', occasion: undefined }] },
  },
];
