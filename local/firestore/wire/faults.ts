import { Refusal } from '../document/refusal.ts';

/** Failures that tests ask for, each used up by the next call that it fits. */
export class Faults {
  #abortCommits = 0;
  #unavailable = 0;

  set({ abortCommits, unavailable }: { abortCommits?: number | undefined; unavailable?: number | undefined }): void {
    this.#abortCommits = abortCommits ?? this.#abortCommits;
    this.#unavailable = unavailable ?? this.#unavailable;
  }

  beforeCall(): void {
    if (this.#unavailable === 0) return;
    this.#unavailable -= 1;
    throw new Refusal('UNAVAILABLE', 'The service is unavailable because a test asked for it.');
  }

  beforeTransactionCommit(): void {
    if (this.#abortCommits === 0) return;
    this.#abortCommits -= 1;
    throw new Refusal('ABORTED', 'The transaction was aborted because a test asked for it.');
  }

  toJSON(): object {
    return { abortCommits: this.#abortCommits, unavailable: this.#unavailable };
  }
}
