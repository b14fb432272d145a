/** `npm run bench`: what this project costs, beside what one would otherwise write, in one run on one machine. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { run, unlessAborted, UsageError } from '../../local/terminal.ts';
import { describeMachine, machine } from './machine.ts';
import { plot } from './plot.ts';
import { readPrices } from './cost-sheet.ts';
import type { Row, RowResult } from './row.ts';
import { coldStart } from './rows/cold-start.ts';
import { growth } from './rows/growth.ts';
import { lives } from './rows/lives.ts';
import { memory } from './rows/memory.ts';
import { pushes } from './rows/pushes.ts';
import { senderBursts } from './rows/sender-bursts.ts';
import { senders } from './rows/senders.ts';
import { silentEvents } from './rows/silent-events.ts';
import { size } from './rows/size.ts';
import { isMet, table } from './table.ts';
import { benchFolder, createWorld } from './world.ts';

const rows: Readonly<Record<string, Row>> = {
  cold: coldStart,
  silent: silentEvents,
  push: pushes,
  sender: senders,
  burst: senderBursts,
  memory,
  size,
  life: lives,
  growth,
};

const usage = `npm run bench -- [--short] [--only ROW,…] [--prices FILE]

  --short       few rounds and small loads: to see that it works, not to compare
  --only ROW,…  some of the rows: ${Object.keys(rows).join(', ')}
  --prices FILE your prices, in place of those of test/bench/prices.json`;

const aliveEveryMs = 10_000;

run(usage, async (signal) => {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
      prices: { type: 'string', default: path.join(import.meta.dirname, 'prices.json') },
    },
  });
  const { short, prices } = values;
  // Whoever misspells a price learns it now.
  await readPrices(prices);
  const wanted = values.only?.split(',') ?? Object.keys(rows);
  const unknown = wanted.filter((name) => !Object.hasOwn(rows, name));
  if (unknown.length > 0)
    throw new UsageError(`There is no row ${unknown.join(', ')}; there are ${Object.keys(rows).join(', ')}.`);
  const seen = machine();
  console.log(`${describeMachine(seen)}${short ? '; short' : ''}\n`);
  const results: Record<string, RowResult> = {};
  for (const name of wanted) {
    signal.throwIfAborted();
    const row = rows[name];
    if (row) results[name] = await tell(name, row, { short, prices, signal });
  }
  const all = Object.values(results);
  const figures = all.flatMap((result) => result.figures);
  console.log(table(figures));
  const samples = all.flatMap((result) => result.samples);
  await mkdir(benchFolder, { recursive: true });
  const [picture, data] = [path.join(benchFolder, 'bench.svg'), path.join(benchFolder, 'bench.json')];
  await writeFile(picture, plot(samples, describeMachine(seen)));
  await writeFile(data, `${JSON.stringify({ machine: seen, short, results }, undefined, 2)}\n`);
  const missed = figures.filter((figure) => !isMet(figure)).length;
  const broken = all.reduce((count, result) => count + (result.broken?.length ?? 0), 0);
  console.log(`\nplot ${picture}\ndata ${data}`);
  console.log(`\nresult figures=${figures.length} missed=${missed} broken=${broken}`);
  return missed + broken === 0 ? 0 : 1;
});

interface TellOptions {
  readonly short: boolean;
  readonly prices: string;
  readonly signal: AbortSignal;
}

/** Each row has servers of its own: what one leaves behind is nothing to the next. */
async function tell(name: string, row: Row, { short, prices, signal }: TellOptions): Promise<RowResult> {
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  let doing = '';
  console.log(`▶ ${name}`);
  const alive = setInterval(() => {
    console.log(`  … ${seconds()}${doing && `: ${doing}`}`);
  }, aliveEveryMs);
  const world = await createWorld();
  try {
    const result = await unlessAborted(signal, row({ short, prices, world, progress: (what) => (doing = what) }));
    console.log(`  ${seconds()}\n${table(result.figures).replaceAll(/^/gm, '  ')}`);
    for (const complaint of result.broken ?? []) console.log(`  ✖ ${complaint}`);
    for (const note of result.notes ?? []) console.log(note.replaceAll(/^/gm, '  '));
    console.log('');
    return result;
  } catch (error) {
    if (signal.aborted) throw error;
    // What one row cannot measure, keeps nobody from measuring the others.
    const complaint = `${name}: ${error instanceof Error ? error.message : String(error)}`;
    console.log(`  ✖ ${complaint}\n`);
    return { figures: [], samples: [], broken: [complaint] };
  } finally {
    clearInterval(alive);
    await world.stop();
  }
}
