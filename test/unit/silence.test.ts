import { createSilence } from '../../functions/src/google/silence.ts';

/** Looks in a silence. */
const looks = 4;

/**
 * What is decided at each look while somebody waits, of a server that answers each PING, until it dies.
 *
 * @param answers looks before which an answer came
 */
function watched({ count, answers = [], deadAt = Infinity }: { count: number; answers?: number[]; deadAt?: number }) {
  const silence = createSilence();
  let bytes = 0;
  silence.begin(bytes);
  const asked: number[] = [];
  for (let look = 1; look <= count; look++) {
    if (answers.includes(look)) {
      bytes += 100;
      silence.answered();
    }
    const verdict = silence.look(bytes);
    if (verdict === 'lost') return { asked, lostAt: look };
    if (verdict !== 'ask') continue;
    asked.push(look);
    if (look >= deadAt) continue;
    bytes += 17;
    silence.isMerelySlow();
  }
  return { asked, lostAt: undefined };
}

test('a server that never answers a PING is lost after two silences', () => {
  expect(watched({ count: 100, deadAt: 0 })).toEqual({ asked: [looks], lostAt: 2 * looks });
});

test('a server that answers each PING is never lost, and asked ever more rarely', () => {
  const { asked, lostAt } = watched({ count: 1000 });
  expect(lostAt).toBeUndefined();
  // What came is noticed at the next look: a silence begins there.
  expect(asked.slice(0, 4)).toEqual([4, 13, 30, 47]);
});

test('after an answer a server is asked early again', () => {
  const { asked } = watched({ count: 100, answers: [60] });
  expect(asked).toContain(60 + looks);
});

test.each(Array.from({ length: 40 }, (_, n) => ({ deadAt: n + 1 })))(
  'a server that dies at look $deadAt is found out within five silences and a look or two',
  ({ deadAt }) => {
    const { lostAt = Infinity } = watched({ count: 1000, deadAt });
    expect(lostAt - deadAt).toBeLessThanOrEqual(5 * looks + 2);
  },
);

test('an answer whose bytes were seen before it was told of loses no connection that was not asked', () => {
  for (let told = 1; told <= 60; told++) {
    const silence = createSilence();
    silence.begin(0);
    let [bytes, asked] = [0, 0];
    for (let look = 1; look <= 100; look++) {
      if (look === told) silence.answered();
      const verdict = silence.look(bytes);
      expect(verdict).not.toBe('lost');
      if (verdict !== 'ask') continue;
      asked += 1;
      bytes += 17;
      silence.isMerelySlow();
    }
    // Nor does it make us blind.
    expect(asked).toBeGreaterThanOrEqual(6);
  }
});
