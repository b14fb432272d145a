import { Temporal } from 'temporal-polyfill';

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/** Wall-clock times `HH:MM`; `close` may be `24:00`, and one not after `open` lies on the next day. */
export interface OpeningInterval {
  readonly open: string;
  readonly close: string;
}

/** When a virtual queue is served, on the clocks of its own time zone. A day that is not listed is closed. */
export interface BusinessHours {
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string;
  readonly weekly: Partial<Readonly<Record<Weekday, readonly OpeningInterval[]>>>;
  /** `YYYY-MM-DD` ▶ the intervals that begin on that date instead of the weekly ones; `[]` closes the day. */
  readonly exceptions?: Readonly<Record<string, readonly OpeningInterval[]>> | undefined;
}

/**
 * Whether opening hours can be calculated in a time zone. Temporal calculates them, so Temporal decides: `Intl` knows more
 * names (`IST`, say). A whole date, of which Temporal would take the zone, is no name.
 */
export function isTimeZone(name: string): boolean {
  if (!/^[a-z][\w+/-]*$|^[+-]\d\d(:?\d\d)?$/i.test(name)) return false;
  return isTaken(() => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name));
}

/** Whether there is such a day: an exception on the 31st of February would never come. */
export function isDate(name: string): boolean {
  return isTaken(() => Temporal.PlainDate.from(name, { overflow: 'reject' })) && /^\d{4}-\d\d-\d\d$/.test(name);
}

function isTaken(use: () => unknown): boolean {
  try {
    use();
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether the queue is served at `until` and, if it is open at `from`, does not close in between: is there still
 * time for a callback that comes to its turn at `until`? The closing moment itself still counts.
 *
 * @param from epoch milliseconds
 * @param until epoch milliseconds, not before `from`; meant for spans of hours, each day in between is looked at
 */
export function isServedUntil(hours: BusinessHours, from: number, until: number): boolean {
  const openings = openingsBetween(hours, from, until);
  const atStart = openings.find(({ open, close }) => open <= from && from < close);
  if (atStart) return until <= atStart.close;
  return openings.some(({ open, close }) => open <= until && until <= close);
}

/** No closing is looked for beyond: a queue that is open all week closes then, as far as anybody is told. */
export const longestOpeningMs = 7 * 24 * 3600_000;

/**
 * When the queue, open at `at`, closes next; undefined where it is closed. The closing moment itself is closed.
 *
 * @param hours absent = open around the clock
 */
export function closingAfter(hours: BusinessHours | undefined, at: number): number | undefined {
  const horizon = at + longestOpeningMs;
  if (!hours) return horizon;
  const opening = openingsBetween(hours, at, horizon).find(({ open, close }) => open <= at && at < close);
  return opening && Math.min(opening.close, horizon);
}

export interface Opening {
  readonly open: number;
  close: number;
}

/** The openings that may touch the span, in order, those that touch each other (around midnight, say) as one. */
export function openingsBetween(hours: BusinessHours, from: number, until: number): Opening[] {
  const first = localDate(from, hours.timeZone).subtract({ days: 1 });
  const last = localDate(until, hours.timeZone).add({ days: 1 });
  const openings: Opening[] = [];
  for (let date = first; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    for (const interval of intervalsOf(hours, date)) openings.push(onTheClock(interval, date, hours.timeZone));
  }
  openings.sort((a, b) => a.open - b.open);
  const merged: Opening[] = [];
  for (const opening of openings) {
    const previous = merged.at(-1);
    if (previous && opening.open <= previous.close) previous.close = Math.max(previous.close, opening.close);
    else merged.push(opening);
  }
  return merged;
}

function intervalsOf(hours: BusinessHours, date: Temporal.PlainDate): readonly OpeningInterval[] {
  const weekday = weekdays[date.dayOfWeek - 1];
  return hours.exceptions?.[date.toString()] ?? (weekday ? hours.weekly[weekday] : undefined) ?? [];
}

function onTheClock({ open, close }: OpeningInterval, date: Temporal.PlainDate, timeZone: string): Opening {
  const closingDate = close <= open ? date.add({ days: 1 }) : date;
  return { open: instant(date, open, timeZone), close: instant(closingDate, close, timeZone) };
}

/** A time that the clocks skip in spring is the moment of the skip; one that comes twice in autumn is the first. */
function instant(date: Temporal.PlainDate, time: string, timeZone: string): number {
  const plain =
    time === '24:00' ? date.add({ days: 1 }).toPlainDateTime() : date.toPlainDateTime(Temporal.PlainTime.from(time));
  const zoned = plain.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const skipped = zoned.toPlainDateTime().equals(plain) ? null : zoned.getTimeZoneTransition('next');
  return (skipped ?? zoned).epochMilliseconds;
}

/** Temporal takes whole milliseconds only; Firestore's times, from which moments come, have microseconds. */
function localDate(epochMilliseconds: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(epochMilliseconds))
    .toZonedDateTimeISO(timeZone)
    .toPlainDate();
}
