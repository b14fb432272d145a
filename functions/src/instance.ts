import type { Firestore } from '@google-cloud/firestore';
import { createWaitingCallbacks } from './push/callback-store.ts';
import { createChain, type ChainParts } from './chain.ts';
import { createCredentialStore } from './admin/credential-store.ts';
import { createOverdue } from './push/ledger.ts';
import { createReconciliation } from './push/reconciliation.ts';
import { createSweep } from './push/sweep.ts';

export interface InstanceParts extends ChainParts {
  /** For what takes queries and transactions. */
  readonly db: Firestore;
}

export type Instance = ReturnType<typeof createInstance>;

/** Puts one instance together: everything that the functions do hangs on what it returns. Does no I/O. */
export function createInstance(parts: InstanceParts) {
  const { config, db, log, now } = parts;
  const chain = createChain(parts);
  const { callbacks, settingsOf, onChange, retry, gate } = chain;
  const bookmark = db.doc('sweeps/reconciliation');
  const reconciliation = createReconciliation({
    callbacks: { ...callbacks, ...createWaitingCallbacks(db) },
    settingsOf,
    onChange,
    bookmark: {
      async read() {
        const after: unknown = (await bookmark.get()).get('after');
        return typeof after === 'string' ? after : undefined;
      },
      async write(after) {
        await bookmark.set({ after: after ?? null });
      },
    },
    log,
    now,
  });
  const { reconciledPerSweep: reconciled } = config;
  const sweep = createSweep({ ledger: createOverdue(db), retry, gate, reconciliation, reconciled, log, now });
  return { ...chain, credentialStore: createCredentialStore(db, config, now), sweep };
}
