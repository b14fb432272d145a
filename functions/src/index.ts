import { getApps, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { getFunctions } from 'firebase-admin/functions';
import { logger } from 'firebase-functions';
import { setGlobalOptions } from 'firebase-functions/v2';
import { onDocumentWritten } from 'firebase-functions/v2/firestore';
import { onSchedule } from 'firebase-functions/v2/scheduler';
import { onTaskDispatched } from 'firebase-functions/v2/tasks';
import { HttpsError } from 'firebase-functions/v2/https';
import { Agent } from 'undici';
import { createAccessTokens } from './access-token.ts';
import { createAnnouncer, type CallbackDocument, type Change } from './announce.ts';
import { parseCallback } from './callback.ts';
import { parameters, readConfig } from './config.ts';
import { createCredentialStore } from './credential-store.ts';
import { createDelivery, type Delivery } from './deliver.ts';
import { createFcmSender } from './fcm.ts';
import { createKeyVault } from './key-vault.ts';
import { createLedger } from './ledger.ts';
import type { Log } from './log.ts';
import { createSettingsCache } from './settings.ts';

/** FCM asks for 10 s at least; the lease must outlast two requests and a token exchange. */
const requestTimeoutMs = 10_000;
/** Requests in flight to FCM from one instance; each has a connection of its own. */
const maxConnections = 100;

setGlobalOptions({ region: parameters.REGION });

interface Parts extends Pick<Delivery, 'retry' | 'sweep'> {
  readonly onChange: (change: Change) => Promise<void>;
}

let composed: Parts | undefined;

/** The composition root: every adapter is made here, once an instance, when the first event needs it. */
function parts(): Parts {
  composed ??= compose();
  return composed;
}

function compose(): Parts {
  const config = readConfig(process.env);
  const app = getApps()[0] ?? initializeApp();
  const db = getFirestore(app);
  const now = () => Date.now();
  const dispatcher = new Agent({ connections: maxConnections, pipelining: 1 });
  const keyVault = createKeyVault(createCredentialStore(db, config), now, config.cacheMs);
  const timeoutMs = requestTimeoutMs;
  const accessTokens = createAccessTokens({ tokenUrl: config.oauthTokenUrl, dispatcher, now, timeoutMs });
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
  const readCallback = async (callbackId: string): Promise<CallbackDocument | undefined> =>
    documentOf(await db.collection('callbacks').doc(callbackId).get());
  const { deliver, retry, sweep } = createDelivery({
    ledger: createLedger(db),
    send: createFcmSender({ baseUrl: config.fcmBaseUrl, dispatcher, keyVault, accessTokens, timeoutMs, now }),
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
}

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
    await parts().onChange({
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
    const outcome = await parts().retry(data.noticeId);
    // A queue whose clock runs ahead (the emulator's ignores the time) has to come again: the ledger decides.
    if (outcome === 'not-due') throw new HttpsError('unavailable', 'the notice is not due yet');
  },
);

/** Takes up what crashed attempts and lost tasks left behind. */
export const sweepNotices = onSchedule('every 1 minutes', async () => {
  await parts().sweep();
});
