import type { DocumentChange } from '../document/document.ts';
import type { Transaction } from './transaction.ts';

/**
 * Who has read what. A document is locked by the transactions that read it and by those with a query
 * that it matches; the latter keeps documents from appearing in a result that was already acted on.
 */
export class Locks {
  readonly #holders = new Map<string, Set<Transaction>>();
  readonly #querying = new Set<Transaction>();

  lock(transaction: Transaction, name: string): void {
    transaction.names.add(name);
    const holders = this.#holders.get(name);
    if (holders === undefined) this.#holders.set(name, new Set([transaction]));
    else holders.add(transaction);
  }

  watchQueries(transaction: Transaction): void {
    this.#querying.add(transaction);
  }

  release(transaction: Transaction): void {
    for (const name of transaction.names) {
      const holders = this.#holders.get(name);
      holders?.delete(transaction);
      if (holders?.size === 0) this.#holders.delete(name);
    }
    this.#querying.delete(transaction);
  }

  isHeldByAnother(name: string, self: Transaction): boolean {
    const holders = this.#holders.get(name);
    return holders !== undefined && holders.size > (holders.has(self) ? 1 : 0);
  }

  /** The other transactions whose reads the changes would make untrue. */
  rivals(changes: readonly DocumentChange[], self: Transaction | undefined): Set<Transaction> {
    const rivals = new Set<Transaction>();
    for (const change of changes) {
      for (const holder of this.#holders.get(change.name.full) ?? []) rivals.add(holder);
      for (const transaction of this.#querying) if (sees(transaction, change)) rivals.add(transaction);
    }
    if (self !== undefined) rivals.delete(self);
    return rivals;
  }
}

function sees({ queries }: Transaction, { before, after }: DocumentChange): boolean {
  return queries.some(
    (query) => (before !== undefined && query.matches(before)) || (after !== undefined && query.matches(after)),
  );
}
