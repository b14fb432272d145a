import { createLanguageMatcher } from '../../functions/src/base/language-matcher.ts';

const catalogue =
  'en fr de es pt it ja zh ar nl pl ru uk tr sv da nb fi cs hu ro el he hi th vi id ko zh-Hant pt-PT es-419'.split(' ');
const closestTag = createLanguageMatcher(catalogue);

test.each<{ readers: string; expect: string }>([
  { readers: 'en en-GB en-AU en-IN', expect: 'en' },
  { readers: 'es es-ES es-GQ', expect: 'es' },
  { readers: 'es-MX es-AR es-US es-419', expect: 'es-419' },
  { readers: 'pt pt-BR', expect: 'pt' },
  { readers: 'pt-PT pt-AO pt-MZ', expect: 'pt-PT' },
  { readers: 'zh zh-CN zh-SG zh-Hans zh-Hans-HK', expect: 'zh' },
  { readers: 'zh-Hant zh-TW zh-HK zh-MO zh-Hant-TW zh-Hant-HK yue-HK', expect: 'zh-Hant' },
  { readers: 'no nb nn nb-NO nn-NO no-NO', expect: 'nb' },
  { readers: 'he he-IL', expect: 'he' },
  { readers: 'id id-ID', expect: 'id' },
  { readers: 'de de-AT de-CH gsw de-u-co-phonebk', expect: 'de' },
  { readers: 'fr-CA fr-CH', expect: 'fr' },
  { readers: 'ar-EG ar-MA ar-SA', expect: 'ar' },
  { readers: 'fil sw sr xx abcdefgh und', expect: 'en' },
])('$readers: served by $expect', ({ readers, expect: served }) => {
  expect(readers.split(' ').filter((reader) => closestTag(reader) !== served)).toEqual([]);
});

test.each<{ name: string; given: { reader: string; preferred: readonly string[] }; expect: string }>([
  { name: 'of one language', given: { reader: 'de', preferred: ['de-DE'] }, expect: 'de-DE' },
  { name: 'of another country', given: { reader: 'de', preferred: ['de-AT'] }, expect: 'de-AT' },
  { name: 'of the language at large', given: { reader: 'es-MX', preferred: ['es'] }, expect: 'es' },
  { name: 'of the nearest country', given: { reader: 'pt-AO', preferred: ['pt-BR', 'pt-PT'] }, expect: 'pt-PT' },
  { name: 'of one script', given: { reader: 'zh-Hant-TW', preferred: ['zh', 'zh-TW'] }, expect: 'zh-TW' },
  { name: 'not of another script', given: { reader: 'zh-Hant-TW', preferred: ['zh'] }, expect: 'zh-Hant' },
  { name: 'Norwegian for Bokmål', given: { reader: 'nb-NO', preferred: ['no'] }, expect: 'no' },
  { name: 'not of another language', given: { reader: 'de-AT', preferred: ['en', 'fr'] }, expect: 'de' },
  { name: 'English for who is served by no other', given: { reader: 'sw', preferred: ['en-GB'] }, expect: 'en-GB' },
  { name: 'a language that the others lack', given: { reader: 'sr-Latn', preferred: ['sr'] }, expect: 'sr' },
  { name: 'a language that nobody knows', given: { reader: 'xx', preferred: ['xx'] }, expect: 'xx' },
  {
    name: 'the nearest English for whom none serves',
    given: { reader: '', preferred: ['en-GB', 'en-US'] },
    expect: 'en-US',
  },
  { name: 'a reader whose tag cannot be read', given: { reader: '', preferred: ['fr'] }, expect: 'en' },
])('preferred: $name', ({ given: { reader, preferred }, expect: tag }) => {
  expect(closestTag(reader, preferred)).toBe(tag);
});

test('no flood of odd tags is remembered for ever, and each is answered', () => {
  const matcher = createLanguageMatcher(['en', 'fr']);
  const tags = Array.from({ length: 2500 }, (_, n) => `fr-x-a${n}`);
  expect(new Set([...tags, ...tags].map((tag) => matcher(tag)))).toEqual(new Set(['fr']));
});
