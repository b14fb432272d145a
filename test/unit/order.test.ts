import { assertNothingUntrue } from '../support/order.ts';

test('in any order of a callback’s events, nothing untrue is announced', async () => {
  await assertNothingUntrue(10_000);
}, 300_000);
