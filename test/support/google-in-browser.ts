import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { BrowserContext, CDPSession, Page, Route } from 'playwright-core';

/**
 * Google's side of Web Push as a browser sees it: the push service behind `PushManager`, Firebase Installations, FCM
 * registrations, and the delivery of a push to the service worker. Any other request that leaves the machine fails
 * the test.
 */
export interface GoogleInBrowser {
  /** Answers of the registration endpoints; a test changes them to have a step fail. */
  readonly answers: { installations: Answer; registrations: Answer };
  /** Requests to Google that nobody answers for. */
  readonly strangers: string[];
  /** Registration tokens that were handed out. */
  readonly tokens: string[];
}

export interface Answer {
  readonly status: number;
  readonly body: object | string;
}

const appName = '1:123456789012:web:0123456789abcdef012345';

/** What an administrator copies from the Firebase console for the app under test. */
export const webApp = { appId: appName, senderId: '123456789012', apiKey: 'AIzaSyTestOnly000000000000000000000000' };

/** Call before the first page: what is put into pages must be there when they load. */
export async function standInForGoogle(context: BrowserContext): Promise<GoogleInBrowser> {
  const google: GoogleInBrowser = {
    answers: { installations: installation(), registrations: { status: 200, body: {} } },
    strangers: [],
    tokens: [],
  };
  await context.addInitScript({ path: path.join(import.meta.dirname, 'push-service.js') });
  await context.route(
    (url) => url.protocol.startsWith('http') && url.hostname !== '127.0.0.1',
    (route) => answer(route, google),
  );
  return google;
}

async function answer(route: Route, google: GoogleInBrowser): Promise<void> {
  const url = new URL(route.request().url());
  if (route.request().method() === 'DELETE') return fulfill(route, { status: 200, body: {} });
  if (url.hostname === 'firebaseinstallations.googleapis.com') {
    const { fid } = (route.request().postDataJSON() as { fid?: string } | null) ?? {};
    const { status, body } = google.answers.installations;
    return fulfill(route, { status, body: typeof body === 'string' || status !== 200 ? body : { ...body, fid } });
  }
  if (url.hostname === 'fcmregistrations.googleapis.com') {
    if (google.answers.registrations.status !== 200) return fulfill(route, google.answers.registrations);
    const token = `fid-${randomUUID()}:APA91bBrowserTest`;
    google.tokens.push(token);
    return fulfill(route, { status: 200, body: { token } });
  }
  google.strangers.push(url.href);
  return route.abort();
}

function fulfill(route: Route, { status, body }: Answer): Promise<void> {
  const isText = typeof body === 'string';
  return route.fulfill({
    status,
    contentType: isText ? 'text/html' : 'application/json',
    body: isText ? body : JSON.stringify(body),
    headers: { 'access-control-allow-origin': '*' },
  });
}

function installation(): Answer {
  const authToken = { token: 'installation-token', expiresIn: '604800s' };
  return { status: 200, body: { name: 'projects/1/installations/x', refreshToken: 'refresh', authToken } };
}

/** The browser's end of FCM: hands messages to the service worker of the Firebase SDK, as a push. */
export async function pushChannel(context: BrowserContext, page: Page): Promise<(message: object) => Promise<void>> {
  const session: CDPSession = await context.newCDPSession(page);
  const registrations = new Map<string, string>();
  session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: updated }) => {
    for (const { registrationId, scopeURL, isDeleted } of updated) {
      if (isDeleted) registrations.delete(registrationId);
      else registrations.set(registrationId, scopeURL);
    }
  });
  await session.send('ServiceWorker.enable');
  return async (message) => {
    const found = [...registrations].findLast(([, scope]) => scope.endsWith('/firebase-cloud-messaging-push-scope'));
    if (!found) throw new Error('The page has not registered the service worker.');
    const origin = new URL(page.url()).origin;
    await session.send('ServiceWorker.deliverPushMessage', {
      origin,
      registrationId: found[0],
      data: JSON.stringify(message),
    });
  };
}
