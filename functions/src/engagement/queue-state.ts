import * as v from 'valibot';
import { closingAfter, isServedUntil, longestOpeningMs } from '../callback/business-hours.ts';
import { parse } from '../base/problems.ts';
import type { Settings } from '../callback/settings.ts';

/** What the callback system reported of a virtual queue: `queues/{serviceName}`. */
export interface QueueState {
  /** Seconds; absent = not known. */
  readonly estimatedWaitTime?: number;
  /** Absent = not reported. */
  readonly agentsLoggedIn?: number;
}

const finite = v.pipe(v.number(), v.finite());
const queueStateSchema = v.object({
  estimatedWaitTime: v.nullish(finite),
  agentsLoggedIn: v.nullish(finite),
});

/** A report that cannot be read says nothing; `undefined` where there is none. */
export function queueStateOf(data: unknown): QueueState {
  const parsed = parse(queueStateSchema, data ?? {});
  if ('problems' in parsed) return {};
  const { estimatedWaitTime, agentsLoggedIn } = parsed.value;
  return {
    ...(estimatedWaitTime != null && estimatedWaitTime >= 0 && { estimatedWaitTime }),
    ...(agentsLoggedIn != null && { agentsLoggedIn }),
  };
}

/** How Genesys calculates an estimated wait: without regard to agents, with it, or by the statistics server. */
export const waitModes = ['mode1', 'mode2', 'mode3'] as const;
export type WaitMode = (typeof waitModes)[number];

export interface EstimatedWait {
  /** Seconds, -1 = not known. */
  readonly estimatedWaitTime: number;
  /** 0, -1 = no interactions yet, -2 = no agents logged in. */
  readonly resultCode: 0 | -1 | -2;
  readonly message: string;
}

export function estimatedWait({ estimatedWaitTime, agentsLoggedIn }: QueueState, mode: WaitMode): EstimatedWait {
  if (mode !== 'mode1' && agentsLoggedIn === 0)
    return { estimatedWaitTime: -1, resultCode: -2, message: 'No agents are logged in.' };
  if (estimatedWaitTime === undefined)
    return { estimatedWaitTime: -1, resultCode: -1, message: 'There are no interactions yet.' };
  return { estimatedWaitTime, resultCode: 0, message: 'OK' };
}

export interface Offer {
  /** Seconds, -1 = not known: no interactions yet where an immediate callback is offered, else no agents. */
  readonly ewt: number;
  readonly offerImmediateCallback: boolean;
  readonly offerScheduledCallback: boolean;
}

/** What a queue offers to who calls now: an immediate callback only where it would be made before it closes. */
export function offer(state: QueueState, settings: Settings, now: number): Offer {
  const { businessHours, immediateCallbackEnabled, scheduledCallbackEnabled } = settings;
  const { estimatedWaitTime: ewt, resultCode } = estimatedWait(state, 'mode2');
  const turn = now + Math.min(Math.max(0, ewt) * 1000, longestOpeningMs);
  const isOpen = closingAfter(businessHours, now) !== undefined;
  const inTime = isOpen && (!businessHours || isServedUntil(businessHours, now, turn));
  return {
    ewt,
    offerImmediateCallback: immediateCallbackEnabled && resultCode !== -2 && inTime,
    offerScheduledCallback: scheduledCallbackEnabled,
  };
}
