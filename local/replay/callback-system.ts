/**
 * A callback system, as a customer would run one: a process of its own that writes to Firestore with the ordinary
 * Admin SDK, and knows nothing of pushes. It plays a recording that its parent sends, and tells of each write.
 */
import { initializeApp } from 'firebase-admin/app';
import { getFirestore, type DocumentReference } from 'firebase-admin/firestore';
import { materialize, type WriteStep } from './recording.ts';

/** What the parent sends, once. */
export interface Play {
  readonly steps: readonly WriteStep[];
  /** 2 = twice as fast as recorded. */
  readonly speed: number;
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
  const { writeTime } =
    step.kind === 'delete'
      ? await reference.delete()
      : step.kind === 'set'
        ? await reference.set(data)
        : await reference.update(data);
  tell({ written: { step, issuedAt, committedAt: writeTime.toMillis() } });
}

async function play({ steps, speed }: Play): Promise<void> {
  const db = getFirestore(initializeApp());
  const start = now();
  // Writes to one document keep their order; writes to different ones do not wait for each other.
  const last = new Map<string, Promise<void>>();
  for (const step of steps) {
    const pause = start + (Math.max(0, step.at) * 1000) / speed - now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const done = (last.get(step.path) ?? Promise.resolve()).then(() => write(db.doc(step.path), step));
    done.catch(() => undefined);
    last.set(
      step.path,
      done.catch((error: unknown) => {
        throw new Error(
          `line ${step.line}: ${step.path} could not be written: ${error instanceof Error ? error.message : String(error)}`,
        );
      }),
    );
  }
  await Promise.all(last.values());
  await db.terminate();
}

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
