import fc from 'fast-check';
import {
  isOpen,
  rowAfter,
  standing,
  waitMs,
  type PushResult,
  type Standing,
  type TargetRow,
  type TargetState,
} from '../../functions/src/delivery-state.ts';
import { hour, minute, monday, second } from '../support/builders.ts';

const accepted: PushResult = { outcome: 'accepted', messageId: 'projects/p/messages/1' };
const gone: PushResult = { outcome: 'target-gone', code: 'UNREGISTERED', detail: '' };
const refused: PushResult = { outcome: 'refused', code: 'INVALID_ARGUMENT', detail: '' };
const later = (code = 'UNAVAILABLE', retryAfterMs?: number): PushResult => ({
  outcome: 'try-later',
  scope: 'provider',
  code,
  detail: '',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

test.each<{ name: string; given: PushResult; expect: TargetRow; open: boolean }>([
  {
    name: 'an accepted message keeps its id',
    given: accepted,
    expect: { hash: 'h', state: 'ACCEPTED', messageId: 'projects/p/messages/1' },
    open: false,
  },
  {
    name: 'a device that is gone',
    given: gone,
    expect: { hash: 'h', state: 'GONE', code: 'UNREGISTERED' },
    open: false,
  },
  {
    name: 'a message that was refused',
    given: refused,
    expect: { hash: 'h', state: 'REFUSED', code: 'INVALID_ARGUMENT' },
    open: false,
  },
  {
    name: 'a device to try later',
    given: later(),
    expect: { hash: 'h', state: 'LATER', code: 'UNAVAILABLE' },
    open: true,
  },
])('$name', ({ given, expect: row, open }) => {
  expect(rowAfter('h', given)).toEqual(row);
  expect(isOpen(rowAfter('h', given))).toBe(open);
});

test('a device that was not tried yet is open', () => {
  expect(isOpen({ hash: 'h', state: 'PENDING' })).toBe(true);
});

interface StandingRow {
  readonly name: string;
  readonly given: {
    readonly states: readonly TargetState[];
    readonly results: readonly PushResult[];
    readonly staleIn?: number;
  };
  readonly expect: Standing;
}

test.each<StandingRow>([
  { name: 'one device has it', given: { states: ['ACCEPTED'], results: [accepted] }, expect: { state: 'SENT' } },
  {
    name: 'one device of several has it, and no other is to come',
    given: { states: ['GONE', 'ACCEPTED', 'REFUSED'], results: [gone, accepted, refused] },
    expect: { state: 'SENT' },
  },
  {
    name: 'no device can have it',
    given: { states: ['GONE', 'REFUSED'], results: [gone, refused] },
    expect: { state: 'FAILED' },
  },
  {
    name: 'a device is to be tried again, whoever has it already',
    given: { states: ['ACCEPTED', 'LATER'], results: [accepted, later()] },
    expect: { state: 'WAITING', at: monday + 10 * second },
  },
  {
    name: 'the longest wait of all devices counts',
    given: { states: ['LATER', 'LATER'], results: [later('UNAVAILABLE', 90 * second), later()] },
    expect: { state: 'WAITING', at: monday + 90 * second },
  },
  {
    name: 'what an earlier attempt reached still counts',
    given: { states: ['ACCEPTED', 'GONE'], results: [gone] },
    expect: { state: 'SENT' },
  },
  {
    name: 'it would be stale by the next attempt, and nobody has it',
    given: { states: ['LATER'], results: [later()], staleIn: 10 * second },
    expect: { state: 'EXPIRED' },
  },
  {
    name: 'it would be stale by the next attempt, but one device has it',
    given: { states: ['ACCEPTED', 'LATER'], results: [later()], staleIn: 10 * second },
    expect: { state: 'SENT' },
  },
  {
    name: 'the next attempt comes just in time',
    given: { states: ['LATER'], results: [later()], staleIn: 10 * second + 1 },
    expect: { state: 'WAITING', at: monday + 10 * second },
  },
  {
    name: 'the provider asks for longer than the notice lives',
    given: { states: ['LATER'], results: [later('QUOTA_EXCEEDED', 2 * hour)] },
    expect: { state: 'EXPIRED' },
  },
])('$name', ({ given: { states, results, staleIn = hour }, expect: expected }) => {
  const rows = states.map((state, n): TargetRow => ({ hash: `h${n}`, state }));
  const moment = { attempt: 1, now: monday, staleAt: monday + staleIn, random: 0 };
  expect(standing(rows, results, moment)).toEqual(expected);
});

test.each<{ name: string; given: { result: PushResult; attempt?: number; random?: number }; expect: number }>([
  { name: 'the first wait is 10 s', given: { result: later() }, expect: 10 * second },
  { name: 'the second wait is twice as long', given: { result: later(), attempt: 2 }, expect: 20 * second },
  { name: 'the sixth wait is 320 s', given: { result: later(), attempt: 6 }, expect: 320 * second },
  { name: 'no wait doubles beyond 10 min', given: { result: later(), attempt: 7 }, expect: 10 * minute },
  { name: 'the thousandth wait is no longer', given: { result: later(), attempt: 1000 }, expect: 10 * minute },
  { name: 'chance adds up to half of it', given: { result: later(), random: 0.5 }, expect: 12.5 * second },
  { name: 'a quota error waits 60 s', given: { result: later('QUOTA_EXCEEDED') }, expect: minute },
  { name: 'so does one of a single device', given: { result: later('DEVICE_QUOTA_EXCEEDED') }, expect: minute },
  {
    name: 'repeated quota errors double too',
    given: { result: later('QUOTA_EXCEEDED'), attempt: 4 },
    expect: 80 * second,
  },
  {
    name: 'what the provider asked for counts',
    given: { result: later('UNAVAILABLE', 17 * second), attempt: 5 },
    expect: 17 * second,
  },
  {
    name: 'it counts after a quota error as well',
    given: { result: later('QUOTA_EXCEEDED', 30 * second) },
    expect: 30 * second,
  },
  { name: 'what is not to be repeated has no wait', given: { result: refused }, expect: 0 },
])('$name', ({ given: { result, attempt = 1, random = 0 }, expect: expected }) => {
  expect(waitMs(result, attempt, random)).toBe(expected);
});

test('a provider that asks for no wait at all is not tried again at once', () => {
  expect(waitMs(later('UNAVAILABLE', 0), 1, 0)).toBeGreaterThanOrEqual(10 * second);
});

test('without a word of the provider, every wait is from 10 s to 15 min', () => {
  const attempts = fc.integer({ min: 1, max: 10_000 });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const code = fc.constantFrom('UNAVAILABLE', 'INTERNAL', 'QUOTA_EXCEEDED', 'TIMEOUT');
  fc.assert(
    fc.property(attempts, random, code, (attempt, chance, of) => {
      const wait = waitMs(later(of), attempt, chance);
      expect(wait).toBeGreaterThanOrEqual(10 * second);
      expect(wait).toBeLessThanOrEqual(15 * minute);
    }),
  );
});
