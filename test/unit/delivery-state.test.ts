import fc from 'fast-check';
import {
  isDue,
  isOpen,
  pendingRow,
  rowAfter,
  standing,
  type Standing,
  type TargetRow,
  type TargetState,
} from '../../functions/src/delivery/delivery-state.ts';
import { waitMs } from '../../functions/src/delivery/back-off.ts';
import type { PushResult } from '../../functions/src/fcm/result.ts';
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
    expect: { hash: 'h', state: 'ACCEPTED', attempts: 2, messageId: 'projects/p/messages/1' },
    open: false,
  },
  {
    name: 'a device that is gone',
    given: gone,
    expect: { hash: 'h', state: 'GONE', attempts: 2, code: 'UNREGISTERED' },
    open: false,
  },
  {
    name: 'a message that was refused',
    given: refused,
    expect: { hash: 'h', state: 'REFUSED', attempts: 2, code: 'INVALID_ARGUMENT' },
    open: false,
  },
  {
    name: 'a device to try later',
    given: later(),
    expect: { hash: 'h', state: 'LATER', attempts: 2, code: 'UNAVAILABLE', dueAt: monday + 20 * second },
    open: true,
  },
])('$name', ({ given, expect: row, open }) => {
  const after = rowAfter({ hash: 'h', state: 'LATER', attempts: 1 }, given, monday, 0);
  expect(after).toEqual(row);
  expect(isOpen(after)).toBe(open);
});

test('a device that was not tried yet is open', () => {
  expect([isOpen(pendingRow('h')), isDue(pendingRow('h'), monday)]).toEqual([true, true]);
});

const quota: PushResult = { outcome: 'try-later', scope: 'quota', code: 'QUOTA_EXCEEDED', detail: '' };
const deviceQuota: PushResult = { ...quota, scope: 'device', code: 'DEVICE_QUOTA_EXCEEDED' };
const broken: PushResult = { outcome: 'try-later', scope: 'credentials', code: 'INVALID_SIGNATURE', detail: '' };

test('each device waits for its own time', () => {
  const row = rowAfter(pendingRow('h'), later('UNAVAILABLE', 90 * second), monday, 0);
  expect([isDue(row, monday + 90 * second - 1), isDue(row, monday + 90 * second)]).toEqual([false, true]);
});

interface StandingRow {
  readonly name: string;
  readonly given: { readonly rows: readonly TargetRow[]; readonly staleIn?: number };
  readonly expect: Standing;
}

const row = (state: TargetState, dueIn?: number): TargetRow => ({
  hash: 'h',
  state,
  attempts: 1,
  ...(dueIn !== undefined && { dueAt: monday + dueIn }),
});

test.each<StandingRow>([
  { name: 'one device has it', given: { rows: [row('ACCEPTED')] }, expect: { state: 'SENT' } },
  {
    name: 'one device of several has it, and no other is to come',
    given: { rows: [row('GONE'), row('ACCEPTED'), row('REFUSED')] },
    expect: { state: 'SENT' },
  },
  { name: 'no device can have it', given: { rows: [row('GONE'), row('REFUSED')] }, expect: { state: 'FAILED' } },
  {
    name: 'a device is to be tried again, whoever has it already',
    given: { rows: [row('ACCEPTED'), row('LATER', 10 * second)] },
    expect: { state: 'WAITING', at: monday + 10 * second },
  },
  {
    name: 'the device that may be tried first counts',
    given: { rows: [row('LATER', 90 * second), row('LATER', 10 * second)] },
    expect: { state: 'WAITING', at: monday + 10 * second },
  },
  {
    name: 'it would be stale by the next attempt, and nobody has it',
    given: { rows: [row('LATER', 10 * second)], staleIn: 10 * second },
    expect: { state: 'EXPIRED' },
  },
  {
    name: 'it would be stale by the next attempt, but one device has it',
    given: { rows: [row('ACCEPTED'), row('LATER', 10 * second)], staleIn: 10 * second },
    expect: { state: 'SENT' },
  },
  {
    name: 'the next attempt comes just in time',
    given: { rows: [row('LATER', 10 * second)], staleIn: 10 * second + 1 },
    expect: { state: 'WAITING', at: monday + 10 * second },
  },
  {
    name: 'the provider asks for longer than the notice lives',
    given: { rows: [row('LATER', 2 * hour)] },
    expect: { state: 'EXPIRED' },
  },
])('$name', ({ given: { rows, staleIn = hour }, expect: expected }) => {
  expect(standing(rows, monday + staleIn)).toEqual(expected);
});

test.each<{ name: string; given: { result: PushResult; attempt?: number; random?: number }; expect: number }>([
  { name: 'the first wait is 10 s', given: { result: later() }, expect: 10 * second },
  { name: 'the second wait is twice as long', given: { result: later(), attempt: 2 }, expect: 20 * second },
  { name: 'the sixth wait is 320 s', given: { result: later(), attempt: 6 }, expect: 320 * second },
  { name: 'no wait doubles beyond 10 min', given: { result: later(), attempt: 7 }, expect: 10 * minute },
  { name: 'the thousandth wait is no longer', given: { result: later(), attempt: 1000 }, expect: 10 * minute },
  { name: 'chance adds up to half of it', given: { result: later(), random: 0.5 }, expect: 12.5 * second },
  { name: 'a quota error waits 60 s', given: { result: quota }, expect: minute },
  { name: 'so does one of a single device', given: { result: deviceQuota }, expect: minute },
  {
    name: 'repeated quota errors double too',
    given: { result: quota, attempt: 4 },
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
  {
    name: 'chance adds no more than 30 s to it',
    given: { result: later('UNAVAILABLE', 600 * second), random: 0.5 },
    expect: 615 * second,
  },
  { name: 'broken credentials are asked for soon again', given: { result: broken, attempt: 9 }, expect: 30 * second },
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
