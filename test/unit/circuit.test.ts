import fc from 'fast-check';
import { createCircuit, type Circuit } from '../../functions/src/guards/circuit.ts';
import type { PushResult, TroubleScope } from '../../functions/src/fcm/result.ts';
import { hour, minute, monday, second } from '../support/builders.ts';

const accepted: PushResult = { outcome: 'accepted', messageId: 'projects/p/messages/1' };
const gone: PushResult = { outcome: 'target-gone', code: 'UNREGISTERED', detail: '' };
const refused: PushResult = { outcome: 'refused', code: 'INVALID_ARGUMENT', detail: '' };
const foreign: PushResult = { outcome: 'refused', code: 'SENDER_ID_MISMATCH', detail: '' };
const trouble = (scope: TroubleScope, code: string): PushResult => ({
  outcome: 'try-later',
  scope,
  code,
  detail: code,
});
const broken = trouble('credentials', 'INVALID_SIGNATURE');
const down = trouble('provider', 'UNAVAILABLE');
const quota = trouble('quota', 'QUOTA_EXCEEDED');
const device = trouble('device', 'THIRD_PARTY_AUTH_ERROR');

let devices = 0;
/** What became of a message to one more device. */
const learn = (circuit: Circuit, result: PushResult, now: number) =>
  circuit.learn(result, `device-${(devices += 1)}`, now);

/** A message that wants to go at a time, and is answered at once; tells whether it went. */
function send(circuit: Circuit, now: number, answer: PushResult): boolean {
  if (circuit.enter(now)) return false;
  learn(circuit, answer, now);
  return true;
}

function brokenCircuit(): Circuit {
  const circuit = createCircuit();
  for (let n = 0; n < 3; n++) learn(circuit, broken, monday);
  return circuit;
}

const isOpen = (circuit: Circuit, now: number) => circuit.stop(now) !== undefined;

describe('what breaks it', () => {
  test.each<{ name: string; given: readonly PushResult[]; expect: boolean }>([
    { name: 'nothing at all', given: [], expect: false },
    { name: 'one glitch does not', given: [broken], expect: false },
    { name: 'two in a row do not', given: [broken, broken], expect: false },
    { name: 'three in a row do', given: [broken, broken, broken], expect: true },
    { name: 'one that got through between them starts the count anew', given: [broken, broken, accepted, broken], expect: false }, // prettier-ignore
    { name: 'FCM knows the credentials where it says that a device is gone', given: [broken, broken, gone, broken], expect: false }, // prettier-ignore
    { name: 'and where it refuses a message', given: [broken, broken, refused, broken], expect: false },
    { name: 'and where it has trouble with one device alone', given: [broken, broken, device, broken], expect: false },
    { name: 'a quota may be counted by somebody who has not looked at the credentials', given: [broken, quota, broken, quota, broken], expect: true }, // prettier-ignore
    { name: 'a device of another project says nothing of ours', given: [broken, foreign, broken, foreign, broken], expect: true }, // prettier-ignore
    { name: 'provider trouble does not', given: Array<PushResult>(100).fill(down), expect: false },
    { name: 'provider trouble says nothing of the credentials', given: [broken, down, broken, down, broken], expect: true }, // prettier-ignore
  ])('$name', ({ given, expect: expected }) => {
    const circuit = createCircuit();
    for (const result of given) learn(circuit, result, monday);
    expect(isOpen(circuit, monday)).toBe(expected);
  });

  test('one device that fails again and again does not, but three devices in a row do', () => {
    const circuit = createCircuit();
    for (let n = 0; n < 100; n++) circuit.learn(broken, 'one', monday);
    circuit.learn(broken, 'two', monday);
    expect(isOpen(circuit, monday)).toBe(false);
    circuit.learn(broken, 'three', monday);
    expect(isOpen(circuit, monday)).toBe(true);
  });

  test('it tells why nothing is sent, and until when', () => {
    expect(brokenCircuit().stop(monday)).toEqual({
      until: monday + 5 * second,
      scope: 'credentials',
      code: 'INVALID_SIGNATURE',
      detail: 'INVALID_SIGNATURE',
    });
  });

  test('it says once that it broke, and once that it is whole again', () => {
    const circuit = createCircuit();
    const changes = [broken, broken, broken, broken, accepted, accepted].map((result) =>
      learn(circuit, result, monday),
    );
    expect(changes).toEqual([undefined, undefined, 'broke', undefined, 'mended', undefined]);
  });
});

describe('while it is broken', () => {
  test('one message alone finds out whether it is mended', () => {
    const circuit = brokenCircuit();
    const at = monday + 5 * second;
    const entered = Array.from({ length: 1000 }, () => circuit.enter(at)).filter((stop) => !stop);
    expect(entered).toHaveLength(1);
  });

  test('asking for the stop is no trial', () => {
    const circuit = brokenCircuit();
    const at = monday + 5 * second;
    expect([circuit.stop(at), circuit.stop(at), circuit.enter(at)]).toEqual([undefined, undefined, undefined]);
  });

  test('each trial that fails doubles the stop, up to a minute', () => {
    const circuit = brokenCircuit();
    const stops: number[] = [];
    for (let now = monday; stops.length < 7;) {
      const until = circuit.stop(now)?.until ?? now;
      stops.push((until - now) / second);
      now = until;
      send(circuit, now, broken);
    }
    expect(stops).toEqual([5, 10, 20, 40, 60, 60, 60]);
  });

  test('messages that were under way when it broke do not prolong the stop', () => {
    const circuit = brokenCircuit();
    for (let n = 0; n < 100; n++) learn(circuit, broken, monday + n * 40);
    expect(circuit.stop(monday + 4 * second)?.until).toBe(monday + 5 * second);
  });

  test('nor do those that end after the stop, before anybody tried', () => {
    const circuit = brokenCircuit();
    learn(circuit, broken, monday + 6 * second);
    expect(circuit.enter(monday + 6 * second)).toBeUndefined();
  });

  test.each([
    { name: 'provider trouble', given: down },
    { name: 'a quota', given: quota },
  ])('$name does not close it, and a trial that met it is followed by another within 30 s', ({ given }) => {
    const circuit = brokenCircuit();
    const at = monday + 5 * second;
    expect(send(circuit, at, given)).toBe(true);
    expect([isOpen(circuit, at + 30 * second - 1), circuit.enter(at + 30 * second)]).toEqual([true, undefined]);
  });

  test('while one tries, the others are to come again in 5 s, not at the end of its time', () => {
    const circuit = brokenCircuit();
    const at = monday + 5 * second;
    circuit.enter(at);
    expect(
      [at, at + 2 * second, at + 28 * second].map((now) => ((circuit.stop(now)?.until ?? 0) - at) / second),
    ).toEqual([5, 7, 30]);
  });

  test('a trial that never returns is followed by another after 30 s', () => {
    const circuit = brokenCircuit();
    const at = monday + 5 * second;
    circuit.enter(at);
    expect(circuit.enter(at + 30 * second - 1)).toBeDefined();
    expect(send(circuit, at + 30 * second, accepted)).toBe(true);
    expect(isOpen(circuit, at + 30 * second)).toBe(false);
  });

  test('once mended it begins with the shortest stop again', () => {
    const circuit = brokenCircuit();
    for (let n = 1; n <= 10; n++) send(circuit, monday + n * minute, broken);
    send(circuit, monday + 20 * minute, accepted);
    for (let n = 0; n < 3; n++) send(circuit, monday + 20 * minute, broken);
    expect(circuit.stop(monday + 20 * minute)?.until).toBe(monday + 20 * minute + 5 * second);
  });

  test('a clock that is set back does not lengthen the stop', () => {
    const circuit = brokenCircuit();
    expect(circuit.enter(monday - hour)).toBeUndefined();
  });
});

test('a broken key costs an instance about 70 of a million messages an hour', () => {
  const circuit = createCircuit();
  let requests = 0;
  for (let n = 0; n < 1_000_000; n++) {
    const now = monday + (n * hour) / 1_000_000;
    if (!circuit.stop(now) && send(circuit, now, broken)) requests += 1;
  }
  expect(requests).toBeGreaterThan(60);
  expect(requests).toBeLessThanOrEqual(70);
});

const gaps = fc.array(fc.integer({ min: 1, max: 5 * second }), { minLength: 1, maxLength: 20 });

test('whenever the key is mended, the next message after a minute at most gets through', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 * hour }), gaps, (mendedAfter, pauses) => {
      const circuit = createCircuit();
      let now = monday;
      const step = (answer: PushResult, n: number) => {
        now += pauses[n % pauses.length] ?? 1;
        return send(circuit, now, answer);
      };
      for (let n = 0; now < monday + mendedAfter; n++) step(broken, n);
      const mended = now;
      for (let n = 0; !step(accepted, n);) n += 1;
      expect(now - mended).toBeLessThanOrEqual(minute + 5 * second);
      expect(isOpen(circuit, now)).toBe(false);
    }),
    { numRuns: 200 },
  );
});

const anyResult = fc.constantFrom(accepted, gone, refused, broken, broken, broken, down, quota);
const anySteps = fc.array(fc.tuple(fc.integer({ min: 0, max: 90 * second }), anyResult), { maxLength: 60 });

test('whatever is learnt, nobody is stopped for more than a minute', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const circuit = createCircuit();
      let now = monday;
      for (const [pause, result] of steps) {
        now += pause;
        circuit.enter(now);
        learn(circuit, result, now);
        const stop = circuit.stop(now);
        expect((stop?.until ?? now) - now).toBeLessThanOrEqual(minute);
      }
    }),
  );
});

test('whatever is learnt, of those who come at once to a broken circuit one is let through at most', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const circuit = createCircuit();
      let [now, isBroken] = [monday, false];
      for (const [pause, result] of steps) {
        now += pause;
        const through = Array.from({ length: 10 }, () => circuit.enter(now)).filter((stop) => !stop).length;
        expect(through).toBeLessThanOrEqual(isBroken ? 1 : 10);
        if (!isBroken) expect(through).toBe(10);
        const change = learn(circuit, result, now);
        if (change) isBroken = change === 'broke';
      }
    }),
  );
});
