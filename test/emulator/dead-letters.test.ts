import { createServer } from 'node:net';
import type { SendFault } from '../../local/fcm-faults.ts';
import { host } from '../../local/ports.ts';
import { program } from '../support/program.ts';
import { eventually, fresh, sharedStack, waitingCallback } from '../support/stack.ts';

const stack = sharedStack();
afterEach(() => stack.setFaults([]));
afterAll(() => stack.db.terminate());

const deadLetters = (...args: readonly string[]) =>
  program('scripts/dead-letters.ts', [...args, '--port', String(stack.ports.inbox)]);

/** A callback whose purging reached none of its devices, each for its own reason, and its notice. */
async function deadLetter(serviceName: string, ...codes: readonly SendFault['code'][]) {
  const devices = codes.map((code) => ({ code, target: fresh('dead') }));
  await stack.setFaults(devices.map(({ code, target }) => ({ target, code })));
  const callback = stack.db.collection('callbacks').doc(fresh('cb'));
  const pushTargets = devices.map(({ target }) => ({ channel: 'FCM', target }));
  await callback.set(waitingCallback({ serviceName, pushTargets }));
  await callback.update({ callbackState: 'COMPLETED', callbackReason: 'PURGED' });
  const noticeId = await eventually('the dead letter', async () => {
    const [entry] = await stack.entriesOf(callback.id);
    return entry?.['state'] === 'FAILED' && (await stack.entryRefs(callback.id))[0]?.id;
  });
  return { callbackId: callback.id, noticeId, targets: devices.map(({ target }) => target) };
}

const stateOf = async (callbackId: string) => (await stack.entriesOf(callbackId))[0]?.['state'] as unknown;

test('from finding them to sending them again: what an operator does at night', async () => {
  const queue = fresh('night');
  const one = await deadLetter(queue, 'INVALID_ARGUMENT');
  const two = await deadLetter(queue, 'UNREGISTERED');
  const both = await deadLetter(queue, 'UNREGISTERED', 'INVALID_ARGUMENT');
  await stack.setFaults([]);

  const listed = await deadLetters('list', '--queue', queue);
  expect(listed.code).toBe(0);
  const lines = listed.output.split('\n');
  const line = ({ callbackId }: typeof one) => lines.find((text) => text.includes(callbackId)) ?? '';
  expect(line(one)).toMatch(
    new RegExp(
      `^20\\S+ \\S+ +FAILED +PURGED +${queue} +${one.callbackId} +1 +INVALID_ARGUMENT +${one.noticeId.slice(0, 12)}$`,
    ),
  );
  expect(line(both)).toMatch(/UNREGISTERED INVALID_ARGUMENT/);
  expect(listed.output).toMatch(/^3 dead letters, by cause:$/m);
  expect(listed.output).toMatch(/^ +2× +INVALID_ARGUMENT +FCM refused the message itself/m);
  expect(listed.output).toMatch(/^Next:$/m);
  expect([one, two, both].flatMap(({ targets }) => targets).filter((target) => listed.output.includes(target))).toEqual(
    [],
  );
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(180);

  const known = await deadLetters('list', one.noticeId.slice(0, 12));
  expect(known.output).toContain(one.noticeId);
  expect(known.output).toMatch(/device [0-9a-f]{16} +REFUSED +1× +INVALID_ARGUMENT/);
  expect(known.output).toMatch(/INVALID_ARGUMENT: \{/);

  const rehearsed = await deadLetters('replay', '--all', '--queue', queue, '--dry-run');
  expect(rehearsed.output).toMatch(/^3 dead letters would be replayed\.$/m);
  expect(await Promise.all([one, two, both].map(({ callbackId }) => stateOf(callbackId)))).toEqual(
    Array(3).fill('FAILED'),
  );

  const replayed = await deadLetters('replay', '--all', '--queue', queue);
  expect(replayed.output).toMatch(/^3 dead letters replayed\.$/m);
  await stack.sweep();
  expect(await Promise.all([one, two, both].map(({ callbackId }) => stateOf(callbackId)))).toEqual([
    'SENT',
    'FAILED',
    'SENT',
  ]);
  expect((await stack.messages(both.callbackId)).map(({ target }) => target)).toEqual([both.targets[1]]);

  const discarded = await deadLetters('discard', two.noticeId);
  expect([discarded.code, discarded.output]).toEqual([0, expect.stringMatching(/^1 dead letter discarded\.$/m)]);
  expect((await deadLetters('list', '--queue', queue)).output).toMatch(/^No dead letters\.$/m);
}, 120_000);

test('a device that FCM did not know is tried again only where that is asked for', async () => {
  const queue = fresh('gone');
  const { callbackId, noticeId, targets } = await deadLetter(queue, 'UNREGISTERED');
  await stack.setFaults([]);
  expect((await deadLetters('replay', noticeId)).output).toMatch(/^1 dead letter replayed\.$/m);
  await stack.sweep();
  expect([await stateOf(callbackId), await stack.messages(callbackId)]).toEqual(['FAILED', []]);
  expect((await deadLetters('replay', noticeId, '--gone')).output).toMatch(/^1 dead letter replayed\.$/m);
  await stack.sweep();
  expect((await stack.messages(callbackId)).map(({ target }) => target)).toEqual(targets);
  const again = await deadLetters('replay', noticeId, '--gone');
  expect([again.code, again.output]).toEqual([1, expect.stringMatching(/is no dead letter: it is SENT\./)]);
}, 60_000);

test('the filters leave what they say', async () => {
  const [queue, other] = [fresh('filters'), fresh('filters')];
  const [one, two] = [await deadLetter(queue, 'UNREGISTERED'), await deadLetter(other, 'INVALID_ARGUMENT')];
  const shown = async (...filters: readonly string[]) => {
    const { output } = await deadLetters('list', ...filters);
    return [one, two].map(({ callbackId }) => output.includes(callbackId));
  };
  expect([
    await shown(),
    await shown('--queue', queue),
    await shown('--code', 'INVALID_ARGUMENT'),
    await shown('--event', 'CALLBACK_PURGED', '--newer', '1h'),
    await shown('--event', 'CALLBACK_READY'),
    await shown('--older', '1h'),
  ]).toEqual([
    [true, true],
    [true, false],
    [false, true],
    [true, true],
    [false, false],
    [false, false],
  ]);
}, 60_000);

test('called wrongly, it does nothing and says how it is called', async () => {
  const { code, output } = await deadLetters('replay');
  expect(code).toBe(1);
  expect(output).toMatch(/✖ Name the notices to replay, or --all\./);
  expect(output).toMatch(/^npm run dead-letters -- /m);
});

test('a notice that is not there is said, and nothing is done to the others', async () => {
  const { noticeId, callbackId } = await deadLetter(fresh('unknown'), 'INVALID_ARGUMENT');
  const { code, output } = await deadLetters('discard', noticeId, 'f'.repeat(64));
  expect([code, output]).toEqual([1, expect.stringMatching(/There is no notice f+\.\n {2}Nothing was done\./)]);
  expect((await deadLetters('list')).output).toContain(callbackId);
});

test('without a local stack it says how to get one', async () => {
  const server = createServer().listen(0, host);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const { code, output } = await program('scripts/dead-letters.ts', ['--port', String(port - 2)]);
  expect([code, output]).toEqual([
    1,
    expect.stringMatching(/No local Firestore listens on port \d+\. Start one with npm start/),
  ]);
});
