import pLimit from 'p-limit';
import type { Log } from '../base/log.ts';
import { isTrouble, type PushResult } from '../fcm/result.ts';
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
  /**
   * For who keeps nothing that could be sent later: what the gate would stop is given back. Whose targets they are nobody
   * knows, so what FCM says of them is believed as it is, and tells nothing of the devices of others.
   */
  readonly gated: (send: PushSender) => PushSender;
}

export interface GuardParts {
  /** Requests under way to FCM at the same time, from this instance. */
  readonly maxInFlight: number;
  /** The project seems to be the wrong one: the credentials are to be asked for anew, for they may be mended by now. */
  readonly onWrongProject?: () => void;
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
export function createGuards({ maxInFlight, onWrongProject, log, now }: GuardParts): Guards {
  const circuit = createCircuit();
  const pace = createPace();
  const invalidation = createInvalidationGuard();
  const limit = pLimit(maxInFlight);

  function judged(answer: PushResult, target: string): PushResult {
    const { result, isAlarm } = invalidation.judge(answer, target, now());
    if (isAlarm && 'code' in result) log('ERROR', 'targets-suspicious', { code: result.code, detail: result.detail });
    if (answer.outcome === 'refused' && isTrouble(result, 'credentials')) onWrongProject?.();
    return result;
  }

  function learn(result: PushResult, target: string): PushResult {
    const change = circuit.learn(result, target, now());
    pace.learn(result, now());
    if (change === 'mended') log('INFO', 'sending-resumed', {});
    if (change === 'broke' && 'code' in result) {
      log('ERROR', 'sending-stopped', { code: result.code, detail: result.detail });
    }
    return result;
  }

  function stop(): Stop | undefined {
    const broken = circuit.stop(now());
    if (broken) return broken;
    const until = pace.until(now());
    return until === undefined ? undefined : { ...paced, until };
  }

  const inTurn =
    (send: PushSender, judge: typeof judged): PushSender =>
    (target, message, until) => {
      const asked = now();
      return limit(async () => {
        const startsAt = now();
        if (startsAt - asked > longestTurnMs) return tooBusy;
        const stopped = circuit.enter(startsAt);
        if (stopped) return refusal(stopped, startsAt);
        pace.take(startsAt);
        return learn(judge(await send(target, message, until), target), target);
      });
    };

  return {
    gate: { stop },
    guarded: (send) => inTurn(send, judged),
    gated(send) {
      const behind = inTurn(send, (answer) => answer);
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

const paced = { scope: 'provider', code: 'PACED', detail: 'too many messages at once' } as const;

function refusal({ until, ...why }: Stop, now: number): PushResult {
  return { outcome: 'try-later', ...why, retryAfterMs: Math.max(1, until - now) };
}
