import fc from 'fast-check';
import {
  isServedUntil,
  weekdays,
  type BusinessHours,
  type OpeningInterval,
} from '../../functions/src/callback/business-hours.ts';
import { minute } from '../support/builders.ts';
import { anyHours } from './arbitraries.ts';

/** Weeks in which the clocks change, where they do. */
const weeks: readonly (readonly [timeZone: string, sunday: string])[] = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Pacific/Auckland', '2026-04-05'],
  ['Pacific/Auckland', '2026-09-27'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Asia/Kolkata', '2026-03-29'],
];
const days = 6;
const minutesADay = 1440;

/** What a wall clock shows at each minute from three days before a date on: `YYYY-MM-DDTHH:MM`. */
function wallClock(timeZone: string, date: string): { start: number; shows: string[] } {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const start = Date.parse(date) - 3 * minutesADay * minute;
  const minutes = Array.from({ length: days * minutesADay }, (_, index) => start + index * minute);
  return { start, shows: minutes.map((at) => format.format(at).replace(' ', 'T')) };
}

interface Opening {
  readonly open: number;
  readonly close: number;
}

/** The openings as somebody keeps them who looks at the clock every minute: a time has come once it is shown or past. */
function openingsByTheClock(hours: BusinessHours, shows: readonly string[]): Opening[] {
  const dates = [...new Set(shows.map((shown) => shown.slice(0, 10)))];
  const minuteOf = (time: string) => {
    const found = shows.findIndex((shown) => shown >= time);
    return found < 0 ? shows.length : found;
  };
  return dates.flatMap((date) => {
    const weekday = weekdays[(new Date(date).getUTCDay() + 6) % 7] ?? 'monday';
    const intervals: readonly OpeningInterval[] = hours.exceptions?.[date] ?? hours.weekly[weekday] ?? [];
    return intervals.map(({ open, close }) => {
      const closingTime = close === '24:00' ? '00:00' : close;
      const closingDate = closingTime <= open || close === '24:00' ? dayAfter(date) : date;
      return { open: minuteOf(`${date}T${open}`), close: minuteOf(`${closingDate}T${closingTime}`) };
    });
  });
}

const dayAfter = (date: string) => new Date(Date.parse(date) + minutesADay * minute).toISOString().slice(0, 10);

function isServedByTheClock(openings: readonly Opening[], from: number, until: number): boolean {
  const isOpen = (at: number) => openings.some(({ open, close }) => open <= at && at < close);
  if (!isOpen(from)) return openings.some(({ open, close }) => open <= until && until <= close);
  for (let at = from; at < until; at++) if (!isOpen(at)) return false;
  return true;
}

test.each(weeks)('the answer is that of a wall clock in %s around %s', (timeZone, date) => {
  const { start, shows } = wallClock(timeZone, date);
  const whenever = fc.integer({ min: 2 * minutesADay, max: 4 * minutesADay });
  const span = fc.record({
    from: fc.oneof(
      whenever,
      whenever.map((at) => at - (at % 15)),
    ),
    lasts: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: minutesADay })),
  });
  const exceptions = [date, dayAfter(date)];
  fc.assert(
    fc.property(anyHours([timeZone], exceptions), span, (hours, { from, lasts }) => {
      const openings = openingsByTheClock(hours, shows);
      expect(isServedUntil(hours, start + from * minute, start + (from + lasts) * minute)).toBe(
        isServedByTheClock(openings, from, from + lasts),
      );
    }),
    { numRuns: 300 },
  );
});
