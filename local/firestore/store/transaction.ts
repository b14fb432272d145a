import { randomUUID } from 'node:crypto';

import type { Moment } from '../document/moment.ts';
import { invalid, Refusal } from '../document/refusal.ts';
import type { Query } from '../query/query.ts';

const idleMs = 60_000;
const totalMs = 270_000;

let started = 0;

/** One transaction of a client: what it has read, and so what nobody else may change before it ends. */
export class Transaction {
  readonly id: string;
  /** Lower is older. A retry keeps the age of the first attempt, so it cannot lose for ever. */
  readonly age: number;
  /** Set for read-only transactions, which see the past and hold no locks. */
  readonly readTime: Moment | undefined;
  readonly names = new Set<string>();
  readonly queries: Query[] = [];
  #aborted = false;
  #touched: number;
  readonly #started: number;

  constructor(options: { readTime?: Moment | undefined; retryOf?: string | undefined; now: number }) {
    started += 1;
    this.age = ageOf(options.retryOf) ?? started;
    this.id = `${this.age}.${started}.${randomUUID()}`;
    this.readTime = options.readTime;
    this.#started = options.now;
    this.#touched = options.now;
  }

  get holdsNothing(): boolean {
    return this.names.size === 0 && this.queries.length === 0;
  }

  get isAborted(): boolean {
    return this.#aborted;
  }

  abort(): void {
    this.#aborted = true;
  }

  touch(now: number): void {
    this.#touched = now;
  }

  isExpired(now: number): boolean {
    return now - this.#touched > idleMs || now - this.#started > totalMs;
  }

  checkOpen(): void {
    if (this.#aborted) throw new Refusal('ABORTED', 'Transaction was aborted by an older one. Please try again.');
  }
}

/** What a client is told about a transaction that is unknown, for example because it expired. */
export function unknownTransaction(): Refusal {
  return invalid('The referenced transaction has expired or is no longer valid.');
}

function ageOf(id: string | undefined): number | undefined {
  const age = Number(id?.split('.')[0]);
  return Number.isInteger(age) && age > 0 ? age : undefined;
}
