import { memoised } from './memoised.ts';

/** No reader of tags would understand a longer one, so it is not looked at. */
const longestTag = 64;

/**
 * The usual spelling of the BCP 47 tag that a device means; empty for what cannot be read.
 *
 * Devices write tags as their platform does: Java's `zh_TW_#Hant`, POSIX' `de_DE.UTF-8` and `de_DE@euro`, a whole
 * Accept-Language. What nobody understands at the end of a tag must not cost its reader the language.
 */
export function canonicalTag(text: string): string {
  return text.length > longestTag ? read(text) : readOnce(text);
}

/** Most documents of a contact centre name the same few languages. */
const readOnce = memoised(read);

function read(text: string): string {
  // A whole Accept-Language may be longer: of one cut in the middle the first tag is whole.
  const [first = '', ...rest] = text
    .slice(0, longestTag + 1)
    .trim()
    .split(/[.@,;]/);
  if (text.length > longestTag && rest.length === 0) return '';
  let tag = withoutExtendedLanguage(withScript(first.trim().replaceAll('_', '-')));
  for (; tag; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))) {
    const canonical = canonicalOf(tag);
    if (canonical) return canonical;
  }
  return '';
}

function canonicalOf(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/** Java puts the script last, after a `#`: `zh-TW-#Hant`, without a country `zh--#Hans`. */
function withScript(tag: string): string {
  const java = /^([a-z]{2,8})-([^#]*)#(?:([a-z]{4})(?=-|$))?/i.exec(tag);
  if (!java) return tag;
  return [java[1], java[3], ...(java[2] ?? '').split('-')].filter(Boolean).join('-');
}

/** Before RFC 5646 Mandarin and Cantonese were written as extensions of Chinese. */
function withoutExtendedLanguage(tag: string): string {
  return tag.replace(/^zh-(?=(cmn|yue)(-|$))/i, '');
}

const rightToLeftScripts = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa']);

/** Of a canonical tag. */
export const isRightToLeft = memoised((tag) => rightToLeftScripts.has(new Intl.Locale(tag).maximize().script ?? ''));
