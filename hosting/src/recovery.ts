import type { RecoveryStep } from './diagnosis.ts';
import { create } from './elements.ts';

/** The manual's process after a failed test, in its order. */
const steps: readonly (readonly [title: string, text: string])[] = [
  [
    'Compare the App ID, the Public API key and the Sender ID',
    'Check that they match the values on the Firebase console for the app that you are registering with Callback. Make any necessary adjustments, then run the test again.',
  ],
  [
    'Refresh the browser',
    'If the App ID, the Public API key and the Sender ID match and you do not receive a push notification, refresh the browser and run the test again.',
  ],
  [
    'Allow notifications in the browser’s settings',
    'Ensure that the browser allows notifications from this page’s host, and change the setting if it blocks them; the documentation of your browser says where it is. Then run the test again.',
  ],
  [
    'Refresh again and review the credentials',
    'Refresh the browser again, review your FCM credentials in the pane “Update Firebase Credentials” once more, and run the test again.',
  ],
];

/** The four steps; the one to begin with stands out and is open. */
export function recoverySteps(first: RecoveryStep): HTMLLIElement[] {
  return steps.map(([title, text], index) => {
    const isFirst = index + 1 === first;
    const summary = create('summary', {}, title);
    if (isFirst) summary.append(' ', create('span', { class: 'pill', text: 'Begin here' }));
    const details = create('details', {}, summary, create('p', { text }));
    details.open = isFirst;
    return create('li', { 'data-step': String(index + 1), 'data-first': String(isFirst) }, details);
  });
}
