import { isSupportedCountry, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';

/** Two letters, as in ISO 3166. */
export type Country = CountryCode;

export function isCountry(value: unknown): value is Country {
  return typeof value === 'string' && isSupportedCountry(value);
}

/** More than any number with spaces, brackets and an extension has. */
export const maxPhoneNumberLength = 64;

/**
 * The number as the whole world dials it (E.164), so that one number is one text; undefined where nobody can have it.
 *
 * Plausible by its length for its country, not proven to be assigned: numbering plans change faster than this library.
 *
 * @param country of a number without a country code
 */
export function dialable(number: string, country: Country | undefined): string | undefined {
  if (number.length > maxPhoneNumberLength) return undefined;
  const parsed = parsePhoneNumberFromString(number, { ...(country && { defaultCountry: country }), extract: false });
  return parsed?.isPossible() === true ? parsed.number : undefined;
}
