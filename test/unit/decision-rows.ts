import type { Callback } from '../../functions/src/callback/callback.ts';
import type { Decision } from '../../functions/src/notice/decision.ts';
import type { Silence } from '../../functions/src/notice/silences.ts';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import type { Settings } from '../../functions/src/callback/settings.ts';
import { aBooking, aCallIn, aCallback, hour, minute, monday, someSettings } from '../support/builders.ts';

/** What `decide` answers to one change, at eleven o'clock in Berlin. */
export interface DecisionRow {
  readonly name: string;
  readonly given: { readonly before?: Callback; readonly after?: Callback; readonly settings?: Settings };
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

/** Open from nine to the given time in Berlin, where it is eleven o'clock. */
const openUntil = (close: string) =>
  someSettings({ businessHours: { timeZone: 'Europe/Berlin', weekly: { monday: [{ open: '09:00', close }] } } });

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
    expect: isSilent('already-due'),
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
  { name: 'a scheduled callback may be due', given: fallsTo(100, { callbackState: 'SCHEDULED' }), expect: upcoming },
  {
    name: 'a callback in ROUTING may be due, whoever dials',
    given: fallsTo(100, { callbackState: 'ROUTING', callDirection: 'USERORIGINATED' }),
    expect: upcoming,
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
    name: 'a callback rescheduled in place may be announced anew',
    given: {
      before: aCallback({ estimatedWaitTime: 600, booking: aBooking(monday) }),
      after: aCallback({ estimatedWaitTime: 200, booking: aBooking(monday) + hour }),
    },
    expect: announces('CALLBACK_UPCOMING', String(monday + hour)),
  },
];

export const consumerDials = { callDirection: 'USERORIGINATED' } as const;
export const routing = { callbackState: 'ROUTING' } as const;

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
    expect: unchanged,
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
    expect: unchanged,
  },
  {
    name: 'a call-in for a callback that is over',
    given: { before: aCallback(), after: aCallback({ callIn: aCallIn(), callbackState: 'COMPLETED' }) },
    expect: isSilent('call-in-too-late'),
  },
  {
    name: 'a call-in for a callback that was over before',
    given: {
      before: aCallback({ callbackState: 'COMPLETED' }),
      after: aCallback({ callIn: aCallIn(), callbackState: 'COMPLETED' }),
    },
    expect: isSilent('call-in-too-late'),
  },
  {
    name: 'a call-in that goes away',
    given: { before: aCallback({ callIn: aCallIn() }), after: aCallback() },
    expect: unchanged,
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
  { name: 'there is neither a before nor an after', given: {}, expect: isSilent('no-push-targets') },
  { name: 'nothing changed', given: { before: aCallback(), after: aCallback() }, expect: unchanged },
  {
    name: 'several things are told at once, each for itself',
    given: {
      before: aCallback({ ...consumerDials, estimatedWaitTime: 600 }),
      after: aCallback({ ...consumerDials, ...routing, estimatedWaitTime: 0, callIn: aCallIn(), updateTime: '7.3' }),
    },
    expect: {
      notices: [
        { event: 'CALLBACK_CALL_IN', occasion: 'call-in-1' },
        { event: 'CALLBACK_READY', occasion: '7.3' },
        { event: 'CALLBACK_UPCOMING', occasion: aBooking() },
      ],
    },
  },
];
