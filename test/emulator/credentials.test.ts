import { findFreeBase } from '../../local/ports.ts';
import { startStack, type Stack } from '../../local/stack.ts';
import { eventually, fresh, stackAt, waitingCallback } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ basePort: await findFreeBase(), registered: false, parameters: { CACHE_SECONDS: '0' } });
}, 60_000);
afterAll(() => stack.stop());

test('without credentials a notice waits and says why; once they are registered it goes out', async () => {
  const view = stackAt(stack.ports.inbox);
  const callback = view.db.collection('callbacks').doc(fresh('cb'));
  await callback.set(waitingCallback());
  await callback.update({ callbackState: 'COMPLETED', callbackReason: 'PURGED' });
  const state = async (wanted: string) =>
    eventually(`the notice to be ${wanted}`, async () =>
      (await view.entriesOf(callback.id)).find((entry) => entry['state'] === wanted),
    );
  expect(await state('WAITING')).toMatchObject({ lastError: { code: 'CREDENTIALS_NOT_CONFIGURED' } });
  await view.idle();
  const reasons = (await view.logOf(callback.id)).filter(({ message }) => message === 'target-failed');
  expect(reasons).toEqual([expect.objectContaining({ code: 'CREDENTIALS_NOT_CONFIGURED', severity: 'WARNING' })]);

  await stack.registerCredentials();
  const [reference] = await view.entryRefs(callback.id);
  // As if the wait were over, of the notice and of its device.
  const now = new Date();
  const { targets } = await state('WAITING');
  const due = (targets as object[]).map((row) => ({ ...row, dueAt: now.getTime() }));
  await reference?.update({ dueAt: now, sweepAt: now, targets: due });
  await stack.sweep();
  await state('SENT');
  expect(await view.messages(callback.id)).toHaveLength(1);

  // Two rotations later nobody has to deploy anything: the key that no longer works is replaced at the next push.
  await stack.registerCredentials();
  const next = view.db.collection('callbacks').doc(fresh('cb'));
  await next.set(waitingCallback());
  await next.delete();
  await eventually('the push after the rotation', async () => (await view.messages(next.id)).length === 1);
  await view.db.terminate();
}, 60_000);
