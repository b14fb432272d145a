import { assertNothingUntrue } from '../support/order.ts';
import type { Row } from './row.ts';

/** One callback's events in any order, each once or twice and up to two minutes late. */
export const order: Row = async ({ seed, short, progress }) => {
  const cases = short ? 1000 : 10_000;
  progress(`${cases} histories`);
  const untrue = await assertNothingUntrue(cases, seed).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return {
    row: 'order',
    seen: `${cases} random histories in random orders, nothing untrue announced`,
    lost: 0,
    doubled: 0,
    complaints: [],
    broken: untrue === undefined ? [] : [untrue],
  };
};
