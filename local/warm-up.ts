import { setTimeout as pause } from 'node:timers/promises';
import { localFirestore } from './credentials.ts';
import type { Google } from './google.ts';

/** As many as the local Firestore delivers at a time: the functions emulator starts a process for each. */
const workers = 4;
/** A machine that has other things to do needs more than the usual seconds. */
const limitMs = 120_000;

/** Has every worker of the functions send a push, so that what one then measures is the warm state. Leaves no trace. */
export async function warmUp(google: Google, projectId: string, firestorePort: number): Promise<void> {
  const db = localFirestore(projectId, firestorePort);
  try {
    const callbacks = Array.from({ length: workers }, (_, index) => db.doc(`callbacks/warm-up-${index}`));
    const expirationTime = new Date(Date.now() + 600_000);
    await Promise.all(
      callbacks.map((reference) =>
        reference.set({
          serviceName: 'warm-up',
          phoneNumber: '0',
          callbackState: 'QUEUED',
          // So that its deletion is no news.
          rescheduledTo: 'nobody',
          pushTargets: [{ channel: 'FCM', target: 'warm-up:APA91bWarmUp' }],
          callIn: { id: 'warm-up', toPhoneNumber: '0', expirationTime },
        }),
      ),
    );
    const until = Date.now() + limitMs;
    while (google.inbox.messages().length < workers) {
      if (Date.now() > until) {
        const sent = google.inbox.messages().length;
        throw new Error(
          `The functions sent ${sent} of ${workers} pushes within ${limitMs / 1000} s; their log tells more.`,
        );
      }
      await pause(10);
    }
    await Promise.all(callbacks.map((reference) => reference.delete()));
    const entries = await db.collection('pushNotifications').get();
    await Promise.all(entries.docs.map(({ ref }) => ref.delete()));
    google.inbox.clear();
    google.resetRequests();
  } finally {
    await db.terminate();
  }
}
