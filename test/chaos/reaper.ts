import { Refusal } from '../../local/firestore/document/refusal.ts';
import type { Tap } from '../../local/tap.ts';

/** A place to die at: the n-th call of the chain, before it is carried out, or after it and before it is answered. */
export interface Point {
  readonly index: number;
  readonly when: 'before' | 'after';
}

export interface Reaper {
  readonly tap: Tap;
  /** Counts calls from now on, and has whoever makes the one at the point killed before it goes on. */
  watch(point?: Point, kill?: () => Promise<void>): void;
  /** What was called since. */
  calls(): readonly string[];
  /** Whether it has killed since. */
  hasKilled(): boolean;
}

/** Sees every call that reaches any server of the world; the one that makes them makes one at a time. */
export function createReaper(): Reaper {
  let calls: string[] = [];
  let armed: { readonly point: Point; readonly kill: () => Promise<void> } | undefined;
  let killed = false;

  async function reach(when: Point['when']): Promise<void> {
    if (armed?.point.when !== when || armed.point.index !== calls.length - 1) return;
    const { kill } = armed;
    armed = undefined;
    killed = true;
    await kill();
    throw new Refusal('UNAVAILABLE', 'whoever called is dead');
  }

  return {
    tap: {
      async before(call) {
        calls.push(call);
        await reach('before');
      },
      after: () => reach('after'),
    },
    watch(point, kill) {
      calls = [];
      killed = false;
      armed = point && kill && { point, kill };
    },
    calls: () => calls,
    hasKilled: () => killed,
  };
}
