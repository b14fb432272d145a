import { foreignProject, isTrouble, type PushResult, type TroubleScope } from '../fcm/result.ts';
import { createDevicesInARow } from './devices-in-a-row.ts';

/** Why nothing is sent, and until when: epoch milliseconds. */
export interface Stop {
  readonly until: number;
  readonly scope: TroubleScope;
  readonly code: string;
  readonly detail: string;
}

export interface Circuit {
  /** Nothing is to be sent before this; undefined = go ahead. */
  stop(now: number): Stop | undefined;
  /** The same for a message that is about to go: of a broken circuit one alone may find out whether it is mended. */
  enter(now: number): Stop | undefined;
  /** What became of a message. Tells of the change that it made: the circuit broke, or it is whole again. */
  learn(result: PushResult, target: string, now: number): 'broke' | 'mended' | undefined;
}

/** One glitch of Google's is none, nor is one device that fails again and again; so many devices in a row are. */
const failuresToBreak = 3;
const firstStopMs = 5_000;
/** Mended credentials are noticed within this, and broken ones cost one message an instance in it. */
const longestStopMs = 60_000;
/** A message that was let through and never came back lets the next one through after this. */
const trialMs = 30_000;

/**
 * Keeps broken credentials from burning a million requests: when message after message fails for them (not for its
 * device, nor for the provider's sake), nothing is sent but one message now and then, until one gets through.
 */
export function createCircuit(): Circuit {
  const failures = createDevicesInARow(failuresToBreak);
  let stopMs = firstStopMs;
  let stopped: (Omit<Stop, 'scope'> & { readonly since: number; readonly onTrial: boolean }) | undefined;

  /**
   * Others than the one who tries need not wait for the end of its time: most trials end at once. A clock that was set
   * back ends a stop rather than to lengthen it.
   */
  function stop(now: number): Stop | undefined {
    if (!stopped || now < stopped.since || now >= stopped.until) return undefined;
    const { code, detail, onTrial } = stopped;
    return {
      until: onTrial ? Math.min(stopped.until, now + firstStopMs) : stopped.until,
      scope: 'credentials',
      code,
      detail,
    };
  }

  return {
    stop,
    enter(now) {
      const refused = stop(now);
      if (!refused && stopped) stopped = { ...stopped, since: now, until: now + trialMs, onTrial: true };
      return refused;
    },
    learn(result, target, now) {
      const was = stopped;
      if (saysNothing(result)) return undefined;
      if (result.outcome !== 'try-later' || result.scope !== 'credentials') {
        failures.end();
        stopMs = firstStopMs;
        stopped = undefined;
        return was && 'mended';
      }
      if (!failures.add(target)) return undefined;
      // Messages that were under way when it broke tell nothing new.
      if (!was || was.onTrial) {
        const { code, detail } = result;
        stopped = { since: now, until: now + stopMs, code, detail, onTrial: false };
        stopMs = Math.min(longestStopMs, stopMs * 2);
      }
      return was ? undefined : 'broke';
    },
  };
}

/** Whoever says so need not have looked at the credentials; or they are good, but perhaps of the wrong project. */
function saysNothing(result: PushResult): boolean {
  const isForeign = result.outcome === 'refused' && result.code === foreignProject;
  return isForeign || isTrouble(result, 'provider') || isTrouble(result, 'quota');
}
