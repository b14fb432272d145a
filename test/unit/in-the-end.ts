import { setImmediate as turn } from 'node:timers/promises';

/** Longer than a busy machine may take. */
const patienceMs = 20_000;

/** Waits until it looks as it should, a turn of the event loop at a time. */
export async function inTheEnd(looks: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (!(await looks())) {
    if (performance.now() > giveUpAt) throw new Error(`it never looked like ${looks.toString()}`);
    await turn();
  }
}
