import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** More than any number with spaces, brackets and an extension has. */
export const maxPhoneNumberLength = 64;

/**
 * The number as the whole world dials it (E.164), so that one number is one text; undefined where nobody can have it.
 *
 * Plausible by its length for its country, not proven to be assigned: numbering plans change faster than this library.
 *
 * @param country of a number without a country code, as in ISO 3166
 */
export function dialable(number: string, country: string | undefined): string | undefined {
  if (number.length > maxPhoneNumberLength) return undefined;
  const known = country !== undefined && isSupportedCountry(country) && { defaultCountry: country };
  const parsed = parsePhoneNumberFromString(number, { ...known, extract: false });
  // Whoever dials cannot dial an extension; without it somebody else is called.
  return parsed?.isPossible() === true && parsed.ext === undefined ? parsed.number : undefined;
}
