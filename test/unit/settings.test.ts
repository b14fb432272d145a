import { builtInSettings, type Settings } from '../../functions/src/callback/settings.ts';
import { layer } from '../../functions/src/callback/settings-layers.ts';
import { parseSettings } from '../../functions/src/callback/settings-schema.ts';

const english = { title: 'Soon', body: 'In {minutes} min' };
const french = { title: 'Bientôt', body: 'Dans {minutes} min' };
const hours = { timeZone: 'Europe/Berlin', weekly: { monday: [{ open: '09:00', close: '17:00' }] } };

/** What documents, the queue's own first, make of the built-in settings. */
function layered(...documents: readonly unknown[]): Settings {
  return layer(
    documents.map((document) => {
      const parsed = parseSettings(document);
      if ('problems' in parsed) throw new Error(parsed.problems.join());
      return parsed.value;
    }),
  );
}

test.each<{ name: string; given: readonly unknown[]; expect: Partial<Settings> }>([
  { name: 'no document leaves the built-in settings', given: [], expect: {} },
  { name: 'an empty document changes nothing', given: [{}, {}], expect: {} },
  { name: 'the default stands before the built-in', given: [{ maxDialAttempts: 5 }], expect: { maxDialAttempts: 5 } },
  {
    name: 'the queue stands before the default, field by field',
    given: [{ maxDialAttempts: 7 }, { maxDialAttempts: 5, pushNotificationThresholdMinutes: 10 }],
    expect: { maxDialAttempts: 7, pushNotificationThresholdMinutes: 10 },
  },
  {
    name: 'null leaves a field to the default',
    given: [
      { maxDialAttempts: null, businessHours: null, messages: null },
      { maxDialAttempts: 5, businessHours: hours },
    ],
    expect: { maxDialAttempts: 5, businessHours: hours },
  },
  {
    name: 'a threshold of zero is a value, not an absence',
    given: [{ pushNotificationThresholdMinutes: 0 }, { pushNotificationThresholdMinutes: 10 }],
    expect: { pushNotificationThresholdMinutes: 0 },
  },
  {
    name: 'business hours are taken as a whole',
    given: [{ businessHours: { timeZone: 'Asia/Kolkata', weekly: {} } }, { businessHours: hours }],
    expect: { businessHours: { timeZone: 'Asia/Kolkata', weekly: {} } },
  },
  {
    name: 'texts are merged by event and language',
    given: [
      { messages: { CALLBACK_UPCOMING: { fr: french } } },
      { messages: { CALLBACK_UPCOMING: { en: english, fr: english }, CALLBACK_READY: { en: english } } },
    ],
    expect: { messages: { CALLBACK_UPCOMING: { en: english, fr: french }, CALLBACK_READY: { en: english } } },
  },
  {
    name: 'a language is known by any spelling of its tag',
    given: [
      { messages: { CALLBACK_READY: { 'pt-br': english } } },
      { messages: { CALLBACK_READY: { 'pt-BR': french } } },
    ],
    expect: { messages: { CALLBACK_READY: { 'pt-BR': english } } },
  },
  {
    name: 'a call-in group is taken as a whole, with Genesys’ defaults',
    given: [{ callIn: { groupName: 'help', numbers: ['1'] } }, { callIn: { groupName: 'sales', expirySeconds: 30 } }],
    expect: {
      callIn: { groupName: 'help', numbers: ['1'], accessCode: true, accessCodeLength: 6, expirySeconds: 600 },
    },
  },
  { name: 'a group without numbers is none', given: [{ callIn: { groupName: 'help' } }], expect: {} },
  {
    name: 'what the API needs of a queue',
    given: [
      { capacity: { perSlot: 4 }, country: 'DE', callDirection: 'USERORIGINATED', immediateCallbackEnabled: false },
      { maxCallbacksPerNumber: 2 },
    ],
    expect: {
      capacity: { slotMinutes: 60, perSlot: 4 },
      country: 'DE',
      callDirection: 'USERORIGINATED',
      immediateCallbackEnabled: false,
      maxCallbacksPerNumber: 2,
    },
  },
  {
    name: 'labels of actions are merged by language, one by one',
    given: [
      { actionLabels: { DE: { confirm: 'Ja' } } },
      { actionLabels: { de: { confirm: 'Klar', cancel: 'Nein' }, fr: { confirm: 'Oui' } } },
    ],
    expect: { actionLabels: { de: { confirm: 'Ja', cancel: 'Nein' }, fr: { confirm: 'Oui' } } },
  },
  {
    name: 'the events that the app shows are taken as a whole',
    given: [{ appShows: [], visibility: 'PUBLIC' }, { appShows: ['CALLBACK_READY'] }],
    expect: { appShows: [], visibility: 'PUBLIC' },
  },
  {
    name: 'unknown fields are ignored',
    given: [{ colour: 'blue', maxDialAttempts: 2 }],
    expect: { maxDialAttempts: 2 },
  },
])('$name', ({ given, expect: changes }) => {
  expect(layered(...given)).toEqual({ ...builtInSettings, ...changes });
});

test('layering leaves the built-in settings as they are', () => {
  const before = structuredClone(builtInSettings);
  layered({ messages: { CALLBACK_READY: { en: english } }, maxDialAttempts: 9 });
  expect(builtInSettings).toEqual(before);
});

const withHours = (changes: object) => ({ businessHours: { ...hours, ...changes } });
const withInterval = (open: unknown, close: unknown) => withHours({ weekly: { monday: [{ open, close }] } });
const withText = (text: unknown) => ({ messages: { CALLBACK_READY: { en: text } } });

test.each<{ name: string; given: unknown; expect: readonly string[] }>([
  { name: 'a country has two letters', given: { country: 'Germany' }, expect: ['country'] },
  { name: 'a country is one that there is', given: { country: 'XQ' }, expect: ['country'] },
  { name: 'a country is one whose numbers can be read: not UK', given: { country: 'UK' }, expect: ['country'] },
  { name: 'a country is one with numbers of its own', given: { country: 'AQ' }, expect: ['country'] },
  { name: 'a world-wide code is no country', given: { country: '001' }, expect: ['country'] },
  {
    name: 'a slot has 30 or 60 minutes',
    given: { capacity: { slotMinutes: 45, perSlot: 1 } },
    expect: ['capacity.slotMinutes'],
  },
  { name: 'a capacity is not negative', given: { capacity: { perSlot: -1 } }, expect: ['capacity.perSlot'] },
  { name: 'somebody dials', given: { callDirection: 'NOBODY' }, expect: ['callDirection'] },
  {
    name: 'a threshold is a number',
    given: { pushNotificationThresholdMinutes: '5' },
    expect: ['pushNotificationThresholdMinutes'],
  },
  {
    name: 'a threshold is not negative',
    given: { pushNotificationThresholdMinutes: -1 },
    expect: ['pushNotificationThresholdMinutes'],
  },
  {
    name: 'a threshold is a day at most',
    given: { pushNotificationThresholdMinutes: 1441 },
    expect: ['pushNotificationThresholdMinutes'],
  },
  { name: 'there is one attempt at least', given: { maxDialAttempts: 0 }, expect: ['maxDialAttempts'] },
  { name: 'there are 100 attempts at most', given: { maxDialAttempts: 101 }, expect: ['maxDialAttempts'] },
  { name: 'attempts are whole', given: { maxDialAttempts: 2.5 }, expect: ['maxDialAttempts'] },
  { name: 'a time zone is IANA’s', given: withHours({ timeZone: 'Berlin' }), expect: ['businessHours.timeZone'] },
  {
    name: 'a time zone is one by which the hours can be reckoned: not IST',
    given: withHours({ timeZone: 'IST' }),
    expect: ['businessHours.timeZone'],
  },
  { name: 'a time zone must be there', given: { businessHours: { weekly: {} } }, expect: ['businessHours.timeZone'] },
  { name: 'weekdays are spelt out', given: withHours({ weekly: { mon: [] } }), expect: ['businessHours.weekly.mon'] },
  {
    name: 'an opening time has two digits',
    given: withInterval('9:00', '17:00'),
    expect: ['businessHours.weekly.monday.0.open'],
  },
  {
    name: 'nothing opens at 24:00',
    given: withInterval('24:00', '17:00'),
    expect: ['businessHours.weekly.monday.0.open'],
  },
  {
    name: 'nothing closes at 24:01',
    given: withInterval('09:00', '24:01'),
    expect: ['businessHours.weekly.monday.0.close'],
  },
  {
    name: 'an hour has 60 minutes',
    given: withInterval('09:60', '17:00'),
    expect: ['businessHours.weekly.monday.0.open'],
  },
  {
    name: 'an interval has two ends',
    given: withInterval('09:00', undefined),
    expect: ['businessHours.weekly.monday.0.close'],
  },
  {
    name: 'an exception is dated',
    given: withHours({ exceptions: { christmas: [] } }),
    expect: ['businessHours.exceptions.christmas'],
  },
  {
    name: 'an exception is on a day that there is',
    given: withHours({ exceptions: { '2026-02-31': [] } }),
    expect: ['businessHours.exceptions.2026-02-31'],
  },
  {
    name: 'an exception is dated as its day is written',
    given: withHours({ exceptions: { '20261225': [] } }),
    expect: ['businessHours.exceptions.20261225'],
  },
  { name: 'an event is a known one', given: { messages: { CALLBACK_LOST: {} } }, expect: ['messages.CALLBACK_LOST'] },
  {
    name: 'a text has a title and a body',
    given: withText({}),
    expect: ['messages.CALLBACK_READY.en.title', 'messages.CALLBACK_READY.en.body'],
  },
  {
    name: 'a title is not empty',
    given: withText({ title: '', body: 'x' }),
    expect: ['messages.CALLBACK_READY.en.title'],
  },
  {
    name: 'a title has 200 characters at most',
    given: withText({ title: 'x'.repeat(201), body: 'x' }),
    expect: ['messages.CALLBACK_READY.en.title'],
  },
  {
    name: 'a body has 1000 characters at most',
    given: withText({ title: 'x', body: 'x'.repeat(1001) }),
    expect: ['messages.CALLBACK_READY.en.body'],
  },
  {
    name: 'no consumer reads {firstName}',
    given: withText({ title: 'Hello {firstName}', body: 'Soon, {firstName}' }),
    expect: ['messages.CALLBACK_READY.en.title', 'messages.CALLBACK_READY.en.body'],
  },
  {
    name: 'placeholders of the catalogue are not for queues',
    given: withText({ title: 'x', body: 'Call {number}. {access}' }),
    expect: ['messages.CALLBACK_READY.en.body'],
  },
  {
    name: 'a placeholder has no blanks',
    given: withText({ title: 'x', body: '{ minutes }' }),
    expect: ['messages.CALLBACK_READY.en.body'],
  },
  {
    name: 'the app shows events that there are',
    given: { appShows: ['CALLBACK_READY', 'CALLBACK_LOST'] },
    expect: ['appShows.1'],
  },
  {
    name: 'a label is short enough for a button',
    given: { actionLabels: { en: { confirm: 'x'.repeat(41), cancel: '' } } },
    expect: ['actionLabels.en.confirm', 'actionLabels.en.cancel'],
  },
  {
    name: 'labels have a language',
    given: { actionLabels: { '?': { confirm: 'Yes' } } },
    expect: ['actionLabels.?'],
  },
  { name: 'a text is private or public', given: { visibility: 'SECRET' }, expect: ['visibility'] },
  {
    name: 'an access code has 4 digits at least',
    given: { callIn: { accessCodeLength: 3 } },
    expect: ['callIn.accessCodeLength'],
  },
  {
    name: 'an access code has 12 digits at most',
    given: { callIn: { accessCodeLength: 13 } },
    expect: ['callIn.accessCodeLength'],
  },
  { name: 'a call-in lives 10 s at least', given: { callIn: { expirySeconds: 9 } }, expect: ['callIn.expirySeconds'] },
  {
    name: 'a call-in lives 1800 s at most',
    given: { callIn: { expirySeconds: 1801 } },
    expect: ['callIn.expirySeconds'],
  },
  {
    name: 'numbers to call are not empty',
    given: { callIn: { numbers: ['+1800', ''] } },
    expect: ['callIn.numbers.1'],
  },
  {
    name: 'all problems are named at once',
    given: { maxDialAttempts: 0, ...withHours({ timeZone: 5 }) },
    expect: ['maxDialAttempts', 'businessHours.timeZone'],
  },
])('$name', ({ given, expect: fields }) => {
  const parsed = parseSettings(given);
  const problems = 'problems' in parsed ? parsed.problems : [];
  expect(problems.map((problem) => problem.split(':')[0])).toEqual(fields);
});

test.each([
  ['the shortest access code', { callIn: { accessCodeLength: 4, expirySeconds: 10 } }],
  [
    'the longest access code',
    { callIn: { accessCodeLength: 12, expirySeconds: 1800, accessCode: true, numbers: ['+1'] } },
  ],
  ['the longest texts', withText({ title: 'x'.repeat(200), body: 'x'.repeat(1000) })],
  ['a closing time of 24:00', withInterval('00:00', '24:00')],
  ['every placeholder', withText({ title: '{queue}', body: '{minutes} {duration} {number} {code} {queue}' })],
  ['a closed date', withHours({ exceptions: { '2026-12-25': [] } })],
])('%s will do', (_, document) => {
  expect(parseSettings(document)).toHaveProperty('value');
});

test('a placeholder that does not exist is named, and those that do', () => {
  const parsed = parseSettings(withText({ title: 'x', body: 'Hello {firstName}' }));
  expect('problems' in parsed && parsed.problems).toEqual([
    'messages.CALLBACK_READY.en.body: has {firstName}, which nothing is filled in for; ' +
      'there are {minutes}, {duration}, {number}, {code}, {queue}',
  ]);
});
