import { Database, type DatabaseOptions } from './database.ts';
import { Transactions } from './transactions.ts';

/** A database with the transactions that are open on it. */
export interface HostedDatabase {
  readonly database: Database;
  readonly transactions: Transactions;
}

/** All databases of the process; one comes into being when it is first named. */
export class Databases {
  readonly #hosted = new Map<string, HostedDatabase>();
  readonly #options: DatabaseOptions;
  readonly #created: (database: Database) => void;

  constructor(options: DatabaseOptions, created: (database: Database) => void) {
    this.#options = options;
    this.#created = created;
  }

  get(name: string): HostedDatabase {
    const known = this.#hosted.get(name);
    if (known !== undefined) return known;
    const database = new Database(name, this.#options);
    const hosted = { database, transactions: new Transactions(database) };
    this.#hosted.set(name, hosted);
    this.#created(database);
    return hosted;
  }

  clear(name: string): void {
    const { database, transactions } = this.get(name);
    transactions.abortAll();
    database.clear();
  }

  stop(): void {
    for (const { transactions } of this.#hosted.values()) transactions.stop();
  }
}
