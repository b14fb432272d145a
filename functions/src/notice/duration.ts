import { memoised } from '../base/memoised.ts';

const minute = 60;
const hour = 60 * minute;
/** Nobody reads "120 minutes" with ease. */
const mostMinutes = 90;
/** What lasts longer has no end that a notification need speak of. */
export const longestSeconds = 24 * hour;

/** Whole minutes, one at least: "in 0 minutes" would be now. */
export function wholeMinutes(seconds: number): number {
  return Math.max(1, Math.round(Math.min(seconds, longestSeconds) / minute));
}

/** Up to 90 minutes in minutes, then in hours and half hours that are not overstated; 24 hours at most. */
export function durationIn(language: string, seconds: number): string {
  const minutes = wholeMinutes(seconds);
  return minutes <= mostMinutes
    ? minutesIn(language).format(minutes)
    : hoursIn(language).format(Math.floor(minutes / 30) / 2);
}

/** Making a format costs far more than using it. */
const minutesIn = memoised((language) => formatIn(language, 'minute'), 100);
const hoursIn = memoised((language) => formatIn(language, 'hour'), 100);

/** In the digits in which numbers and codes stand beside it. */
function formatIn(language: string, unit: 'minute' | 'hour'): Intl.NumberFormat {
  return new Intl.NumberFormat([language, 'en'], { style: 'unit', unit, unitDisplay: 'long', numberingSystem: 'latn' });
}
