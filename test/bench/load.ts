import { setTimeout as pause } from 'node:timers/promises';
import { createPace, slowest } from '../../functions/src/guards/pace.ts';

/**
 * Makes `count` things and does work with each, `concurrency` at a time. A thing is made just before its work, for
 * events must be young. Returns how long the work with each took, in milliseconds.
 */
export async function inLanes<T>(
  count: number,
  concurrency: number,
  make: (n: number) => T,
  work: (thing: T) => Promise<unknown>,
): Promise<number[]> {
  const took: number[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const thing = make(next++);
      const started = performance.now();
      await work(thing);
      took.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return took;
}

/** As many as an instance lets through at once, with room to spare: `burst` of functions/src/guards/pace.ts is 500. */
export const longestRound = 400;

/**
 * Our instances send no faster than their pace lets them; what comes faster waits in the ledger and would not be
 * measured as a push.
 *
 * @returns a function that resolves when an instance that has rested since the last call can be asked for `count` more
 *   pushes at once
 */
export function createRests(): (count: number) => Promise<void> {
  let rested = -Infinity;
  return async (count) => {
    await pause(Math.max(0, rested - performance.now()));
    rested = performance.now() + (count / slowest) * 1000;
  };
}

/**
 * The same for pushes that come one after the other: it goes through the same pace, a little slower.
 *
 * @returns a function that resolves when an instance can be asked for `count` more pushes
 */
export function createTurns(): (count: number) => Promise<void> {
  const pace = createPace();
  const began = Date.now();
  const slower = () => began + (Date.now() - began) * 0.95;
  return async (count) => {
    for (let n = 0; n < count; n++) {
      for (let at = pace.until(slower()); at !== undefined; at = pace.until(slower())) {
        await pause(Math.max(1, at - slower()));
      }
      pace.take(slower());
    }
  };
}
