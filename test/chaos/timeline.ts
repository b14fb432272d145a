import pLimit from 'p-limit';

type Work = () => Promise<void>;

/** What happens within this belongs to one moment, and happens at the same time. */
const momentMs = 500;
/** So many things of one moment are under way at once. */
const atOnce = 100;

/**
 * Simulated time. What is put on it happens in the order of its times; the clock stands still while the work of a
 * moment is done, and then leaps to the next. Nobody ever waits.
 */
export class Timeline {
  #now: number;
  readonly #moments = new Map<number, Work[]>();

  /** @param start epoch milliseconds */
  constructor(start: number) {
    this.#now = start;
  }

  readonly now = (): number => this.#now;

  /** Work that fails, fails the run. */
  at(time: number, work: Work): void {
    const moment = Math.ceil(Math.max(time, this.#now) / momentMs);
    const sharing = this.#moments.get(moment);
    if (sharing) sharing.push(work);
    else this.#moments.set(moment, [work]);
  }

  /** Until nothing is left on it, or its time is over. */
  async run(until: number, progress: (now: number) => void = () => undefined): Promise<void> {
    const limit = pLimit(atOnce);
    for (let next = this.#next(); next !== undefined && next * momentMs <= until; next = this.#next()) {
      this.#now = Math.max(this.#now, next * momentMs);
      progress(this.#now);
      // Work may put more work on the present moment.
      for (let works = this.#take(next); works.length > 0; works = this.#take(next)) {
        await Promise.all(works.map((work) => limit(work)));
      }
    }
  }

  #next(): number | undefined {
    let first: number | undefined;
    for (const moment of this.#moments.keys()) if (first === undefined || moment < first) first = moment;
    return first;
  }

  #take(moment: number): Work[] {
    const works = this.#moments.get(moment) ?? [];
    this.#moments.delete(moment);
    return works;
  }
}
