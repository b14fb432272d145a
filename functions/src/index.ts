import { getApps, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { getFunctions } from 'firebase-admin/functions';
import { logger } from 'firebase-functions';
import { setGlobalOptions } from 'firebase-functions/v2';
import { onDocumentWritten } from 'firebase-functions/v2/firestore';
import { onSchedule } from 'firebase-functions/v2/scheduler';
import { onTaskDispatched } from 'firebase-functions/v2/tasks';
import { HttpsError, onRequest, type Request } from 'firebase-functions/v2/https';
import { Agent } from 'undici';
import { createAccessTokens } from './access-token.ts';
import { managerOf } from './access.ts';
import { createAdminApi, type AdminResponse } from './admin-api.ts';
import { createAnnouncer, type CallbackDocument } from './announce.ts';
import { parseCallback } from './callback.ts';
import { parameters, readConfig } from './config.ts';
import { createApiKeyAdministration } from './api-key-administration.ts';
import { createApiKeyStore } from './api-key-store.ts';
import { createAuditLog } from './audit.ts';
import { createCredentialTest } from './credential-test.ts';
import { updateCredentials } from './credentials.ts';
import { failureCode, failureMessage } from './failure.ts';
import { createCredentialStore } from './credential-store.ts';
import { createDelivery } from './deliver.ts';
import { createFcmSender, probe } from './fcm.ts';
import { createKeyVault } from './key-vault.ts';
import { createLedger } from './ledger.ts';
import { jsonBody, takeBodiesUnparsed } from './json-body.ts';
import type { Log } from './log.ts';
import { createSettingsCache } from './settings.ts';

/** FCM asks for 10 s at least; the lease must outlast two requests and a token exchange. */
const requestTimeoutMs = 10_000;
/** Requests in flight to FCM from one instance; each has a connection of its own. */
const maxConnections = 100;

setGlobalOptions({ region: parameters.REGION });

/** A value that is made once an instance, when it is first needed: parameters have no value any earlier. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const now = () => Date.now();

/** What every function stands on. */
const base = once(() => {
  const config = readConfig(process.env);
  const app = getApps()[0] ?? initializeApp();
  const db = getFirestore(app);
  const dispatcher = new Agent({ connections: maxConnections, pipelining: 1 });
  const store = createCredentialStore(db, config, now);
  const fcm = { baseUrl: config.fcmBaseUrl, dispatcher, timeoutMs: requestTimeoutMs, now };
  const newAccessTokens = () => createAccessTokens({ ...fcm, tokenUrl: config.oauthTokenUrl });
  /** @param maxAgeMs how long it may take until a rotation is noticed */
  const senderWithin = (maxAgeMs: number, validateOnly = false) =>
    createFcmSender({
      ...fcm,
      keyVault: createKeyVault(store, now, maxAgeMs),
      accessTokens: newAccessTokens(),
      validateOnly,
    });
  return { config, app, db, store, fcm, newAccessTokens, senderWithin };
});

const settings = once(() => {
  const { config, db } = base();
  return createSettingsCache({
    async read(serviceName) {
      const documents = db.collection('callbackSettings');
      const [queue, fallback] = await db.getAll(documents.doc(serviceName), documents.doc('default'));
      return { queue: queue?.data(), default: fallback?.data() };
    },
    report({ finding, ...fields }) {
      log(finding === 'settings-rejected' ? 'ERROR' : 'INFO', finding, fields);
    },
    now,
    maxAgeMs: config.cacheMs,
  });
});

const delivery = once(() => {
  const { config, app, db, senderWithin } = base();
  const settingsOf = settings();
  const readCallback = async (callbackId: string): Promise<CallbackDocument | undefined> =>
    documentOf(await db.collection('callbacks').doc(callbackId).get());
  const { deliver, retry, sweep } = createDelivery({
    ledger: createLedger(db),
    send: senderWithin(config.cacheMs),
    settingsOf,
    async currentCallback(callbackId) {
      const document = await readCallback(callbackId);
      const parsed = document && parseCallback(document.data, document.updateTime);
      return parsed && 'value' in parsed ? parsed.value : undefined;
    },
    async scheduleRetry(noticeId, at) {
      const queue = getFunctions(app).taskQueue<{ noticeId: string }>(
        `locations/${config.region}/functions/retryNotice`,
      );
      await queue.enqueue({ noticeId }, { scheduleTime: new Date(at) });
    },
    log,
    now,
    random: () => Math.random(),
    leaseMs: config.leaseMs,
  });
  const { freshForMs } = config;
  return { onChange: createAnnouncer({ settingsOf, readCallback, deliver, log, now, freshForMs }), retry, sweep };
});

const adminApi = once(() => {
  const { config, app, db, store, fcm, newAccessTokens, senderWithin } = base();
  const authEmulator = process.env['FIREBASE_AUTH_EMULATOR_HOST'];
  const audit = createAuditLog(db);
  const reportBug = (error: unknown) => {
    log('ERROR', 'admin-failed', { code: failureCode(error), reason: failureMessage(error) });
  };
  return createAdminApi({
    environment: authEmulator
      ? { emulator: true, authEmulator: `http://${authEmulator}`, sandbox: config.fcmBaseUrl }
      : { emulator: false },
    manager: (authorization) =>
      managerOf(authorization, async (token) => {
        const { getAuth } = await import('firebase-admin/auth');
        const { uid, email, role } = await getAuth(app).verifyIdToken(token, true);
        return { uid, ...(email && { email }), role: role as unknown };
      }),
    active: () => store.active(),
    update: (request, by, report) =>
      updateCredentials(request, by, {
        newAccessTokens,
        probe: (projectId, accessToken) => probe(fcm, projectId, accessToken),
        registry: store,
        report,
      }),
    // What is tested is what is in force at this moment, not what was remembered.
    test: createCredentialTest({ registry: store, send: senderWithin(0), now }),
    apiKeys: createApiKeyAdministration({ store: createApiKeyStore(db), audit, now, report: reportBug }),
    audit,
    now,
    reportBug,
  });
});

const engagementApi = once(async () => {
  const { config, db, senderWithin } = base();
  const { cacheMs } = config;
  const { createEngagement } = await import('./engagement.ts');
  const senders = { send: senderWithin(cacheMs), validate: senderWithin(cacheMs, true) };
  return createEngagement({ db, settingsOf: settings(), ...senders, log, now, cacheMs });
});

const log: Log = (severity, event, fields) => {
  logger.write({ severity, message: event, ...fields });
};

/** What every Firestore client's snapshot has. */
interface Snapshot {
  readonly exists: boolean;
  readonly updateTime?: { readonly seconds: number; readonly nanoseconds: number } | undefined;
  data(): unknown;
}

function documentOf(snapshot: Snapshot): CallbackDocument | undefined {
  if (!snapshot.exists) return undefined;
  const { seconds = 0, nanoseconds = 0 } = snapshot.updateTime ?? {};
  return { data: snapshot.data(), updateTime: `${seconds}.${String(nanoseconds).padStart(9, '0')}` };
}

/** Tells consumers what happened to their callback. Redelivered by the platform when it throws. */
export const onCallbackWritten = onDocumentWritten(
  { document: 'callbacks/{callbackId}', retry: true, timeoutSeconds: 120 },
  async (event) => {
    if (!event.data) {
      log('ERROR', 'change-unreadable', { eventId: event.id });
      return;
    }
    await delivery().onChange({
      callbackId: event.params.callbackId,
      eventId: event.id,
      // An event that does not tell its time is as young as can be.
      changedAt: Date.parse(event.time) || Date.now(),
      before: documentOf(event.data.before),
      after: documentOf(event.data.after),
    });
  },
);

/** Another attempt at a notice, at the time the ledger names. */
export const retryNotice = onTaskDispatched<{ noticeId: string }>(
  {
    retryConfig: { maxAttempts: 20, minBackoffSeconds: 2, maxBackoffSeconds: 60 },
    rateLimits: { maxConcurrentDispatches: 500 },
  },
  async ({ data }) => {
    const outcome = await delivery().retry(data.noticeId);
    // A queue whose clock runs ahead (the emulator's ignores the time) has to come again: the ledger decides.
    if (outcome === 'not-due') throw new HttpsError('unavailable', 'the notice is not due yet');
  },
);

/** Takes up what crashed attempts and lost tasks left behind. */
export const sweepNotices = onSchedule('every 1 minutes', async () => {
  await delivery().sweep();
});

/** Replaced credentials work on for a grace period, for pushes under way; then nobody can use them any more. */
export const destroyRetiredCredentials = onSchedule('every 60 minutes', async () => {
  const count = await base().store.destroyRetired(now());
  if (count > 0) log('INFO', 'credentials-destroyed', { count });
});

/** The API of the Push Notification page, behind Hosting's rewrite of `/admin/**`. */
export const admin = onRequest({ timeoutSeconds: 60 }, async (request, response) => {
  await adminApi()(adminRequestOf(request), answerTo(response));
});

/** The API of callback systems and apps, behind Hosting's rewrite of `/engagement/**`. Keys come in a header, so any page may ask. */
export const engagement = onRequest({ timeoutSeconds: 60, cors: true }, async (request, response) => {
  const { method, path, query, rawBody } = request;
  const answer = await engagementApi();
  const { status, headers, body } = await answer({
    method,
    path,
    query,
    apiKey: request.get('x-api-key'),
    idempotencyKey: request.get('idempotency-key'),
    body: rawBody,
  });
  response.status(status).set(headers).json(body);
});

takeBodiesUnparsed();

function adminRequestOf({ method, path, query, headers, rawBody }: Request) {
  const { authorization, accept } = headers;
  const body = rawBody as Buffer | undefined;
  return {
    method,
    path,
    query,
    headers: { authorization, accept },
    body: () => jsonBody(body),
    bodyBytes: body?.length ?? 0,
  };
}

function answerTo(response: Parameters<Parameters<typeof onRequest>[0]>[1]): AdminResponse {
  return {
    json(status, body) {
      response.status(status).set('cache-control', 'no-store').json(body);
    },
    lines() {
      response.status(200).set({ 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
      return (line) => response.write(`${JSON.stringify(line)}\n`);
    },
    end() {
      response.end();
    },
  };
}
