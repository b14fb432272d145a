import type { ServiceAccountJson } from '../../../local/oauth.ts';

/** Where a sender that is measured sends to. */
export interface Destination {
  /** Of the FCM of the bench, on 127.0.0.1, over TLS. */
  readonly port: number;
  readonly certificate: string;
  readonly account: ServiceAccountJson;
}

/** Sends the message of the bench to some targets; true for each that FCM took. Never rejects. */
export interface Sender {
  /** How many targets it takes at once: all that are to be under way, or one. */
  readonly takes: 'all' | 'one';
  readonly send: (targets: readonly string[]) => Promise<readonly boolean[]>;
}

export type MakeSender = (destination: Destination) => Sender;
