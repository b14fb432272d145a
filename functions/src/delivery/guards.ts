import pLimit from 'p-limit';
import { createCircuit, type Stop } from './circuit.ts';
import type { PushResult } from '../fcm/result.ts';
import type { PushSender } from './push-sender.ts';
import { createInvalidationGuard } from './invalidation.ts';
import type { Log } from '../base/log.ts';
import { createPace } from './pace.ts';

/** Whether it makes sense to begin with a notice at all: asked before anything is read or written for it. */
export interface Gate {
  /** Nothing is to be sent before this; undefined = go ahead. No I/O. */
  stop(): Stop | undefined;
}

export interface Guards {
  readonly gate: Gate;
  readonly send: PushSender;
}

export interface GuardParts {
  readonly send: PushSender;
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
 * Puts the guards of one instance in front of a sender: a circuit that broken credentials open, a pace that spares a
 * service that has just come back, a limit on requests under way, and disbelief when too many devices are gone at once.
 */
export function guard({ send, maxInFlight, log, now }: GuardParts): Guards {
  const circuit = createCircuit();
  const pace = createPace();
  const invalidation = createInvalidationGuard();
  const limit = pLimit(maxInFlight);

  function learn(result: PushResult): PushResult {
    const change = circuit.learn(result, now());
    if (change === 'mended') log('INFO', 'sending-resumed', {});
    if (change === 'broke' && result.outcome !== 'accepted')
      log('ERROR', 'sending-stopped', { code: result.code, detail: result.detail });
    pace.learn(result, now());
    const judged = invalidation.judge(result, now());
    if (invalidation.alarmed && result.outcome !== 'accepted')
      log('ERROR', 'targets-suspicious', { code: result.code, detail: result.detail });
    return judged;
  }

  return {
    gate: {
      stop() {
        const stop = circuit.stop(now());
        if (stop) return stop;
        const until = pace.until(now());
        return until === undefined ? undefined : { until, code: 'PACED', detail: 'too many messages at once' };
      },
    },
    send: (target, message, until) => {
      const asked = now();
      return limit(async () => {
        if (now() - asked > longestTurnMs) return tooBusy;
        const stop = circuit.enter(now());
        if (stop) return refusal(stop, now());
        pace.take(now());
        return learn(await send(target, message, until));
      });
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
