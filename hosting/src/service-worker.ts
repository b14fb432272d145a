import { within } from './browser-test.ts';
import { TestFailure } from './diagnosis.ts';

const scope = '/firebase-cloud-messaging-push-scope';
const startLimitMs = 10_000;

/** Registers the worker with the configuration in its URL, and waits until it is active. @throws {TestFailure} */
export async function startWorker(config: Readonly<Record<string, string>>): Promise<ServiceWorkerRegistration> {
  if (!('serviceWorker' in navigator)) throw new TestFailure('push-unsupported');
  const query = new URLSearchParams(config).toString();
  const url = `/firebase-messaging-sw.js${query === '' ? '' : `?${query}`}`;
  try {
    const registration = await navigator.serviceWorker.register(url, { scope });
    await within(startLimitMs, 'worker-failed', active(registration));
    return registration;
  } catch (error) {
    if (error instanceof TestFailure) throw error;
    throw new TestFailure('worker-failed', error instanceof Error ? error.message : undefined);
  }
}

/** Takes the worker and its push subscription away, so that the next test starts from nothing; never rejects. */
export async function removeWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration(scope).catch(() => undefined);
  if (registration === undefined) return;
  const subscription = await registration.pushManager.getSubscription().catch(() => null);
  await subscription?.unsubscribe().catch(() => false);
  await registration.unregister().catch(() => false);
}

function active(registration: ServiceWorkerRegistration): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = registration.active ?? registration.waiting ?? registration.installing;
    const look = () => {
      if (worker?.state === 'activated') resolve();
      if (worker === null || worker.state === 'redundant') reject(new TestFailure('worker-failed'));
    };
    worker?.addEventListener('statechange', look);
    look();
  });
}
