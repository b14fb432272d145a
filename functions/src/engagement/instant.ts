import { Temporal } from 'temporal-polyfill';

/**
 * Epoch milliseconds of an ISO 8601 moment; undefined for what is none (the 31st of February, say).
 *
 * @param timeZone of a moment that names no offset
 */
export function instantOf(text: string, timeZone = 'UTC'): number | undefined {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return localInstantOf(text, timeZone);
  }
}

function localInstantOf(text: string, timeZone: string): number | undefined {
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds;
  } catch {
    return undefined;
  }
}

/** ISO 8601 with the offset of the zone, as its clocks show it. */
export function localText(epochMilliseconds: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(epochMilliseconds)
    .toZonedDateTimeISO(timeZone)
    .toString({ timeZoneName: 'never', fractionalSecondDigits: 3 });
}
