import type { Callback } from '../../functions/src/callback/callback.ts';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import { durationIn } from '../../functions/src/notice/duration.ts';
import { labelsOf, textOf } from '../../functions/src/notice/wording.ts';
import {
  aCallIn,
  aCallback,
  aMessageRequest,
  aNotice,
  hour,
  minute,
  monday,
  someSettings,
  without,
} from '../support/builders.ts';

const noticeOf = (event: NoticeEvent) => aNotice({ event });

const own = (name: string) => ({ title: `${name} {queue}`, body: '{minutes}' });

test.each<{ name: string; given: { language: string; own: readonly string[] }; expect: string }>([
  {
    name: 'the queue’s own words stand before the catalogue’s',
    given: { language: 'fr', own: ['fr'] },
    expect: 'fr sales',
  },
  {
    name: 'the more specific own words win',
    given: { language: 'fr-CA', own: ['fr', 'fr-CA'] },
    expect: 'fr-CA sales',
  },
  {
    name: 'own words of the language stand before the catalogue’s',
    given: { language: 'fr-CA', own: ['fr'] },
    expect: 'fr sales',
  },
  {
    name: 'the consumer’s language stands before own English words',
    given: { language: 'de-AT', own: ['en'] },
    expect: 'Sie sind an der Reihe',
  },
  { name: 'own English words serve an unknown language', given: { language: 'sr', own: ['en'] }, expect: 'en sales' },
  {
    name: 'own words of a country stand before the catalogue’s of the language',
    given: { language: 'de', own: ['de-DE'] },
    expect: 'de-DE sales',
  },
  {
    name: 'own Spanish stands before the catalogue’s of Latin America',
    given: { language: 'es-MX', own: ['es'] },
    expect: 'es sales',
  },
  {
    name: 'own words for Taiwan find a reader of Taiwan however the device writes it',
    given: { language: 'zh-Hant-TW', own: ['zh-TW'] },
    expect: 'zh-TW sales',
  },
  {
    name: 'own simplified Chinese is not for readers of traditional',
    given: { language: 'zh-TW', own: ['zh'] },
    expect: '輪到您了',
  },
  {
    name: 'own Norwegian serves Bokmål',
    given: { language: 'nb-NO', own: ['no'] },
    expect: 'no sales',
  },
  {
    name: 'own words may be in a language that the catalogue lacks',
    given: { language: 'sr-Latn', own: ['sr'] },
    expect: 'sr sales',
  },
])('$name', ({ given, expect: title }) => {
  const texts = Object.fromEntries(given.own.map((tag) => [tag, own(tag)]));
  const request = aMessageRequest({
    callback: aCallback({ language: given.language }),
    notice: noticeOf('CALLBACK_READY'),
    settings: someSettings({ messages: { CALLBACK_READY: texts } }),
  });
  expect(textOf(request).title).toBe(title);
});

const filled = (body: string, callback: Partial<Callback>, event: NoticeEvent = 'CALLBACK_UPCOMING') =>
  textOf(
    aMessageRequest({
      callback: aCallback(callback),
      notice: noticeOf(event),
      settings: someSettings({ messages: { [event]: { en: { title: 'x', body } } } }),
    }),
  ).body;

test.each<{ name: string; given: { body: string; callback: Partial<Callback>; event?: NoticeEvent }; expect: string }>([
  { name: 'minutes are rounded', given: { body: '{minutes}', callback: { estimatedWaitTime: 149 } }, expect: '2' },
  {
    name: 'minutes are never less than one',
    given: { body: '{minutes}', callback: { estimatedWaitTime: 0 } },
    expect: '1',
  },
  {
    name: 'minutes of a call-in are its life',
    given: { body: '{minutes}', callback: { estimatedWaitTime: 60, callIn: aCallIn() }, event: 'CALLBACK_CALL_IN' },
    expect: '10',
  },
  {
    name: 'a duration is in words',
    given: { body: '{duration}', callback: { estimatedWaitTime: 180 } },
    expect: '3 minutes',
  },
  {
    name: 'minutes are a day at most',
    given: {
      body: '{minutes} {duration}',
      callback: { callIn: aCallIn({ expirationTime: new Date('9999-12-31') }) },
      event: 'CALLBACK_CALL_IN',
    },
    expect: '1440 24 hours',
  },
  {
    name: 'a code of a call-in',
    given: { body: '{number} {code}', callback: { callIn: aCallIn() }, event: 'CALLBACK_CALL_IN' },
    expect: '+18005550100 0042',
  },
  { name: 'the queue', given: { body: '{queue} and {queue}', callback: {} }, expect: 'sales and sales' },
  {
    name: 'a code that is not there is empty',
    given: { body: '[{code}{number}]', callback: {} },
    expect: '[]',
  },
  {
    name: 'what is no placeholder stays',
    given: { body: '{name} {} {{queue}}', callback: {} },
    expect: '{name} {} {sales}',
  },
  {
    name: 'what every object has is no placeholder',
    given: { body: '{constructor} {toString}', callback: {} },
    expect: '{constructor} {toString}',
  },
  {
    name: 'a value is not filled in again',
    given: { body: '{queue}', callback: { serviceName: '{minutes}$&' } },
    expect: '{minutes}$&',
  },
])('$name', ({ given: { body, callback, event }, expect: text }) => {
  expect(filled(body, callback, event)).toBe(text);
});

const wordsOf = (event: NoticeEvent, callback: Partial<Callback>) =>
  textOf(aMessageRequest({ callback: aCallback(callback), notice: noticeOf(event) }));
const expiresIn = (milliseconds: number) => aCallIn({ expirationTime: new Date(monday + milliseconds) });

test.each<{ name: string; given: Partial<Callback>; expect: string }>([
  {
    name: 'a call-in says whom to call, with which code, how long',
    given: { callIn: aCallIn() },
    expect: 'Call +18005550100. Code 0042. Valid for 10 minutes.',
  },
  {
    name: 'a call-in without a code speaks of none',
    given: { callIn: aCallIn({ accessCode: undefined }) },
    expect: 'Call +18005550100. Valid for 10 minutes.',
  },
  {
    name: 'a call-in with an empty code speaks of none',
    given: { callIn: aCallIn({ accessCode: '' }) },
    expect: 'Call +18005550100. Valid for 10 minutes.',
  },
  {
    name: 'one minute is one',
    given: { callIn: expiresIn(minute) },
    expect: 'Call +18005550100. Code 0042. Valid for 1 minute.',
  },
  {
    name: 'a long call-in lasts hours',
    given: { callIn: expiresIn(2 * hour) },
    expect: 'Call +18005550100. Code 0042. Valid for 2 hours.',
  },
  {
    name: 'a call-in without end speaks of none',
    given: { callIn: aCallIn({ expirationTime: new Date('9999-12-31') }) },
    expect: 'Call +18005550100. Code 0042.',
  },
  {
    name: 'in Japanese no blanks are left',
    given: { language: 'ja', callIn: aCallIn({ accessCode: undefined }) },
    expect: '+18005550100 へお電話ください。有効時間は10 分です。',
  },
])('$name', ({ given, expect: body }) => {
  expect(wordsOf('CALLBACK_CALL_IN', given).body).toBe(body);
});

test('whoever dials is not told that we could not call back', () => {
  const dials = { callDirection: 'USERORIGINATED', language: 'en' } as const;
  expect(wordsOf('CALLBACK_PURGED', dials).body).toBe('Your turn did not come in time. Please make a new request.');
  expect(wordsOf('CALLBACK_UPCOMING', { ...dials, estimatedWaitTime: 240 }).body).toBe(
    'You can call us in about 4 minutes.',
  );
});

test('where the callback does not say who dials, its queue does', () => {
  const callback = without(aCallback(), 'callDirection');
  const settings = someSettings({ callDirection: 'USERORIGINATED' });
  expect(textOf(aMessageRequest({ callback, settings, notice: noticeOf('CALLBACK_PURGED') })).title).toBe(
    'Your request was cancelled',
  );
});

test.each<[language: string, seconds: number, text: string]>([
  ['en', 0, '1 minute'],
  ['en', -60, '1 minute'],
  ['en', 90 * 60, '90 minutes'],
  ['en', 91 * 60, '1.5 hours'],
  ['en', 119 * 60, '1.5 hours'],
  ['en', 24 * 3600, '24 hours'],
  ['en', 4e12, '24 hours'],
  ['de', 100 * 60, '1,5 Stunden'],
  ['ar', 180, '3 دقائق'],
  ['ru', 240, '4 минуты'],
  ['ro', 21 * 60, '21 de minute'],
  ['no', 60, '1 minutt'],
  ['fa-u-nu-arab', 180, '3 دقیقه'],
  ['qaa', 180, '3 minutes'],
])('in %s %d s are "%s"', (language, seconds, text) => {
  expect(durationIn(language, seconds)).toBe(text);
});

const lri = '\u2066';
const fsi = '\u2068';
const pdi = '\u2069';

test.each<{ name: string; given: { body: string; language: string; callback?: Partial<Callback> }; expect: string }>([
  {
    name: 'a number stands from left to right in Arabic',
    given: { language: 'ar', body: 'اتصل {number} {code}' },
    expect: `اتصل ${lri}+18005550100${pdi} ${lri}0042${pdi}`,
  },
  { name: 'alone, too', given: { language: 'he', body: '{number}' }, expect: `${lri}+18005550100${pdi}` },
  {
    name: 'a queue’s name has its own direction in Hebrew',
    given: { language: 'he', body: 'תור {queue}' },
    expect: `תור ${fsi}sales${pdi}`,
  },
  {
    name: 'a Hebrew name has its own direction in English',
    given: { language: 'en', body: '{queue}: {number}', callback: { serviceName: 'מכירות' } },
    expect: `${fsi}מכירות${pdi}: +18005550100`,
  },
  {
    name: 'English stays plain',
    given: { language: 'en', body: '{queue} {number} {code}' },
    expect: 'sales +18005550100 0042',
  },
  {
    name: 'Arabic words under an English tag are Arabic',
    given: { language: 'en', body: 'اتصل {number}' },
    expect: `اتصل ${lri}+18005550100${pdi}`,
  },
  {
    name: 'what is not there is not isolated',
    given: { language: 'ar', body: 'اتصل {code}', callback: { callIn: aCallIn({ accessCode: undefined }) } },
    expect: 'اتصل ',
  },
])('$name', ({ given: { language, body, callback }, expect: text }) => {
  const settings = someSettings({ messages: { CALLBACK_CALL_IN: { [language]: { title: 'x', body } } } });
  const request = aMessageRequest({
    callback: aCallback({ language, callIn: aCallIn(), ...callback }),
    notice: noticeOf('CALLBACK_CALL_IN'),
    settings,
  });
  expect(textOf(request).body).toBe(text);
});

test('each label stands in the consumer’s language, the queue’s own first', () => {
  const actionLabels = { 'de-DE': { cancel: 'Weg damit' }, fr: { confirm: 'Oui', cancel: 'Non' } };
  const labelsIn = (language: string) =>
    labelsOf(aMessageRequest({ callback: aCallback({ language }), settings: someSettings({ actionLabels }) }));
  expect([labelsIn('de-AT'), labelsIn('fr-CA'), labelsIn('es-MX')]).toEqual([
    { confirm: 'Bestätigen', cancel: 'Weg damit' },
    { confirm: 'Oui', cancel: 'Non' },
    { confirm: 'Confirmar', cancel: 'Cancelar la llamada' },
  ]);
});
