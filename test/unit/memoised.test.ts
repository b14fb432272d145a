import { memoised } from '../../functions/src/base/memoised.ts';

test('an answer is reckoned once, and again after so many others', () => {
  const reckoned: string[] = [];
  const shout = memoised((key) => {
    reckoned.push(key);
    return key.toUpperCase();
  }, 2);
  expect(['a', 'a', 'b', 'a', 'c', 'a'].map(shout)).toEqual(['A', 'A', 'B', 'A', 'C', 'A']);
  expect(reckoned).toEqual(['a', 'b', 'c', 'a']);
});

test('no and nothing are answers like others', () => {
  let reckonings = 0;
  const isLong = memoised((key) => {
    reckonings++;
    return key.length > 3;
  });
  expect([isLong('a'), isLong('a')]).toEqual([false, false]);
  expect(reckonings).toBe(1);
});
