import { match } from '@formatjs/intl-localematcher';
import { canonicalTag } from './language.ts';
import { memoised } from './memoised.ts';

/**
 * Which of the tags there are serves a reader best, by the language matching of CLDR: `es-MX` is served by `es-419`
 * before `es`, `zh-HK` by `zh-Hant`, `nn` by `nb`. A preferred tag of the same language and script stands before any
 * other, whatever the regions. English serves whom none does.
 *
 * @param others must hold `en`
 */
export function createLanguageMatcher(
  others: readonly string[],
): (language: string, preferred?: readonly string[]) => string {
  const answer = memoised((key) => {
    const [language = '', ...preferred] = key.split(' ');
    return closest(language, preferred, others);
  });
  return (language, preferred = []) => answer([language, ...preferred].join(' '));
}

function closest(language: string, preferred: readonly string[], others: readonly string[]): string {
  if (preferred.includes(language)) return language;
  const reader = readerOf(language);
  // Most readers say no more than their language does: the matcher is loaded for the first who says more.
  const plain = new Intl.Locale(reader).minimize().toString();
  const best = others.find((tag) => tag === plain) ?? nearest(reader, [...new Set([...preferred, ...others])], 'en');
  const [first, ...more] = preferred.filter((tag) => languageAndScript(tag) === languageAndScript(best));
  if (first === undefined) return best;
  return more.length === 0 ? first : nearest(reader, [first, ...more], first);
}

const nearest = (reader: string, tags: readonly string[], otherwise: string) => match([reader], tags, otherwise);

/**
 * What the matcher needs of a tag: language, script and region. Who speaks a language that CLDR does not know reads
 * English. The matcher remembers for ever what it is asked for, so it is not asked for the endless number of tags that
 * there could be.
 */
function readerOf(tag: string): string {
  const canonical = canonicalTag(tag);
  if (!canonical) return 'en';
  const { language, script, region } = new Intl.Locale(canonical);
  if (!language || new Intl.Locale(language).maximize().script === undefined) return 'en';
  return [language, script, region].filter(Boolean).join('-');
}

function languageAndScript(tag: string): string {
  const { language, script = '' } = new Intl.Locale(tag).maximize();
  return `${language === 'no' ? 'nb' : language}-${script}`;
}
