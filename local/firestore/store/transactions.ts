import type { StoredDocument } from '../document/document.ts';
import type { Moment } from '../document/moment.ts';
import type { DocumentName } from '../document/name.ts';
import { invalid, Refusal } from '../document/refusal.ts';
import type { DocumentWrite } from '../document/write.ts';
import type { Query } from '../query/query.ts';
import type { CommitPlan, Database } from './database.ts';
import { Locks } from './locks.ts';
import { Transaction, unknownTransaction } from './transaction.ts';
import { mustWait, WaitQueue } from './wait-queue.ts';

const commitWaitMs = 20_000;
const readGateMs = 1000;
const sweepEveryMs = 5000;

export interface TransactionOptions {
  readOnly?: { readTime?: Moment | undefined };
  /** The attempt that this one repeats. */
  retryOf?: string | undefined;
}

/**
 * Pessimistic transactions, as production's server clients have them: readers hold shared locks until
 * they end; a commit waits for older holders and aborts younger ones (wound-wait), so waiting never
 * goes round in a circle. Writes outside transactions wait for everyone.
 */
export class Transactions {
  readonly #database: Database;
  readonly #open = new Map<string, Transaction>();
  readonly #locks = new Locks();
  readonly #queue = new WaitQueue();
  readonly #wanted = new Map<string, number>();
  readonly #sweep: NodeJS.Timeout;

  constructor(database: Database) {
    this.#database = database;
    this.#sweep = setInterval(() => {
      this.#expire(Date.now());
    }, sweepEveryMs).unref();
  }

  stop(): void {
    clearInterval(this.#sweep);
  }

  begin({ readOnly, retryOf }: TransactionOptions): Transaction {
    const readTime = readOnly === undefined ? undefined : (readOnly.readTime ?? this.#database.now());
    if (readOnly?.readTime !== undefined) this.#database.checkReadTime(readOnly.readTime);
    const transaction = new Transaction({ readTime, retryOf, now: Date.now() });
    this.#open.set(transaction.id, transaction);
    return transaction;
  }

  find(id: string): Transaction {
    const transaction = this.#open.get(id);
    if (transaction === undefined) throw unknownTransaction();
    transaction.checkOpen();
    transaction.touch(Date.now());
    return transaction;
  }

  rollback(id: string): void {
    const transaction = this.#open.get(id);
    if (transaction !== undefined) this.#dismiss(transaction);
  }

  /** Ends every transaction, as when the database is emptied. */
  abortAll(): void {
    for (const transaction of this.#open.values()) this.#abort(transaction);
    this.#queue.settle();
  }

  /**
   * Reads documents and locks them. While another transaction holds one of them the read waits a moment:
   * two read-modify-write loops then take turns, instead of one being aborted and its client sleeping.
   */
  read(transaction: Transaction, names: readonly DocumentName[]): Promise<(StoredDocument | undefined)[]> {
    const read = (): (StoredDocument | undefined)[] => {
      transaction.checkOpen();
      return names.map((name) => {
        if (transaction.readTime === undefined) this.#locks.lock(transaction, name.full);
        return this.#database.read(name, transaction.readTime);
      });
    };
    if (transaction.readTime !== undefined) return Promise.resolve(read());
    const attempt = () => (!transaction.isAborted && this.#isGated(transaction, names) ? mustWait : read());
    return this.#queue.enter(attempt, readGateMs, read);
  }

  /** Runs a query and keeps its result from changing until the transaction ends. */
  run(transaction: Transaction, query: Query): StoredDocument[] {
    if (transaction.readTime === undefined) {
      transaction.queries.push(query);
      this.#locks.watchQueries(transaction);
    }
    return this.#database.run(query, transaction.readTime);
  }

  /** Commits writes, inside the named transaction or on their own, once nobody's reads stand in the way. */
  async commit(writes: readonly DocumentWrite[], id?: string): Promise<CommitPlan> {
    const transaction = id === undefined ? undefined : this.find(id);
    const wanted = writes.map(({ name }) => name.full);
    this.#want(wanted, 1);
    try {
      if (transaction?.readTime !== undefined && writes.length > 0) {
        throw invalid('Cannot modify entities in a read-only transaction.');
      }
      return await this.#queue.enter(() => this.#tryCommit(writes, transaction), commitWaitMs, tooMuchContention);
    } finally {
      this.#want(wanted, -1);
      if (transaction !== undefined) this.#end(transaction);
      else this.#queue.settle();
    }
  }

  #tryCommit(writes: readonly DocumentWrite[], transaction: Transaction | undefined): CommitPlan | typeof mustWait {
    transaction?.checkOpen();
    const plan = this.#database.plan(writes);
    const rivals = this.#locks.rivals(plan.changes, transaction);
    for (const rival of rivals) if (transaction === undefined || rival.age < transaction.age) return mustWait;
    for (const rival of rivals) this.#abort(rival);
    this.#database.install(plan);
    return plan;
  }

  /** A newcomer also lets pass the commits that wait for a document, or a stream of readers would starve them. */
  #isGated(transaction: Transaction, names: readonly DocumentName[]): boolean {
    return names.some(
      ({ full }) =>
        this.#locks.isHeldByAnother(full, transaction) || (transaction.holdsNothing && this.#wanted.has(full)),
    );
  }

  #want(names: readonly string[], by: 1 | -1): void {
    for (const name of names) {
      const count = (this.#wanted.get(name) ?? 0) + by;
      if (count === 0) this.#wanted.delete(name);
      else this.#wanted.set(name, count);
    }
  }

  /** An aborted transaction stays known, so that its client is told ABORTED and tries again. */
  #abort(transaction: Transaction): void {
    transaction.abort();
    this.#locks.release(transaction);
  }

  /** Aborts first: an operation of the transaction may still be waiting, and must not go ahead without its locks. */
  #dismiss(transaction: Transaction): void {
    transaction.abort();
    this.#end(transaction);
  }

  #end(transaction: Transaction): void {
    this.#open.delete(transaction.id);
    this.#locks.release(transaction);
    this.#queue.settle();
  }

  #expire(now: number): void {
    for (const transaction of [...this.#open.values()]) if (transaction.isExpired(now)) this.#dismiss(transaction);
  }
}

function tooMuchContention(): never {
  throw new Refusal('ABORTED', 'Too much contention on these documents. Please try again.');
}
