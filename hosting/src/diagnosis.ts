import type { BrowserFailure } from '../../functions/src/credentials/browser-failure.ts';

/** Which of the manual's four recovery steps, counted from 1, helps first. */
export type RecoveryStep = 1 | 2 | 3 | 4;

/** Why a test failed, in a sentence that says what to do, and a code that never changes. */
export interface Diagnosis {
  readonly code: string;
  readonly message: string;
  readonly step: RecoveryStep;
}

type Entry = readonly [step: RecoveryStep, message: string];

const table = {
  'not-configured': [
    4,
    'No credentials are registered yet. Register them in the pane “Update Firebase Credentials” first.',
  ],
  'push-unsupported': [
    3,
    'This browser cannot receive web push notifications (or this is a private window). Use another browser.',
  ],
  'notifications-denied': [
    3,
    'This browser blocks notifications from this page. Allow them in the settings of the site.',
  ],
  'notifications-dismissed': [3, 'The browser’s question whether to allow notifications was not answered with Allow.'],
  'push-service-blocked': [
    3,
    'The browser could not reach its push service, or does not use one. A company network or a private window may be the cause.',
  ],
  'worker-failed': [2, 'The page’s service worker could not be started.'],
  'page-part-missing': [2, 'A part of this page could not be loaded. Refresh the browser.'],
  'vapid-key-refused': [
    1,
    'The browser refuses this Web push certificate key. Copy it from the console again, or leave the field empty.',
  ],
  offline: [2, 'This computer is offline. Check the network connection.'],
  'registration-timeout': [3, 'The browser’s push service did not answer within 20 seconds. A firewall may block it.'],
  'api-key-invalid': [1, 'Google does not know this Public API key.'],
  'api-key-restricted': [
    1,
    'Google refuses this Public API key for this page: it is restricted to other sites or APIs. Allow this site, and the Firebase Installations and FCM Registration APIs.',
  ],
  'installations-refused': [
    1,
    'Google refused to register this browser: the App ID, the Public API key and the project do not go together.',
  ],
  'installations-unavailable': [2, 'Google’s service that registers browsers has a problem at the moment.'],
  'installations-unreadable': [
    2,
    'Something between this browser and Google answered in Google’s place; a proxy, perhaps.',
  ],
  'installations-unreachable': [
    2,
    'Google (firebaseinstallations.googleapis.com) could not be reached from this browser.',
  ],
  'registration-refused': [1, 'Firebase Cloud Messaging refused to register this browser.'],
  'registration-unreachable': [2, 'Google (fcmregistrations.googleapis.com) could not be reached from this browser.'],
  'registration-without-token': [2, 'Firebase Cloud Messaging answered without a registration token.'],
  'config-incomplete': [1, 'Firebase misses a value: App ID, Public API key, Sender ID or project.'],
  'push-not-arrived': [2, 'Firebase took the push, but it did not arrive in this browser within 20 seconds.'],
  'push-from-another-sender': [1, 'A push arrived from another sender than the Sender ID that was entered.'],
  'sandbox-unreachable': [
    2,
    'The local stack’s push inbox could not be reached. Check that npm start is still running.',
  ],
  'unknown-failure': [2, 'The browser reported a failure that this page does not know.'],
} satisfies Record<BrowserFailure, Entry>;

/** A test that failed for a reason of its own, found in this browser. */
export class TestFailure extends Error {
  override readonly name = 'TestFailure';
  readonly diagnosis: Diagnosis;

  /** @param detail what Google or the browser said, if it helps */
  constructor(code: BrowserFailure, detail?: string) {
    const [step, message] = table[code];
    super(code);
    this.diagnosis = { code, step, message: detail ? `${message} (${detail})` : message };
  }
}

/** For what the server found: its codes that do not mean "review the credentials" (4). */
const stepOfServerCode: Readonly<Record<string, RecoveryStep>> = {
  'app-of-another-sender': 1,
  'sender-mismatch': 1,
  'invalid-request': 1,
  'target-gone': 2,
  'google-unreachable': 2,
  unreachable: 2,
  timeout: 2,
  'unreadable-answer': 2,
  internal: 2,
  'session-expired': 2,
};

/** The diagnosis of anything that a test run threw. */
export function diagnosisOf(error: unknown): Diagnosis {
  if (error instanceof TestFailure) return error.diagnosis;
  if (error instanceof Error && error.name === 'ApiError' && 'code' in error) {
    const code = String(error.code);
    return { code, message: error.message, step: stepOfServerCode[code] ?? 4 };
  }
  return new TestFailure('unknown-failure', error instanceof Error ? error.message : undefined).diagnosis;
}

interface SdkError {
  readonly name?: string;
  readonly code?: unknown;
  readonly message?: string;
  readonly customData?: { readonly serverCode?: number; readonly serverMessage?: string; readonly errorInfo?: string };
}

/** What the Firebase SDK threw while it registered this browser; the only place that knows its errors. */
export function failureOfRegistration(error: unknown): TestFailure {
  if (error instanceof TestFailure) return error;
  const { name, code, message = '', customData = {} } = (error ?? {}) as SdkError;
  const { serverCode = 0, serverMessage = '', errorInfo = message } = customData;
  switch (code) {
    case 'installations/app-offline':
      return new TestFailure('offline');
    case 'installations/request-failed':
      if (serverCode >= 500) return new TestFailure('installations-unavailable', serverMessage);
      if (/API key not valid|API_KEY_INVALID/i.test(serverMessage)) return new TestFailure('api-key-invalid');
      if (/blocked|restrict|referer/i.test(serverMessage)) return new TestFailure('api-key-restricted', serverMessage);
      return new TestFailure('installations-refused', serverMessage);
    case 'messaging/token-subscribe-failed':
      if (errorInfo.includes('Failed to fetch')) return new TestFailure('registration-unreachable');
      return new TestFailure('registration-refused', errorInfo);
    case 'messaging/token-subscribe-no-token':
      return new TestFailure('registration-without-token');
    case 'messaging/permission-blocked':
      return new TestFailure('notifications-denied');
    case 'messaging/permission-default':
      return new TestFailure('notifications-dismissed');
    case 'messaging/unsupported-browser':
      return new TestFailure('push-unsupported');
    case 'messaging/failed-service-worker-registration':
      return new TestFailure('worker-failed', message);
  }
  if (typeof code === 'string' && code.endsWith('/missing-app-config-values'))
    return new TestFailure('config-incomplete');
  if (name === 'AbortError' || name === 'NotAllowedError') return new TestFailure('push-service-blocked', message);
  if (name === 'InvalidAccessError' || name === 'InvalidCharacterError') return new TestFailure('vapid-key-refused');
  if (name === 'SyntaxError') return new TestFailure('installations-unreadable');
  if (name === 'TypeError') return new TestFailure('installations-unreachable');
  return new TestFailure('unknown-failure', message);
}
