import type { Written } from './callback-system.ts';
import type { Expectation } from './recording.ts';

/** What the inbox tells of a message that arrived. */
export interface Arrival {
  readonly callbackId: string;
  readonly event: string;
  readonly noticeId: string;
  readonly target: string;
  /** ISO time of the change that it announces. */
  readonly eventTime: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** Of one event, or of all: notices expected, received, received twice, missing, and what nobody expected. */
export interface Tally {
  readonly name: string;
  readonly expected: number;
  readonly received: number;
  readonly duplicates: number;
  readonly missing: number;
  readonly unexpected: number;
  /** Milliseconds from the write to its push, sorted. */
  readonly latencies: readonly number[];
}

export interface Verdict {
  readonly events: readonly Tally[];
  readonly total: Tally;
  /** Each callback and event that is not as expected, in words. */
  readonly complaints: readonly string[];
}

/**
 * Compares what arrived with what was expected. A notice that reaches several devices counts once; the same notice
 * twice on one device, or more notices than expected of a kind, are duplicates; of a kind that nobody expected they
 * are unexpected.
 */
export function judge(
  expectations: readonly Expectation[],
  arrivals: readonly Arrival[],
  written: readonly Written[],
): Verdict {
  const expected = new Map<string, number>();
  for (const { id, event, count } of expectations) {
    const kind = kindOf(id, event);
    expected.set(kind, (expected.get(kind) ?? 0) + count);
  }
  const arrived = Map.groupBy(arrivals, ({ callbackId, event }) => kindOf(callbackId, event));
  const latencyOf = latencies(written);
  const tallies = [...new Set([...expected.keys(), ...arrived.keys()])].map((kind) =>
    tally(kind, expected.get(kind) ?? 0, arrived.get(kind) ?? [], latencyOf),
  );
  const byEvent = Map.groupBy(tallies, ({ name }) => name.split(' ')[1] ?? '');
  return {
    events: [...byEvent].map(([event, some]) => sum(event, some)).toSorted((a, b) => a.name.localeCompare(b.name)),
    total: sum('all', tallies),
    complaints: tallies.flatMap(complaint),
  };
}

export function isAsExpected({ total }: Verdict): boolean {
  return total.missing === 0 && total.duplicates === 0 && total.unexpected === 0;
}

/** The value below which the given share of the sorted values lies; 0 of none. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function kindOf(id: string, event: string): string {
  return `${encodeURIComponent(id)} ${event}`;
}

function tally(
  kind: string,
  expected: number,
  arrivals: readonly Arrival[],
  latencyOf: (arrival: Arrival) => number | undefined,
): Tally {
  const notices = new Set(arrivals.map(({ noticeId }) => noticeId)).size;
  const deliveries = new Set(arrivals.map(({ noticeId, target }) => `${noticeId} ${target}`)).size;
  const repeats = arrivals.length - deliveries;
  const surplus = Math.max(0, notices - expected);
  return {
    name: kind,
    expected,
    received: notices + repeats,
    duplicates: repeats + (expected > 0 ? surplus : 0),
    missing: Math.max(0, expected - notices),
    unexpected: expected > 0 ? 0 : surplus,
    latencies: arrivals.map(latencyOf).filter((latency) => latency !== undefined),
  };
}

/** From the moment the write was issued: the write is the one of that callback that committed at the event's time. */
function latencies(written: readonly Written[]): (arrival: Arrival) => number | undefined {
  const issued = new Map<string, number>();
  for (const { step, issuedAt, committedAt } of written) issued.set(`${step.path} ${committedAt}`, issuedAt);
  return ({ callbackId, eventTime, receivedAt }) => {
    const issuedAt = issued.get(`callbacks/${callbackId} ${Date.parse(eventTime)}`);
    return issuedAt === undefined ? undefined : receivedAt - issuedAt;
  };
}

function sum(name: string, tallies: readonly Tally[]): Tally {
  const add = (field: Exclude<keyof Tally, 'name' | 'latencies'>) =>
    tallies.reduce((total, one) => total + one[field], 0);
  return {
    name,
    expected: add('expected'),
    received: add('received'),
    duplicates: add('duplicates'),
    missing: add('missing'),
    unexpected: add('unexpected'),
    latencies: tallies.flatMap((one) => one.latencies).toSorted((a, b) => a - b),
  };
}

function complaint({ name, expected, received, duplicates, missing, unexpected }: Tally): string[] {
  if (missing + duplicates + unexpected === 0) return [];
  const [id = '', event = ''] = name.split(' ');
  return [`${decodeURIComponent(id)} ${event}: expected ${expected}, received ${received}`];
}
