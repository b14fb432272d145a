import { once } from 'node:events';
import { connect } from 'node:net';

/** What every program of the local stack does on a terminal: say what it does, stop on Ctrl-C, end with an exit code. */

/** The program was called wrongly: it is told how to call it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a shell calls a program that was interrupted. */
const interruptedCode = 130;

/**
 * Runs a program to its exit code. Ctrl-C, a closed terminal and a request to terminate abort the signal; the program
 * then stops what it started. A mistake in its arguments is said together with how it is used.
 *
 * @param program resolves with the exit code; what it resolves with after an interrupt counts, too
 */
export function run(usage: string, program: (signal: AbortSignal) => Promise<number>): void {
  const aborter = new AbortController();
  const stop = () => {
    aborter.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  // A terminal that was closed takes no more output, and that is no reason to leave anything running.
  process.stdout.on('error', stop);
  process.stderr.on('error', stop);
  program(aborter.signal).then(
    (code) => {
      // What was interrupted may have left work half done that would keep the process alive.
      if (aborter.signal.aborted) process.exit(code);
      process.exitCode = code;
    },
    (error: unknown) => {
      if (aborter.signal.aborted) process.exit(interruptedCode);
      process.exitCode = 1;
      console.error(`\n✖ ${error instanceof Error ? error.message : String(error)}`);
      const isCalledWrongly = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
      if (isCalledWrongly) console.error(`\n${usage}`);
    },
  );
}

/** Rejects once the signal is aborted, and otherwise goes the way of the work. */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  // Work that nobody waits for any more may fail as it likes.
  work.catch(() => undefined);
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('interrupted'));
    });
  });
  return Promise.race([work, aborted]);
}

/** @throws {Error} that says so where nobody listens */
export async function demandListener(host: string, port: number, what: string): Promise<void> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
  } catch {
    throw new Error(
      `No ${what} listens on port ${port}. Start one with npm start, or name its block of ports with --port.`,
    );
  } finally {
    socket.destroy();
  }
}

/** @throws {UsageError} for what is no number within the limits */
export function number(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max)) {
    throw new UsageError(`${option} must be a number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}

/** @throws {UsageError} for what is no whole number within the limits */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = number(option, text, min, max);
  if (Number.isInteger(value)) return value;
  throw new UsageError(`${option} must be a whole number, not "${text}".`);
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
