import { program } from '../support/program.ts';

/** The whole of it, with times, is `npm run bench`: here is only what can be counted, on however busy a machine. */
test('a callback costs 6 writes and no read, and the trigger loads one small bundle', async () => {
  const { output } = await program('test/bench/main.ts', ['--short', '--only', 'size,life']);
  expect(output).toMatch(/✔ Firestore writes a life .* ≤ 6 +6 /);
  expect(output).toMatch(/✔ Firestore reads a life +≤ 0 +0 /);
  expect(output).toMatch(/✔ code that the trigger loads +≤ 1 MB/);
  expect(output).toMatch(/\nresult figures=3 missed=0 broken=0\n$/);
}, 120_000);
