import { callDirections } from '../../functions/src/callback/fields.ts';
import { noticeEvents } from '../../functions/src/callback/notice-event.ts';
import { lookupOrder } from '../../functions/src/base/language.ts';
import { catalogue, catalogueText } from '../../functions/src/notice/catalogue.ts';

test.each<{ name: string; given: string; expect: readonly string[] }>([
  { name: 'a regional variant falls back to its language', given: 'fr-CA', expect: ['fr-CA', 'fr', 'en'] },
  { name: 'Brazil finds Portuguese', given: 'pt-BR', expect: ['pt-BR', 'pt', 'en'] },
  { name: 'Portugal finds Portuguese', given: 'pt-PT', expect: ['pt-PT', 'pt', 'en'] },
  {
    name: 'script and region are dropped one by one',
    given: 'zh-Hans-CN',
    expect: ['zh-Hans-CN', 'zh-Hans', 'zh', 'en'],
  },
  { name: 'Taiwan finds Chinese', given: 'zh-TW', expect: ['zh-TW', 'zh', 'en'] },
  { name: 'Egypt finds Arabic', given: 'ar-EG', expect: ['ar-EG', 'ar', 'en'] },
  { name: 'a language without texts ends at English', given: 'sr', expect: ['sr', 'en'] },
  { name: 'what is no language is English', given: 'not a language!', expect: ['en'] },
  { name: 'nothing is English', given: '', expect: ['en'] },
  { name: 'an underscore does as a hyphen', given: 'en_US', expect: ['en-US', 'en'] },
  { name: 'capitals do not matter', given: 'FR-ca', expect: ['fr-CA', 'fr', 'en'] },
  { name: 'English itself is tried once', given: 'en', expect: ['en'] },
  {
    name: 'a single letter goes with what it introduces',
    given: 'de-u-co-phonebk',
    expect: ['de-u-co-phonebk', 'de-u-co', 'de', 'en'],
  },
  { name: 'an outdated tag finds today’s', given: 'iw', expect: ['he', 'en'] },
])('$name', ({ given, expect: order }) => {
  expect(lookupOrder(given)).toEqual(order);
});

const known = ['{access}', '{code}', '{minutes}', '{number}', '{queue}'];
const placeholdersOf = (text: string) => text.match(/\{[^}]*\}/g) ?? [];

describe.each(Object.entries(catalogue))('the texts in %s', (language, texts) => {
  const pairs = noticeEvents.flatMap((event) =>
    callDirections.map((direction) => catalogueText(texts, event, direction)),
  );
  const words = pairs.flatMap(({ title, body }) => [title, body]);

  test('are there for every event and action', () => {
    const all = [...words, texts.accessCode, texts.confirm, texts.cancel];
    expect(all.filter((text) => text.trim() === '')).toEqual([]);
    expect(Object.keys(texts.events).sort()).toEqual([...noticeEvents].sort());
  });

  test('have no unknown placeholder, and no bracket without its partner', () => {
    expect(words.flatMap(placeholdersOf).filter((placeholder) => !known.includes(placeholder))).toEqual([]);
    expect([...words, texts.accessCode].filter((text) => /[{}]/.test(text.replace(/\{\w+\}/g, '')))).toEqual([]);
  });

  test('say what one needs to call in', () => {
    expect(placeholdersOf(texts.events.CALLBACK_CALL_IN.body)).toEqual(['{number}', '{access}', '{minutes}']);
    expect(placeholdersOf(texts.accessCode)).toEqual(['{code}']);
  });

  test('stand under a tag as BCP 47 writes it', () => {
    expect(Intl.getCanonicalLocales(language)).toEqual([language]);
  });
});

test('where the consumer dials, the upcoming call is theirs', () => {
  expect(
    callDirections.map((direction) => catalogueText(catalogue['en'] ?? never(), 'CALLBACK_UPCOMING', direction).title),
  ).toEqual(['Your callback is near', 'Your turn is near']);
});

function never(): never {
  throw new Error('the catalogue has English');
}
