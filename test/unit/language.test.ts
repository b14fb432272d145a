import { canonicalTag, isRightToLeft } from '../../functions/src/base/language.ts';

test.each<{ name: string; given: string; expect: string }>([
  { name: 'a tag as BCP 47 writes it stays', given: 'zh-Hant-TW', expect: 'zh-Hant-TW' },
  { name: 'capitals do not matter', given: 'FR-ca', expect: 'fr-CA' },
  { name: 'an underscore does as a hyphen', given: 'en_US', expect: 'en-US' },
  { name: 'an outdated tag becomes today’s: Hebrew', given: 'iw-IL', expect: 'he-IL' },
  { name: 'an outdated tag becomes today’s: Indonesian', given: 'in', expect: 'id' },
  { name: 'an outdated tag becomes today’s: Filipino', given: 'tl', expect: 'fil' },
  { name: 'Java’s script at the end', given: 'zh_TW_#Hant', expect: 'zh-Hant-TW' },
  { name: 'Java’s script with extensions behind it', given: 'zh_TW_#Hant_x-java', expect: 'zh-Hant-TW' },
  { name: 'Java’s script without a country', given: 'zh__#Hans', expect: 'zh-Hans' },
  { name: 'Java’s extensions without a script', given: 'th_TH_TH_#u-nu-thai', expect: 'th-TH' },
  { name: 'Java’s Nynorsk', given: 'no_NO_NY', expect: 'no-NO' },
  { name: 'POSIX’ encoding', given: 'de_DE.UTF-8', expect: 'de-DE' },
  { name: 'POSIX’ modifier', given: 'de_DE@euro', expect: 'de-DE' },
  { name: 'Apple’s calendar', given: 'en_US@calendar=buddhist', expect: 'en-US' },
  { name: 'blanks around it', given: ' de-DE ', expect: 'de-DE' },
  { name: 'the first of an Accept-Language', given: 'de-DE,de;q=0.9', expect: 'de-DE' },
  { name: 'the first of a weighed Accept-Language', given: 'fr;q=0.9, en', expect: 'fr' },
  { name: 'Mandarin as an extension of Chinese', given: 'zh-cmn-Hans-CN', expect: 'zh-Hans-CN' },
  { name: 'Cantonese as an extension of Chinese', given: 'zh-yue-HK', expect: 'yue-HK' },
  { name: 'an end that nobody understands', given: 'pt-BR-1', expect: 'pt-BR' },
  { name: 'a calendar is kept', given: 'th-TH-u-nu-thai', expect: 'th-TH-u-nu-thai' },
  { name: 'nothing', given: '', expect: '' },
  { name: 'blanks', given: '   ', expect: '' },
  { name: 'any language', given: '*', expect: '' },
  { name: 'POSIX’ C', given: 'C.UTF-8', expect: '' },
  { name: 'a sentence', given: 'not a language!', expect: '' },
  { name: 'hyphens', given: '---', expect: '' },
  { name: 'a tag that is too long', given: `de-${'x-abcdefgh'.repeat(7)}`, expect: '' },
])('$name is read from "$given" as "$expect"', ({ given, expect: tag }) => {
  expect(canonicalTag(given)).toBe(tag);
});

test.each<[string, boolean]>([
  ['ar', true],
  ['he-IL', true],
  ['ur', true],
  ['az-Arab', true],
  ['az', false],
  ['en', false],
  ['ar-Latn', false],
])('%s runs from right to left: %s', (tag, expected) => {
  expect(isRightToLeft(tag)).toBe(expected);
});
