import pLimit from 'p-limit';
import type { Log } from '../base/log.ts';
import type { PushResult } from '../fcm/result.ts';
import { createCircuit, type Stop } from './circuit.ts';
import { createInvalidationGuard } from './invalidation.ts';
import { createPace } from './pace.ts';
import type { PushSender } from './push-sender.ts';

/** Whether it makes sense to begin with a notice at all: asked before anything is read or written for it. */
export interface Gate {
  /** Nothing is to be sent before this; undefined = go ahead. No I/O. */
  stop(): Stop | undefined;
}

export interface Guards {
  readonly gate: Gate;
  /** For who has asked the gate: what is under way goes, as long as the credentials are not broken. */
  readonly guarded: (send: PushSender) => PushSender;
  /** For who keeps nothing that could be sent later: what the gate would stop is given back. */
  readonly gated: (send: PushSender) => PushSender;
}

export interface GuardParts {
  /** Requests under way to FCM at the same time, from this instance. */
  readonly maxInFlight: number;
  readonly log: Log;
  readonly now: () => number;
}

/**
 * A message that waited for its turn for so long is given back: the lease of its attempt outlasts this and the requests
 * of one message, so nobody else makes an attempt of it meanwhile.
 */
const longestTurnMs = 20_000;

/**
 * The guards of one instance, in front of all its senders: a circuit that broken credentials open, a pace that spares a
 * service that has just come back, a limit on requests under way, and disbelief when too many devices are given up at
 * once.
 */
export function createGuards({ maxInFlight, log, now }: GuardParts): Guards {
  const circuit = createCircuit();
  const pace = createPace();
  const invalidation = createInvalidationGuard();
  const limit = pLimit(maxInFlight);

  function learn(answer: PushResult, target: string): PushResult {
    const { result, isAlarm } = invalidation.judge(answer, target, now());
    const change = circuit.learn(result, target, now());
    pace.learn(result, now());
    if (change === 'mended') log('INFO', 'sending-resumed', {});
    if (result.outcome === 'accepted') return result;
    const { code, detail } = result;
    if (change === 'broke') log('ERROR', 'sending-stopped', { code, detail });
    if (isAlarm) log('ERROR', 'targets-suspicious', { code, detail });
    return result;
  }

  function stop(): Stop | undefined {
    const broken = circuit.stop(now());
    if (broken) return broken;
    const until = pace.until(now());
    return until === undefined ? undefined : { until, code: 'PACED', detail: 'too many messages at once' };
  }

  const guarded =
    (send: PushSender): PushSender =>
    (target, message, until) => {
      const asked = now();
      return limit(async () => {
        const startsAt = now();
        if (startsAt - asked > longestTurnMs) return tooBusy;
        const stopped = circuit.enter(startsAt);
        if (stopped) return refusal(stopped, startsAt);
        pace.take(startsAt);
        return learn(await send(target, message, until), target);
      });
    };

  return {
    gate: { stop },
    guarded,
    gated(send) {
      const behind = guarded(send);
      return async (target, message, until) => {
        const stopped = stop();
        return stopped ? refusal(stopped, now()) : behind(target, message, until);
      };
    },
  };
}

const tooBusy: PushResult = {
  outcome: 'try-later',
  scope: 'provider',
  code: 'TOO_BUSY',
  detail: 'too many requests were under way for too long',
};

function refusal({ until, code, detail }: Stop, now: number): PushResult {
  return { outcome: 'try-later', scope: 'credentials', code, detail, retryAfterMs: Math.max(1, until - now) };
}
