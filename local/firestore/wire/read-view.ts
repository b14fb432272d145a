import type { StoredDocument } from '../document/document.ts';
import type { Moment } from '../document/moment.ts';
import { toMoment } from '../document/moment.ts';
import type { DocumentName } from '../document/name.ts';
import type { Query } from '../query/query.ts';
import type { HostedDatabase } from '../store/databases.ts';
import type { Transaction } from '../store/transaction.ts';
import type { TransactionOptions } from '../store/transactions.ts';
import type { ReadSelector, WireTransactionOptions } from './messages.ts';

/** The database as one request wants to see it: now, at a past moment, or inside a transaction. */
export interface ReadView {
  /** Present when this request began the transaction, whose id its first answer must carry. */
  readonly begun: Transaction | undefined;
  /** The moment of what has been read so far; ask after reading, which may have had to wait. */
  readonly at: Moment;
  read(names: readonly DocumentName[]): Promise<(StoredDocument | undefined)[]>;
  run(query: Query): StoredDocument[];
}

export function openView({ database, transactions }: HostedDatabase, selector: ReadSelector): ReadView {
  const begun =
    selector.newTransaction === undefined
      ? undefined
      : transactions.begin(toTransactionOptions(selector.newTransaction));
  const named = selector.transaction === undefined ? undefined : transactions.find(idOf(selector.transaction));
  const transaction = begun ?? named;
  if (transaction !== undefined) {
    return {
      begun,
      get at() {
        return transaction.readTime ?? database.now();
      },
      read: (names) => transactions.read(transaction, names),
      run: (query) => transactions.run(transaction, query),
    };
  }
  const past = selector.readTime === undefined ? undefined : toMoment(selector.readTime);
  if (past !== undefined) database.checkReadTime(past);
  return {
    begun: undefined,
    get at() {
      return past ?? database.now();
    },
    read: (names) => Promise.resolve(names.map((name) => database.read(name, past))),
    run: (query) => database.run(query, past),
  };
}

/** The part of a first answer that tells the client which transaction it is in. */
export function announced({ begun }: ReadView): { transaction?: Uint8Array } {
  return begun === undefined ? {} : { transaction: Buffer.from(begun.id) };
}

export function idOf(transaction: Uint8Array): string {
  return Buffer.from(transaction).toString();
}

export function toTransactionOptions(options: WireTransactionOptions | undefined): TransactionOptions {
  const { readOnly, readWrite } = options ?? {};
  if (readOnly !== undefined) {
    return { readOnly: { readTime: readOnly.readTime === undefined ? undefined : toMoment(readOnly.readTime) } };
  }
  const retried = readWrite?.retryTransaction;
  return { retryOf: retried === undefined || retried.length === 0 ? undefined : idOf(retried) };
}
