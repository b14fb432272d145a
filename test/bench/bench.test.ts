import { program } from '../support/program.ts';

/** The whole of it, with times, is `npm run bench`: here is only what can be counted, on however busy a machine. */
test('a callback costs 6 writes and no read, and the trigger loads no more than it did', async () => {
  const { output } = await program('test/bench/main.ts', ['--short', '--only', 'size,life']);
  expect(output).toMatch(/✔ Firestore writes a life .* ≤ 6 +6 /);
  expect(output).toMatch(/✔ Firestore reads a life +≤ 0 +0 /);
  const [, megabytes] = /code that the trigger loads .* ([\d.]+) MB/.exec(output) ?? [];
  expect(Number(megabytes)).toBeLessThan(15);
  expect(output).toMatch(/\nresult figures=3 missed=\d broken=0\n$/);
}, 120_000);
