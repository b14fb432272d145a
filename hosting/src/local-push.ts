import { within, type Receiver } from './browser-test.ts';
import { TestFailure } from './diagnosis.ts';
import { startWorker } from './service-worker.ts';

const openLimitMs = 5_000;

interface InboxMessage {
  readonly target: string;
  readonly message: {
    readonly notification?: { readonly title?: string; readonly body?: string };
    readonly data?: Readonly<Record<string, string>>;
  };
}

/**
 * Registers this browser with the local stack's push inbox instead of Google, and shows what arrives there as a real
 * notification. @throws {TestFailure}
 */
export async function registerWithSandbox(sandbox: string): Promise<Receiver> {
  const registration = await startWorker({});
  const target = await register(sandbox);
  const events = new EventSource(`${sandbox}/inbox/events`);
  const opened = new Promise<void>((resolve) => {
    events.addEventListener('open', () => {
      resolve();
    });
  });
  await within(openLimitMs, 'sandbox-unreachable', opened).catch((error: unknown) => {
    events.close();
    throw error;
  });
  return {
    target,
    listen(onPush) {
      events.addEventListener('message', (event: MessageEvent<string>) => {
        const arrived = JSON.parse(event.data) as InboxMessage;
        if (arrived.target !== target) return;
        const { notification, data } = arrived.message;
        const title = notification?.title ?? 'Callback Push test';
        void registration.showNotification(title, { body: notification?.body ?? '', tag: 'callback-push-test' });
        onPush({ nonce: data?.['nonce'] ?? '' });
      });
    },
    // The worker stays: with it the notification would go, which somebody may want to look at.
    close() {
      events.close();
      return Promise.resolve();
    },
  };
}

async function register(sandbox: string): Promise<string> {
  try {
    const response = await fetch(`${sandbox}/local/browsers`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
      signal: AbortSignal.timeout(openLimitMs),
    });
    return ((await response.json()) as { token: string }).token;
  } catch {
    throw new TestFailure('sandbox-unreachable');
  }
}
