import { program } from '../support/program.ts';

/** The whole of it is `npm run chaos`. */
test('a short run of every row loses nothing and doubles nothing', async () => {
  const { code, output } = await program('test/chaos/main.ts', ['--short', '--seed', '1']);
  expect(output).toMatch(/\nresult lost=0 doubled=0 broken=0 rows=10 seed=1\n$/);
  expect(code).toBe(0);
}, 1_800_000);
