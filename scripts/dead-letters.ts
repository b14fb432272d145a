/** `npm run dead-letters`: lists the notices that reached nobody, has them sent again, or puts them away. */
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import type * as FirestoreClient from '@google-cloud/firestore';
import { noticeEvents } from '../functions/src/decision.ts';
import { codesOf, createDeadLetters, type DeadLetterFilter } from '../functions/src/dead-letters.ts';
import type { Entry } from '../functions/src/ledger-entry.ts';
import { defaultBasePort, host, portsFrom } from '../local/ports.ts';
import { projectId as localProject } from '../local/stack.ts';
import { demandListener, run, UsageError, wholeNumber } from '../local/terminal.ts';

// The functions' own copy of the client: another copy's refuses the Timestamps that their ledger writes.
const { Firestore } = createRequire(new URL('../functions/package.json', import.meta.url))(
  '@google-cloud/firestore',
) as typeof FirestoreClient;

const usage = `npm run dead-letters -- [list | replay | discard] [NOTICE-ID … | --all] [filters]

  list                what they are, the newest first (the default); with NOTICE-ID, FCM's own answer too
  replay              has them sent again, if they are still true, with the next sweep, within a minute
  discard             puts them away: they stay in the ledger, but are listed and replayed no more
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
  if (command !== 'list' && command !== 'replay' && command !== 'discard')
    throw new UsageError(`There is no command "${command}".`);
  if (command !== 'list' && values.all === noticeIds.length > 0)
    throw new UsageError(`Name the notices to ${command}, or --all.`);
  const filter = filterOf(values, Date.now());
  const { firestore } = portsFrom(wholeNumber('--port', values.port, 1024, 65_000));
  if (!values.project) {
    process.env['FIRESTORE_EMULATOR_HOST'] = `${host}:${firestore}`;
    await demandListener(host, firestore, 'local Firestore');
  }
  const db = new Firestore({ projectId: values.project ?? localProject });
  try {
    const deadLetters = createDeadLetters(db);
    const wanted: Entry[] = [];
    for await (const letter of deadLetters.find(filter)) {
      if (noticeIds.length === 0 || noticeIds.includes(letter.noticeId)) wanted.push(letter);
    }
    const unknown = noticeIds.filter((id) => !wanted.some(({ noticeId }) => noticeId === id));
    if (unknown.length > 0) throw new Error(`No dead letter: ${unknown.join(', ')}. Nothing was done.`);
    if (command === 'list' || values['dry-run']) {
      for (const letter of wanted) console.log(describe(letter, noticeIds.length > 0));
      console.log(`${wanted.length} dead letters${command === 'list' ? '' : ` would be tried to ${command}`}`);
      return 0;
    }
    const change = (letter: Entry) =>
      command === 'replay'
        ? deadLetters.replay(letter, Date.now(), { gone: values.gone })
        : deadLetters.discard(letter, Date.now());
    const changed = await changeAll(wanted, change);
    console.log(summary(command, changed, wanted.length - changed));
    return 0;
  } finally {
    await db.terminate();
  }
});

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

async function changeAll(letters: readonly Entry[], change: (letter: Entry) => Promise<boolean>): Promise<number> {
  let changed = 0;
  for (let start = 0; start < letters.length; start += atATime) {
    const outcomes = await Promise.all(letters.slice(start, start + atATime).map(change));
    changed += outcomes.filter(Boolean).length;
    const done = Math.min(letters.length, start + atATime);
    if (letters.length > atATime) console.log(`  ${done} of ${letters.length}`);
  }
  return changed;
}

function summary(command: 'replay' | 'discard', changed: number, left: number): string {
  if (command === 'discard') return `${changed} discarded`;
  const rest = left > 0 ? `; ${left} cannot be: no device is left to try, or the callback was deleted` : '';
  return `${changed} replayed; the next sweep, within a minute, sends those that are still true${rest}`;
}

function describe(letter: Entry, whole: boolean): string {
  const { noticeId, callbackId, serviceName, notice, state, attempts, deadAt = 0, lastError } = letter;
  const line = [
    new Date(deadAt).toISOString(),
    state.padEnd(7),
    notice.event,
    callbackId,
    serviceName,
    `${attempts}×`,
    codesOf(letter).join(' '),
    noticeId,
  ].join('  ');
  return whole && lastError ? `${line}\n  ${lastError.code}: ${lastError.detail}` : line;
}
