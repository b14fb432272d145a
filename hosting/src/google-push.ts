import { deleteApp, initializeApp, type FirebaseApp } from '@firebase/app';
import { deleteInstallations, getInstallations } from '@firebase/installations';
import * as sdk from '@firebase/messaging';
import { within, type Receiver } from './browser-test.ts';
import { failureOfRegistration, TestFailure } from './diagnosis.ts';
import { removeWorker, startWorker } from './service-worker.ts';
import type { WebApp } from './web-app.ts';

const registrationLimitMs = 20_000;
const cleanUpLimitMs = 5_000;

/**
 * The part of the SDK that is used. Declared here because getToken() is marked as superseded by register(), whose
 * installation IDs not every sender can address yet: a token is what an app of today sends to its callback system.
 */
interface Messaging {
  isSupported(): Promise<boolean>;
  getMessaging(app: FirebaseApp): object;
  getToken(
    messaging: object,
    options: { vapidKey?: string; serviceWorkerRegistration: ServiceWorkerRegistration },
  ): Promise<string>;
  deleteToken(messaging: object): Promise<boolean>;
  onMessage(messaging: object, next: (payload: Push) => void): () => void;
}
interface Push {
  readonly from?: string;
  readonly data?: Readonly<Record<string, string>>;
}
const messaging: Messaging = sdk;

/**
 * Registers this browser with Firebase Cloud Messaging by the real SDK, from nothing each time: with what a former test
 * left in the browser, the SDK answers a wrong API key with the token of the right one, and asks nobody.
 * @throws {TestFailure}
 */
export async function registerWithGoogle(projectId: string, app: WebApp): Promise<Receiver> {
  if (!(await messaging.isSupported())) throw new TestFailure('push-unsupported');
  await removeWorker();
  await forgetTokens();
  const config = { projectId, appId: app.appId, apiKey: app.apiKey, messagingSenderId: app.senderId };
  const registration = await startWorker(config);
  const firebase = initializeApp(config, `cred-test-${crypto.randomUUID()}`);

  async function cleanUp(held?: object): Promise<void> {
    const steps = async () => {
      if (held !== undefined) await messaging.deleteToken(held).catch(() => false);
      await deleteInstallations(getInstallations(firebase)).catch(() => undefined);
    };
    await within(cleanUpLimitMs, 'unknown-failure', steps()).catch(() => undefined);
    await deleteApp(firebase).catch(() => undefined);
    await removeWorker();
  }

  try {
    const held = messaging.getMessaging(firebase);
    const options = { serviceWorkerRegistration: registration, ...(app.vapidKey && { vapidKey: app.vapidKey }) };
    const target = await within(registrationLimitMs, 'registration-timeout', messaging.getToken(held, options));
    return receiverOf(target, held, () => cleanUp(held));
  } catch (error) {
    await cleanUp();
    throw failureOfRegistration(error);
  }
}

function receiverOf(target: string, held: object, cleanUp: () => Promise<void>): Receiver {
  const stop = new AbortController();
  return {
    target,
    listen(onPush) {
      const hand = ({ from, data }: Push) => {
        onPush({ nonce: data?.['nonce'] ?? '', from });
      };
      stop.signal.addEventListener('abort', messaging.onMessage(held, hand));
      // When this page is not visible Firebase leaves it to the service worker to tell it.
      const fromWorker = (event: MessageEvent<({ kind?: string } & Push) | null>) => {
        if (event.data?.kind === 'callback-push-arrived') hand(event.data);
      };
      navigator.serviceWorker.addEventListener('message', fromWorker, { signal: stop.signal });
    },
    async close() {
      stop.abort();
      await cleanUp();
    },
  };
}

/** Resolves in any case: what cannot be deleted is only a risk for a test of the same app. */
function forgetTokens(): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase('firebase-messaging-database');
    request.onsuccess =
      request.onerror =
      request.onblocked =
        () => {
          resolve();
        };
  });
}
