import fc from 'fast-check';
import type { PushResult } from '../../functions/src/fcm/result.ts';
import { createInvalidationGuard, type InvalidationGuard } from '../../functions/src/guards/invalidation.ts';
import { hour, minute, monday, second } from '../support/builders.ts';

const accepted: PushResult = { outcome: 'accepted', messageId: 'projects/p/messages/1' };
const gone: PushResult = { outcome: 'target-gone', code: 'UNREGISTERED', detail: 'NotRegistered' };
const refused: PushResult = { outcome: 'refused', code: 'INVALID_ARGUMENT', detail: '' };
const down: PushResult = { outcome: 'try-later', scope: 'provider', code: 'UNAVAILABLE', detail: '' };

const many = (count: number, result: PushResult) => Array<PushResult>(count).fill(result);

let devices = 0;
const nextDevice = () => `device-${(devices += 1)}`;
/** What is made of a result of one more device. */
const judge = (guard: InvalidationGuard, result: PushResult, now: number) =>
  guard.judge(result, nextDevice(), now).result;

/** Judges one result after the other, `everyMs` apart; returns how many devices were given up, and the alarms. */
function judgeAll(guard: InvalidationGuard, results: readonly PushResult[], from = monday, everyMs = 0) {
  let [believed, alarms] = [0, 0];
  for (const [n, given] of results.entries()) {
    const { result, isAlarm } = guard.judge(given, nextDevice(), from + n * everyMs);
    if (result.outcome === 'target-gone') believed += 1;
    if (isAlarm) alarms += 1;
  }
  return { believed, alarms };
}

test.each<{
  name: string;
  given: { results: readonly PushResult[]; everyMs?: number };
  expect: { believed: number; alarms: number };
}>([
  { name: '19 devices gone are believed', given: { results: many(19, gone) }, expect: { believed: 19, alarms: 0 } },
  { name: 'the 20th of 20 is not', given: { results: many(20, gone) }, expect: { believed: 19, alarms: 1 } },
  { name: 'nor is any after it, and the alarm is raised once', given: { results: many(500, gone) }, expect: { believed: 19, alarms: 1 } }, // prettier-ignore
  {
    name: '20 of 100 are an ordinary loss',
    given: { results: [...many(80, accepted), ...many(20, gone)] },
    expect: { believed: 20, alarms: 0 },
  },
  {
    name: '21 of 101 are not: it is more than a fifth',
    given: { results: [...many(80, accepted), ...many(21, gone)] },
    expect: { believed: 20, alarms: 1 },
  },
  {
    name: 'a fifth that comes steadily is believed',
    given: { results: Array.from({ length: 5000 }, (_, n) => (n % 5 === 4 ? gone : accepted)), everyMs: 10 },
    expect: { believed: 1000, alarms: 0 },
  },
  {
    name: 'what does not tell of the device does not make the share smaller',
    given: { results: [...many(1000, refused), ...many(1000, down), ...many(20, gone)] },
    expect: { believed: 19, alarms: 1 },
  },
  {
    name: 'three a minute for an hour are believed: each five minutes count for themselves',
    given: { results: many(180, gone), everyMs: 20 * second },
    expect: { believed: 180, alarms: 0 },
  },
])('$name', ({ given: { results, everyMs }, expect: expected }) => {
  expect(judgeAll(createInvalidationGuard(), results, monday, everyMs)).toEqual(expected);
});

function alarmedGuard(): InvalidationGuard {
  const guard = createInvalidationGuard();
  judgeAll(guard, many(20, gone));
  return guard;
}

describe('while it does not believe', () => {
  test('a device that is gone is to be tried again at the end of the ten minutes, with FCM’s own words', () => {
    expect(judge(alarmedGuard(), gone, monday + 4 * minute)).toEqual({
      outcome: 'try-later',
      scope: 'device',
      code: 'UNREGISTERED',
      detail: 'NotRegistered',
      retryAfterMs: 6 * minute,
    });
  });

  test.each([accepted, refused, down])('everything else is as it was: $outcome', (result) => {
    expect(judge(alarmedGuard(), result, monday + second)).toBe(result);
  });

  test('no number of good devices brings belief back before its time', () => {
    const guard = alarmedGuard();
    judgeAll(guard, many(10_000, accepted), monday + second);
    expect(judge(guard, gone, monday + 10 * minute - 1).outcome).toBe('try-later');
  });
});

test('after ten minutes it believes again', () => {
  const guard = alarmedGuard();
  expect(guard.judge(gone, 'phone', monday + 10 * minute)).toEqual({ result: gone, isAlarm: false });
});

test('where the many come again then, it raises the alarm again', () => {
  expect(judgeAll(alarmedGuard(), many(100, gone), monday + 10 * minute)).toEqual({ believed: 19, alarms: 1 });
});

test('an hour of nothing but lost devices costs at most 19 of them, and one alarm, each ten minutes', () => {
  const { believed, alarms } = judgeAll(createInvalidationGuard(), many(36_000, gone), monday, 100);
  expect(alarms).toBe(6);
  expect(believed).toBeLessThanOrEqual(6 * 19);
});

test('a clock that is set back does not lengthen the disbelief', () => {
  const guard = alarmedGuard();
  const waits = [monday - hour, monday - hour + 10 * minute].map((now) => judge(guard, gone, now));
  expect(waits[0]).toMatchObject({ outcome: 'target-gone' });
  expect(waits[1]).toMatchObject({ outcome: 'target-gone' });
});

test('whatever comes, no window loses more than 19 devices but for a fifth of those tried, and no wait exceeds ten minutes', () => {
  const anyStep = fc.tuple(
    fc.constantFrom(accepted, gone, gone, refused, down),
    fc.constantFrom(0, 0, 10, second, minute),
  );
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 300 }), (steps) => {
      const guard = createInvalidationGuard();
      let now = monday;
      const told = { tried: 0, believed: 0 };
      for (const [result, pause] of steps) {
        now += pause;
        const judged = judge(guard, result, now);
        if (result.outcome === 'accepted' || result.outcome === 'target-gone') told.tried += 1;
        if (judged.outcome === 'target-gone') told.believed += 1;
        const wait = judged === result || judged.outcome !== 'try-later' ? 1 : (judged.retryAfterMs ?? 0);
        expect(wait > 0 && wait <= 10 * minute).toBe(true);
      }
      const windows = 1 + Math.floor((now - monday) / (5 * minute));
      expect(told.believed).toBeLessThanOrEqual(windows * 19 + told.tried * 0.2 + windows);
    }),
  );
});

const foreign: PushResult = { outcome: 'refused', code: 'SENDER_ID_MISMATCH', detail: 'SenderId mismatch' };
const tryLater = (scope: 'device' | 'credentials') => ({ ...foreign, outcome: 'try-later', scope });

describe('a device of another project', () => {
  /** What is made of one result after the other, each of another device. */
  const judged = (results: readonly PushResult[], everyMs = second) => {
    const guard = createInvalidationGuard();
    return results.map((result, n) => judge(guard, result, monday + n * everyMs));
  };

  test('is refused where others were reached a moment ago', () => {
    expect(judged([accepted, foreign, foreign, accepted, foreign]).filter((one) => one === foreign)).toHaveLength(3);
  });

  test('is tried later where nobody was ever reached', () => {
    expect(judged([foreign, foreign])).toEqual([tryLater('device'), tryLater('device')]);
  });

  test('is tried later where nobody was reached for minutes', () => {
    expect(judged([accepted, foreign], 5 * minute).at(-1)).toEqual(tryLater('device'));
  });

  test('is no trouble of the credentials, however often it is tried itself', () => {
    const guard = createInvalidationGuard();
    const results = Array.from({ length: 20 }, (_, n) => guard.judge(foreign, 'tablet', monday + n * minute).result);
    expect(results).toEqual(Array<object>(20).fill(tryLater('device')));
  });

  test('stands for all as the third in a row: the wrong project is registered, and that is held like broken credentials', () => {
    expect(judged([foreign, foreign, foreign, down, foreign]).slice(2)).toEqual([
      tryLater('credentials'),
      down,
      tryLater('credentials'),
    ]);
    expect(judged([accepted, ...many(50, foreign)]).slice(3)).toEqual(Array<object>(48).fill(tryLater('credentials')));
  });

  test('is one among others again, once one of them is reached', () => {
    expect(judged([...many(50, foreign), accepted, foreign]).at(-1)).toBe(foreign);
  });

  test('is not believed for a message that was accepted before the clock was set back', () => {
    const guard = createInvalidationGuard();
    judge(guard, accepted, monday);
    expect(judge(guard, foreign, monday - hour)).toEqual(tryLater('device'));
  });
});
