/** `npm run dead-letters`: lists the notices that reached nobody, has them sent again, or puts them away. */
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import type * as FirestoreClient from '@google-cloud/firestore';
import { noticeEvents } from '../functions/src/decision.ts';
import { createDeadLetters, obstacle, type DeadLetterFilter, type DeadLetters } from '../functions/src/dead-letters.ts';
import { isDead } from '../functions/src/delivery-state.ts';
import type { Entry } from '../functions/src/ledger-entry.ts';
import { defaultBasePort, host, portsFrom } from '../local/ports.ts';
import { projectId as localProject } from '../local/stack.ts';
import { account, causes, count, leftOut, reasons, table } from './dead-letters-report.ts';
import { demandListener, run, UsageError, wholeNumber } from '../local/terminal.ts';

// The functions' own copy of the client: another copy's refuses the Timestamps that their ledger writes.
const { Firestore } = createRequire(new URL('../functions/package.json', import.meta.url))(
  '@google-cloud/firestore',
) as typeof FirestoreClient;

/** So many digits of an id are enough to name a notice by. */
const fewestDigits = 8;

const usage = `npm run dead-letters -- [list | replay | discard] [NOTICE … | --all] [filters]

  list                what they are, the newest first, and why (the default); of a NOTICE, all that is known
  replay              has them sent again, if they are still true, with the next sweep, within a minute
  discard             puts them away: they stay in the ledger, but are listed and replayed no more
  NOTICE              the id of a notice, or its first ${fewestDigits} digits at least
  --all               every one that the filters leave
  --queue NAME        of one virtual queue
  --event EVENT       ${noticeEvents.join(', ')}
  --code CODE         with this error code, such as PERMISSION_DENIED
  --older TIME        dead for so long at least: 90s, 30m, 12h, 3d
  --newer TIME        dead for so long at most
  --gone              replay devices too that FCM did not know any more
  --dry-run           says what replay or discard would do
  --project PROJECT   a deployed project, with your Google credentials (gcloud auth application-default login)
  --port N            a local stack on another block of ports (default ${defaultBasePort})`;

const atATime = 50;

run(usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      queue: { type: 'string' },
      event: { type: 'string' },
      code: { type: 'string' },
      older: { type: 'string' },
      newer: { type: 'string' },
      gone: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      project: { type: 'string' },
      port: { type: 'string', default: String(defaultBasePort) },
    },
  });
  const [command = 'list', ...noticeIds] = positionals;
  const filter = filterOf(values, Date.now());
  demandSense(command, noticeIds, values, filter);
  const { firestore } = portsFrom(wholeNumber('--port', values.port, 1024, 65_000));
  if (!values.project) {
    process.env['FIRESTORE_EMULATOR_HOST'] = `${host}:${firestore}`;
    await demandListener(host, firestore, 'local Firestore');
  }
  const db = new Firestore({ projectId: values.project ?? localProject });
  try {
    const deadLetters = createDeadLetters(db);
    const wanted = noticeIds.length > 0 ? await named(deadLetters, noticeIds) : await all(deadLetters, filter);
    if (command === 'list') list(wanted, noticeIds.length > 0);
    else if (values['dry-run']) rehearse(command, wanted, values);
    else if (command === 'replay') await replay(deadLetters, wanted, values);
    else await discard(deadLetters, wanted);
    return 0;
  } finally {
    await db.terminate();
  }
});

type Command = 'list' | 'replay' | 'discard';

/** @throws {UsageError} rather than to do something else than was meant */
function demandSense(
  command: string,
  noticeIds: readonly string[],
  { all, gone, 'dry-run': dryRun }: Options,
  filter: DeadLetterFilter,
): asserts command is Command {
  if (command !== 'list' && command !== 'replay' && command !== 'discard')
    throw new UsageError(`There is no command "${command}".`);
  if (command !== 'list' && all === noticeIds.length > 0)
    throw new UsageError(`Name the notices to ${command}, or --all.`);
  if (noticeIds.length > 0 && Object.keys(filter).length > 0)
    throw new UsageError('Name notices, or filter them: not both.');
  if (gone && command !== 'replay') throw new UsageError('--gone goes with replay only.');
  if (dryRun && command === 'list') throw new UsageError('--dry-run goes with replay and discard only.');
  const { before = Infinity, after = -Infinity } = filter;
  if (after > before) throw new UsageError('Nothing is both older than --older and newer than --newer.');
  const short = noticeIds.find((id) => !new RegExp(`^[0-9a-f]{${fewestDigits},64}$`).test(id));
  if (short !== undefined)
    throw new UsageError(`"${short}" is no notice: name ${fewestDigits} digits at least of its id, as list shows it.`);
}

async function all(deadLetters: DeadLetters, filter: DeadLetterFilter): Promise<Entry[]> {
  const letters: Entry[] = [];
  for await (const letter of deadLetters.find(filter)) letters.push(letter);
  return letters;
}

/** @throws {Error} where any of them is none: then nothing is done to the others either */
async function named(deadLetters: DeadLetters, noticeIds: readonly string[]): Promise<Entry[]> {
  const looked = await Promise.all(
    [...new Set(noticeIds)].map(async (id) => {
      const found = await deadLetters.lookUp(id);
      const [letter] = found;
      if (!letter) return { problem: `There is no notice ${id}.` };
      if (found.length > 1) return { problem: `More than one notice begins with ${id}.` };
      if (letter.deadAt === undefined) return { problem: `${id} is no dead letter: it is ${stateOf(letter)}.` };
      return { letter };
    }),
  );
  const problems = looked.flatMap(({ problem }) => problem ?? []);
  if (problems.length > 0) throw new Error([...problems, 'Nothing was done.'].join('\n  '));
  return looked.flatMap(({ letter }) => letter ?? []);
}

/** A dead one without a time of death was put away. */
function stateOf({ state }: Entry): string {
  return isDead(state) ? `${state} and was discarded` : state;
}

function list(letters: readonly Entry[], inFull: boolean): void {
  if (letters.length === 0) print('No dead letters.');
  else if (inFull) print(...letters.flatMap(account));
  else print(...table(letters), '', `${count(letters.length, 'dead letter')}, by cause:`, ...causes(letters), '', next);
}

const next = `Next:
  list NOTICE                              all that is known of one, with FCM’s own words
  replay NOTICE … / discard NOTICE …       sends it again / puts it away
  replay --all --code CODE --dry-run       what sending many again would do; without --dry-run it is done`;

function rehearse(command: 'replay' | 'discard', letters: readonly Entry[], { gone }: Options): void {
  const able = command === 'discard' ? letters : letters.filter((letter) => !obstacle(letter, { gone }));
  if (able.length > 0) print(...table(able), '');
  print(`${count(able.length, 'dead letter')} would be ${command}ed.`);
  if (command === 'replay') print(...leftOut(letters, { gone }));
}

async function replay(deadLetters: DeadLetters, letters: readonly Entry[], { gone }: Options): Promise<void> {
  const outcomes = await forEach(letters, (letter) => deadLetters.replay(letter, Date.now(), { gone }));
  const replayed = outcomes.filter((outcome) => outcome === 'replayed').length;
  print(`${count(replayed, 'dead letter')} replayed.`, ...reasons(outcomes));
  if (replayed > 0)
    print('The next sweep, within a minute, sends those that are still true. List again to see what is left.');
}

async function discard(deadLetters: DeadLetters, letters: readonly Entry[]): Promise<void> {
  const outcomes = await forEach(letters, (letter) => deadLetters.discard(letter, Date.now()));
  const discarded = outcomes.filter(Boolean).length;
  print(`${count(discarded, 'dead letter')} discarded.`);
  print(...reasons(outcomes.map((done) => (done ? undefined : 'not-dead'))));
}

async function forEach<T>(letters: readonly Entry[], change: (letter: Entry) => Promise<T>): Promise<T[]> {
  const outcomes: T[] = [];
  for (let start = 0; start < letters.length; start += atATime) {
    outcomes.push(...(await Promise.all(letters.slice(start, start + atATime).map(change))));
    if (letters.length > atATime) print(`  ${outcomes.length} of ${letters.length}`);
  }
  return outcomes;
}

function print(...lines: readonly string[]): void {
  if (lines.length > 0) console.log(lines.join('\n'));
}

interface Options {
  readonly all: boolean;
  readonly gone: boolean;
  readonly 'dry-run': boolean;
}

interface Values {
  readonly queue?: string;
  readonly event?: string;
  readonly code?: string;
  readonly older?: string;
  readonly newer?: string;
}

function filterOf({ queue, event, code, older, newer }: Values, now: number): DeadLetterFilter {
  const known = noticeEvents.find((name) => name === event);
  if (event !== undefined && !known) throw new UsageError(`There is no event "${event}".`);
  return {
    ...(queue !== undefined && { serviceName: queue }),
    ...(known && { event: known }),
    ...(code !== undefined && { code }),
    ...(older !== undefined && { before: now - durationOf('--older', older) }),
    ...(newer !== undefined && { after: now - durationOf('--newer', newer) }),
  };
}

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3600_000, d: 86_400_000 };

function durationOf(option: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new UsageError(`${option} must be a time such as 90s, 30m, 12h or 3d, not "${text}".`);
  return Number(count) * (unitsMs[unit] ?? 0);
}
