/** `npm run dead-letters`: lists the notices that reached nobody, has them sent again, or puts them away. */
import {
  createDeadLetters,
  obstacle,
  type DeadLetterFilter,
  type DeadLetters,
} from '../functions/src/delivery/dead-letters.ts';
import { isDead } from '../functions/src/delivery/delivery-state.ts';
import type { Entry } from '../functions/src/delivery/ledger-entry.ts';
import { host, portsFrom } from '../local/ports.ts';
import { projectId as localProject } from '../local/stack.ts';
import { Firestore } from '../local/functions-firestore.ts';
import { demandListener, run } from '../local/terminal.ts';
import { optionsOf, usage, type DeadLetterOptions } from './dead-letters-options.ts';
import { account, causes, count, leftOut, reasons, table } from './dead-letters-report.ts';

// The functions' own copy of the client: another copy's refuses the Timestamps that their ledger writes.
const atATime = 50;

run(usage, async () => {
  const options = optionsOf(process.argv.slice(2), Date.now());
  const { firestore } = portsFrom(options.port);
  if (!options.project) {
    process.env['FIRESTORE_EMULATOR_HOST'] = `${host}:${firestore}`;
    await demandListener(host, firestore, 'local Firestore');
  }
  const db = new Firestore({ projectId: options.project ?? localProject });
  try {
    const { command, noticeIds, filter, dryRun } = options;
    const deadLetters = createDeadLetters(db);
    const wanted = noticeIds.length > 0 ? await named(deadLetters, noticeIds) : await all(deadLetters, filter);
    if (command === 'list') list(wanted, noticeIds.length > 0);
    else if (dryRun) rehearse(wanted, options);
    else if (command === 'replay') await replay(deadLetters, wanted, options);
    else await discard(deadLetters, wanted);
    return 0;
  } finally {
    await db.terminate();
  }
});

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

function rehearse(letters: readonly Entry[], { command }: DeadLetterOptions): void {
  const able = command === 'discard' ? letters : letters.filter((letter) => !obstacle(letter));
  if (able.length > 0) print(...table(able), '');
  print(`${count(able.length, 'dead letter')} would be ${command}ed.`);
  if (command === 'replay') print(...leftOut(letters));
}

async function replay(deadLetters: DeadLetters, letters: readonly Entry[], { gone }: DeadLetterOptions): Promise<void> {
  const outcomes = await forEach(letters, (letter) => deadLetters.replay(letter, Date.now(), { gone }));
  const replayed = outcomes.filter((outcome) => outcome === 'replayed').length;
  print(`${count(replayed, 'dead letter')} replayed.`, ...reasons(outcomes));
  if (replayed > 0)
    print(
      'The next sweep, within a minute, sends those that are still true and have a device left. List again to see.',
    );
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
