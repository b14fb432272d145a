import fc from 'fast-check';
import type { Callback } from '../../functions/src/callback/callback.ts';
import { decide, dependsOnSettings, stillHolds, type Notice } from '../../functions/src/notice/decision.ts';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import { aBooking, aCallIn, aCallback, hour, minute, monday, someSettings } from '../support/builders.ts';
import { attemptRows, purgedRows } from './decision-ending-rows.ts';
import { callInRows, otherRows, readyRows, upcomingRows } from './decision-rows.ts';
import { anyCallback, anySettings } from './arbitraries.ts';

interface Row {
  readonly name: string;
  readonly given: { readonly occasion?: string; readonly current?: Callback };
  readonly expect: boolean;
}

const asPurged = { callbackState: 'COMPLETED', callbackReason: 'PURGED' } as const;
const failed = { dialAttempts: 1, lastDialResult: 'BUSY' } as const;

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
      given: { current: aCallback({ estimatedWaitTime: 200, booking: aBooking(monday) + hour }) },
      expect: false,
    },
    { name: 'it was deleted', given: {}, expect: false },
  ],
  CALLBACK_READY: [
    { name: 'it is still its turn', given: { current: aCallback({ callbackState: 'ROUTING' }) }, expect: true },
    { name: 'it went back into the queue', given: { current: aCallback() }, expect: false },
    { name: 'the consumer has called', given: { current: aCallback({ callbackState: 'PROCESSING' }) }, expect: false },
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
  test.each(rows)('$name', ({ given: { occasion = '0', current }, expect: expected }) => {
    const notice: Notice = { event: event as NoticeEvent, occasion };
    expect(stillHolds(notice, current, someSettings(), monday)).toBe(expected);
  });
});

test('a notice holds at the moment it is decided', () => {
  fc.assert(
    fc.property(fc.option(anyCallback, { nil: undefined }), anyCallback, anySettings, (before, after, settings) => {
      const decision = decide(before, after, settings, monday);
      const notices = 'notices' in decision ? decision.notices : [];
      expect(notices.filter((notice) => !stillHolds(notice, after, settings, monday))).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

const changes = [...upcomingRows, ...readyRows, ...callInRows, ...purgedRows, ...attemptRows, ...otherRows];

test('where a change does not depend on the settings, all settings give the same answer', () => {
  const settingsDiffer = fc.array(anySettings, { minLength: 2, maxLength: 6 });
  const state = fc.option(anyCallback, { nil: undefined });
  fc.assert(
    fc.property(state, state, settingsDiffer, (before, after, settings) => {
      fc.pre(!dependsOnSettings(before, after));
      const answers = settings.map((some) => JSON.stringify(decide(before, after, some, monday)));
      expect(new Set(answers).size).toBe(1);
    }),
    { numRuns: 500 },
  );
});

test('only changes of the wait or of the outbound calls depend on the settings', () => {
  const dependent = changes.filter(({ given: { before, after } }) => dependsOnSettings(before, after));
  expect(
    dependent.filter((row) => !upcomingRows.includes(row) && !attemptRows.includes(row)).map(({ name }) => name),
  ).toEqual(['several things are told at once, each for itself']);
});
