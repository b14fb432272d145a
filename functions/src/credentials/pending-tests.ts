import type { Firestore } from '@google-cloud/firestore';

/** A test whose push was sent, and of which the browser has yet to say whether it arrived. */
export interface PendingTest {
  /** Of the credentials that it tests. */
  readonly version: string;
  readonly by: string;
}

export interface PendingTests {
  add(testId: string, test: PendingTest): Promise<void>;
  /** Takes the test away, so that it ends once; undefined for one that is unknown, another's, or too old. */
  take(testId: string, by: string): Promise<PendingTest | undefined>;
}

/** Far longer than a push and its browser take. A Firestore TTL policy on `expireAt` removes what was never taken. */
const keepMs = 10 * 60_000;

/** `pendingCredentialTests/{testId}`: the instance that is told the outcome need not be the one that sent the push. */
export function createPendingTests(db: Firestore, now: () => number): PendingTests {
  const tests = db.collection('pendingCredentialTests');
  return {
    async add(testId, { version, by }) {
      await tests.doc(testId).create({ version, by, expireAt: new Date(now() + keepMs) });
    },

    async take(testId, by) {
      return db.runTransaction(async (transaction) => {
        const document = await transaction.get(tests.doc(testId));
        const { version, expireAt, ...test } = (document.data() ?? {}) as Partial<PendingTest> & {
          readonly expireAt?: { toMillis(): number };
        };
        if (version === undefined || test.by !== by || (expireAt?.toMillis() ?? 0) <= now()) return undefined;
        transaction.delete(document.ref);
        return { version, by };
      });
    },
  };
}
