/** `npm run replay -- FILE.ndjson [--speed N]`: plays a recording and ends with a verdict; exit code 0 = as expected. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { defaultBasePort, host, portsFrom } from './ports.ts';
import { perform, type Stage } from './replay/performance.ts';
import { parseRecording } from './replay/recording.ts';
import { describe } from './replay/table.ts';
import { isAsExpected } from './replay/verdict.ts';
import { cacheSeconds, projectId, startStack } from './stack.ts';
import { number, run, steps, UsageError, wholeNumber } from './terminal.ts';

const usage = `npm run replay -- FILE.ndjson [--speed N] [--port N] [--copies N] [--shuffle MS]

  FILE.ndjson    one write or expectation a line; "sample" is the recording that comes with the project
  --speed N      N times as fast as recorded (default 1)
  --port N       first port of the stack (default ${defaultBasePort}); one is brought up where none runs there
  --copies N     every change is delivered N times
  --shuffle MS   every delivery is delayed by up to MS milliseconds, so that the order changes`;

run(usage, async (signal) => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      speed: { type: 'string', default: '1' },
      port: { type: 'string', default: String(defaultBasePort) },
      copies: { type: 'string', default: '1' },
      shuffle: { type: 'string', default: '0' },
    },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError('Name one file to play.');
  const speed = number('--speed', values.speed, 0.01, 1000);
  const copies = wholeNumber('--copies', values.copies, 1, 10);
  const shuffleMs = wholeNumber('--shuffle', values.shuffle, 0, 60_000);
  const ports = portsFrom(wholeNumber('--port', values.port, 1024, 65_000));
  const recording = parseRecording(await contentOf(file));

  const isRunning = await answers(`http://${host}:${ports.inbox}/local/counters`);
  const own = isRunning ? undefined : await startStack({ basePort: ports.inbox, progress: steps(), signal });
  try {
    await configureDeliveries({ projectId, ports }, copies, shuffleMs);
    const last = Math.max(...recording.steps.map(({ at }) => at)) / speed;
    console.log(`\nPlaying ${recording.steps.length} writes in ${last.toFixed(0)} s …`);
    let written = 0;
    let arrived = 0;
    const alive = setInterval(() => {
      console.log(`  ${written} written, ${arrived} pushes arrived`);
    }, 5000);
    const verdict = await perform({ projectId, ports }, recording, {
      speed,
      settleMs: own ? 0 : cacheSeconds * 1000 + 500,
      onWritten: () => (written += 1),
      onArrival: () => (arrived += 1),
      signal,
    }).finally(() => {
      clearInterval(alive);
    });
    console.log(describe(verdict));
    return isAsExpected(verdict) ? 0 : 1;
  } finally {
    await configureDeliveries({ projectId, ports }, 1, 0).catch(() => undefined);
    await own?.stop();
  }
});

async function contentOf(file: string): Promise<string> {
  const path = file === 'sample' ? new URL('replay/sample.ndjson', import.meta.url) : file;
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read.`, { cause: error });
  });
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** @throws where deliveries are to be disturbed and Firestore is Google's own emulator, which cannot */
async function configureDeliveries({ ports }: Stage, copies: number, shuffleMs: number): Promise<void> {
  const answer = await fetch(`http://${host}:${ports.firestore}/local/deliveries`, {
    method: 'PUT',
    body: JSON.stringify({ copies, shuffleMs }),
  });
  if (!answer.ok && (copies > 1 || shuffleMs > 0))
    throw new Error('This Firestore cannot deliver twice or out of order.');
}
