import type { Firestore } from '@google-cloud/firestore';
import { createBookmark } from './sweep/bookmark.ts';
import { createNearCallbacks } from './callback/near-callbacks.ts';
import { createCredentialStore } from './credentials/store.ts';
import { createOverdue } from './sweep/overdue.ts';
import { createReconciliation } from './sweep/reconciliation.ts';
import { createSweep } from './sweep/sweep.ts';
import { createAccessTokens } from './google/access-token.ts';
import { createAnnouncer } from './delivery/announce.ts';
import { createCallbackReader } from './callback/reader.ts';
import type { Config } from './base/config.ts';
import { createCredentialSource } from './credentials/source.ts';
import { createDelivery, type DeliveryParts } from './delivery/deliver.ts';
import { createFcmSender } from './fcm/sender.ts';
import { createGoogleServices } from './google/google-services.ts';
import { createGuards } from './guards/guards.ts';
import { createHttpClient } from './google/http-client.ts';
import { createHttp2Client, mostAtOnce } from './google/http2-client.ts';
import { createKeyVault } from './credentials/vault.ts';
import { textOf, type Wording } from './notice/wording.ts';
import { createLedger } from './delivery/ledger.ts';
import type { Log } from './base/log.ts';
import { createRebookings } from './delivery/rebookings.ts';
import { createReconciler } from './sweep/reconciler.ts';
import { createTruth } from './delivery/truth.ts';
import { createSettingsCache } from './callback/settings-cache.ts';

/** What one instance of a function gets from its surroundings: the cloud, or a test with a clock of its own. */
export interface ChainParts {
  readonly config: Config;
  readonly scheduleRetry: DeliveryParts['scheduleRetry'];
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
  /** Of one request to FCM or to the token endpoint; absent = as long as FCM asks for. */
  readonly requestTimeoutMs?: number;
}

/** FCM asks for 10 s at least; the lease must outlast three requests. */
const usualRequestTimeoutMs = 10_000;
/** One an hour, for each of the few senders of an instance; more only where keys are being replaced. */
const mostTokenExchanges = 10;

const ignored = () => undefined;

export type Chain = ReturnType<typeof createChain>;

/**
 * The way from an event to a device, read ▶ decide ▶ claim ▶ send ▶ settle, with all that stands on it. Does no I/O, and
 * needs none of Google's SDKs: loading them would be most of a cold start.
 */
export function createChain(parts: ChainParts) {
  const { config, log, now, random, requestTimeoutMs: timeoutMs = usualRequestTimeoutMs } = parts;
  const { documents, secretManager, prepare } = createGoogleServices(config, parts);
  const credentialSource = createCredentialSource(documents, secretManager, config);
  const fcm = { client: createHttp2Client(config.fcmBaseUrl), timeoutMs, now };
  const tokenClient = createHttpClient(mostTokenExchanges);
  const newAccessTokens = () =>
    createAccessTokens({ tokenUrl: config.oauthTokenUrl, client: tokenClient, timeoutMs, now });
  /** @param maxAgeMs how long it may take until a rotation is noticed */
  const sendersWithin = (maxAgeMs: number) => {
    const credentials = createKeyVault(credentialSource, now, maxAgeMs);
    const accessTokens = newAccessTokens();
    const options = { ...fcm, credentials, accessTokens };
    const [send, validate] = [createFcmSender(options), createFcmSender({ ...options, validateOnly: true })];
    /** Asks for all that the first message will need. A failure is not shown: the message asks again. */
    const ready = async () => {
      await credentials.active().then((credential) => accessTokens.of(credential), ignored);
    };
    return { send, validate, credentials, ready };
  };

  const { of: settingsOf, asOf: settingsAsOf } = createSettingsCache({
    async read(serviceName, at) {
      const paths = [`callbackSettings/${serviceName}`, 'callbackSettings/default'];
      const asOf = at === undefined ? {} : { at: Math.floor(at * 1000) };
      const [queue, fallback] = await documents.read(paths, asOf);
      return { queue, default: fallback };
    },
    report({ finding, ...fields }) {
      log(finding === 'settings-rejected' ? 'ERROR' : 'INFO', finding, fields);
    },
    now,
    maxAgeMs: config.cacheMs,
  });
  const callbacks = createCallbackReader(documents);
  const currentCallback = (callbackId: string) => callbacks.read(callbackId);
  const truth = createTruth({ callbacks, now });
  const ledger = createLedger(documents);
  const rebookings = createRebookings(documents);
  const senders = sendersWithin(config.cacheMs);
  const { gate, guarded, gated } = createGuards({
    maxInFlight: mostAtOnce,
    onWrongProject() {
      senders.credentials.lookAgain();
    },
    log,
    now,
  });
  let isPrepared = false;
  /**
   * The first notice of an instance waits for credentials, an access token and the formats of its language: they are got
   * while the ledger is asked. Not earlier, for most instances announce nothing.
   */
  function prepareFirst(on: Wording): void {
    if (isPrepared) return;
    isPrepared = true;
    // Each once the request before it is on its way.
    setImmediate(() => {
      senders.ready().catch(ignored);
      setImmediate(() => textOf(on));
    });
  }
  const { deliver, retry } = createDelivery({
    ledger,
    prepare: (on) => {
      prepareFirst({ ...on, now: now() });
    },
    rebookedAt: (callbackId, until) => rebookings.last(callbackId, until),
    send: guarded(senders.send),
    gate,
    settingsOf,
    truth,
    currentCallback,
    scheduleRetry: parts.scheduleRetry,
    log,
    now,
    random,
    leaseMs: config.leaseMs,
  });
  const onChange = createAnnouncer({
    settingsOf,
    currentCallback,
    truth,
    deliver,
    noteRebooking: (callbackId, at) => rebookings.note(callbackId, at),
    log,
    now,
    freshForMs: config.freshForMs,
  });
  const reconciler = createReconciler({
    callbacks,
    ledger,
    settingsOf,
    settingsAsOf,
    cacheMs: config.cacheMs,
    truth,
    deliver,
    log,
    now,
    freshForMs: config.freshForMs,
  });
  return {
    fcm,
    newAccessTokens,
    prepare,
    settingsOf,
    gate,
    onChange,
    retry,
    reconciler,
    lookAt: (callbackId: string, changedAt: number) => reconciler.lookAt(callbackId, changedAt),
    /** Past the guards, with the credentials in force at this moment: for whoever wants to know whether they work. */
    sendAtOnce: sendersWithin(0).send,
    /** For what is no notice, by the same door; the second has FCM check everything and deliver nothing. */
    publishing: { send: gated(senders.send), validate: gated(senders.validate) },
  };
}

export interface InstanceParts extends ChainParts {
  /** For what takes queries and transactions. */
  readonly db: Firestore;
}

export type Instance = ReturnType<typeof createInstance>;

/** Puts one instance together: everything that the functions do hangs on what it returns. Does no I/O. */
export function createInstance(parts: InstanceParts) {
  const { config, db, log, now } = parts;
  const chain = createChain(parts);
  const { reconciler, retry, gate } = chain;
  const reconcile = createReconciliation({
    near: createNearCallbacks(db),
    reconciler,
    bookmark: createBookmark(db),
    log,
    now,
  });
  const { reconciledPerSweep: reconciled } = config;
  const sweep = createSweep({ ledger: createOverdue(db), retry, gate, reconcile, reconciled, log, now });
  return { ...chain, credentialStore: createCredentialStore(db, config, now), sweep };
}
