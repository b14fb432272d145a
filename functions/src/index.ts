import { getApps, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { logger } from 'firebase-functions';
import { setGlobalOptions } from 'firebase-functions/v2';
import { onDocumentWritten } from 'firebase-functions/v2/firestore';
import { onSchedule } from 'firebase-functions/v2/scheduler';
import { onTaskDispatched } from 'firebase-functions/v2/tasks';
import { HttpsError, onRequest, type Request } from 'firebase-functions/v2/https';
import { managerOf } from './console/access.ts';
import { createAdminApi, type AdminResponse } from './console/api.ts';
import { createApiKeyAdministration } from './console/api-keys.ts';
import { createApiKeyStore } from './keys/store.ts';
import { readConfig } from './base/config.ts';
import { createAuditLog } from './console/audit.ts';
import { createCredentialTest } from './credentials/test-push.ts';
import { updateCredentials } from './credentials/update.ts';
import { failureCode, failureMessage } from './base/failure.ts';
import { probe } from './fcm/probe.ts';
import { createInstance } from './wiring.ts';
import type { Log } from './base/log.ts';
import { parameters } from './base/parameters.ts';
import { createPendingTests } from './credentials/pending-tests.ts';
import { leaveBodiesUnparsed } from './base/request-body.ts';
import { createRetryQueue } from './delivery/retry-queue.ts';

// Google's SDKs take a good part of it before anything happens. The trigger, which loads none, needs it where many events
// at once bring documents as large as an event may have (`npm run bench -- --only memory`).
setGlobalOptions({ region: parameters.REGION, memory: '512MiB' });
leaveBodiesUnparsed();

/** A value that is made once an instance, when it is first needed: parameters have no value any earlier. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const now = () => Date.now();

const log: Log = (severity, event, fields) => {
  logger.write({ severity, message: event, ...fields });
};

/** What every function stands on. */
const base = once(() => {
  const config = readConfig(process.env);
  const app = getApps()[0] ?? initializeApp();
  const db = getFirestore(app);
  const instance = createInstance({
    config,
    db,
    scheduleRetry: createRetryQueue(config.region),
    log,
    now,
    random: () => Math.random(),
  });
  return { config, app, db, instance };
});

const adminApi = once(() => {
  const { config, app, db, instance } = base();
  const { credentialStore: store, fcm, newAccessTokens, sendAtOnce: send } = instance;
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
        return getAuth(app).verifyIdToken(token, true);
      }),
    active: () => store.active(),
    update: (request, by, report) =>
      updateCredentials(request, by, {
        newAccessTokens,
        probe: (projectId, accessToken) => probe(fcm, projectId, accessToken),
        store,
        report,
      }),
    // What is tested is what is in force at this moment, not what was remembered.
    test: createCredentialTest({
      store,
      pending: createPendingTests(db, now),
      send,
      now,
    }),
    apiKeys: createApiKeyAdministration({ store: createApiKeyStore(db), audit, now, report: reportBug }),
    audit,
    now,
    reportBug,
  });
});

const engagementApi = once(async () => {
  const { config, db, instance } = base();
  const { createEngagement } = await import('./engagement/wiring.ts');
  const { cacheMs } = config;
  const { settingsOf, publishing } = instance;
  return createEngagement({ db, settingsOf, ...publishing, log, now, cacheMs });
});

/**
 * The CPU of an event is spent in small pieces between answers, so that many share a core well (`npm run bench -- --only
 * silent,push`). A fraction of so many instances reaches FCM's quota for a project; more would only cost.
 */
const triggerInstances = { cpu: 1, concurrency: 80, maxInstances: 100 } as const;

/**
 * Tells consumers what happened to their callback. Redelivered by the platform when it throws. Here the deployment learns
 * that there is such a function; where it runs, main.cjs loads trigger.ts in place of this file.
 */
export const onCallbackWritten = onDocumentWritten(
  { document: 'callbacks/{callbackId}', retry: true, timeoutSeconds: 120, ...triggerInstances },
  () => {
    throw new Error('main.cjs loads lib/trigger.cjs where onCallbackWritten runs');
  },
);

/** Another attempt at a notice, at the time the ledger names. */
export const retryNotice = onTaskDispatched<{ noticeId: string }>(
  {
    retryConfig: { maxAttempts: 20, minBackoffSeconds: 2, maxBackoffSeconds: 60 },
    rateLimits: { maxConcurrentDispatches: 500 },
  },
  async ({ data }) => {
    const outcome = await base().instance.retry(data.noticeId);
    // A queue whose clock runs ahead (the emulator's ignores the time) has to come again: the ledger decides.
    if (outcome === 'not-due') throw new HttpsError('unavailable', 'the notice is not due yet');
  },
);

/** Takes up what crashed attempts and lost tasks left behind. */
export const sweepNotices = onSchedule('every 1 minutes', async () => {
  await base().instance.sweep();
});

/** Replaced credentials work on for a grace period, for pushes under way; then nobody can use them any more. */
export const destroyRetiredCredentials = onSchedule('every 60 minutes', async () => {
  const count = await base().instance.credentialStore.destroyRetired(now());
  if (count > 0) log('INFO', 'credentials-destroyed', { count });
});

/** The API of the Push Notification page, behind Hosting's rewrite of `/admin/**`. */
export const admin = onRequest({ timeoutSeconds: 60 }, async (request, response) => {
  await adminApi()(adminRequestOf(request), answerTo(response));
});

/** The API of callback systems and apps, behind Hosting's rewrite of `/engagement/**`. Keys come in a header, so any page may ask. */
export const engagement = onRequest({ timeoutSeconds: 60, cors: true }, async (request, response) => {
  const { method, path, query, rawBody: body } = request;
  const apiKey = request.get('x-api-key');
  const idempotencyKey = request.get('idempotency-key');
  const answer = await engagementApi();
  const { status, headers, body: answered } = await answer({ method, path, query, apiKey, idempotencyKey, body });
  response.status(status).set(headers).json(answered);
});

function adminRequestOf({ method, path, query, headers, rawBody }: Request) {
  const { authorization, accept } = headers;
  // Absent where the request has no body, whatever the type says.
  const body = (rawBody as Buffer | undefined) ?? new Uint8Array();
  return { method, path, query, headers: { authorization, accept }, body };
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
