import { Timestamp } from '@google-cloud/firestore';
import { targetHash } from '../../functions/src/delivery/ledger-entry.ts';
import { eventually, fresh, sharedStack, waitingCallback } from '../support/stack.ts';

jest.setTimeout(120_000);
const stack = sharedStack();
afterEach(() => stack.setFaults([]));
afterAll(() => stack.db.terminate());

const purge = { callbackState: 'COMPLETED', callbackReason: 'PURGED' };

async function callbackWith(fields: object = {}) {
  const callback = stack.db.collection('callbacks').doc(fresh('cb'));
  await callback.set(waitingCallback(fields));
  return callback;
}

const to = (target: string) => ({ pushTargets: [{ channel: 'FCM', target }] });

async function settledEntry(callbackId: string, state: string) {
  return eventually(`a notice of ${callbackId} to be ${state}`, async () => {
    const [entry] = await stack.entriesOf(callbackId);
    return entry?.['state'] === state && entry;
  });
}

test('a malformed document names every problem in one log line, without its values, and stops nobody else', async () => {
  const malformed = stack.db.collection('callbacks').doc(fresh('malformed'));
  await malformed.set({
    phoneNumber: 4930555,
    callbackState: 'WAITING',
    pushTargets: [{ channel: 'APNS', target: 'secret-device' }],
  });
  const other = await callbackWith();
  await other.update(purge);
  await stack.idle();
  const lines = await stack.logOf(malformed.id);
  expect(lines.filter(({ message }) => message !== 'change-ignored')).toEqual([
    expect.objectContaining({
      severity: 'WARNING',
      message: 'fields-ignored',
      problems: [
        expect.stringMatching(/^serviceName:/),
        expect.stringMatching(/^phoneNumber:/),
        expect.stringMatching(/^callbackState:.*WAITING/),
        expect.stringMatching(/^pushTargets.0.channel:/),
      ],
    }),
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/4930555|secret-device/);
  expect(await stack.messages(other.id)).toHaveLength(1);
});

test('a queue without settings is named once and runs on the defaults', async () => {
  const serviceName = fresh('unknown-queue');
  const callback = await callbackWith({ serviceName });
  await callback.update({ estimatedWaitTime: 299 });
  await stack.idle();
  expect((await stack.messages(callback.id)).map(({ event }) => event)).toEqual(['CALLBACK_UPCOMING']);
  expect(await stack.logOf(serviceName)).toEqual([
    expect.objectContaining({ message: 'settings-missing', serviceName }),
  ]);
});

test('settings with a mistake are named, and the default applies', async () => {
  const serviceName = fresh('mistaken-queue');
  await stack.db
    .doc(`callbackSettings/${serviceName}`)
    .set({ maxDialAttempts: 0, pushNotificationThresholdMinutes: 1 });
  const callback = await callbackWith({ serviceName });
  await callback.update({ estimatedWaitTime: 299 });
  await stack.idle();
  expect((await stack.messages(callback.id)).map(({ event }) => event)).toEqual(['CALLBACK_UPCOMING']);
  expect(await stack.logOf(serviceName)).toEqual([
    expect.objectContaining({
      severity: 'ERROR',
      message: 'settings-rejected',
      problems: [expect.stringMatching(/^maxDialAttempts:/)],
    }),
  ]);
});

test('a device that is gone becomes a dead letter with the reason, and its token is nowhere', async () => {
  const target = fresh('gone');
  await stack.setFaults([{ target, code: 'UNREGISTERED' }]);
  const callback = await callbackWith(to(target));
  await callback.update(purge);
  const entry = await settledEntry(callback.id, 'FAILED');
  expect(entry).toMatchObject({
    targets: [{ state: 'GONE', code: 'UNREGISTERED' }],
    lastError: { code: 'UNREGISTERED' },
  });
  expect(entry['sweepAt']).toBeUndefined();
  await stack.idle();
  const lines = await stack.logOf(callback.id);
  expect(lines.filter(({ message }) => message === 'target-failed')).toHaveLength(1);
  expect(JSON.stringify([entry, lines])).not.toContain(target);
});

test('where one device is gone the others are still told', async () => {
  const [gone, alive] = [fresh('gone'), fresh('alive')];
  await stack.setFaults([{ target: gone, code: 'UNREGISTERED' }]);
  const callback = await callbackWith({ pushTargets: [gone, alive].map((target) => ({ channel: 'FCM', target })) });
  await callback.update(purge);
  await settledEntry(callback.id, 'SENT');
  expect((await stack.messages(callback.id)).map(({ target }) => target)).toEqual([alive]);
});

test('an overloaded FCM is tried again by a task, ten seconds later at the earliest', async () => {
  const target = fresh('patient');
  await stack.setFaults([{ target, code: 'UNAVAILABLE', times: 1, retryAfterSeconds: 1 }]);
  const callback = await callbackWith(to(target));
  await callback.update(purge);
  const waiting = await settledEntry(callback.id, 'WAITING');
  const wait = (waiting['dueAt'] as Timestamp).toMillis() - (waiting['updatedAt'] as Timestamp).toMillis();
  expect(wait).toBeGreaterThanOrEqual(9_990);
  expect(await settledEntry(callback.id, 'SENT')).toMatchObject({ attempts: 2 });
  expect(await stack.messages(callback.id)).toHaveLength(1);
});

test('the push for a deleted callback survives an overloaded FCM: its event is delivered again', async () => {
  const target = fresh('patient');
  await stack.setFaults([{ target, code: 'UNAVAILABLE', times: 1, retryAfterSeconds: 1 }]);
  const callback = await callbackWith(to(target));
  await callback.delete();
  expect(await settledEntry(callback.id, 'SENT')).toMatchObject({ attempts: 2 });
  expect(await stack.messages(callback.id)).toHaveLength(1);
});

test('an answer lost after FCM took the message replaces what is on the device', async () => {
  const target = fresh('unlucky');
  await stack.setFaults([{ target, code: 'RESET', times: 1, afterAccepting: true }]);
  const callback = await callbackWith(to(target));
  await callback.update(purge);
  await settledEntry(callback.id, 'SENT');
  const [second, first] = await stack.messages(callback.id);
  expect(second?.replaces).toBe(first?.sequence);
});

test('an attempt whose instance died is taken up by the sweep once its lease has lapsed', async () => {
  const target = fresh('orphan');
  await stack.setFaults([{ target, code: 'UNAVAILABLE', times: 1, retryAfterSeconds: 3000 }]);
  const callback = await callbackWith(to(target));
  await callback.update(purge);
  await settledEntry(callback.id, 'WAITING');
  // As the ledger looks when an instance dies between claim and settlement, a minute later.
  const [reference] = await stack.entryRefs(callback.id);
  const lapsed = Timestamp.fromMillis(Date.now() - 1);
  const targets = [{ hash: targetHash(target), state: 'PENDING', attempts: 0 }];
  await reference?.update({ state: 'SENDING', dueAt: lapsed, sweepAt: lapsed, targets });
  expect((await stack.sweep()).status).toBe(200);
  expect(await settledEntry(callback.id, 'SENT')).toMatchObject({ attempts: 2 });
  expect(await stack.messages(callback.id)).toHaveLength(1);
});

test('what waits too long is not sent any more', async () => {
  const target = fresh('late');
  await stack.setFaults([{ target, code: 'UNAVAILABLE', times: 1, retryAfterSeconds: 3000 }]);
  const callback = await callbackWith(to(target));
  await callback.update(purge);
  await settledEntry(callback.id, 'WAITING');
  const [reference] = await stack.entryRefs(callback.id);
  const past = Timestamp.fromMillis(Date.now() - 1);
  // As it looks to whoever comes an hour later.
  const changedAt = Timestamp.fromMillis(Date.now() - 61 * 60_000);
  await reference?.update({ changedAt, dueAt: past, staleAt: past, sweepAt: past });
  await stack.sweep();
  await settledEntry(callback.id, 'EXPIRED');
  expect(await stack.messages(callback.id)).toEqual([]);
});
