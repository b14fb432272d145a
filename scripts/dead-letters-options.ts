/** How `npm run dead-letters` is called. */
import { parseArgs } from 'node:util';
import type { DeadLetterFilter } from '../functions/src/delivery/dead-letters.ts';
import { noticeEvents } from '../functions/src/callback/notice-event.ts';
import { defaultBasePort } from '../local/ports.ts';
import { UsageError, wholeNumber } from '../local/terminal.ts';

/** So many digits of an id are enough to name a notice by. */
const fewestDigits = 8;

export const usage = `npm run dead-letters -- [list | replay | discard] [NOTICE … | --all] [filters]

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

const commands = ['list', 'replay', 'discard'] as const;

export interface DeadLetterOptions {
  readonly command: (typeof commands)[number];
  /** None = those that the filter leaves. */
  readonly noticeIds: readonly string[];
  readonly filter: DeadLetterFilter;
  readonly gone: boolean;
  readonly dryRun: boolean;
  /** Absent = the local stack. */
  readonly project?: string;
  readonly port: number;
}

/**
 * What is asked for.
 *
 * @param now epoch milliseconds
 * @throws {UsageError} or a TypeError of Node's rather than to do something else than was meant
 */
export function optionsOf(args: readonly string[], now: number): DeadLetterOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
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
  const [name = 'list', ...noticeIds] = positionals;
  const command = commands.find((known) => known === name);
  if (!command) throw new UsageError(`There is no command "${name}".`);
  const { all, gone, 'dry-run': dryRun, project } = values;
  const filter = filterOf(values, now);
  if (command !== 'list' && all === noticeIds.length > 0)
    throw new UsageError(`Name the notices to ${command}, or --all.`);
  if (noticeIds.length > 0 && Object.keys(filter).length > 0)
    throw new UsageError('Name notices, or filter them: not both.');
  if (gone && command !== 'replay') throw new UsageError('--gone goes with replay only.');
  if (dryRun && command === 'list') throw new UsageError('--dry-run goes with replay and discard only.');
  const stranger = noticeIds.find((id) => !isNoticeId.test(id));
  if (stranger !== undefined)
    throw new UsageError(
      `"${stranger}" is no notice: name ${fewestDigits} digits at least of its id, as list shows it.`,
    );
  const port = wholeNumber('--port', values.port, 1024, 65_000);
  return { command, noticeIds, filter, gone, dryRun, port, ...(project && { project }) };
}

const isNoticeId = new RegExp(`^[0-9a-f]{${fewestDigits},64}$`);

interface FilterOptions {
  readonly queue?: string;
  readonly event?: string;
  readonly code?: string;
  readonly older?: string;
  readonly newer?: string;
}

function filterOf({ queue, event, code, older, newer }: FilterOptions, now: number): DeadLetterFilter {
  const known = noticeEvents.find((name) => name === event);
  if (event !== undefined && !known) throw new UsageError(`There is no event "${event}".`);
  const before = older === undefined ? undefined : now - durationOf('--older', older);
  const after = newer === undefined ? undefined : now - durationOf('--newer', newer);
  if (before !== undefined && after !== undefined && after > before)
    throw new UsageError(`Nothing is dead for ${older} at least and for ${newer} at most.`);
  return {
    ...(queue !== undefined && { serviceName: queue }),
    ...(known && { event: known }),
    ...(code !== undefined && { code }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3600_000, d: 86_400_000 };

function durationOf(option: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new UsageError(`${option} must be a time such as 90s, 30m, 12h or 3d, not "${text}".`);
  return Number(count) * (unitsMs[unit] ?? 0);
}
