import { readdirSync } from 'node:fs';
import path from 'node:path';
import { callDirections } from '../../functions/src/callback/fields.ts';
import { noticeEvents } from '../../functions/src/callback/notice-event.ts';
import { catalogue, catalogueText } from '../../functions/src/notice/catalogue.ts';

const folder = path.resolve(import.meta.dirname, '../../functions/src/notice/texts');
const files = readdirSync(folder);

/** Every word of a file under its path, such as `CALLBACK_READY.title`. */
function wordsIn(texts: object, within = ''): [where: string, words: unknown][] {
  return Object.entries(texts).flatMap(([key, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null
      ? wordsIn(value as object, `${within}${key}.`)
      : [[within + key, value]],
  );
}

/** English is the pattern: which words there are, and what is filled in where. */
const pattern = new Map(wordsIn(catalogue.en));
const placeholdersOf = (words: unknown) => String(words).match(/\{[^}]*\}/g) ?? [];

test('every file is in the catalogue, under its name', () => {
  expect(files.toSorted()).toEqual(
    Object.keys(catalogue)
      .map((tag) => `${tag}.json`)
      .toSorted(),
  );
});

describe.each(Object.entries(catalogue))('texts/%s.json', (tag, texts) => {
  const words = new Map(wordsIn(texts));

  test('lacks nothing and has nothing that nobody reads', () => {
    const missing = [...pattern.keys()].filter((where) => !words.has(where));
    const unknown = [...words.keys()].filter((where) => !pattern.has(where));
    expect({ missing, unknown }).toEqual({ missing: [], unknown: [] });
  });

  test('has words everywhere, without blanks around them', () => {
    const bad = [...words].filter(([, value]) => typeof value !== 'string' || value === '' || value !== value.trim());
    expect(bad.map(([where]) => where)).toEqual([]);
  });

  test('fills in what English does, and has no bracket without its partner', () => {
    const bad = [...words].filter(([where, value]) => {
      const rest = String(value).replace(/\{\w+\}/g, '');
      return (
        /[{}]/.test(rest) ||
        placeholdersOf(value).toSorted().join() !== placeholdersOf(pattern.get(where)).toSorted().join()
      );
    });
    expect(bad.map(([where]) => where)).toEqual([]);
  });

  test('is in a script of its language', () => {
    const { script } = new Intl.Locale(tag).maximize();
    expect([...words.values()].filter((value) => !scripts[script ?? '']?.test(String(value)))).toEqual([]);
  });

  test('stands under a tag as BCP 47 writes it', () => {
    expect(Intl.getCanonicalLocales(tag)).toEqual([tag]);
  });

  test('says something else to whoever dials', () => {
    const differ = noticeEvents.filter((event) => {
      const [called, dialling] = callDirections.map((direction) => catalogueText(texts, event, direction));
      return called?.body !== dialling?.body;
    });
    expect(differ).toEqual(['CALLBACK_PURGED', 'CALLBACK_UPCOMING']);
  });
});

/** What a text of each script must hold; a file in the wrong language is seldom in the right script. */
const scripts: Readonly<Record<string, RegExp>> = {
  Latn: /\p{Script=Latin}/u,
  Cyrl: /\p{Script=Cyrillic}/u,
  Grek: /\p{Script=Greek}/u,
  Hebr: /\p{Script=Hebrew}/u,
  Arab: /\p{Script=Arabic}/u,
  Deva: /\p{Script=Devanagari}/u,
  Thai: /\p{Script=Thai}/u,
  Jpan: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u,
  Kore: /\p{Script=Hangul}/u,
  Hans: /\p{Script=Han}/u,
  Hant: /\p{Script=Han}/u,
};
