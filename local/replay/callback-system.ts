/**
 * A callback system, as a customer would run one: a process of its own that writes to Firestore with the ordinary
 * Admin SDK, and knows nothing of pushes. It plays a recording that its parent sends, and tells of each write.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore, type DocumentReference } from 'firebase-admin/firestore';
import { materialize, type WriteStep } from './recording.ts';

/** What the parent sends, once. */
export interface Play {
  readonly steps: readonly WriteStep[];
  /** 2 = twice as fast as recorded. */
  readonly speed: number;
  /** A pause after the settings, until nobody remembers former ones. */
  readonly settleMs: number;
}

/** Of each write; times are epoch milliseconds. */
export interface Written {
  readonly step: WriteStep;
  readonly issuedAt: number;
  readonly committedAt: number;
}

export type Told = { readonly written: Written } | { readonly failed: string } | { readonly finished: true };

const now = () => performance.timeOrigin + performance.now();

function tell(told: Told): void {
  process.send?.(told);
}

async function write(reference: DocumentReference, step: WriteStep): Promise<void> {
  const issuedAt = now();
  const data = materialize(step.data, issuedAt);
  const commit = {
    set: () => reference.set(data),
    update: () => reference.update(data),
    delete: () => reference.delete(),
  };
  try {
    const { writeTime } = await commit[step.kind]();
    tell({ written: { step, issuedAt, committedAt: writeTime.toMillis() } });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`line ${step.line}: ${step.path} could not be written: ${reason}`, { cause: error });
  }
}

async function play({ steps, speed, settleMs }: Play): Promise<void> {
  const db = getFirestore(initializeApp());
  let failure: unknown;
  // Writes to one document keep their order; writes to different ones do not wait for each other.
  const last = new Map<string, Promise<void>>();
  const begin = (step: WriteStep) => {
    const before = last.get(step.path) ?? Promise.resolve();
    const done = before.then(() => write(db.doc(step.path), step));
    last.set(
      step.path,
      done.catch((error: unknown) => (failure ??= error)).then(() => undefined),
    );
  };
  const demandSuccess = () => {
    if (failure) throw failure as Error;
  };
  steps.filter(({ at }) => at < 0).forEach(begin);
  await Promise.all(last.values());
  await sleep(settleMs);
  const start = now();
  for (const step of steps.filter(({ at }) => at >= 0)) {
    await sleep(Math.max(0, start + (step.at * 1000) / speed - now()));
    demandSuccess();
    begin(step);
  }
  await Promise.all(last.values());
  demandSuccess();
  await db.terminate();
}

// Whoever wanted these writes is gone.
process.once('disconnect', () => {
  process.exit();
});

process.once('message', (message) => {
  play(message as Play).then(
    () => {
      tell({ finished: true });
      process.disconnect();
    },
    (error: unknown) => {
      tell({ failed: error instanceof Error ? error.message : String(error) });
      process.disconnect();
      process.exitCode = 1;
    },
  );
});
