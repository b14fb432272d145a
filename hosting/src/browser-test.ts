import type { Api } from './api.ts';
import { diagnosisOf, TestFailure, type Diagnosis } from './diagnosis.ts';
import type { WebApp } from './web-app.ts';

/** The steps of a test run, in their order. */
export type TestStep = 'configured' | 'permission' | 'register' | 'send' | 'arrive';

export interface ArrivedPush {
  readonly nonce: string;
  /** The sender that the push names, if it names one. */
  readonly from?: string | undefined;
}

/** A browser that can be pushed to, for as long as a test takes. */
export interface Receiver {
  /** What the server sends to. */
  readonly target: string;
  /** Calls for each push that arrives from now on. */
  listen(onPush: (push: ArrivedPush) => void): void;
  /** Leaves nothing behind at Google or in the browser; never rejects. */
  close(): Promise<void>;
}

/** Stands for a test whose push was never asked for: it failed in this browser before. */
const unsent = 'unsent';

export interface BrowserTestPorts {
  /** Asks whoever sits there, if they were not asked before. */
  readonly permission: () => Promise<NotificationPermissionName>;
  /** Registers this browser anew. @throws {TestFailure} */
  readonly register: (app: WebApp, projectId: string) => Promise<Receiver>;
  readonly api: Pick<Api, 'credentials' | 'startTest' | 'recordTest'>;
  readonly newNonce: () => string;
  readonly now: () => number;
  readonly arrivalLimitMs: number;
}
type NotificationPermissionName = 'granted' | 'denied' | 'default' | 'unsupported';

export type TestOutcome =
  | { readonly result: 'arrived'; readonly tookMs: number }
  | { readonly result: 'failed'; readonly diagnosis: Diagnosis };

/**
 * Registers this browser, has the server push to it, and waits for that very push. Records what came of it as soon as
 * the server knows the test.
 * @param onStep is told what is under way
 */
export async function runBrowserTest(
  app: WebApp,
  ports: BrowserTestPorts,
  onStep: (step: TestStep) => void,
): Promise<TestOutcome> {
  let receiver: Receiver | undefined;
  // What there is to tell the server of: nothing, while it is itself what fails.
  let testId: string | undefined;
  let outcome: TestOutcome;
  try {
    onStep('configured');
    // Asked anew: what the page shows may be an hour old.
    const credentials = await ports.api.credentials();
    if (!credentials.configured) throw new TestFailure('not-configured');
    testId = unsent;
    onStep('permission');
    demandPermission(await ports.permission());
    onStep('register');
    receiver = await ports.register(app, credentials.projectId);
    onStep('send');
    const nonce = ports.newNonce();
    // Listening begins before anything is sent: a push may be faster than the answer.
    const arrival = listenFor(nonce, receiver);
    const sentAt = ports.now();
    const { appId, senderId } = app;
    testId = undefined;
    testId = (await ports.api.startTest({ appId, senderId, target: receiver.target, nonce })).testId;
    onStep('arrive');
    const push = await within(ports.arrivalLimitMs, 'push-not-arrived', arrival);
    demandSender(push, senderId);
    outcome = { result: 'arrived', tookMs: ports.now() - sentAt };
  } catch (error) {
    outcome = { result: 'failed', diagnosis: diagnosisOf(error) };
  }
  await receiver?.close();
  if (testId !== undefined) {
    const code = outcome.result === 'failed' ? outcome.diagnosis.code : null;
    // The outcome that is shown is the test's, whether or not it could be recorded.
    await ports.api.recordTest(testId, outcome.result, code).catch(() => undefined);
  }
  return outcome;
}

/** Waits so long and no longer. @throws {TestFailure} with the code given */
export async function within<T>(
  limitMs: number,
  code: ConstructorParameters<typeof TestFailure>[0],
  pending: Promise<T>,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TestFailure(code));
    }, limitMs);
  });
  try {
    return await Promise.race([pending, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function listenFor(nonce: string, receiver: Receiver): Promise<ArrivedPush> {
  return new Promise((resolve) => {
    receiver.listen((push) => {
      if (push.nonce === nonce) resolve(push);
    });
  });
}

function demandPermission(permission: NotificationPermissionName): void {
  if (permission === 'unsupported') throw new TestFailure('push-unsupported');
  if (permission === 'denied') throw new TestFailure('notifications-denied');
  if (permission === 'default') throw new TestFailure('notifications-dismissed');
}

function demandSender({ from }: ArrivedPush, senderId: string): void {
  if (from !== undefined && /^\d+$/.test(from) && from !== senderId) throw new TestFailure('push-from-another-sender');
}
