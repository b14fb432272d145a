import { randomUUID } from 'node:crypto';
import { ApiError } from '../base/api-error.ts';
import type { BrowserFailure } from './browser-failure.ts';
import type { Activation, CredentialStore } from './store.ts';
import { refusalOf } from './update.ts';
import type { PushResult } from '../fcm/result.ts';
import type { PushMessage } from '../fcm/push-message.ts';
import type { PendingTests } from './pending-tests.ts';

export interface TestRequest {
  /** `1:<sender id>:web:<hash>` */
  readonly appId: string;
  readonly senderId: string;
  readonly target: string;
  /** Comes back in the push, so that the browser knows that it is this very one. */
  readonly nonce: string;
}

/** What a browser says of a test. */
export type TestOutcome =
  { readonly result: 'arrived'; readonly code: null } | { readonly result: 'failed'; readonly code: BrowserFailure };

export interface CredentialTest {
  /** Sends a push with the credentials in force to the browser that asks. @throws {ApiError} */
  send(request: TestRequest, by: string): Promise<{ testId: string; messageId: string }>;
  /**
   * Whether it arrived: only the browser can tell, and whoever sent the test, once. The id `unsent` stands for a test that failed in the browser before
   * any push was asked for.
   *
   * @throws {ApiError} for an unknown test, and for one of other credentials than those in force
   */
  conclude(testId: string, by: string, outcome: TestOutcome): Promise<Activation>;
}

export interface CredentialTestParts {
  readonly store: CredentialStore;
  readonly pending: PendingTests;
  /** Never rejects: whatever goes wrong is a result. */
  readonly send: (target: string, message: PushMessage) => Promise<PushResult>;
  readonly now: () => number;
}

const ttlSeconds = 60;

export function createCredentialTest({ store, pending, send, now }: CredentialTestParts): CredentialTest {
  const active = async () => {
    const activation = await store.active();
    if (activation) return activation;
    throw new ApiError(
      'not-configured',
      'There are no credentials to test yet. Update the Firebase credentials first.',
    );
  };
  const remember = (activation: Activation, by: string, result: 'arrived' | 'failed', code: string | null) =>
    store.recordTest(activation.version, { at: new Date(now()).toISOString(), by, result, code });

  return {
    async send(request, by) {
      if (!request.appId.startsWith(`1:${request.senderId}:`)) {
        const message =
          'App ID and Sender ID are not of the same app. Copy both from the same page of the Firebase console.';
        throw new ApiError('test-failed', message, { code: 'app-of-another-sender' });
      }
      const activation = await active();
      const testId = randomUUID();
      const result = await send(request.target, testMessage(request.nonce, testId));
      if (result.outcome === 'accepted') {
        await pending.add(testId, { version: activation.version, by });
        return { testId, messageId: result.messageId };
      }
      const error = failureOf(result, activation.projectId);
      await remember(activation, by, 'failed', error.body.error.code);
      throw error;
    },

    async conclude(testId, by, { result, code }) {
      const activation = await active();
      if (testId !== 'unsent' || result !== 'failed') {
        const test = await pending.take(testId, by);
        if (!test) throw new ApiError('not-found', 'There is no such test of yours. Run the test again.');
        if (test.version !== activation.version)
          throw new ApiError('not-found', 'The credentials were changed since that test. Test the new ones.');
      }
      await remember(activation, by, result, code);
      return activation;
    },
  };
}

function testMessage(nonce: string, testId: string): PushMessage {
  return {
    notification: {
      title: 'Callback Push test',
      body: 'Your Firebase credentials work: this push was sent with them.',
    },
    data: { event: 'CALLBACK_TEST', nonce, testId },
    android: { ttl: `${ttlSeconds}s` },
    apns: {},
    webpush: { headers: { TTL: String(ttlSeconds), Urgency: 'high' } },
  };
}

const refusedAlone =
  'FCM refuses this browser, though the credentials are good. Refresh the page and run the test again.';

const sentences: Readonly<Record<string, readonly [code: string, message: string]>> = {
  UNREGISTERED: ['target-gone', 'FCM does not know this browser any more. Refresh the page and run the test again.'],
  INVALID_TARGET: ['target-gone', 'FCM does not know this browser. Refresh the page and run the test again.'],
  DEVICE_UNAUTHENTICATED: ['target-gone', refusedAlone],
  FORBIDDEN: ['target-gone', refusedAlone],
  NOT_FOUND: ['target-gone', refusedAlone],
  SENDER_ID_MISMATCH: [
    'sender-mismatch',
    'The app belongs to another Firebase project than the credentials. Check App ID, API key and Sender ID.',
  ],
  THIRD_PARTY_AUTH_ERROR: [
    'web-push-key-missing',
    'The web push certificate of the Firebase project is missing or wrong (Project settings ▸ Cloud Messaging).',
  ],
};

function failureOf(result: Exclude<PushResult, { outcome: 'accepted' }>, projectId: string): ApiError {
  const [code, message] = sentences[result.code] ?? [];
  if (code && message) return new ApiError('test-failed', message, { code });
  const refusal = refusalOf(result, projectId);
  if (refusal) return new ApiError('test-failed', refusal.message, { code: refusal.code });
  if (result.outcome === 'try-later' && result.scope === 'credentials') {
    const ours = result.code.toLowerCase().replaceAll('_', '-');
    return new ApiError('test-failed', `The credentials do not work: ${result.detail}.`, { code: ours });
  }
  return new ApiError('google-unreachable', 'Google did not answer. Run the test again in a minute.');
}
