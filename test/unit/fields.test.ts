import { noticeFieldPaths, knownCallback, maxPushTargets, readFields } from '../../functions/src/callback/fields.ts';
import { aToken, callbackFields, minute, monday, timestamp, without } from '../support/builders.ts';

/** What `readFields` answers where nothing is there. */
const nothing = {
  serviceName: undefined,
  phoneNumber: undefined,
  callbackState: undefined,
  callDirection: undefined,
  callbackReason: undefined,
  desiredTime: undefined,
  isDesiredTimeWrong: false,
  estimatedWaitTime: undefined,
  positionInQueue: undefined,
  expirationTime: undefined,
  pushTargets: [],
  language: undefined,
  dialAttempts: undefined,
  lastDialResult: undefined,
  rescheduledTo: undefined,
  callIn: undefined,
};
/** What stands in the document of `callbackFields`. */
const required = {
  serviceName: 'sales',
  phoneNumber: '+15550001111',
  callbackState: 'QUEUED',
  pushTargets: [aToken()],
} as const;

const fcm = (...targets: unknown[]) => targets.map((target) => ({ channel: 'FCM', target }));
const tokens = (count: number) => Array.from({ length: count }, (_, n) => aToken(`n${n}`));
const problemsOf = (changes: Readonly<Record<string, unknown>>) => readFields(callbackFields(changes)).problems;
/** The fields that problems name: what stands before the colon. */
const named = (problems: readonly string[]) => problems.map((problem) => problem.split(':')[0]);

const callIn = { id: 'call-in-1', toPhoneNumber: '+18005550100', expirationTime: timestamp(monday) };
const callInRead = { id: 'call-in-1', toPhoneNumber: '+18005550100', expirationTime: new Date(monday) };

test('of a document with nothing but what is required, the rest is absent', () => {
  expect(readFields(callbackFields())).toEqual({ fields: { ...nothing, ...required }, problems: [] });
});

test('a complete document is read, without what nobody here looks at', () => {
  const complete = callbackFields({
    callDirection: 'USERORIGINATED',
    callbackState: 'COMPLETED',
    callbackReason: 'PURGED',
    desiredTime: timestamp(monday),
    estimatedWaitTime: 12.5,
    positionInQueue: 3,
    expirationTime: timestamp(monday + minute),
    pushTargets: [{ channel: 'FCM', target: 'one', label: 'phone' }, ...fcm('two')],
    language: 'fr-CA',
    dialAttempts: 2,
    lastDialResult: 'BUSY',
    rescheduledTo: 'callback-2',
    callIn: { ...callIn, groupName: 'west', accessCode: '0042', fromPhoneNumber: '+15550001111' },
    userData: { customer: { vip: true } },
    unknownField: 'ignored',
  });
  const { fields, problems } = readFields(complete);
  expect(problems).toEqual([]);
  expect(fields).toEqual({
    serviceName: 'sales',
    isDesiredTimeWrong: false,
    phoneNumber: '+15550001111',
    callDirection: 'USERORIGINATED',
    callbackState: 'COMPLETED',
    callbackReason: 'PURGED',
    desiredTime: new Date(monday),
    estimatedWaitTime: 12.5,
    positionInQueue: 3,
    expirationTime: new Date(monday + minute),
    pushTargets: ['one', 'two'],
    language: 'fr-CA',
    dialAttempts: 2,
    lastDialResult: 'BUSY',
    rescheduledTo: 'callback-2',
    callIn: { ...callInRead, groupName: 'west', accessCode: '0042', fromPhoneNumber: '+15550001111' },
  });
});

test('what notices depend on is fetched by names that are read', () => {
  const names = Object.keys(readFields({}).fields);
  expect(noticeFieldPaths.filter((path) => !names.includes(path.split('.')[0] ?? ''))).toEqual([]);
});

describe('is right as it is', () => {
  const optional = Object.keys(nothing).filter((name) => !(name in required));

  test.each<{ name: string; given: Readonly<Record<string, unknown>>; expect: object }>([
    { name: 'null, which means absent', given: Object.fromEntries(optional.map((name) => [name, null])), expect: {} },
    { name: 'no list of targets', given: { pushTargets: null }, expect: { pushTargets: [] } },
    { name: 'an empty text, which means absent', given: { rescheduledTo: '', lastDialResult: '' }, expect: {} },
    { name: 'a wait of -1', given: { estimatedWaitTime: -1 }, expect: { estimatedWaitTime: -1 } },
    { name: 'a wait of 0', given: { estimatedWaitTime: 0 }, expect: { estimatedWaitTime: 0 } },
    { name: 'one device named twice', given: { pushTargets: fcm('a', 'b', 'a') }, expect: { pushTargets: ['a', 'b'] } },
    {
      name: 'a target with blanks and line ends around it',
      given: { pushTargets: fcm('a', ' b\n', '\r\na\t', '\u00A0c') },
      expect: { pushTargets: ['a', 'b', 'c'] },
    },
    {
      name: 'as many targets as one consumer may have',
      given: { pushTargets: fcm(...tokens(maxPushTargets)) },
      expect: { pushTargets: tokens(100) },
    },
    { name: 'a language in another spelling', given: { language: 'pt_br' }, expect: { language: 'pt-BR' } },
    { name: 'a call-in with no more than it takes', given: { callIn }, expect: { callIn: callInRead } },
    {
      name: 'an access code with leading zeros',
      given: { callIn: { ...callIn, accessCode: '0042' } },
      expect: { callIn: { ...callInRead, accessCode: '0042' } },
    },
  ])('$name', ({ given, expect: changed }) => {
    expect(readFields(callbackFields(given))).toEqual({
      fields: { ...nothing, ...required, ...changed },
      problems: [],
    });
  });
});

describe('counts as absent, is named once, and costs nothing but itself:', () => {
  test.each<{ name: string; given: Readonly<Record<string, unknown>>; expect: string; costs?: object }>([
    { name: 'no serviceName', given: { serviceName: undefined }, expect: 'serviceName' },
    { name: 'an empty serviceName', given: { serviceName: '' }, expect: 'serviceName' },
    { name: 'a serviceName that is a number', given: { serviceName: 7 }, expect: 'serviceName' },
    { name: 'a serviceName longer than 256', given: { serviceName: 'q'.repeat(257) }, expect: 'serviceName' },
    { name: 'a path for a serviceName', given: { serviceName: 'sales/west' }, expect: 'serviceName' },
    { name: 'a dot for a serviceName', given: { serviceName: '.' }, expect: 'serviceName' },
    { name: 'two dots for a serviceName', given: { serviceName: '..' }, expect: 'serviceName' },
    { name: 'a serviceName that Firestore reserves', given: { serviceName: '__sales__' }, expect: 'serviceName' },
    { name: 'half a character for a serviceName', given: { serviceName: 'a\uD800' }, expect: 'serviceName' },
    { name: 'no phoneNumber', given: { phoneNumber: null }, expect: 'phoneNumber' },
    { name: 'a phoneNumber that is a number', given: { phoneNumber: 15550001111 }, expect: 'phoneNumber' },
    { name: 'no callbackState', given: { callbackState: undefined }, expect: 'callbackState' },
    { name: 'a callbackState in small letters', given: { callbackState: 'queued' }, expect: 'callbackState' },
    { name: 'an unknown callbackState', given: { callbackState: 'PARKED' }, expect: 'callbackState' },
    { name: 'an unknown callDirection', given: { callDirection: 'INBOUND' }, expect: 'callDirection' },
    { name: 'a callbackReason that is a map', given: { callbackReason: {} }, expect: 'callbackReason' },
    {
      name: 'a desiredTime in words',
      given: { desiredTime: '2026-03-02T10:00:00Z' },
      expect: 'desiredTime',
      costs: { isDesiredTimeWrong: true },
    },
    { name: 'an expirationTime that is a number', given: { expirationTime: monday }, expect: 'expirationTime' },
    {
      name: 'a Timestamp that is no date',
      given: { expirationTime: { toDate: () => new Date(NaN) } },
      expect: 'expirationTime',
    },
    {
      name: 'a map that is like a Timestamp',
      given: { desiredTime: { toDate: monday } },
      expect: 'desiredTime',
      costs: { isDesiredTimeWrong: true },
    },
    { name: 'a wait in words', given: { estimatedWaitTime: '120' }, expect: 'estimatedWaitTime' },
    { name: 'a wait below -1', given: { estimatedWaitTime: -2 }, expect: 'estimatedWaitTime' },
    { name: 'a wait that is no number', given: { estimatedWaitTime: NaN }, expect: 'estimatedWaitTime' },
    { name: 'a wait without end', given: { estimatedWaitTime: Infinity }, expect: 'estimatedWaitTime' },
    { name: 'a position that is no number', given: { positionInQueue: NaN }, expect: 'positionInQueue' },
    { name: 'a position in words', given: { positionInQueue: 'first' }, expect: 'positionInQueue' },
    { name: 'a language that is a list', given: { language: ['fr'] }, expect: 'language' },
    { name: 'a language that is none', given: { language: 'the one of my mother' }, expect: 'language' },
    { name: 'half an attempt', given: { dialAttempts: 1.5 }, expect: 'dialAttempts' },
    { name: 'less than no attempt', given: { dialAttempts: -1 }, expect: 'dialAttempts' },
    { name: 'more attempts than can be counted', given: { dialAttempts: 2 ** 53 }, expect: 'dialAttempts' },
    { name: 'a dial result that is a number', given: { lastDialResult: 17 }, expect: 'lastDialResult' },
    { name: 'a rescheduledTo that is true', given: { rescheduledTo: true }, expect: 'rescheduledTo' },
    { name: 'a call-in that is a list', given: { callIn: [] }, expect: 'callIn' },
    { name: 'a call-in without an id', given: { callIn: { ...callIn, id: '' } }, expect: 'callIn.id' },
    {
      name: 'a call-in whose end is in words',
      given: { callIn: { ...callIn, expirationTime: 'soon' } },
      expect: 'callIn.expirationTime',
    },
    {
      name: 'an access code that is a number, and so has lost its zeros',
      given: { callIn: { ...callIn, accessCode: 42 } },
      expect: 'callIn.accessCode',
      costs: { callIn: callInRead },
    },
    {
      name: 'a list of targets that is a map',
      given: { pushTargets: { channel: 'FCM', target: 'x' } },
      expect: 'pushTargets',
      costs: { pushTargets: [] },
    },
    {
      name: 'one target that is no map among good ones',
      given: { pushTargets: [...fcm('a'), 'x', ...fcm('b')] },
      expect: 'pushTargets.1',
      costs: { pushTargets: ['a', 'b'] },
    },
    {
      name: 'one target that is nothing among good ones',
      given: { pushTargets: [...fcm('a'), null, ...fcm('b')] },
      expect: 'pushTargets.1',
      costs: { pushTargets: ['a', 'b'] },
    },
    {
      name: 'one target of another channel among good ones',
      given: { pushTargets: [...fcm('a'), { channel: 'APNS', target: 'x' }, ...fcm('b')] },
      expect: 'pushTargets.1.channel',
      costs: { pushTargets: ['a', 'b'] },
    },
    {
      name: 'one target without an address among good ones',
      given: { pushTargets: [...fcm('a', '', 'b')] },
      expect: 'pushTargets.1.target',
      costs: { pushTargets: ['a', 'b'] },
    },
    {
      name: 'one target of blanks among good ones',
      given: { pushTargets: [...fcm('a', ' \n', 'b')] },
      expect: 'pushTargets.1.target',
      costs: { pushTargets: ['a', 'b'] },
    },
    {
      name: 'one target that is too long among good ones',
      given: { pushTargets: [...fcm('a', 'x'.repeat(4097), 'b')] },
      expect: 'pushTargets.1.target',
      costs: { pushTargets: ['a', 'b'] },
    },
    {
      name: 'the target beyond the hundredth',
      given: { pushTargets: fcm(...tokens(101)) },
      expect: 'pushTargets',
      costs: { pushTargets: tokens(100) },
    },
  ])('$name', ({ given, expect: field, costs }) => {
    const { fields, problems } = readFields(callbackFields(given));
    const absent = costs ?? { [field.split('.')[0] ?? '']: undefined };
    expect([named(problems), fields]).toEqual([[field], { ...nothing, ...required, ...absent }]);
  });
});

test('all that is wrong is named at once', () => {
  const { problems } = readFields({
    serviceName: 1,
    callbackState: 'NEW',
    language: 5,
    callIn: { ...callIn, id: '' },
    pushTargets: [{ channel: 'SMS' }, {}],
  });
  expect(named(problems)).toEqual([
    'serviceName',
    'phoneNumber',
    'callbackState',
    'pushTargets.0.channel',
    'pushTargets.1.channel',
    'language',
    'callIn.id',
  ]);
});

test.each([[undefined], [null], ['text'], [17], [[]]])('of %p, which is no document, all is absent', (data) => {
  const { fields, problems } = readFields(data);
  expect([fields, named(problems)]).toEqual([nothing, ['serviceName', 'phoneNumber', 'callbackState']]);
});

test('where everything is wrong, no more is named than one line can hold', () => {
  const { problems } = readFields(callbackFields({ pushTargets: Array.from({ length: 100 }, () => ({ channel: 1 })) }));
  expect([problems.length, problems.join().length < 2000]).toEqual([20, true]);
});

describe('no problem shows what must stay secret:', () => {
  const secret = 'cPhone-secret-0123456789_';

  test.each<{ name: string; given: Readonly<Record<string, unknown>> }>([
    { name: 'a phone number', given: { phoneNumber: secret.repeat(9) } },
    { name: 'a phone number that is not text', given: { phoneNumber: { [secret]: secret } } },
    { name: 'a target', given: { pushTargets: fcm([secret]) } },
    { name: 'a target too long', given: { pushTargets: fcm(secret.repeat(200)) } },
    { name: 'a target in place of its map', given: { pushTargets: [secret] } },
    { name: 'a target in place of the list', given: { pushTargets: secret } },
    { name: 'an access code', given: { callIn: { ...callIn, accessCode: secret.repeat(9) } } },
    { name: 'an access code in place of the call-in', given: { callIn: secret } },
    { name: 'a number to call', given: { callIn: { ...callIn, toPhoneNumber: [secret] } } },
    { name: 'a target in place of the language', given: { language: secret.repeat(4) } },
  ])('$name', ({ given }) => {
    const problems = problemsOf(given);
    expect(problems).not.toEqual([]);
    expect(problems.filter((problem) => problem.includes(secret.slice(0, 8)))).toEqual([]);
  });

  test('though a target stands in place of the channel', () => {
    const problems = problemsOf({ pushTargets: [{ channel: aToken(), target: 'FCM' }] });
    expect([named(problems), problems.join().includes(aToken().slice(0, 8))]).toEqual([
      ['pushTargets.0.channel'],
      false,
    ]);
  });
});

test('a word that is not on its list is shown, so that one sees the typo', () => {
  expect(problemsOf({ callbackState: 'QUEUD' })).toEqual([expect.stringContaining('got "QUEUD"')]);
});

describe('no field costs more than its share of time:', () => {
  const mebibyte = 2 ** 20;
  const texts = [
    'serviceName',
    'phoneNumber',
    'callbackState',
    'callDirection',
    'callbackReason',
    'language',
    'lastDialResult',
    'rescheduledTo',
  ];

  /** Milliseconds that a document takes, at its best of a few times. */
  function costOf(document: unknown): number {
    const times = Array.from({ length: 5 }, () => {
      const began = performance.now();
      for (let n = 0; n < 10; n++) readFields(document);
      return performance.now() - began;
    });
    return Math.min(...times) / 10;
  }

  /** Far more than reading takes (some 0.05 ms), far less than what looks at all of a megabyte (seconds, for a language). */
  const generousMs = 5;

  test.each<{ name: string; given: Readonly<Record<string, unknown>> }>([
    { name: 'a language of 50 kB', given: { language: `en-${'aaaaaaa-'.repeat(6250)}a` } },
    ...['x', 'a-', ' ', '__', '\uD800'].map((part) => ({
      name: `every text a megabyte of ${JSON.stringify(part)}`,
      given: Object.fromEntries(texts.map((field) => [field, part.repeat(mebibyte / part.length)])),
    })),
    { name: 'a megabyte of numbers for targets', given: { pushTargets: Array.from({ length: 120_000 }, (_, n) => n) } },
    {
      name: 'a megabyte of empty maps for targets',
      given: { pushTargets: Array.from({ length: 300_000 }, () => ({})) },
    },
    { name: 'a megabyte of other channels', given: { pushTargets: Array.from({ length: 40_000 }, (_, n) => ({ channel: `SMS${n}`, target: n })) } }, // prettier-ignore
    { name: 'a hundred targets of ten kilobytes', given: { pushTargets: fcm(...Array.from({ length: 100 }, () => ' '.repeat(10_000))) } }, // prettier-ignore
    { name: 'a target of a megabyte', given: { pushTargets: fcm('x'.repeat(mebibyte)) } },
    {
      name: 'a call-in of megabytes',
      given: { callIn: { id: 'x'.repeat(mebibyte), accessCode: '1'.repeat(mebibyte) } },
    },
  ])('$name', ({ given }) => {
    expect(costOf(callbackFields(given))).toBeLessThan(generousMs);
  });
});

describe('a callback is known by', () => {
  test('its queue, its number and its state', () => {
    expect(knownCallback(callbackFields())).toEqual({ ...nothing, ...required });
  });

  test.each(['serviceName', 'phoneNumber', 'callbackState'])('nothing less: not without its %s', (field) => {
    expect(knownCallback(without(callbackFields(), field))).toBeUndefined();
  });

  test('nothing, where there is no document', () => {
    expect(knownCallback(undefined)).toBeUndefined();
  });
});
