import { closingAfter } from '../../functions/src/callback/business-hours.ts';
import { openSlots, slotAt } from '../../functions/src/engagement/slots.ts';
import { hour, minute } from '../support/builders.ts';

const at = (text: string) => Date.parse(text);
const iso = (epochMilliseconds: number) => new Date(epochMilliseconds).toISOString();
const everyDay = (timeZone: string, open: string, close: string) => ({
  timeZone,
  weekly: Object.fromEntries(
    ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [
      day,
      [{ open, close }],
    ]),
  ),
});
const half = { slotMinutes: 30, perSlot: 1 } as const;

test.each<{ name: string; timeZone: string; slotMinutes: 30 | 60; moment: string; expect: string }>([
  {
    name: 'the full hour',
    timeZone: 'UTC',
    slotMinutes: 60,
    moment: '2026-03-02T10:59:59.999Z',
    expect: '2026-03-02T10:00:00.000Z',
  },
  {
    name: 'the half hour',
    timeZone: 'UTC',
    slotMinutes: 30,
    moment: '2026-03-02T10:30:00.000Z',
    expect: '2026-03-02T10:30:00.000Z',
  },
  {
    name: 'the full hour of clocks that are half an hour off',
    timeZone: 'Asia/Kolkata',
    slotMinutes: 60,
    moment: '2026-03-02T10:45:00.000Z',
    expect: '2026-03-02T10:30:00.000Z',
  },
])('a slot begins on $name', ({ timeZone, slotMinutes, moment, expect: expected }) => {
  const businessHours = everyDay(timeZone, '00:00', '24:00');
  const slot = slotAt({ businessHours, capacity: { slotMinutes, perSlot: 1 } }, at(moment));
  expect([iso(slot.start), slot.end - slot.start]).toEqual([expected, slotMinutes * minute]);
});

test('open slots are those in which the queue is open when they begin, from the next one on', () => {
  const queue = { businessHours: everyDay('Europe/Berlin', '08:30', '10:00'), capacity: half };
  const slots = openSlots(queue, at('2026-03-02T08:10:00Z'), at('2026-03-03T08:00:00Z'), 10);
  expect(slots.map(({ start }) => iso(start))).toEqual(['2026-03-02T08:30:00.000Z', '2026-03-03T07:30:00.000Z']);
});

test('the hour that comes twice in autumn has two slots, the one that is skipped none', () => {
  const queue = { businessHours: everyDay('Europe/Berlin', '01:00', '04:00') };
  const of = (day: string) => openSlots(queue, at(`${day}T00:00:00Z`) - hour, at(`${day}T10:00:00Z`), 20).length;
  expect([of('2026-10-24'), of('2026-10-25'), of('2026-03-29')]).toEqual([3, 4, 2]);
});

test('as many as are wanted, and none of a queue that never opens', () => {
  expect(openSlots({}, at('2026-03-02T00:00:00Z'), at('2026-04-02T00:00:00Z'), 7)).toHaveLength(7);
  const never = { businessHours: { timeZone: 'UTC', weekly: {} } };
  expect(openSlots(never, at('2026-03-02T00:00:00Z'), at('2026-04-02T00:00:00Z'), 7)).toEqual([]);
});

test.each<{ name: string; open: string; close: string; moment: string; expect: number | undefined }>([
  { name: 'today', open: '08:00', close: '18:00', moment: '2026-03-02T10:00:00Z', expect: 8 * hour },
  {
    name: 'not at all before it opens',
    open: '08:00',
    close: '18:00',
    moment: '2026-03-02T07:59:59Z',
    expect: undefined,
  },
  {
    name: 'not at all at the closing moment',
    open: '08:00',
    close: '18:00',
    moment: '2026-03-02T18:00:00Z',
    expect: undefined,
  },
  { name: 'after midnight', open: '20:00', close: '02:00', moment: '2026-03-02T23:00:00Z', expect: 3 * hour },
  {
    name: 'not within a week where it never does',
    open: '00:00',
    close: '24:00',
    moment: '2026-03-02T10:00:00Z',
    expect: 7 * 24 * hour,
  },
])('a queue closes $name', ({ open, close, moment, expect: expected }) => {
  const closing = closingAfter(everyDay('UTC', open, close), at(moment));
  expect(closing === undefined ? undefined : closing - at(moment)).toBe(expected);
});
