/** What every program of the local stack does on a terminal: say what it does, stop on Ctrl-C, end with an exit code. */

/**
 * Runs a program to its exit code. Ctrl-C and a request to terminate abort the signal; the program then stops what it
 * started, and the exit code is 0. A mistake in its arguments is said together with how it is used.
 */
export function run(usage: string, program: (signal: AbortSignal) => Promise<number>): void {
  const aborter = new AbortController();
  const stop = () => {
    aborter.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  program(aborter.signal).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      if (aborter.signal.aborted) return;
      console.error(`\n✖ ${error instanceof Error ? error.message : String(error)}`);
      if (error instanceof TypeError) console.error(`\n${usage}`);
      process.exitCode = 1;
    },
  );
}

/** @throws {TypeError} for what is no number within the limits */
export function number(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max)) {
    throw new TypeError(`${option} must be a number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}

/** Prints each long step when it begins, with a sign of life while it lasts, and what it took. */
export function steps(): (step: string, done: boolean) => void {
  const running = new Map<string, { started: number; alive: NodeJS.Timeout }>();
  return (step, done) => {
    const known = running.get(step);
    if (!done) {
      console.log(`▶ ${step} …`);
      const started = performance.now();
      const alive = setInterval(() => {
        console.log(`  … ${seconds(started)}`);
      }, 10_000);
      alive.unref();
      running.set(step, { started, alive });
    } else if (known) {
      clearInterval(known.alive);
      console.log(`✔ ${step} (${seconds(known.started)})`);
    }
  };
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
