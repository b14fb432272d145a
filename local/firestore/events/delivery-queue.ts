import type { ChangeEvent } from './cloud-event.ts';

/** How deliveries behave; tests make them come twice, late and out of order. */
export interface DeliverySettings {
  /** How often each event is delivered. */
  copies: number;
  /** Each copy waits a random time up to this. */
  shuffleMs: number;
  /** How many deliveries of one trigger may be under way at once. */
  inFlight: number;
}

/** Sends one event to its function; rejects unless the function accepted it. */
export type Deliver = (key: string, event: ChangeEvent, signal: AbortSignal) => Promise<void>;

interface Delivery {
  readonly event: ChangeEvent;
  readonly since: number;
  attempts: number;
}

const firstRetryMs = 1000;
const longestRetryMs = 30_000;
const giveUpAfterMs = 600_000;

/**
 * The deliveries of one trigger. The functions emulator starts a process for each call that comes while
 * others run, so only a few are under way at once; failed ones come again, less and less often.
 */
export class DeliveryQueue {
  /** Changes when the function is loaded anew; what waits then goes to the new code. */
  key: string;
  delivered = 0;
  failed = 0;
  abandoned = 0;
  readonly #settings: DeliverySettings;
  readonly #deliver: Deliver;
  readonly #stop = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  #ready: Delivery[] = [];
  #underWay = 0;

  constructor(key: string, settings: DeliverySettings, deliver: Deliver) {
    this.key = key;
    this.#settings = settings;
    this.#deliver = deliver;
  }

  get waiting(): number {
    return this.#ready.length + this.#timers.size;
  }

  get inFlightNow(): number {
    return this.#underWay;
  }

  add(event: ChangeEvent): void {
    const { copies, shuffleMs } = this.#settings;
    for (let copy = 0; copy < copies; copy++) {
      this.#enqueue({ event, since: Date.now(), attempts: 0 }, Math.random() * shuffleMs);
    }
    this.pump();
  }

  /** Starts what may start; also to be called when the settings have changed. */
  pump(): void {
    while (this.#underWay < this.#settings.inFlight) {
      const delivery = this.#ready.shift();
      if (delivery === undefined) return;
      this.#underWay += 1;
      void this.#attempt(delivery).finally(() => {
        this.#underWay -= 1;
        this.pump();
      });
    }
  }

  stop(): void {
    this.#stop.abort();
    this.#ready = [];
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #enqueue(delivery: Delivery, delayMs: number): void {
    if (delayMs === 0) {
      this.#ready.push(delivery);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#ready.push(delivery);
      this.pump();
    }, delayMs);
    this.#timers.add(timer);
  }

  async #attempt(delivery: Delivery): Promise<void> {
    try {
      await this.#deliver(this.key, delivery.event, this.#stop.signal);
      this.delivered += 1;
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#retry(delivery, error);
    }
  }

  #retry(delivery: Delivery, error: unknown): void {
    this.failed += 1;
    delivery.attempts += 1;
    if (Date.now() - delivery.since > giveUpAfterMs) {
      this.abandoned += 1;
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`Gave up delivering ${delivery.event.change.name.path} to ${this.key}: ${reason}`);
      return;
    }
    this.#enqueue(delivery, Math.min(firstRetryMs * 2 ** (delivery.attempts - 1), longestRetryMs));
  }
}
