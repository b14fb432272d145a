import { isWaiting, parseCallback } from '../../functions/src/callback/callback.ts';
import { maxPushTargets } from '../../functions/src/callback/fields.ts';
import { aCallback, aToken, callbackFields, minute, monday, timestamp, without } from '../support/builders.ts';

const updateTime = '1772445600.000000001';
const parse = (changes: Readonly<Record<string, unknown>>) => parseCallback(callbackFields(changes), updateTime);
const problemsOf = (data: unknown): readonly string[] => {
  const parsed = parseCallback(data, updateTime);
  return 'problems' in parsed ? parsed.problems : [];
};
/** The fields that problems name: what stands before the colon. */
const fieldsOf = (data: unknown) => problemsOf(data).map((problem) => problem.split(':')[0]);

const targets = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ channel: 'FCM', target: aToken(`n${n}`) }));

test('a document with nothing but what is required gets the defaults', () => {
  expect(parseCallback(without(callbackFields(), 'pushTargets'), updateTime)).toEqual({
    value: aCallback({ pushTargets: [] }),
  });
});

test('a complete document is taken over, without what pushes have no use for', () => {
  const complete = callbackFields({
    callDirection: 'USERORIGINATED',
    callbackState: 'COMPLETED',
    callbackReason: 'PURGED',
    desiredTime: timestamp(monday),
    estimatedWaitTime: 12.5,
    positionInQueue: 3,
    expirationTime: timestamp(monday + minute),
    pushTargets: [
      { channel: 'FCM', target: 'one', label: 'phone' },
      { channel: 'FCM', target: 'two' },
    ],
    language: 'fr-CA',
    dialAttempts: 2,
    lastDialResult: 'BUSY',
    rescheduledTo: 'callback-2',
    callIn: {
      id: 'call-in-1',
      groupName: 'west',
      toPhoneNumber: '+18005550100',
      accessCode: '0042',
      expirationTime: timestamp(monday),
      fromPhoneNumber: '+15550001111',
    },
    userData: { customer: { vip: true } },
    unknownField: 'ignored',
  });
  expect(parseCallback(complete, updateTime)).toEqual({
    value: {
      serviceName: 'sales',
      callDirection: 'USERORIGINATED',
      callbackState: 'COMPLETED',
      callbackReason: 'PURGED',
      generation: monday,
      estimatedWaitTime: 12.5,
      expirationTime: new Date(monday + minute),
      pushTargets: ['one', 'two'],
      language: 'fr-CA',
      dialAttempts: 2,
      lastDialResult: 'BUSY',
      rescheduledTo: 'callback-2',
      callIn: { id: 'call-in-1', toPhoneNumber: '+18005550100', accessCode: '0042', expirationTime: new Date(monday) },
      updateTime,
    },
  });
});

test.each<{ name: string; given: Readonly<Record<string, unknown>>; expect: unknown }>([
  {
    name: 'null is taken for absent',
    given: Object.fromEntries(
      [
        'callDirection',
        'callbackReason',
        'desiredTime',
        'estimatedWaitTime',
        'positionInQueue',
        'expirationTime',
        'language',
        'dialAttempts',
        'lastDialResult',
        'rescheduledTo',
        'callIn',
        'userData',
      ].map((field) => [field, null]),
    ),
    expect: aCallback(),
  },
  { name: 'targets that are null are none', given: { pushTargets: null }, expect: aCallback({ pushTargets: [] }) },
  { name: 'an empty text is taken for absent', given: { rescheduledTo: '', lastDialResult: '' }, expect: aCallback() },
  { name: 'a wait of -1 is unknown', given: { estimatedWaitTime: -1 }, expect: aCallback() },
  { name: 'a wait of 0 is known', given: { estimatedWaitTime: 0 }, expect: aCallback({ estimatedWaitTime: 0 }) },
  {
    name: 'one device named twice is one target',
    given: { pushTargets: ['a', 'b', 'a'].map((target) => ({ channel: 'FCM', target })) },
    expect: aCallback({ pushTargets: ['a', 'b'] }),
  },
  {
    name: 'as many targets as allowed',
    given: { pushTargets: targets(maxPushTargets) },
    expect: aCallback({ pushTargets: targets(100).map(({ target }) => target) }),
  },
])('$name', ({ given, expect: value }) => {
  expect(parse(given)).toEqual({ value });
});

const callIn = { id: 'call-in-1', toPhoneNumber: '+18005550100', expirationTime: timestamp(monday) };

test.each<{ name: string; given: Readonly<Record<string, unknown>>; expect: readonly string[] }>([
  { name: 'serviceName must be there', given: { serviceName: undefined }, expect: ['serviceName'] },
  { name: 'serviceName must not be empty', given: { serviceName: '' }, expect: ['serviceName'] },
  { name: 'serviceName is text', given: { serviceName: 7 }, expect: ['serviceName'] },
  { name: 'serviceName is no longer than 256', given: { serviceName: 'q'.repeat(257) }, expect: ['serviceName'] },
  { name: 'a path cannot be a serviceName', given: { serviceName: 'sales/west' }, expect: ['serviceName'] },
  { name: 'a dot cannot be a serviceName', given: { serviceName: '.' }, expect: ['serviceName'] },
  { name: 'two dots cannot be a serviceName', given: { serviceName: '..' }, expect: ['serviceName'] },
  {
    name: 'what Firestore reserves cannot be a serviceName',
    given: { serviceName: '__sales__' },
    expect: ['serviceName'],
  },
  { name: 'phoneNumber must be there', given: { phoneNumber: null }, expect: ['phoneNumber'] },
  { name: 'phoneNumber is text', given: { phoneNumber: 15550001111 }, expect: ['phoneNumber'] },
  { name: 'callDirection is one of two', given: { callDirection: 'INBOUND' }, expect: ['callDirection'] },
  { name: 'callbackState must be there', given: { callbackState: undefined }, expect: ['callbackState'] },
  { name: 'callbackState is spelt in capitals', given: { callbackState: 'queued' }, expect: ['callbackState'] },
  { name: 'callbackReason is text', given: { callbackReason: {} }, expect: ['callbackReason'] },
  { name: 'desiredTime is a Timestamp', given: { desiredTime: '2026-03-02T10:00:00Z' }, expect: ['desiredTime'] },
  { name: 'a number is no Timestamp', given: { expirationTime: monday }, expect: ['expirationTime'] },
  { name: 'estimatedWaitTime is a number', given: { estimatedWaitTime: '120' }, expect: ['estimatedWaitTime'] },
  { name: 'estimatedWaitTime is not below -1', given: { estimatedWaitTime: -2 }, expect: ['estimatedWaitTime'] },
  { name: 'estimatedWaitTime is finite', given: { estimatedWaitTime: Infinity }, expect: ['estimatedWaitTime'] },
  { name: 'positionInQueue is a number', given: { positionInQueue: 'first' }, expect: ['positionInQueue'] },
  { name: 'pushTargets is a list', given: { pushTargets: { channel: 'FCM', target: 'x' } }, expect: ['pushTargets'] },
  { name: 'a target is a map', given: { pushTargets: ['x'] }, expect: ['pushTargets.0'] },
  {
    name: 'a target has a channel and an address',
    given: { pushTargets: [{ channel: 'FCM', target: 'x' }, {}] },
    expect: ['pushTargets.1.channel', 'pushTargets.1.target'],
  },
  {
    name: 'the only channel is FCM',
    given: { pushTargets: [{ channel: 'APNS', target: 'x' }] },
    expect: ['pushTargets.0.channel'],
  },
  {
    name: 'a target is not empty',
    given: { pushTargets: [{ channel: 'FCM', target: '' }] },
    expect: ['pushTargets.0.target'],
  },
  { name: 'one target more than allowed', given: { pushTargets: targets(101) }, expect: ['pushTargets'] },
  { name: 'language is text', given: { language: ['fr'] }, expect: ['language'] },
  { name: 'dialAttempts is whole', given: { dialAttempts: 1.5 }, expect: ['dialAttempts'] },
  { name: 'dialAttempts is not negative', given: { dialAttempts: -1 }, expect: ['dialAttempts'] },
  { name: 'lastDialResult is text', given: { lastDialResult: 17 }, expect: ['lastDialResult'] },
  { name: 'rescheduledTo is text', given: { rescheduledTo: true }, expect: ['rescheduledTo'] },
  {
    name: 'a call-in has an id, a number and an end',
    given: { callIn: {} },
    expect: ['callIn.id', 'callIn.toPhoneNumber', 'callIn.expirationTime'],
  },
  {
    name: 'an access code that is a number has lost its zeros',
    given: { callIn: { ...callIn, accessCode: 42 } },
    expect: ['callIn.accessCode'],
  },
  { name: 'userData is a map', given: { userData: 'vip' }, expect: ['userData'] },
])('$name', ({ given, expect: fields }) => {
  expect(fieldsOf(callbackFields(given))).toEqual(fields);
});

test('all problems are named at once', () => {
  expect(fieldsOf({ serviceName: 1, callbackState: 'NEW', language: 5, callIn: { ...callIn, id: '' } })).toEqual([
    'serviceName',
    'phoneNumber',
    'callbackState',
    'language',
    'callIn.id',
  ]);
});

test.each([[undefined], [null], ['text'], [[]]])('%p is no document', (data) => {
  expect(problemsOf(data)).not.toEqual([]);
});

describe('no problem shows what must stay secret', () => {
  const secret = 'cPhone-secret-0123456789_';

  test.each<{ name: string; given: Readonly<Record<string, unknown>> }>([
    { name: 'a phone number', given: { phoneNumber: secret.repeat(9) } },
    { name: 'a phone number that is not text', given: { phoneNumber: { [secret]: secret } } },
    { name: 'a target', given: { pushTargets: [{ channel: 'FCM', target: [secret] }] } },
    { name: 'a target too long', given: { pushTargets: [{ channel: 'FCM', target: secret.repeat(200) }] } },
    { name: 'a target in place of its map', given: { pushTargets: [secret] } },
    { name: 'a target in place of the channel', given: { pushTargets: [{ channel: secret, target: 'FCM' }] } },
    { name: 'an access code', given: { callIn: { ...callIn, accessCode: secret.repeat(9) } } },
    { name: 'a number to call', given: { callIn: { ...callIn, toPhoneNumber: [secret] } } },
    { name: 'userData', given: { userData: secret } },
  ])('$name', ({ given }) => {
    const problems = problemsOf(callbackFields(given));
    expect(problems).not.toEqual([]);
    expect(problems.filter((problem) => problem.includes(secret.slice(0, 8)))).toEqual([]);
  });
});

test('a word that is not on the list is shown, so that one sees the typo', () => {
  expect(problemsOf(callbackFields({ callbackState: 'QUEUD' })).join()).toContain('QUEUD');
});

test('it waits until somebody speaks to the consumer', () => {
  const states = ['SCHEDULED', 'QUEUED', 'ROUTING', 'PROCESSING', 'COMPLETED'] as const;
  expect(states.filter((callbackState) => isWaiting(aCallback({ callbackState })))).toEqual([
    'SCHEDULED',
    'QUEUED',
    'ROUTING',
  ]);
});
