import fc from 'fast-check';
import { type Callback } from '../../functions/src/callback/callback.ts';
import { callDirections, callbackStates } from '../../functions/src/callback/fields.ts';
import { weekdays, type BusinessHours } from '../../functions/src/callback/business-hours.ts';
import { builtInSettings, type Settings } from '../../functions/src/callback/settings.ts';
import { aBooking, aCallIn, aCallback, hour, minute, monday, without } from '../support/builders.ts';

const sometimes = <K extends string, T>(key: K, values: fc.Arbitrary<T>): fc.Arbitrary<Partial<Record<K, T>>> =>
  fc.oneof(
    fc.constant({}),
    values.map((value) => ({ [key]: value }) as Record<K, T>),
  );

const undirected: Callback = without(aCallback(), 'callDirection');

/** Callbacks near the edges of the rules, so that two of them often make an event. */
export const anyCallback: fc.Arbitrary<Callback> = fc
  .tuple(
    fc.record({
      callbackState: fc.constantFrom(...callbackStates),
      booking: fc.constantFrom(aBooking(), aBooking(monday), aBooking(monday + hour)),
      writtenAt: fc.constantFrom(monday - 10 * minute, monday - minute, monday),
      pushTargets: fc.constantFrom([], ['one'], ['one', 'two']),
      dialAttempts: fc.integer({ min: 0, max: 5 }),
    }),
    sometimes('callDirection', fc.constantFrom(...callDirections)),
    sometimes('callbackReason', fc.constantFrom('PURGED', 'CANCELLED', 'AGENT_CONNECTED', 'FAIL_CALL_TO_CUSTOMER')),
    sometimes('estimatedWaitTime', fc.constantFrom(0, 60, 299, 300, 1200)),
    sometimes(
      'expirationTime',
      fc.constantFrom(monday - 1, monday + minute, monday + hour).map((at) => new Date(at)),
    ),
    sometimes('lastDialResult', fc.constantFrom('BUSY', 'CONNECTED')),
    sometimes('rescheduledTo', fc.constant('callback-2')),
    sometimes(
      'callIn',
      fc.constantFrom(aCallIn(), aCallIn({ id: 'call-in-2' }), aCallIn({ expirationTime: new Date(monday - 30_000) })),
    ),
  )
  .map((parts) => ({ ...undirected, ...(Object.assign({}, ...parts) as Partial<Callback>) }));

/** Often at night, when the clocks change. */
const quarterHours = fc
  .oneof(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 4, max: 14 }))
  .map((n) => `${String(Math.floor(n / 4)).padStart(2, '0')}:${String((n % 4) * 15).padStart(2, '0')}`);
const anyInterval = fc.record({ open: quarterHours, close: fc.oneof(quarterHours, fc.constant('24:00')) });
export const anyDay = fc.array(anyInterval, { maxLength: 3 });

const anyWeek = fc.record(
  Object.fromEntries(weekdays.map((day) => [day, anyDay])) as Record<(typeof weekdays)[number], typeof anyDay>,
  { requiredKeys: [] },
);

/** Opening hours, whatever the zones and dates. */
export const anyHours = (zones: readonly string[], dates: readonly string[]): fc.Arbitrary<BusinessHours> =>
  fc.record({
    timeZone: fc.constantFrom(...zones),
    weekly: anyWeek,
    exceptions: fc.dictionary(fc.constantFrom(...dates), anyDay, { maxKeys: 2 }),
  });

export const anySettings: fc.Arbitrary<Settings> = fc
  .tuple(
    fc.record({
      pushNotificationThresholdMinutes: fc.constantFrom(0, 1, 5, 60),
      maxDialAttempts: fc.integer({ min: 1, max: 5 }),
      callDirection: fc.constantFrom(...callDirections),
    }),
    sometimes('businessHours', anyHours(['Europe/Berlin'], ['2026-03-02'])),
  )
  .map(([plain, hours]) => ({ ...builtInSettings, ...plain, ...hours }));
