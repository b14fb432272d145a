import fc from 'fast-check';
import type { PushResult, TroubleScope } from '../../functions/src/fcm/result.ts';
import { createPace, type Pace } from '../../functions/src/guards/pace.ts';
import { hour, minute, monday, second } from '../support/builders.ts';

const trouble = (scope: TroubleScope): PushResult => ({ outcome: 'try-later', scope, code: 'CODE', detail: '' });
const down = trouble('provider');

/** Sends as much as it may for so long, asking each `everyMs`; returns how many went in each second. */
function sendAll(pace: Pace, from: number, forMs: number, everyMs = 10): number[] {
  const perSecond: number[] = [];
  for (let start = from; start < from + forMs; start += second) {
    let count = 0;
    for (let now = start; now < Math.min(start + second, from + forMs); now += everyMs) {
      for (; pace.until(now) === undefined; count++) pace.take(now);
    }
    perSecond.push(count);
  }
  return perSecond;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

/** A pace that has been at full speed for a while. */
function atFullSpeed(): Pace {
  const pace = createPace();
  sendAll(pace, monday - 90 * second, 90 * second);
  return pace;
}

test('an instance that has been silent may send 500 messages at once', () => {
  expect(sendAll(createPace(), monday, 1)).toEqual([500]);
});

test('it may do so again after every silence of a minute', () => {
  const pace = atFullSpeed();
  expect(sendAll(pace, monday + minute, 1)).toEqual([500]);
});

test('beyond that it begins with some 50 a second, and takes a minute to 1,000 a second', () => {
  const perSecond = sendAll(createPace(), monday, 90 * second);
  expect(perSecond[1]).toBeLessThanOrEqual(100);
  expect(Math.max(...perSecond.slice(1, 55))).toBeLessThan(950);
  expect(perSecond[65]).toBeGreaterThan(990);
});

test('it never sends more than 1,000 a second for long', () => {
  const perSecond = sendAll(createPace(), monday, 10 * minute);
  expect(Math.max(...perSecond.slice(1))).toBeLessThanOrEqual(1010);
  expect(sum(perSecond)).toBeLessThanOrEqual(500 + 600 * 1000);
});

test('a trickle is no speed: after it, full speed takes a minute as well', () => {
  const pace = createPace();
  for (let now = monday - hour; now < monday; now += 20 * second) pace.take(now);
  const perSecond = sendAll(pace, monday, minute);
  expect(perSecond[0]).toBeLessThanOrEqual(560);
  expect(Math.max(...perSecond.slice(1, 50))).toBeLessThan(950);
});

test('nor is asking a speed', () => {
  const pace = createPace();
  for (let now = monday - hour; now < monday; now += second) pace.until(now);
  expect(Math.max(...sendAll(pace, monday, 50 * second).slice(1))).toBeLessThan(950);
});

test.each<{ name: string; given: { scope?: TroubleScope; times: number; everyMs: number }; expect: number }>([
  { name: 'trouble at the provider halves it', given: { scope: 'provider', times: 1, everyMs: 0 }, expect: 500 },
  { name: 'so does a quota that is used up', given: { scope: 'quota', times: 1, everyMs: 0 }, expect: 500 },
  { name: 'a hundred failures of one moment count once', given: { times: 100, everyMs: 5 }, expect: 500 },
  { name: 'another second of trouble halves it again', given: { times: 3, everyMs: second }, expect: 125 },
  { name: 'it is never slower than 50', given: { times: 20, everyMs: second }, expect: 50 },
  { name: 'broken credentials leave it alone', given: { scope: 'credentials', times: 10, everyMs: second }, expect: 1000 }, // prettier-ignore
  { name: 'so does trouble with one device', given: { scope: 'device', times: 10, everyMs: second }, expect: 1000 },
])('$name', ({ given: { scope = 'provider', times, everyMs }, expect: expected }) => {
  const pace = atFullSpeed();
  let now = monday;
  for (let n = 0; n < times; n++) {
    if (n > 0) now += everyMs;
    sendAll(pace, now, 1);
    pace.learn(trouble(scope), now);
  }
  // What was saved up is spent at once; after it the rate shows.
  sendAll(pace, now, 1);
  const [rate = 0] = sendAll(pace, now + 10, second);
  expect(rate).toBeGreaterThan(expected * 0.95);
  expect(rate).toBeLessThan(expected * 1.05 + 20);
});

test('nobody storms a service that comes back after ten minutes: it is fast again after a minute, not before', () => {
  const pace = atFullSpeed();
  for (let now = monday; now < monday + 10 * minute; now += second) {
    sendAll(pace, now, 1);
    pace.learn(down, now);
  }
  const perSecond = sendAll(pace, monday + 10 * minute, 90 * second);
  expect(perSecond[0]).toBeLessThanOrEqual(150);
  expect(Math.max(...perSecond.slice(0, 50))).toBeLessThan(950);
  expect(perSecond[70]).toBeGreaterThan(990);
});

test.each([
  { name: 'of a hundred devices', given: { devices: 100, atOnce: 1 } },
  { name: 'of two devices, forty at once', given: { devices: 2, atOnce: 40 } },
  { name: 'of a hundred devices, five at once', given: { devices: 100, atOnce: 5 } },
])('at 50 a second, notices $name go no faster', ({ given: { devices, atOnce } }) => {
  const pace = createPace();
  let sent = 0;
  for (let now = monday; now < monday + 2 * minute; now += 10) {
    if (now % second === 0) pace.learn(down, now);
    if (pace.until(now) !== undefined) continue;
    for (let n = 0; n < devices * atOnce; n++) pace.take(now);
    sent += devices * atOnce;
  }
  expect(sent).toBeLessThanOrEqual(120 * 60 + 2 * devices * atOnce);
});

test('the debt of what was under way at once is paid within 20 s, however much it was', () => {
  const pace = createPace();
  for (let n = 0; n < 100_000; n++) pace.take(monday);
  expect(pace.until(monday)).toBeLessThanOrEqual(monday + 20 * second);
  expect(pace.until(monday + 20 * second)).toBeUndefined();
});

test('a clock that is set back stops nothing', () => {
  const pace = createPace();
  sendAll(pace, monday, second);
  const back = monday - hour;
  expect(pace.until(back)).toBeLessThanOrEqual(back + second);
  expect(sum(sendAll(pace, back, 10 * second))).toBeGreaterThan(500);
  pace.learn(down, back + 10 * second);
  expect(sum(sendAll(pace, back + 10 * second, 10 * second))).toBeGreaterThan(450);
});

test('nor does trouble that was before it was set back keep it from being slowed', () => {
  const pace = atFullSpeed();
  pace.learn(down, monday);
  const back = monday - hour;
  pace.learn(down, back);
  sendAll(pace, back, 1);
  expect(sum(sendAll(pace, back + 10, second))).toBeLessThan(300);
});

const steps = fc.array(
  fc.record({
    pause: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 2 * minute })),
    wanted: fc.integer({ min: 0, max: 3000 }),
    trouble: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);

test('however it is asked, in no stretch of time do more than 500 and 1,000 a second go', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const pace = createPace();
      const went: { at: number; count: number }[] = [];
      let now = monday;
      for (const { pause, wanted, trouble: isTrouble } of list) {
        now += pause;
        let count = 0;
        for (; count < wanted && pace.until(now) === undefined; count++) pace.take(now);
        if (isTrouble) pace.learn(down, now);
        went.push({ at: now, count });
      }
      const excess = went.flatMap(({ at }, n) => {
        let total = 0;
        return went.slice(n).map((later) => (total += later.count) - (later.at - at));
      });
      expect(Math.max(...excess)).toBeLessThanOrEqual(501);
    }),
  );
});

test('the time that it names is one at which a message may go, and never a minute away', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const pace = createPace();
      let now = monday;
      const impossible: number[] = [];
      for (const { pause, wanted, trouble: isTrouble } of list) {
        now += pause;
        for (let n = 0; n < wanted; n++) pace.take(now);
        if (isTrouble) pace.learn(down, now);
        const until = pace.until(now);
        if (until === undefined) continue;
        if (until <= now || until - now >= minute || pace.until(until) !== undefined) impossible.push(until);
        now = until;
      }
      expect(impossible).toEqual([]);
    }),
  );
});
