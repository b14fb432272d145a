import { initializeApp } from '@firebase/app';
import { getMessaging, onBackgroundMessage, type MessagePayload } from '@firebase/messaging/sw';

declare const self: ServiceWorkerGlobalScope;

/**
 * Receives the pushes of a browser test. The Firebase app to receive for is in the worker's own URL, because the
 * administrator types it: it is not known when this is built. Without one the worker only lends its registration, so
 * that the local stack's pushes can be shown.
 */
const query = new URL(self.location.href).searchParams;
const config = {
  projectId: query.get('projectId') ?? '',
  appId: query.get('appId') ?? '',
  apiKey: query.get('apiKey') ?? '',
  messagingSenderId: query.get('messagingSenderId') ?? '',
};

self.addEventListener('install', (event) => {
  event.waitUntil(self.skipWaiting());
});
self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(showPage());
});

// Firebase wants its handlers in place before the first evaluation of the script ends.
if (Object.values(config).every((value) => value !== '')) {
  onBackgroundMessage(getMessaging(initializeApp(config)), (payload) => {
    void tellPages(payload);
  });
}

/**
 * Firebase hands a push to visible pages only and shows a notification otherwise; a page that waits behind another
 * window is to know as well.
 */
async function tellPages(payload: MessagePayload): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  for (const page of pages) {
    page.postMessage({ kind: 'callback-push-arrived', from: payload.from, data: payload.data ?? {} });
  }
  if (payload.notification === undefined) {
    await self.registration.showNotification('Callback Push test', { body: 'The test push arrived.' });
  }
}

async function showPage(): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  await (pages[0] === undefined ? self.clients.openWindow('/') : pages[0].focus());
}
