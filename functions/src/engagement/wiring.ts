import { randomInt } from 'node:crypto';
import type { Firestore } from '@google-cloud/firestore';
import { createApiKeyStore } from '../keys/store.ts';
import { createBookingStore } from './booking-store.ts';
import { createCallInGroups } from './call-in-groups.ts';
import { createEngagementApi, type EngagementAnswer, type EngagementRequest } from './api.ts';
import { createHandlers } from './handlers.ts';
import { failureCode, failureMessage } from '../base/failure.ts';
import { createKeyRing } from '../keys/key-ring.ts';
import type { Log } from '../base/log.ts';
import { createPublisher, type Send } from './publish.ts';
import { createLeases, createRateLimit } from '../keys/rate-limit.ts';
import type { Settings } from '../callback/settings.ts';

export interface EngagementFoundation {
  readonly db: Firestore;
  readonly settingsOf: (serviceName: string) => Promise<Settings>;
  readonly send: Send;
  /** Has FCM check a message and deliver nothing. */
  readonly validate: Send;
  readonly log: Log;
  readonly now: () => number;
  readonly cacheMs: number;
}

/** A revoked key works at most so long, also where settings are remembered longer. */
const longestKeyAgeMs = 60_000;

/**
 * The part of the composition root that only the function `engagement` needs: loaded when it is first asked, so that
 * the function that pushes does not start slower for it.
 */
export function createEngagement(on: EngagementFoundation): (request: EngagementRequest) => Promise<EngagementAnswer> {
  const { db, settingsOf, send, validate, log, now, cacheMs } = on;
  const keys = createApiKeyStore(db);
  const memory = { now, maxAgeMs: Math.min(cacheMs, longestKeyAgeMs) };
  const warn = (event: 'key-use-not-recorded' | 'rate-lease-failed') => (error: unknown) => {
    log('WARNING', event, { code: failureCode(error), reason: failureMessage(error) });
  };
  return createEngagementApi({
    keyRing: createKeyRing({ ...keys, ...memory, report: warn('key-use-not-recorded') }),
    rateLimit: createRateLimit({ lease: createLeases(db), now, report: warn('rate-lease-failed') }),
    handlers: createHandlers({
      store: createBookingStore(db, now),
      settingsOf,
      groupsNamed: createCallInGroups(db, { now, maxAgeMs: cacheMs }),
      publish: createPublisher({ send, validate }),
      now,
      random: (min, max) => randomInt(min, max + 1),
    }),
    reportBug: (error, corrId) => {
      log('ERROR', 'engagement-failed', { corrId, code: failureCode(error), reason: failureMessage(error) });
    },
  });
}
