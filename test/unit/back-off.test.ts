import fc from 'fast-check';
import { waitMs } from '../../functions/src/delivery/back-off.ts';
import type { TroubleScope, TryLater } from '../../functions/src/fcm/result.ts';
import { hour, minute, second } from '../support/builders.ts';

const later = (scope: TroubleScope, retryAfterMs?: number): TryLater => ({
  outcome: 'try-later',
  scope,
  code: 'CODE',
  detail: '',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
const down = (retryAfterMs?: number) => later('provider', retryAfterMs);
const quota = (retryAfterMs?: number) => later('quota', retryAfterMs);
const broken = (retryAfterMs?: number) => later('credentials', retryAfterMs);

test.each<{ name: string; given: { result: TryLater; attempt?: number; random?: number }; expect: number }>([
  { name: 'the first wait is 10 s', given: { result: down() }, expect: 10 * second },
  { name: 'the second wait is twice as long', given: { result: down(), attempt: 2 }, expect: 20 * second },
  { name: 'the sixth wait is 320 s', given: { result: down(), attempt: 6 }, expect: 320 * second },
  { name: 'no wait doubles beyond 10 min', given: { result: down(), attempt: 7 }, expect: 10 * minute },
  { name: 'the thousandth wait is no longer', given: { result: down(), attempt: 1000 }, expect: 10 * minute },
  { name: 'chance adds up to half of it', given: { result: down(), random: 0.5 }, expect: 12.5 * second },
  { name: 'but nothing beyond 10 min', given: { result: down(), attempt: 7, random: 0.9 }, expect: 10 * minute },
  { name: 'a quota error waits 60 s', given: { result: quota() }, expect: minute },
  { name: 'so does one of a single device', given: { result: later('device') }, expect: minute },
  { name: 'repeated quota errors double too', given: { result: quota(), attempt: 4 }, expect: 80 * second },
  { name: 'what the provider asked for counts', given: { result: down(17 * second) }, expect: 17 * second },
  { name: 'as long as the back-off is no longer', given: { result: down(17 * second), attempt: 5 }, expect: 160 * second }, // prettier-ignore
  { name: 'and also where it is longer than any back-off', given: { result: down(hour), attempt: 9 }, expect: hour },
  { name: 'it counts after a quota error as well', given: { result: quota(30 * second) }, expect: 30 * second },
  { name: 'chance adds no more than 30 s to it', given: { result: down(600 * second), random: 0.5 }, expect: 615 * second }, // prettier-ignore
  { name: 'who asks for a twentieth of a second waits 10 s', given: { result: down(50) }, expect: 10 * second },
  { name: 'and longer each time', given: { result: down(50), attempt: 4 }, expect: 80 * second },
  { name: 'a quota error with such a word waits 10 s', given: { result: quota(50) }, expect: 10 * second },
  { name: 'no word at all is one of no wait', given: { result: quota(0) }, expect: minute },
  { name: 'broken credentials are asked for soon again', given: { result: broken(), attempt: 9 }, expect: 30 * second },
  { name: 'but not at once, whoever asks for that', given: { result: broken(1), attempt: 9 }, expect: 30 * second },
  { name: 'nor before the end of a stop', given: { result: broken(minute) }, expect: minute },
])('$name', ({ given: { result, attempt = 1, random = 0 }, expect: expected }) => {
  expect(waitMs(result, attempt, random)).toBe(expected);
});

const anyResult = fc
  .tuple(
    fc.constantFrom<TroubleScope>('provider', 'quota', 'device', 'credentials'),
    fc.option(fc.integer({ min: 0, max: 2 * hour }), { nil: undefined }),
  )
  .map(([scope, retryAfterMs]) => later(scope, retryAfterMs));
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('whatever is said, a wait is never under 10 s nor under what was asked for, and 10 min but for that', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), anyResult, random, (attempt, result, chance) => {
      const [wait, asked] = [waitMs(result, attempt, chance), result.retryAfterMs ?? 0];
      expect(wait).toBeGreaterThanOrEqual(Math.max(10 * second, asked));
      expect(wait).toBeLessThanOrEqual(Math.max(10 * minute, asked + 30 * second));
    }),
  );
});

test('no wait is shorter than the one before it, under the same throw of the dice', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), anyResult, random, (attempt, result, chance) => {
      expect(waitMs(result, attempt + 1, chance)).toBeGreaterThanOrEqual(waitMs(result, attempt, chance));
    }),
  );
});
