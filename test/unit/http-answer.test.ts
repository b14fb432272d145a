import { dateOf, retryAfterMs } from '../../functions/src/google/http-answer.ts';
import { hour, monday, second } from '../support/builders.ts';

const at = (time: number) => new Date(time).toUTCString();

test.each<{ name: string; given: Parameters<typeof retryAfterMs>[0]; expect: number | undefined }>([
  { name: 'none', given: {}, expect: undefined },
  { name: 'seconds', given: { 'retry-after': '120' }, expect: 120 * second },
  { name: 'no seconds', given: { 'retry-after': '0' }, expect: 0 },
  { name: 'a part of a second', given: { 'retry-after': '0.5' }, expect: second / 2 },
  { name: 'two: the first counts', given: { 'retry-after': ['20', '40'] }, expect: 20 * second },
  { name: 'blanks', given: { 'retry-after': ' 20 ' }, expect: 20 * second },
  { name: 'a time, by our clock', given: { 'retry-after': at(monday + 30 * second) }, expect: 30 * second },
  { name: 'a time that is over', given: { 'retry-after': at(monday - 30 * second) }, expect: 0 },
  {
    name: 'a time, by a clock that is three hours ahead of ours',
    given: { 'retry-after': at(monday + 3 * hour + 30 * second), date: at(monday + 3 * hour) },
    expect: 30 * second,
  },
  {
    name: 'a time, by a clock that is three hours behind ours',
    given: { 'retry-after': at(monday - 3 * hour + 30 * second), date: at(monday - 3 * hour) },
    expect: 30 * second,
  },
  {
    name: 'a time, by a clock that cannot be read',
    given: { 'retry-after': at(monday + 30 * second), date: 'today' },
    expect: 30 * second,
  },
  { name: 'seconds do not depend on any clock', given: { 'retry-after': '5', date: at(monday + hour) }, expect: 5000 },
  ...['', ' ', 'soon', '-5', '1e3', '0x10', 'Infinity', '2026-03-02', 'Mon, 32 Foo 2026 10:00:00 GMT'].map((text) => ({
    name: `nothing that we understand: "${text}"`,
    given: { 'retry-after': text },
    expect: undefined,
  })),
])('Retry-After with $name', ({ given, expect: expected }) => {
  expect(retryAfterMs(given, monday)).toBe(expected);
});

test('an answer tells its time to the second', () => {
  expect(dateOf({ date: 'Mon, 02 Mar 2026 10:00:00 GMT' })).toBe(monday);
  expect(dateOf({ date: 'yesterday' })).toBeUndefined();
  expect(dateOf({})).toBeUndefined();
});
