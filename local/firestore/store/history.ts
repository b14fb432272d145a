import type { Moment } from '../document/moment.ts';
import type { Collection } from './collection.ts';

interface Replacement {
  readonly collection: Collection;
  readonly name: string;
  readonly at: Moment;
}

const compactFrom = 10_000;

/** Decides how long replaced versions are kept, so that memory follows the last minutes and not the whole run. */
export class History {
  readonly #lengthMs: number;
  #replacements: Replacement[] = [];
  #first = 0;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  /** The earliest moment that can still be read. */
  horizon(now: Moment): Moment {
    return now - this.#lengthMs * 1000;
  }

  replaced(collection: Collection, name: string, at: Moment): void {
    this.#replacements.push({ collection, name, at });
  }

  /** Drops the versions replaced before the horizon; returns the collections that lost some. */
  expire(now: Moment): Set<Collection> {
    const horizon = this.horizon(now);
    const touched = new Set<Collection>();
    for (let next = this.#replacements[this.#first]; next !== undefined && next.at <= horizon;) {
      next.collection.forget(next.name, horizon);
      touched.add(next.collection);
      next = this.#replacements[++this.#first];
    }
    this.#compact();
    return touched;
  }

  /** Popping one by one would move the whole list each time. */
  #compact(): void {
    if (this.#first < compactFrom || this.#first * 2 < this.#replacements.length) return;
    this.#replacements = this.#replacements.slice(this.#first);
    this.#first = 0;
  }
}
