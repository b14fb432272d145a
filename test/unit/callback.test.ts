import { hasFailedAttempt, isWaiting, microsecondsOf, readCallback } from '../../functions/src/callback/callback.ts';
import { callbackStates } from '../../functions/src/callback/fields.ts';
import {
  aBooking,
  aCallIn,
  aCallback,
  callbackFields,
  minute,
  monday,
  timestamp,
  without,
} from '../support/builders.ts';

/** Created an hour before it was written last. */
const createTime = '1772442000.000000000';
const updateTime = '1772445600.000000001';
const stored = (data: unknown) => ({ data, createTime, updateTime });
const read = (changes: Readonly<Record<string, unknown>>) => readCallback(stored(callbackFields(changes)));

/** What `aCallback` is without what the documents here leave to defaults. */
const plain = without(aCallback(), 'callDirection');

test('a document with nothing but what is required gets the defaults', () => {
  expect(readCallback(stored(without(callbackFields(), 'pushTargets')))).toEqual({
    callback: { ...plain, pushTargets: [] },
    problems: [],
  });
});

test('a complete document is taken over, without what pushes have no use for', () => {
  const { callback, problems } = read({
    callDirection: 'USERORIGINATED',
    callbackState: 'COMPLETED',
    callbackReason: 'PURGED',
    desiredTime: timestamp(monday),
    estimatedWaitTime: 12.5,
    positionInQueue: 3,
    expirationTime: timestamp(monday + minute),
    pushTargets: ['one', 'two'].map((target) => ({ channel: 'FCM', target })),
    language: 'fr-CA',
    dialAttempts: 2,
    lastDialResult: 'BUSY',
    rescheduledTo: 'callback-2',
    callIn: { ...aCallIn(), expirationTime: timestamp(monday + 10 * minute) },
    userData: { customer: { vip: true } },
    unknownField: 'ignored',
  });
  expect(problems).toEqual([]);
  expect(callback).toEqual({
    ...plain,
    callDirection: 'USERORIGINATED',
    callbackState: 'COMPLETED',
    callbackReason: 'PURGED',
    booking: aBooking(monday),
    isScheduled: true,
    estimatedWaitTime: 12.5,
    expirationTime: new Date(monday + minute),
    pushTargets: ['one', 'two'],
    language: 'fr-CA',
    dialAttempts: 2,
    lastDialResult: 'BUSY',
    rescheduledTo: 'callback-2',
    callIn: aCallIn(),
  });
});

test.each<{ name: string; given: Readonly<Record<string, unknown>>; expect: object }>([
  { name: 'a wait of -1 is unknown', given: { estimatedWaitTime: -1 }, expect: plain },
  { name: 'a wait of 0 is known', given: { estimatedWaitTime: 0 }, expect: { ...plain, estimatedWaitTime: 0 } },
  { name: 'null is taken for absent', given: { language: null, dialAttempts: null, callIn: null }, expect: plain },
])('$name', ({ given, expect: callback }) => {
  expect(read(given)).toEqual({ callback, problems: [] });
});

test.each<{ name: string; given: Readonly<Record<string, unknown>>; expect: object }>([
  {
    name: 'of a queue that has no name, the default settings are in force',
    given: { serviceName: 'sales/west' },
    expect: { ...plain, serviceName: 'default' },
  },
  {
    name: 'of an unknown state, nothing is known',
    given: { callbackState: 'PARKED' },
    expect: without(plain, 'callbackState'),
  },
  { name: 'a wrong language is the default one', given: { language: 5 }, expect: plain },
  { name: 'a wrong number of attempts is none', given: { dialAttempts: 1.5 }, expect: plain },
  {
    name: 'of a wrong desired time nobody knows which booking it is',
    given: { desiredTime: 'noon' },
    expect: { ...plain, booking: `${aBooking()}?`, isBookingKnown: false },
  },
  { name: 'a wrong wait is unknown', given: { estimatedWaitTime: NaN }, expect: plain },
  { name: 'a wrong phone number is no matter of pushes', given: { phoneNumber: 17 }, expect: plain },
])('$name', ({ given, expect: callback }) => {
  expect(read(given)).toEqual({ callback, problems: [expect.any(String)] });
});

test.each([[undefined], [null], ['text'], [[]]])('%p, which is no document, is read as an empty one', (data) => {
  expect(readCallback(stored(data)).callback).toEqual({
    ...without(plain, 'callbackState'),
    serviceName: 'default',
    pushTargets: [],
  });
});

describe('a booking', () => {
  const bookingOf = (created: string, desiredTime?: number) =>
    readCallback({
      data: callbackFields(desiredTime === undefined ? {} : { desiredTime: timestamp(desiredTime) }),
      createTime: created,
      updateTime,
    }).callback.booking;

  test('is one while neither its document nor its desired time is another', () => {
    expect(bookingOf(createTime, monday)).toBe(bookingOf(createTime, monday));
  });

  test('is another when its desired time is', () => {
    const bookings = [bookingOf(createTime), bookingOf(createTime, monday), bookingOf(createTime, monday + 1)];
    expect(new Set(bookings).size).toBe(3);
  });

  test('is another when its id is used again, be it a microsecond later', () => {
    expect(bookingOf('1772442000.000001000', monday)).not.toBe(bookingOf(createTime, monday));
  });
});

test('a state is that of the creation where nothing was written since', () => {
  const created = readCallback({ data: callbackFields(), createTime, updateTime: createTime }).callback;
  expect([created.isCreation, read({}).callback.isCreation]).toEqual([true, false]);
});

test('times are told to the microsecond', () => {
  expect([microsecondsOf('1772445600.123456789'), microsecondsOf('1772445600.000000999')]).toEqual([
    1772445600123456, 1772445600000000,
  ]);
});

test('it waits until somebody speaks to the consumer', () => {
  expect(callbackStates.filter((callbackState) => isWaiting(aCallback({ callbackState })))).toEqual([
    'SCHEDULED',
    'QUEUED',
    'ROUTING',
  ]);
  expect(isWaiting(without(aCallback(), 'callbackState'))).toBe(false);
});

test.each<{ name: string; given: Parameters<typeof aCallback>[0]; expect: boolean }>([
  { name: 'none was made, whatever the result says', given: { lastDialResult: 'BUSY' }, expect: false },
  { name: 'it still rings', given: { dialAttempts: 1 }, expect: false },
  { name: 'nobody answered', given: { dialAttempts: 1, lastDialResult: 'NO_ANSWER' }, expect: true },
  { name: 'a machine answered', given: { dialAttempts: 1, lastDialResult: 'ANSWERING_MACHINE' }, expect: true },
  { name: 'its result is a new word', given: { dialAttempts: 1, lastDialResult: 'FAX' }, expect: true },
  { name: 'it connected', given: { dialAttempts: 1, lastDialResult: 'CONNECTED' }, expect: false },
  { name: 'a person answered', given: { dialAttempts: 1, lastDialResult: 'PERSON' }, expect: false },
])('whether the last attempt failed, when $name', ({ given, expect: expected }) => {
  expect(hasFailedAttempt(aCallback(given))).toBe(expected);
});
