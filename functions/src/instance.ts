import type { Firestore } from '@google-cloud/firestore';
import { createAccessTokens } from './access-token.ts';
import { createAnnouncer } from './announce.ts';
import { createCallbackStore } from './callback-store.ts';
import { parseCallback } from './callback.ts';
import type { Config } from './config.ts';
import { createConnections } from './connections.ts';
import { createCredentialStore } from './credential-store.ts';
import { createDelivery, type DeliveryParts } from './deliver.ts';
import { createFcmSender } from './fcm.ts';
import { guard } from './guards.ts';
import { createKeyVault } from './key-vault.ts';
import { createLedger } from './ledger.ts';
import type { Log } from './log.ts';
import { createReconciliation } from './reconciliation.ts';
import { createSettingsCache } from './settings.ts';
import { createSweep } from './sweep.ts';

/** What one instance of the functions gets from its surroundings: the cloud, or a test with a clock of its own. */
export interface InstanceParts {
  readonly config: Config;
  readonly db: Firestore;
  readonly scheduleRetry: DeliveryParts['scheduleRetry'];
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
  /** Of one request to FCM or to the token endpoint. FCM asks for 10 s at least; the lease must outlast three. */
  readonly requestTimeoutMs: number;
}

/** Requests in flight to FCM from one instance; each has a connection of its own. */
const maxInFlight = 100;

export type Instance = ReturnType<typeof createInstance>;

/** Puts one instance together: everything that the functions do hangs on what it returns. Does no I/O. */
export function createInstance(parts: InstanceParts) {
  const { config, db, log, now } = parts;
  const dispatcher = createConnections(maxInFlight);
  const credentialStore = createCredentialStore(db, config, now);
  const fcm = { baseUrl: config.fcmBaseUrl, dispatcher, timeoutMs: parts.requestTimeoutMs, now };
  const newAccessTokens = () => createAccessTokens({ ...fcm, tokenUrl: config.oauthTokenUrl });
  /**
   * @param maxAgeMs how long it may take until a rotation is noticed
   * @param validateOnly has FCM check each message and deliver none
   */
  const senderWithin = (maxAgeMs: number, validateOnly = false) => {
    const keyVault = createKeyVault(credentialStore, now, maxAgeMs);
    return createFcmSender({ ...fcm, keyVault, accessTokens: newAccessTokens(), validateOnly });
  };

  const settingsOf = createSettingsCache({
    async read(serviceName) {
      const settings = db.collection('callbackSettings');
      const [queue, fallback] = await db.getAll(settings.doc(serviceName), settings.doc('default'));
      return { queue: queue?.data(), default: fallback?.data() };
    },
    report({ finding, ...fields }) {
      log(finding === 'settings-rejected' ? 'ERROR' : 'INFO', finding, fields);
    },
    now,
    maxAgeMs: config.cacheMs,
  });
  const callbacks = createCallbackStore(db);
  const ledger = createLedger(db);
  const { gate, send } = guard({ send: senderWithin(config.cacheMs), maxInFlight, log, now });
  const { deliver, retry } = createDelivery({
    ledger,
    send,
    gate,
    settingsOf,
    async currentCallback(callbackId) {
      const document = await callbacks.read(callbackId);
      const parsed = document && parseCallback(document.data, document.updateTime);
      return parsed && 'value' in parsed ? parsed.value : undefined;
    },
    scheduleRetry: parts.scheduleRetry,
    log,
    now,
    random: parts.random,
    leaseMs: config.leaseMs,
  });
  const readCallback = (callbackId: string) => callbacks.read(callbackId);
  const onChange = createAnnouncer({ settingsOf, readCallback, deliver, log, now, freshForMs: config.freshForMs });
  const bookmark = db.doc('sweeps/reconciliation');
  const reconciliation = createReconciliation({
    callbacks,
    settingsOf,
    onChange,
    bookmark: {
      async read() {
        const after: unknown = (await bookmark.get()).get('after');
        return typeof after === 'string' ? after : undefined;
      },
      async write(after) {
        await bookmark.set({ after: after ?? null });
      },
    },
    log,
    now,
  });
  const sweep = createSweep({ ledger, retry, gate, reconciliation, reconciled: config.reconciledPerSweep, log, now });
  const { lookAt } = reconciliation;
  return { credentialStore, settingsOf, fcm, newAccessTokens, senderWithin, onChange, retry, sweep, lookAt };
}
