import fc from 'fast-check';
import type { Callback } from '../../functions/src/callback/callback.ts';
import {
  decide,
  dependsOnSettings,
  onReturn,
  stillHolds,
  type Decision,
  type Notice,
} from '../../functions/src/notice/decision.ts';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import type { Settings } from '../../functions/src/callback/settings.ts';
import { aBooking, aCallIn, aCallback, day, hour, minute, monday, someSettings, without } from '../support/builders.ts';
import { attemptRows, purgedRows } from './decision-ending-rows.ts';
import { callInRows, consumersDial, otherRows, readyRows, upcomingRows } from './decision-rows.ts';
import { anyCallback, anySettings } from './arbitraries.ts';

interface Row {
  readonly name: string;
  readonly given: { readonly occasion?: string; readonly current?: Callback; readonly settings?: Settings };
  readonly expect: boolean;
}

const asPurged = { callbackState: 'COMPLETED', callbackReason: 'PURGED' } as const;
const failed = { dialAttempts: 1, lastDialResult: 'BUSY' } as const;
const asReady = { callbackState: 'ROUTING', callDirection: 'USERORIGINATED' } as const;
/** The same document life at another desired time, and at the one that came back. */
const elsewhen = aBooking(monday + hour);
const returned = onReturn({ event: 'CALLBACK_UPCOMING', occasion: aBooking() }, monday).occasion;

const tables: Readonly<Record<NoticeEvent, readonly Row[]>> = {
  CALLBACK_UPCOMING: [
    { name: 'it is due', given: { current: aCallback({ estimatedWaitTime: 299 }) }, expect: true },
    { name: 'its wait rose again', given: { current: aCallback({ estimatedWaitTime: 300 }) }, expect: false },
    { name: 'its wait is unknown by now', given: { current: aCallback() }, expect: false },
    {
      name: 'an agent handles it',
      given: { current: aCallback({ callbackState: 'PROCESSING', estimatedWaitTime: 0 }) },
      expect: false,
    },
    {
      name: 'it would expire first',
      given: { current: aCallback({ estimatedWaitTime: 200, expirationTime: new Date(monday + minute) }) },
      expect: false,
    },
    {
      name: 'it was rescheduled in place',
      given: { current: aCallback({ estimatedWaitTime: 200, booking: elsewhen }) },
      expect: false,
    },
    {
      name: 'its id was used again',
      given: { current: aCallback({ estimatedWaitTime: 200, booking: '1772445000.000000000/' }) },
      expect: false,
    },
    {
      name: 'its booking came back, and is due',
      given: { occasion: returned, current: aCallback({ estimatedWaitTime: 200 }) },
      expect: true,
    },
    {
      name: 'its booking came back, and is not due',
      given: { occasion: returned, current: aCallback({ estimatedWaitTime: 600 }) },
      expect: false,
    },
    {
      name: 'another booking follows the one that came back',
      given: { occasion: returned, current: aCallback({ estimatedWaitTime: 200, booking: elsewhen }) },
      expect: false,
    },
    {
      name: 'the centre closed meanwhile',
      given: {
        current: aCallback({ estimatedWaitTime: 200 }),
        settings: someSettings({ businessHours: { timeZone: 'Europe/Berlin', weekly: {} } }),
      },
      expect: false,
    },
    {
      name: 'its turn came, and the consumer dials',
      given: { current: aCallback({ ...asReady, estimatedWaitTime: 0 }) },
      expect: false,
    },
    {
      name: 'the devices were withdrawn',
      given: { current: aCallback({ estimatedWaitTime: 200, pushTargets: [] }) },
      expect: false,
    },
    { name: 'it was deleted', given: {}, expect: false },
  ],
  CALLBACK_READY: [
    { name: 'it is still its turn', given: { current: aCallback(asReady) }, expect: true },
    {
      name: 'it is still its turn, and its queue says who dials',
      given: { current: without(aCallback(asReady), 'callDirection'), settings: consumersDial },
      expect: true,
    },
    { name: 'the centre dials by now', given: { current: aCallback({ callbackState: 'ROUTING' }) }, expect: false },
    {
      name: 'the consumer has a number to call',
      given: { current: aCallback({ ...asReady, callIn: aCallIn() }) },
      expect: false,
    },
    {
      name: 'the number that the consumer had has expired',
      given: { current: aCallback({ ...asReady, callIn: aCallIn({ expirationTime: new Date(monday) }) }) },
      expect: true,
    },
    {
      name: 'it went back into the queue',
      given: { current: aCallback({ ...asReady, callbackState: 'QUEUED' }) },
      expect: false,
    },
    {
      name: 'the consumer has called',
      given: { current: aCallback({ ...asReady, callbackState: 'PROCESSING' }) },
      expect: false,
    },
    { name: 'it was deleted', given: {}, expect: false },
  ],
  CALLBACK_CALL_IN: [
    {
      name: 'it is still open',
      given: { occasion: 'call-in-1', current: aCallback({ callIn: aCallIn() }) },
      expect: true,
    },
    {
      name: 'another one replaced it',
      given: { occasion: 'call-in-1', current: aCallback({ callIn: aCallIn({ id: 'call-in-2' }) }) },
      expect: false,
    },
    { name: 'it was withdrawn', given: { occasion: 'call-in-1', current: aCallback() }, expect: false },
    {
      name: 'its number and code have expired',
      given: { occasion: 'call-in-1', current: aCallback({ callIn: aCallIn({ expirationTime: new Date(monday) }) }) },
      expect: false,
    },
    {
      name: 'the consumer talks to an agent',
      given: { occasion: 'call-in-1', current: aCallback({ callIn: aCallIn(), callbackState: 'PROCESSING' }) },
      expect: false,
    },
    {
      name: 'the callback completed',
      given: { occasion: 'call-in-1', current: aCallback({ callIn: aCallIn(), callbackState: 'COMPLETED' }) },
      expect: false,
    },
    { name: 'the callback was deleted', given: { occasion: 'call-in-1' }, expect: false },
  ],
  CALLBACK_PURGED: [
    { name: 'it is purged', given: { current: aCallback(asPurged) }, expect: true },
    { name: 'it was deleted', given: {}, expect: true },
    { name: 'it waits once more', given: { current: aCallback() }, expect: false },
    {
      name: 'another callback replaces it by now',
      given: { current: aCallback({ ...asPurged, rescheduledTo: 'callback-2' }) },
      expect: false,
    },
    {
      name: 'it was rescheduled in place by now',
      given: { current: aCallback({ ...asPurged, booking: aBooking(monday) }) },
      expect: false,
    },
    {
      name: 'it completed for another reason after all',
      given: { current: aCallback({ ...asPurged, callbackReason: 'CANCELLED' }) },
      expect: false,
    },
  ],
  CALLBACK_ATTEMPT_FAILED: [
    {
      name: 'the next attempt is to come',
      given: { occasion: `${aBooking()}#1`, current: aCallback(failed) },
      expect: true,
    },
    {
      name: 'the next attempt was made',
      given: { occasion: `${aBooking()}#1`, current: aCallback({ ...failed, dialAttempts: 2 }) },
      expect: false,
    },
    {
      name: 'the call was connected after all',
      given: { occasion: `${aBooking()}#1`, current: aCallback({ ...failed, lastDialResult: 'PERSON' }) },
      expect: false,
    },
    {
      name: 'the callback completed',
      given: { occasion: `${aBooking()}#1`, current: aCallback({ ...failed, callbackState: 'COMPLETED' }) },
      expect: false,
    },
    {
      name: 'the centre gave up, so that it was the last',
      given: {
        occasion: `${aBooking()}#1`,
        current: aCallback({ ...failed, callbackState: 'COMPLETED', callbackReason: 'FAIL_CALL_TO_CUSTOMER' }),
      },
      expect: false,
    },
    {
      name: 'the same attempt is of a booking that came back',
      given: { occasion: `${aBooking()}#1~${monday}`, current: aCallback(failed) },
      expect: true,
    },
    {
      name: 'the callback was rescheduled in place',
      given: { occasion: `${aBooking()}#1`, current: aCallback({ ...failed, booking: aBooking(monday) }) },
      expect: false,
    },
    { name: 'the callback was deleted', given: { occasion: `${aBooking()}#1` }, expect: false },
  ],
  CALLBACK_FINAL_ATTEMPT_FAILED: [
    { name: 'nobody was reached', given: { current: aCallback({ ...failed, dialAttempts: 3 }) }, expect: true },
    {
      name: 'it completed by it',
      given: { current: aCallback({ ...failed, dialAttempts: 3, callbackState: 'COMPLETED' }) },
      expect: true,
    },
    {
      name: 'the centre gave up earlier',
      given: { current: aCallback({ ...failed, callbackState: 'COMPLETED', callbackReason: 'FAIL_CALL_TO_CUSTOMER' }) },
      expect: true,
    },
    {
      name: 'the consumer cancelled after an attempt that was not the last',
      given: { current: aCallback({ ...failed, callbackState: 'COMPLETED', callbackReason: 'CANCELLED' }) },
      expect: false,
    },
    {
      name: 'an agent talked to the consumer after all',
      given: {
        current: aCallback({
          ...failed,
          dialAttempts: 3,
          callbackState: 'COMPLETED',
          callbackReason: 'AGENT_CONNECTED',
        }),
      },
      expect: false,
    },
    {
      name: 'one more attempt connected',
      given: { current: aCallback({ dialAttempts: 4, lastDialResult: 'CONNECTED' }) },
      expect: false,
    },
    {
      name: 'it was rescheduled in place',
      given: { current: aCallback({ ...failed, dialAttempts: 3, booking: aBooking(monday) }) },
      expect: false,
    },
    { name: 'it was deleted', given: {}, expect: true },
  ],
};

describe.each(Object.entries(tables))('%s still holds, or not, when', (event, rows) => {
  test.each(rows)(
    '$name',
    ({ given: { occasion = aBooking(), current, settings = someSettings() }, expect: expected }) => {
      const notice: Notice = { event: event as NoticeEvent, occasion };
      expect(stillHolds(notice, current, settings, monday)).toBe(expected);
    },
  );
});

test('a booking that comes back more than once has one name each time', () => {
  const first: Notice = { event: 'CALLBACK_UPCOMING', occasion: aBooking() };
  const [second, third] = [onReturn(first, monday), onReturn(onReturn(first, monday), monday + day)];
  expect([second.occasion, third.occasion]).toEqual([`${aBooking()}~${monday}`, `${aBooking()}~${monday + day}`]);
});

const anyBefore = fc.option(anyCallback, { nil: undefined });
const noticesOf = (decision: Decision) => ('notices' in decision ? decision.notices : []);

test('a notice holds at the moment it is decided', () => {
  fc.assert(
    fc.property(anyBefore, anyCallback, anySettings, (before, after, settings) => {
      const untrue = noticesOf(decide(before, after, settings, monday)).filter(
        // Of which entry a READY is, history tells.
        ({ event, occasion = '' }) => !stillHolds({ event, occasion }, after, settings, monday),
      );
      expect(untrue).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test('where a change does not depend on the settings, it announces the same under all settings', () => {
  const settingsDiffer = fc.array(anySettings, { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(anyBefore, anyBefore, settingsDiffer, (before, after, settings) => {
      fc.pre(!dependsOnSettings(before, after));
      const answers = settings.map((some) => JSON.stringify(noticesOf(decide(before, after, some, monday))));
      expect(new Set(answers).size).toBe(1);
    }),
    { numRuns: 2000 },
  );
});

const changes = [...upcomingRows, ...readyRows, ...callInRows, ...purgedRows, ...attemptRows, ...otherRows];

test('the settings are asked for the wait, for the attempts, and for who dials: never at a deletion', () => {
  const dependent = changes.filter(({ given: { before, after } }) => dependsOnSettings(before, after));
  const near = ({ given: { after } }: (typeof changes)[number]) =>
    after?.estimatedWaitTime !== undefined ||
    (after?.dialAttempts ?? 0) > 0 ||
    (after?.callbackState === 'ROUTING' && after.callDirection === undefined);
  expect(dependent.filter((row) => !near(row)).map(({ name }) => name)).toEqual([]);
});

test('who dials is asked of the settings where there are attempts, so that the log tells no wrong reason', () => {
  const rings = without(aCallback({ callbackState: 'PROCESSING', dialAttempts: 1 }), 'callDirection');
  expect(decide(aCallback(), rings, someSettings(), monday)).toEqual({ silence: 'dial-result-missing', isNews: true });
  expect(decide(aCallback(), rings, consumersDial, monday)).toEqual({ silence: 'consumer-dials', isNews: true });
  expect(dependsOnSettings(aCallback(), rings)).toBe(true);
});

test('a callback that is created depends on the settings only at its turn, where it leaves it to them who dials', () => {
  const created = changes.filter(({ given: { before, after } }) => !before && after);
  expect(created.filter(({ given: { after } }) => dependsOnSettings(undefined, after))).toEqual([]);
  const atItsTurn = aCallback({ callbackState: 'ROUTING' });
  expect(dependsOnSettings(undefined, without(atItsTurn, 'callDirection'))).toBe(true);
});
