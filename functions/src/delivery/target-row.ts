import type { PushResult, TryLater } from '../fcm/result.ts';
import { waitMs } from './back-off.ts';

export type TargetState = 'PENDING' | 'ACCEPTED' | 'GONE' | 'REFUSED' | 'LATER';

/** One device of a notice, told apart by a hash: the target itself is a secret of the consumer's. */
export interface TargetRow {
  readonly hash: string;
  readonly state: TargetState;
  /** How often it was tried. */
  readonly attempts: number;
  /** FCM's message id, once accepted. */
  readonly messageId?: string;
  /** Error code of the last failure. */
  readonly code?: string;
  /** With LATER: not before this, epoch milliseconds. */
  readonly dueAt?: number;
}

/** The callback does not name this target any more. */
const removed = 'TARGET_REMOVED';

const stateOf = {
  accepted: 'ACCEPTED',
  'target-gone': 'GONE',
  refused: 'REFUSED',
  'try-later': 'LATER',
} as const satisfies Record<PushResult['outcome'], TargetState>;

export function pendingRow(hash: string): TargetRow {
  return { hash, state: 'PENDING', attempts: 0 };
}

export function isOpen({ state }: TargetRow): boolean {
  return state === 'PENDING' || state === 'LATER';
}

/** Whether an attempt now may try this device. */
export function isDue(row: TargetRow, now: number): boolean {
  return isOpen(row) && (row.dueAt ?? 0) <= now;
}

/**
 * The rows for the devices that a callback names now: what is decided stays, a device that came is to be tried, and one
 * that went is not.
 *
 * @param hashes of the targets that it names
 */
export function rowsNow(rows: readonly TargetRow[], hashes: readonly string[]): TargetRow[] {
  const came = hashes.filter((hash) => !rows.some((row) => row.hash === hash));
  return [...rows.map((row) => rowNow(row, hashes.includes(row.hash))), ...came.map(pendingRow)];
}

function rowNow(row: TargetRow, isNamed: boolean): TargetRow {
  const { hash, attempts } = row;
  if (!isNamed && isOpen(row)) return { hash, state: 'REFUSED', attempts, code: removed };
  // Nobody refused it: it went and came back.
  return isNamed && row.code === removed ? pendingRow(hash) : row;
}

/**
 * The rows after a round of attempts. Devices that failed for the same trouble wait together, the longest of their waits
 * from the same throw of the dice, so that a notice is tried again as often for a hundred devices as for one. Only the
 * trouble of a single device keeps nobody else waiting.
 *
 * @param results by the hash of the device, for those that were tried
 * @param now epoch milliseconds
 * @param random 0 ≤ random < 1
 */
export function rowsAfter(
  rows: readonly TargetRow[],
  results: ReadonlyMap<string, PushResult>,
  now: number,
  random: number,
): TargetRow[] {
  const failures = rows.flatMap(({ hash, attempts }) => {
    const result = results.get(hash);
    return result?.outcome === 'try-later' ? [{ result, attempts: attempts + 1 }] : [];
  });
  const dueAfter = (trouble: string): number => {
    const met = failures.filter(({ result }) => troubleOf(result) === trouble);
    const round = Math.max(...met.map(({ attempts }) => attempts));
    return Math.round(now + Math.max(...met.map(({ result }) => waitMs(result, round, random))));
  };
  const due = new Map([...new Set(failures.map(({ result }) => troubleOf(result)))].map((of) => [of, dueAfter(of)]));
  return rows.map((row) => {
    const result = results.get(row.hash);
    return result ? rowAfter(row, result, due) : row;
  });
}

/** What devices wait for together. */
function troubleOf({ scope, code }: TryLater): string {
  return scope === 'device' ? code : 'everybody’s';
}

function rowAfter({ hash, attempts }: TargetRow, result: PushResult, due: ReadonlyMap<string, number>): TargetRow {
  const next = { hash, state: stateOf[result.outcome], attempts: attempts + 1 };
  if (result.outcome === 'accepted') return { ...next, messageId: result.messageId };
  if (result.outcome !== 'try-later') return { ...next, code: result.code };
  return { ...next, code: result.code, dueAt: due.get(troubleOf(result)) ?? 0 };
}
