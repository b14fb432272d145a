/** The tags to try for a language range, most specific first (RFC 4647, section 3.4 Lookup), English at the end. */
export function lookupOrder(language: string): string[] {
  const tags: string[] = [];
  for (let tag = canonicalTag(language); tag; tag = shorten(tag)) tags.push(tag);
  return [...tags.filter((tag) => tag !== 'en'), 'en'];
}

/** The usual spelling of a BCP 47 tag; empty for what is none. */
export function canonicalTag(language: string): string {
  try {
    return Intl.getCanonicalLocales(language.replaceAll('_', '-'))[0] ?? '';
  } catch {
    return '';
  }
}

/** Drops the last subtag, and with it a single letter that only introduced it. */
function shorten(tag: string): string {
  const subtags = tag.split('-').slice(0, -1);
  if (subtags.at(-1)?.length === 1) subtags.pop();
  return subtags.join('-');
}
