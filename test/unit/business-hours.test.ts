import {
  isDate,
  isServedUntil,
  isTimeZone,
  weekdays,
  type BusinessHours,
  type OpeningInterval,
} from '../../functions/src/callback/business-hours.ts';

interface Row {
  readonly name: string;
  readonly given: { readonly hours: BusinessHours; readonly from: string; readonly until: string };
  readonly expect: boolean;
}

const office: OpeningInterval = { open: '09:00', close: '17:00' };
const daily = (...intervals: OpeningInterval[]) => Object.fromEntries(weekdays.map((day) => [day, intervals]));
const berlin = (weekly: BusinessHours['weekly'], exceptions?: BusinessHours['exceptions']): BusinessHours => ({
  timeZone: 'Europe/Berlin',
  weekly,
  exceptions,
});
const inZone = (timeZone: string): BusinessHours => ({ timeZone, weekly: daily(office) });

const week = berlin({
  monday: [
    { open: '09:00', close: '12:00' },
    { open: '13:00', close: '17:00' },
  ],
  friday: [{ open: '20:00', close: '02:00' }],
  saturday: [{ open: '10:00', close: '24:00' }],
});

/** 2 March 2026 is a Monday. */
const weeklyRows: readonly Row[] = [
  {
    name: 'within an opening',
    given: { hours: week, from: '2026-03-02T09:30+01:00', until: '2026-03-02T11:00+01:00' },
    expect: true,
  },
  {
    name: 'the opening moment counts',
    given: { hours: week, from: '2026-03-02T09:00+01:00', until: '2026-03-02T09:00+01:00' },
    expect: true,
  },
  {
    name: 'the closing moment counts',
    given: { hours: week, from: '2026-03-02T09:00+01:00', until: '2026-03-02T12:00+01:00' },
    expect: true,
  },
  {
    name: 'the moment after it does not',
    given: { hours: week, from: '2026-03-02T09:00+01:00', until: '2026-03-02T12:00:00.001+01:00' },
    expect: false,
  },
  {
    name: 'a lunch break in between ends the service',
    given: { hours: week, from: '2026-03-02T11:00+01:00', until: '2026-03-02T14:00+01:00' },
    expect: false,
  },
  {
    name: 'from the lunch break into the afternoon',
    given: { hours: week, from: '2026-03-02T12:30+01:00', until: '2026-03-02T13:30+01:00' },
    expect: true,
  },
  {
    name: 'from the closing moment on it is closed, so the afternoon is the next service',
    given: { hours: week, from: '2026-03-02T12:00+01:00', until: '2026-03-02T13:30+01:00' },
    expect: true,
  },
  {
    name: 'before the doors open',
    given: { hours: week, from: '2026-03-02T07:00+01:00', until: '2026-03-02T08:59+01:00' },
    expect: false,
  },
  {
    name: 'after they closed',
    given: { hours: week, from: '2026-03-02T17:30+01:00', until: '2026-03-02T18:00+01:00' },
    expect: false,
  },
  {
    name: 'a day that is not listed is closed',
    given: { hours: week, from: '2026-03-03T10:00+01:00', until: '2026-03-03T11:00+01:00' },
    expect: false,
  },
  {
    name: 'over midnight into a day that is not open yet',
    given: { hours: week, from: '2026-03-06T23:00+01:00', until: '2026-03-07T01:59+01:00' },
    expect: true,
  },
  {
    name: 'to the end of what began the day before',
    given: { hours: week, from: '2026-03-07T00:30+01:00', until: '2026-03-07T02:01+01:00' },
    expect: false,
  },
  {
    name: 'until 24:00',
    given: { hours: week, from: '2026-03-07T22:00+01:00', until: '2026-03-08T00:00+01:00' },
    expect: true,
  },
  {
    name: 'not after 24:00',
    given: { hours: week, from: '2026-03-07T22:00+01:00', until: '2026-03-08T00:01+01:00' },
    expect: false,
  },
  {
    name: 'around the clock, every day, there is no end at midnight',
    given: {
      hours: berlin(daily({ open: '00:00', close: '24:00' })),
      from: '2026-03-02T23:00+01:00',
      until: '2026-03-05T01:00+01:00',
    },
    expect: true,
  },
  {
    name: 'an interval that closes when it opens lasts a day',
    given: {
      hours: berlin({ monday: [{ open: '09:00', close: '09:00' }] }),
      from: '2026-03-02T10:00+01:00',
      until: '2026-03-03T08:59+01:00',
    },
    expect: true,
  },
  {
    name: 'intervals that overlap or touch are one opening',
    given: {
      hours: berlin({
        monday: [
          { open: '12:00', close: '15:00' },
          { open: '09:00', close: '12:00' },
          { open: '14:00', close: '17:00' },
        ],
      }),
      from: '2026-03-02T09:00+01:00',
      until: '2026-03-02T17:00+01:00',
    },
    expect: true,
  },
  {
    name: 'no hours at all',
    given: { hours: berlin({}), from: '2026-03-02T10:00+01:00', until: '2026-03-02T10:00+01:00' },
    expect: false,
  },
];

const holidays = berlin(daily(office), {
  '2026-12-24': [{ open: '09:00', close: '12:00' }],
  '2026-12-25': [],
});
const sunday = berlin({ monday: [office] }, { '2026-03-08': [{ open: '10:00', close: '14:00' }] });
const night = berlin({ monday: [{ open: '22:00', close: '04:00' }], tuesday: [office] }, { '2026-03-03': [] });

const exceptionRows: readonly Row[] = [
  {
    name: 'an exception replaces the day’s hours',
    given: { hours: holidays, from: '2026-12-24T11:00+01:00', until: '2026-12-24T12:01+01:00' },
    expect: false,
  },
  {
    name: 'it holds up to its own closing moment',
    given: { hours: holidays, from: '2026-12-24T11:00+01:00', until: '2026-12-24T12:00+01:00' },
    expect: true,
  },
  {
    name: 'an empty one closes the day',
    given: { hours: holidays, from: '2026-12-25T10:00+01:00', until: '2026-12-25T11:00+01:00' },
    expect: false,
  },
  {
    name: 'the day after it is as ever',
    given: { hours: holidays, from: '2026-12-25T20:00+01:00', until: '2026-12-26T09:30+01:00' },
    expect: true,
  },
  {
    name: 'it can open a Sunday',
    given: { hours: sunday, from: '2026-03-08T10:00+01:00', until: '2026-03-08T13:00+01:00' },
    expect: true,
  },
  {
    name: 'the other Sundays stay closed',
    given: { hours: sunday, from: '2026-03-15T10:00+01:00', until: '2026-03-15T13:00+01:00' },
    expect: false,
  },
  {
    name: 'it leaves the night alone that began the day before',
    given: { hours: night, from: '2026-03-02T23:00+01:00', until: '2026-03-03T03:00+01:00' },
    expect: true,
  },
  {
    name: 'it closes the day that the night runs into',
    given: { hours: night, from: '2026-03-03T05:00+01:00', until: '2026-03-03T10:00+01:00' },
    expect: false,
  },
];

const zoneRows: readonly Row[] = [
  {
    name: 'Kolkata opens at half past three UTC',
    given: { hours: inZone('Asia/Kolkata'), from: '2026-03-02T03:30Z', until: '2026-03-02T11:30Z' },
    expect: true,
  },
  {
    name: 'Kolkata is closed before',
    given: { hours: inZone('Asia/Kolkata'), from: '2026-03-02T03:00Z', until: '2026-03-02T03:29Z' },
    expect: false,
  },
  {
    name: 'New York closes at ten at night UTC in winter',
    given: { hours: inZone('America/New_York'), from: '2026-03-02T15:00Z', until: '2026-03-02T22:00Z' },
    expect: true,
  },
  {
    name: 'New York closes an hour earlier in summer',
    given: { hours: inZone('America/New_York'), from: '2026-07-06T15:00Z', until: '2026-07-06T21:01Z' },
    expect: false,
  },
  {
    name: 'Auckland opens on the day before, in UTC',
    given: { hours: inZone('Pacific/Auckland'), from: '2026-03-01T20:00Z', until: '2026-03-02T04:00Z' },
    expect: true,
  },
  {
    name: 'Auckland is closed when the UTC day is in its middle',
    given: { hours: inZone('Pacific/Auckland'), from: '2026-03-02T12:00Z', until: '2026-03-02T12:30Z' },
    expect: false,
  },
];

const early = (open: string, close: string) => berlin(daily({ open, close }));

/** On 29 March 2026 the clocks of Berlin jump from 2:00 to 3:00, on 25 October they go back from 3:00 to 2:00. */
const daylightSavingRows: readonly Row[] = [
  {
    name: 'a day in spring closes by the new clock',
    given: { hours: berlin(daily(office)), from: '2026-03-29T07:00Z', until: '2026-03-29T15:00Z' },
    expect: true,
  },
  {
    name: 'and not an hour later',
    given: { hours: berlin(daily(office)), from: '2026-03-29T07:00Z', until: '2026-03-29T15:01Z' },
    expect: false,
  },
  {
    name: 'a day in autumn closes by the new clock',
    given: { hours: berlin(daily(office)), from: '2026-10-25T08:00Z', until: '2026-10-25T16:00Z' },
    expect: true,
  },
  {
    name: 'a night in spring has an hour less',
    given: { hours: early('00:00', '05:00'), from: '2026-03-28T23:00Z', until: '2026-03-29T03:01Z' },
    expect: false,
  },
  {
    name: 'a night in autumn has an hour more',
    given: { hours: early('00:00', '05:00'), from: '2026-10-24T22:00Z', until: '2026-10-25T04:00Z' },
    expect: true,
  },
  {
    name: 'a closing time that the clocks skip is over with the gap',
    given: { hours: early('00:00', '02:30'), from: '2026-03-28T23:30Z', until: '2026-03-29T01:15Z' },
    expect: false,
  },
  {
    name: 'an opening time that the clocks skip has come with the gap',
    given: { hours: early('02:30', '05:00'), from: '2026-03-29T00:30Z', until: '2026-03-29T01:00Z' },
    expect: true,
  },
  {
    name: 'a closing time that comes twice is meant the first time',
    given: { hours: early('00:00', '02:30'), from: '2026-10-24T23:00Z', until: '2026-10-25T00:31Z' },
    expect: false,
  },
  {
    name: 'an opening time that comes twice is meant the first time',
    given: { hours: early('02:30', '05:00'), from: '2026-10-25T00:30Z', until: '2026-10-25T01:15Z' },
    expect: true,
  },
];

describe.each([
  ['weekly hours', weeklyRows],
  ['dated exceptions', exceptionRows],
  ['time zones', zoneRows],
  ['daylight saving', daylightSavingRows],
])('%s', (_, rows) => {
  test.each(rows)('$name', ({ given: { hours, from, until }, expect: expected }) => {
    expect(isServedUntil(hours, Date.parse(from), Date.parse(until))).toBe(expected);
  });
});

test.each([
  ['Europe/Berlin', true],
  ['europe/berlin', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Etc/GMT+5', true],
  ['UTC', true],
  ['+05:30', true],
  ['IST', false],
  ['PST', false],
  ['Berlin', false],
  ['', false],
  ['2026-03-02T10:00[Europe/Berlin]', false],
  ['2026-03-02T10:00Z', false],
])('%s is a zone by which hours can be reckoned: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});

test('hours can be reckoned in every zone that is taken for one', () => {
  const names = [...Intl.supportedValuesOf('timeZone'), 'EST', 'CST6CDT', 'GMT', 'US/Pacific', '+05:30', '-0800'];
  expect(names.filter((name) => !isTimeZone(name))).toEqual([]);
  for (const name of names) expect(isServedUntil(inZone(name), 0, 0)).toEqual(expect.any(Boolean));
});

test.each([
  ['2028-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['20260301', false],
  ['2026-03-01T10:00', false],
])('%s is a day that there is: %s', (name, expected) => {
  expect(isDate(name)).toBe(expected);
});

test('a moment may lie between two milliseconds, as the times of documents do', () => {
  const closing = Date.parse('2026-03-02T12:00+01:00');
  expect(isServedUntil(week, closing - 0.001, closing)).toBe(true);
  expect(isServedUntil(week, closing - 1, closing + 0.001)).toBe(false);
});
