/** `npm run chaos`: everything that can go wrong on the way to a device, on purpose; ends with what was lost and doubled. */
import { parseArgs } from 'node:util';
import { run, UsageError, wholeNumber } from '../../local/terminal.ts';
import { crashPoints } from './crash.ts';
import { delivery, failingFcm, lostTasks } from './delivery.ts';
import { firestoreFaults } from './firestore-faults.ts';
import { order } from './order.ts';
import { outage } from './outage.ts';
import { poison } from './poison.ts';
import { rotation } from './rotation.ts';
import type { Row, RowResult } from './row.ts';
import { time } from './time.ts';

const usage = `npm run chaos -- [--seed N] [--short] [--only ROW,…] [--kills N]

  --seed N      repeats what a run with this seed did (default: a new one, which is printed)
  --short       a small run of each row, as in npm test
  --only ROW,…  some of the rows, by their names
  --kills N     how often the instance dies at each point (default 20, with --short 1)`;

const aliveEveryMs = 10_000;

run(usage, async (signal) => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
      kills: { type: 'string' },
    },
  });
  const { short } = values;
  const seed = wholeNumber('--seed', values.seed, 0, 2 ** 31 - 1);
  const kills = wholeNumber('--kills', values.kills ?? (short ? '1' : '20'), 1, 1000);
  const rows: Readonly<Record<string, Row>> = {
    crash: crashPoints(kills),
    delivery,
    'failing-fcm': failingFcm,
    'lost-tasks': lostTasks,
    outage,
    rotation,
    firestore: firestoreFaults,
    order,
    poison,
    time,
  };
  const wanted = values.only?.split(',') ?? Object.keys(rows);
  const unknown = wanted.filter((name) => !Object.hasOwn(rows, name));
  if (unknown.length > 0)
    throw new UsageError(`There is no row ${unknown.join(', ')}; there are ${Object.keys(rows).join(', ')}.`);
  console.log(`seed ${seed}${short ? ', short' : ''}; --seed ${seed} repeats it\n`);
  const results: RowResult[] = [];
  for (const name of wanted) {
    signal.throwIfAborted();
    const row = rows[name];
    if (row) results.push(await tell(name, row, { seed, short }));
  }
  return conclude(results, seed);
});

async function tell(name: string, row: Row, options: { seed: number; short: boolean }): Promise<RowResult> {
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  let doing = '';
  console.log(`▶ ${name}`);
  const alive = setInterval(() => {
    console.log(`  … ${seconds()}${doing && `: ${doing}`}`);
  }, aliveEveryMs);
  try {
    const result = await row({ ...options, progress: (what) => (doing = what) });
    console.log(
      `${isGood(result) ? '✔' : '✖'} ${result.row}: lost ${result.lost}, doubled ${result.doubled} (${seconds()})`,
    );
    console.log(`  ${result.seen}`);
    for (const complaint of [...result.complaints, ...result.broken]) console.log(`  ✖ ${complaint}`);
    if (result.picture) console.log(result.picture.replaceAll(/^/gm, '  '));
    console.log('');
    return result;
  } finally {
    clearInterval(alive);
  }
}

function isGood({ lost, doubled, broken }: RowResult): boolean {
  return lost === 0 && doubled === 0 && broken.length === 0;
}

function conclude(results: readonly RowResult[], seed: number): number {
  const width = Math.max(...results.map(({ row }) => row.length));
  console.log(`${'row'.padEnd(width)}  lost  doubled  seen`);
  for (const { row, lost, doubled, seen } of results) {
    console.log(`${row.padEnd(width)}  ${String(lost).padStart(4)}  ${String(doubled).padStart(7)}  ${seen}`);
  }
  const sum = (count: (result: RowResult) => number) => results.reduce((total, result) => total + count(result), 0);
  const [lost, doubled, broken] = [
    sum((result) => result.lost),
    sum((result) => result.doubled),
    sum((result) => result.broken.length),
  ];
  console.log(`\nresult lost=${lost} doubled=${doubled} broken=${broken} rows=${results.length} seed=${seed}`);
  return results.every(isGood) ? 0 : 1;
}
