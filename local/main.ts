/** `npm start`: the whole of Callback Push on this machine, a demo of it, and then it is yours until Ctrl-C. */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { demo } from './demo.ts';
import { defaultBasePort, host } from './ports.ts';
import { perform } from './replay/performance.ts';
import { describe } from './replay/table.ts';
import { isAsExpected, type Arrival } from './replay/verdict.ts';
import type { Written } from './replay/callback-system.ts';
import { startStack, type Stack } from './stack.ts';
import { password } from './users.ts';
import { run, steps, wholeNumber } from './terminal.ts';

const usage = `npm start -- [--port N] [--official]

  --port N      first of a block of ports (default ${defaultBasePort})
  --official    Google's Firestore emulator (Java 21 or later) instead of the one of this repository`;

const sweepEveryMs = 60_000;

run(usage, async (signal) => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: String(defaultBasePort) },
      official: { type: 'boolean', default: false },
    },
  });
  const basePort = wholeNumber('--port', values.port, 1024, 65_000);
  const stack = await startStack({ basePort, official: values.official, progress: steps(), signal });
  try {
    const stopped = endOf(stack, signal);
    const asExpected = await Promise.race([playDemo(stack, signal), stopped]);
    console.log(invitation(stack));
    await Promise.race([sweepRegularly(stack, signal), stopped]);
    console.log('\nStopping …');
    return asExpected ? 0 : 1;
  } catch (error) {
    // Whoever interrupts the demo wants to stop, and that is what happens.
    if (!signal.aborted) throw error;
    return 0;
  } finally {
    await stack.stop();
  }
});

async function playDemo(stack: Stack, signal: AbortSignal): Promise<boolean> {
  console.log(`\nA contact centre at work. What its consumers see: ${stack.google.url}\n`);
  const started = performance.now();
  const written: Written[] = [];
  const verdict = await perform(stack, demo(Date.now()), {
    speed: 1,
    settleMs: 0,
    keepsSettings: true,
    signal,
    onWritten: (change) => {
      written.push(change);
      if (change.step.at >= 0) console.log(changeLine(change, performance.now() - started));
    },
    onArrival: (arrival, title) => {
      console.log(pushLine(arrival, title, written));
    },
  });
  console.log(describe(verdict));
  return isAsExpected(verdict);
}

function changeLine({ step }: Written, elapsedMs: number): string {
  const id = step.path.split('/')[1] ?? '';
  return `${(elapsedMs / 1000).toFixed(1).padStart(5)} s  ${id.padEnd(6)} ${step.note ?? ''}`;
}

function pushLine(
  { callbackId, event, eventTime, receivedAt }: Arrival,
  title: string,
  written: readonly Written[],
): string {
  const cause = written.findLast(
    ({ step, committedAt }) => step.path === `callbacks/${callbackId}` && committedAt === Date.parse(eventTime),
  );
  const latency = cause ? `${(receivedAt - cause.issuedAt).toFixed(0)} ms` : '';
  return `           ${' '.repeat(5)}↳ ${event} “${title}” ${latency}`;
}

function invitation({ ports, google, projectId }: Stack): string {
  return `
It is all yours until Ctrl-C:
  push inbox          ${google.url}
  page                http://${host}:${ports.hosting}, as administrator@example.com with the password ${password}
  write callbacks     FIRESTORE_EMULATOR_HOST=${host}:${ports.firestore} GCLOUD_PROJECT=${projectId}, with any Admin SDK
  play a recording    npm run replay -- sample --speed 10${ports.inbox === defaultBasePort ? '' : ` --port ${ports.inbox}`}
  functions' log      .local/${ports.inbox}/emulators.log
`;
}

/** Cloud Scheduler's part, once a minute; a sweep that fails is made good by the next. */
async function sweepRegularly(stack: Stack, signal: AbortSignal): Promise<void> {
  while (await pause(sweepEveryMs, true, { signal, ref: false }).catch(() => false)) {
    await stack.sweep().catch((error: unknown) => {
      console.error(`The sweep failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}

/** Rejects when the emulators end by themselves. */
async function endOf({ emulators }: Stack, signal: AbortSignal): Promise<never> {
  await emulators.ended;
  // While we are stopping them ourselves, whoever waits for this has gone.
  if (signal.aborted) return new Promise<never>(() => undefined);
  throw new Error(`The Firebase emulators have ended by themselves. ${emulators.log} tells more; run npm start again.`);
}
