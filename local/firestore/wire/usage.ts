/** What clients did over RPC since the last reset: what production would bill, and how it was asked for. */
export class Usage {
  #documentReads = 0;
  #documentWrites = 0;
  #queries = 0;
  #methods = new Map<string, number>();

  called(method: string): void {
    this.#methods.set(method, (this.#methods.get(method) ?? 0) + 1);
  }

  read(documents: number): void {
    this.#documentReads += documents;
  }

  wrote(writes: number): void {
    this.#documentWrites += writes;
  }

  queried(rows: number): void {
    this.#queries += 1;
    this.read(rows);
  }

  reset(): void {
    this.#documentReads = 0;
    this.#documentWrites = 0;
    this.#queries = 0;
    this.#methods = new Map();
  }

  toJSON(): object {
    return {
      documentReads: this.#documentReads,
      documentWrites: this.#documentWrites,
      queries: this.#queries,
      methods: Object.fromEntries(this.#methods),
    };
  }
}
