import { randomUUID } from 'node:crypto';

import type { DocumentChange } from '../document/document.ts';
import type { Deliver, DeliverySettings } from './delivery-queue.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { Trigger } from './trigger.ts';
import { functionOf } from './trigger.ts';

interface Registration {
  trigger: Trigger;
  readonly queue: DeliveryQueue;
}

/** The registered functions and what is on its way to them. */
export class Triggers {
  readonly #settings: DeliverySettings = { copies: 1, shuffleMs: 0, inFlight: 4 };
  readonly #registrations = new Map<string, Registration>();
  readonly #deliver: Deliver;

  constructor(deliver: Deliver) {
    this.#deliver = deliver;
  }

  /** A function registered again, after its code was loaded anew, takes over what its former self was owed. */
  register(trigger: Trigger): void {
    const id = functionOf(trigger);
    const known = this.#registrations.get(id);
    if (known === undefined) {
      const queue = new DeliveryQueue(trigger.key, this.#settings, this.#deliver);
      this.#registrations.set(id, { trigger, queue });
      return;
    }
    known.trigger = trigger;
    known.queue.key = trigger.key;
  }

  announce(changes: readonly DocumentChange[]): void {
    for (const change of changes) {
      for (const { trigger, queue } of this.#registrations.values()) {
        if (trigger.concerns(change)) queue.add({ id: randomUUID(), type: trigger.eventType, change });
      }
    }
  }

  configure(settings: Partial<DeliverySettings>): void {
    Object.assign(this.#settings, settings);
    for (const { queue } of this.#registrations.values()) queue.pump();
  }

  stop(): void {
    for (const { queue } of this.#registrations.values()) queue.stop();
  }

  toJSON(): object {
    const queues = [...this.#registrations.values()].map(({ queue }) => queue);
    const total = (count: (queue: DeliveryQueue) => number): number =>
      queues.reduce((sum, queue) => sum + count(queue), 0);
    return {
      ...this.#settings,
      waiting: total(({ waiting }) => waiting),
      inFlightNow: total(({ inFlightNow }) => inFlightNow),
      delivered: total(({ delivered }) => delivered),
      failed: total(({ failed }) => failed),
      abandoned: total(({ abandoned }) => abandoned),
    };
  }
}
