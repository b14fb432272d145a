import type { Log } from '../base/log.ts';
import type { Planned } from './announcement.ts';
import type { Attempt } from './attempt.ts';
import { iso, leaveToOthers, type ComeAgain } from './come-again.ts';
import type { Stop } from '../guards/circuit.ts';
import type { Gate } from '../guards/guards.ts';
import { targetHash, type Claim, type Entry, type Opening, type ProviderError } from './ledger-entry.ts';
import type { Ledger } from './ledger.ts';
import { pendingRow, type TargetRow } from './target-row.ts';

export interface OpenerParts {
  readonly ledger: Pick<Ledger, 'claim' | 'takeOver'>;
  readonly gate: Gate;
  readonly attempt: (on: Attempt) => Promise<void>;
  readonly comeAgain: ComeAgain;
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
  /** Begins with what an attempt needs, while the ledger is asked. Absent = an attempt begins with it. */
  readonly prepare?: (on: Planned) => void;
  /** How long one attempt may take before another may be made of it. */
  readonly leaseMs: number;
}

/** Opens notices in the ledger: for an attempt that is made at once, or to wait where it must. */
export interface Opener {
  /** Resolves with the entry of whoever claimed it before, if anybody did. */
  first(on: Planned): Promise<Entry | undefined>;
  /** @param targets all of its devices, as they stand */
  again(entry: Entry, on: Planned, targets: readonly TargetRow[]): Promise<void>;
}

/** Why a notice is not sent at once, and until when: epoch milliseconds. */
interface Wait {
  readonly until: number;
  readonly code: string;
  /** Where it is the gate’s: so that a notice that ends in this wait tells what of. */
  readonly lastError?: ProviderError;
}

/** What was held back comes again within this of the end of the stop, not all at once. */
const longestHoldMs = 10_000;

export function pendingRows({ callback }: Planned): TargetRow[] {
  return callback.pushTargets.map((target) => pendingRow(targetHash(target)));
}

export function createOpener(parts: OpenerParts): Opener {
  const { ledger, log, now } = parts;

  /** Until the gate opens, and, where a phone may ring, until it cannot ring any more. */
  function waitOf({ notice, staleAt }: Planned): Wait | undefined {
    const stop = parts.gate.stop();
    const waits: Wait[] = [];
    if (stop) waits.push(waitFor(stop));
    if ((notice.notBefore ?? 0) > now()) waits.push({ until: notice.notBefore ?? 0, code: 'RINGING' });
    const [longest] = waits.sort((one, other) => other.until - one.until);
    return longest && { ...longest, until: Math.round(Math.min(longest.until, staleAt)) };
  }

  function waitFor({ until, code, detail }: Stop): Wait {
    return { until: until + parts.random() * longestHoldMs, code, lastError: { code, detail } };
  }

  function openingOf(on: Planned, targets: readonly TargetRow[], wait: Wait | undefined): Opening {
    const { changedAt, staleAt } = on;
    const starts = { targets, changedAt, staleAt, now: now() };
    if (wait) {
      const { until: dueAt, lastError } = wait;
      return { ...starts, state: 'WAITING', dueAt, ...(lastError && { lastError }) };
    }
    return { ...starts, state: 'SENDING', dueAt: now() + parts.leaseMs };
  }

  async function begin(on: Planned, claim: Claim, opening: Opening, number: number, wait?: Wait): Promise<void> {
    const { callbackId, noticeId, notice } = on;
    const { targets, dueAt } = opening;
    if (!wait) {
      await parts.attempt({ ...on, claim, targets, leaseUntil: dueAt, number });
      return;
    }
    const { code } = wait;
    const severity = code === 'RINGING' ? 'INFO' : 'WARNING';
    log(severity, 'notice-held', { callbackId, noticeId, event: notice.event, code, nextAttemptAt: iso(dueAt) });
    await parts.comeAgain(on, dueAt);
  }

  return {
    async first(on) {
      const { noticeId, callbackId, callback, notice, deleted } = on;
      const wait = waitOf(on);
      const opening = openingOf(on, pendingRows(on), wait);
      const entry = { ...opening, callbackId, serviceName: callback.serviceName, notice, deleted };
      const claiming = ledger.claim(noticeId, entry);
      if (!wait) parts.prepare?.(on);
      const claimed = await claiming;
      if ('before' in claimed) return claimed.before;
      await begin(on, claimed.claim, opening, 1, wait);
      return undefined;
    },

    async again(entry, on, targets) {
      const wait = waitOf(on);
      const opening = openingOf(on, targets, wait);
      const claim = await ledger.takeOver(entry, opening);
      if (claim) await begin(on, claim, opening, entry.attempts + 1, wait);
      else leaveToOthers(on);
    },
  };
}
