/** What `npm run dead-letters` shows of dead letters: what they are, why they died, and what to do about it. */
import { codesOf, obstacle, type Obstacle } from '../functions/src/delivery/dead-letters.ts';
import type { Entry } from '../functions/src/delivery/ledger-entry.ts';
import type { TargetRow } from '../functions/src/delivery/target-row.ts';
import { remedyOf } from './dead-letters-remedies.ts';

const none = '(none)';

/** What is shown of a notice’s id: enough to name it by. */
export const shownDigits = 12;

/** One line each, in columns. */
export function table(letters: readonly Entry[]): string[] {
  const rows = letters.map((letter) => [
    momentOf(letter.deadAt),
    letter.state,
    letter.notice.event.replace('CALLBACK_', ''),
    letter.serviceName,
    letter.callbackId,
    String(letter.attempts),
    codesOf(letter).join(' ') || none,
    letter.noticeId.slice(0, shownDigits),
  ]);
  return inColumns([['DIED (UTC)', 'STATE', 'EVENT', 'QUEUE', 'CALLBACK', 'TRIES', 'CODES', 'NOTICE'], ...rows]);
}

/** How many died of each code, the commonest first, and what to do about it. */
export function causes(letters: readonly Entry[]): string[] {
  const counts = new Map<string, number>();
  for (const letter of letters) {
    const codes = codesOf(letter);
    for (const code of codes.length > 0 ? codes : [none]) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const rows = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([code, count]) => [`  ${count}×`, code, code === none ? 'It was never tried: replay.' : remedyOf(code)]); // prettier-ignore
  return inColumns(rows);
}

/** Everything that is known of one, down to FCM’s own words. */
export function account(letter: Entry): string[] {
  const { noticeId, notice, serviceName, callbackId, state, attempts, targets, lastError, changedAt, deadAt } = letter;
  const inTheWay = obstacle(letter);
  const devices = targets.map(({ hash, state: of, attempts: times, code = '' }) => [
    `  device ${hash}`,
    of,
    `${times}×`,
    code,
    code && remedyOf(code),
  ]);
  return [
    `notice    ${noticeId}`,
    ...inColumns([
      ['event   ', `${notice.event} (${notice.occasion})`],
      ['callback', `${callbackId} of queue ${serviceName}`],
      ['happened', momentOf(changedAt)],
      ['died    ', `${momentOf(deadAt)}, ${state} after ${count(attempts, 'attempt')}`],
      ['replay  ', inTheWay ? obstacles[inTheWay] : chanceOf(targets)],
    ]),
    ...inColumns(devices),
    ...(lastError ? [`  ${lastError.code}: ${lastError.detail}`] : []),
    '',
  ];
}

function chanceOf(targets: readonly TargetRow[]): string {
  const isGone = targets.every(({ state }) => state === 'GONE');
  return isGone ? 'reaches a device that its callback names by now; with --gone, those that FCM did not know, too' : 'can be tried'; // prettier-ignore
}

export const obstacles: Readonly<Record<Obstacle, string>> = {
  'not-dead': 'it is no dead letter any more: somebody else was faster',
  'callback-deleted': 'its callback was deleted, and nobody knows its devices any more',
};

/** How many of what cannot be replayed for which reason. */
export function leftOut(letters: readonly Entry[]): string[] {
  return reasons(letters.map(obstacle));
}

export function reasons(outcomes: readonly (Obstacle | 'replayed' | undefined)[]): string[] {
  return (Object.keys(obstacles) as Obstacle[]).flatMap((reason) => {
    const times = outcomes.filter((outcome) => outcome === reason).length;
    return times > 0 ? [`  ${times} not: ${obstacles[reason]}`] : [];
  });
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function momentOf(epochMilliseconds = 0): string {
  return new Date(epochMilliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
