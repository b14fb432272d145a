import type { Log } from '../base/log.ts';
import type { PushResult } from '../fcm/result.ts';
import { buildMessage } from '../notice/message.ts';
import type { Planned } from './announcement.ts';
import { iso, leaveToOthers, type ComeAgain } from './come-again.ts';
import { isDead, standing } from './delivery-state.ts';
import { targetHash, type Claim } from './ledger-entry.ts';
import type { Ledger } from './ledger.ts';
import type { PushSender } from '../guards/push-sender.ts';
import { isDue, rowsAfter, type TargetRow } from './target-row.ts';

export interface AttemptParts {
  readonly ledger: Pick<Ledger, 'settle'>;
  readonly send: PushSender;
  readonly comeAgain: ComeAgain;
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
}

/** A notice that was claimed for an attempt. */
export interface Attempt extends Planned {
  readonly claim: Claim;
  readonly targets: readonly TargetRow[];
  /** Then somebody else may make the next attempt. */
  readonly leaseUntil: number;
  /** Which attempt it is, from 1. */
  readonly number: number;
}

type Results = ReadonlyMap<string, PushResult>;

/** One attempt: a message to each device that is due, and a settlement. One FCM request a device and one write. */
export function createAttempt(parts: AttemptParts): (on: Attempt) => Promise<void> {
  const { ledger, log, now } = parts;

  return async (on) => {
    const { noticeId, callbackId, notice, claim, staleAt, deleted } = on;
    const said = { callbackId, noticeId, event: notice.event, attempt: on.number };
    const results = await sendToAll(on);
    const targets = rowsAfter(on.targets, results, now(), parts.random());
    const stands = standing(targets, staleAt);
    const failure = [...results.values()].findLast((result) => result.outcome !== 'accepted');
    const settled = await ledger.settle(claim, {
      state: stands.state,
      targets,
      now: now(),
      retired: targets.filter(({ hash, state }) => state === 'GONE' && results.has(hash)),
      ...(stands.state === 'WAITING' && { dueAt: stands.at, sweepAt: deleted ? staleAt : stands.at }),
      ...(failure && { lastError: { code: failure.code, detail: failure.detail } }),
    });
    if (!settled) {
      log('WARNING', 'notice-taken-over', said);
      leaveToOthers(on);
      return;
    }
    const next = stands.state === 'WAITING' && { nextAttemptAt: iso(stands.at) };
    log(isDead(stands.state) ? 'ERROR' : 'INFO', 'notice-settled', { ...said, state: stands.state, ...next });
    if (stands.state === 'WAITING') await parts.comeAgain(on, stands.at);
  };

  /** What became of each device that was due, by its hash. */
  async function sendToAll(on: Attempt): Promise<Results> {
    const startedAt = now();
    const message = buildMessage({ ...on, now: startedAt });
    const due = new Set(on.targets.filter((row) => isDue(row, startedAt)).map(({ hash }) => hash));
    const results = new Map<string, PushResult>();
    await Promise.all(
      on.callback.pushTargets.map(async (target) => {
        const hash = targetHash(target);
        if (!due.has(hash)) return;
        const result = await parts.send(target, message, on.leaseUntil);
        results.set(hash, result);
        if (result.outcome !== 'accepted') reportFailure(on, hash, result);
      }),
    );
    return results;
  }

  function reportFailure(
    { callbackId, noticeId, notice }: Attempt,
    target: string,
    { outcome, code, detail }: Exclude<PushResult, { outcome: 'accepted' }>,
  ): void {
    const severity = outcome === 'try-later' ? 'WARNING' : 'ERROR';
    log(severity, 'target-failed', { callbackId, noticeId, event: notice.event, target, outcome, code, detail });
  }
}
