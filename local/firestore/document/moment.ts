import type { Timestamp } from './value.ts';

/**
 * A moment inside the server: whole microseconds since 1970, the precision Firestore keeps.
 * It fits a JavaScript number exactly until the year 2255.
 */
export type Moment = number;

export function toTimestamp(moment: Moment): Timestamp {
  const seconds = Math.floor(moment / 1_000_000);
  return { seconds, nanos: (moment - seconds * 1_000_000) * 1000 };
}

export function toMoment(timestamp: Timestamp): Moment {
  return Number(timestamp.seconds ?? 0) * 1_000_000 + Math.floor((timestamp.nanos ?? 0) / 1000);
}

/** RFC 3339 with microseconds, as CloudEvents carry it. */
export function toIsoText(moment: Moment): string {
  const milliseconds = Math.floor(moment / 1000);
  const rest = String(moment - milliseconds * 1000).padStart(3, '0');
  return new Date(milliseconds).toISOString().replace('Z', `${rest}Z`);
}

/** Epoch milliseconds with a fraction, for Firestore commits between two milliseconds. */
export const wallClock = (): number => Date.now() + (performance.now() % 1);

/**
 * Gives out moments: wall-clock, but strictly increasing, so that no two commits share one, and a read at
 * a moment sees everything committed before it and nothing committed later.
 */
export class CommitClock {
  readonly #now: () => number;
  #last: Moment;

  /** @param now epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#last = Math.floor(now() * 1000);
  }

  now(): Moment {
    this.#last = Math.max(this.#last + 1, Math.floor(this.#now() * 1000));
    return this.#last;
  }
}
