/** Returned by an attempt that cannot go ahead yet. */
export const mustWait = Symbol('must wait');

interface Waiter {
  /** Tries again; true when the waiter is done, with success or not. */
  settle(): boolean;
}

/** Operations held up by transactions, tried again in the order of their arrival whenever one ends. */
export class WaitQueue {
  readonly #waiters = new Set<Waiter>();
  #settling = false;
  #again = false;

  /** Runs the attempt at once, else after each `settle` until it goes ahead; after `waitMs`, `giveUp` decides. */
  enter<T>(attempt: () => T | typeof mustWait, waitMs: number, giveUp: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const finish = (outcome: () => T | typeof mustWait): boolean => {
        try {
          const value = outcome();
          if (value === mustWait) return false;
          resolve(value);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        clearTimeout(timer);
        return true;
      };
      const waiter = { settle: () => finish(attempt) };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        finish(giveUp);
      }, waitMs).unref();
      if (!waiter.settle()) this.#waiters.add(waiter);
    });
  }

  /** An attempt may itself end a transaction; then another round follows instead of a nested one. */
  settle(): void {
    this.#again = true;
    if (this.#settling) return;
    this.#settling = true;
    while (this.#again) {
      this.#again = false;
      for (const waiter of [...this.#waiters]) if (waiter.settle()) this.#waiters.delete(waiter);
    }
    this.#settling = false;
  }
}
