import type { PushResult } from '../../functions/src/fcm/result.ts';
import type { PushSender } from '../../functions/src/guards/push-sender.ts';
import { createGuards } from '../../functions/src/guards/guards.ts';
import type { LogEvent, LogFields, Severity } from '../../functions/src/base/log.ts';
import { buildMessage } from '../../functions/src/notice/message.ts';
import { aCallIn, aCallback, aMessageRequest, aNotice, aToken, minute, monday, second } from '../support/builders.ts';

const accepted: PushResult = { outcome: 'accepted', messageId: 'projects/p/messages/1' };
const gone: PushResult = { outcome: 'target-gone', code: 'UNREGISTERED', detail: 'NotRegistered' };
const broken: PushResult = { outcome: 'try-later', scope: 'credentials', code: 'INVALID_SIGNATURE', detail: 'no' };
const down: PushResult = { outcome: 'try-later', scope: 'provider', code: 'UNAVAILABLE', detail: 'busy' };

const message = buildMessage(aMessageRequest());

/** Guards before a sender that answers as it is told, on a clock to turn. */
function guarded({ maxInFlight = 100 } = {}) {
  const state = { now: monday, answer: (): PushResult | Promise<PushResult> => accepted };
  const requests: string[] = [];
  const lines: { severity: Severity; event: LogEvent; fields: LogFields }[] = [];
  let looks = 0;
  const guards = createGuards({
    maxInFlight,
    onWrongProject() {
      looks += 1;
    },
    log: (severity, event, fields) => lines.push({ severity, event, fields }),
    now: () => state.now,
  });
  const { gate } = guards;
  const fcm: PushSender = async (target) => {
    requests.push(target);
    return state.answer();
  };
  const [send, publish] = [guards.guarded(fcm), guards.gated(fcm)];
  const sendMany = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, n) => send(`device-${n}`, message)));
  return { state, requests, lines, gate, send, publish, sendMany, looks: () => looks };
}

/** What all promises that can be settled by now have led to. */
const settled = async () => {
  for (let n = 0; n < 50; n++) await Promise.resolve();
};

test('a message goes to its target, and its result comes back', async () => {
  const { send, requests, gate } = guarded();
  expect([await send('phone', message), requests, gate.stop()]).toEqual([accepted, ['phone'], undefined]);
});

test('broken credentials shut the gate, and the messages behind cost no request', async () => {
  const { state, gate, sendMany, requests } = guarded({ maxInFlight: 1 });
  state.answer = () => broken;
  const results = await sendMany(100);
  expect(requests).toHaveLength(3);
  expect(gate.stop()).toMatchObject({ until: monday + 5 * second, code: 'INVALID_SIGNATURE', detail: 'no' });
  expect(results.slice(3)).toEqual(
    Array<PushResult>(97).fill({
      outcome: 'try-later',
      scope: 'credentials',
      code: 'INVALID_SIGNATURE',
      detail: 'no',
      retryAfterMs: 5 * second,
    }),
  );
});

test('a trial that finds FCM in trouble resumes nothing', async () => {
  const { state, sendMany, gate, lines } = guarded();
  state.answer = () => broken;
  await sendMany(3);
  state.now += 5 * second;
  state.answer = () => down;
  await sendMany(1);
  expect([gate.stop()?.code, lines.map(({ event }) => event)]).toEqual(['INVALID_SIGNATURE', ['sending-stopped']]);
});

test('it says once that sending stopped and why, and once that it goes on', async () => {
  const { state, sendMany, lines } = guarded();
  state.answer = () => broken;
  await sendMany(50);
  state.now += minute;
  await sendMany(50);
  state.answer = () => accepted;
  state.now += minute;
  await sendMany(50);
  expect(lines).toEqual([
    { severity: 'ERROR', event: 'sending-stopped', fields: { code: 'INVALID_SIGNATURE', detail: 'no' } },
    { severity: 'INFO', event: 'sending-resumed', fields: {} },
  ]);
});

test('after the stop one message of many tries, and the others go once it got through', async () => {
  const { state, sendMany, requests, gate } = guarded();
  state.answer = () => broken;
  await sendMany(3);
  state.now += 5 * second;
  state.answer = () => accepted;
  expect(gate.stop()).toBeUndefined();
  await sendMany(50);
  expect(requests).toHaveLength(4);
  await sendMany(50);
  expect(requests).toHaveLength(54);
});

test('provider trouble stops nothing, but it slows', async () => {
  const { state, sendMany, gate, requests, lines } = guarded();
  state.answer = () => down;
  await sendMany(60);
  expect([gate.stop(), lines]).toEqual([undefined, []]);
  await sendMany(60);
  expect([requests.length, gate.stop()?.code, lines]).toEqual([120, 'PACED', []]);
  state.now += 2 * second;
  expect(gate.stop()).toBeUndefined();
});

test('more than 500 at once have the others wait at the gate', async () => {
  const { sendMany, gate } = guarded();
  await sendMany(500);
  expect(gate.stop()).toEqual({
    until: monday + 20,
    scope: 'provider',
    code: 'PACED',
    detail: expect.any(String) as string,
  });
});

test('so many requests are under way and no more, though some are never answered', async () => {
  const { state, send, sendMany, requests } = guarded({ maxInFlight: 10 });
  state.answer = () => (requests.length % 2 === 0 ? new Promise(() => undefined) : accepted);
  let ended = 0;
  const ends = Array.from({ length: 30 }, (_, n) => send(`device-${n}`, message).then(() => (ended += 1)));
  await settled();
  expect([requests.length, ended, ends.length]).toEqual([20, 10, 30]);
  void sendMany(5);
  await settled();
  expect(requests).toHaveLength(20);
});

test('a message that has waited so long for its turn that its lease may be over is not sent any more', async () => {
  const { state, send, requests } = guarded({ maxInFlight: 1 });
  const first = Promise.withResolvers<PushResult>();
  state.answer = () => first.promise;
  const sent = [send('first', message), send('second', message)];
  await settled();
  state.now += 20 * second + 1;
  first.resolve(accepted);
  expect(await Promise.all(sent)).toEqual([
    accepted,
    { outcome: 'try-later', scope: 'provider', code: 'TOO_BUSY', detail: expect.any(String) as string },
  ]);
  expect(requests).toEqual(['first']);
});

test('a message that fails before it goes does not keep its place', async () => {
  const { state, send } = guarded({ maxInFlight: 1 });
  state.answer = () => Promise.reject(new Error('a bug'));
  await expect(send('phone', message)).rejects.toThrow('a bug');
  state.answer = () => accepted;
  expect(await send('phone', message)).toEqual(accepted);
});

test('too many devices gone at once are not believed, and that is said once', async () => {
  const { state, sendMany, lines } = guarded();
  state.answer = () => gone;
  const results = await sendMany(200);
  expect(results.filter(({ outcome }) => outcome === 'target-gone')).toHaveLength(19);
  expect(results.at(-1)).toMatchObject({ outcome: 'try-later', scope: 'device', retryAfterMs: 10 * minute });
  expect(lines).toEqual([
    { severity: 'ERROR', event: 'targets-suspicious', fields: { code: 'UNREGISTERED', detail: 'NotRegistered' } },
  ]);
});

test('no target, number or access code is in what it logs', async () => {
  const callback = aCallback({ callIn: aCallIn({ toPhoneNumber: '+18005550142', accessCode: '0071' }) });
  const secret = buildMessage(
    aMessageRequest({ callback, notice: aNotice({ event: 'CALLBACK_CALL_IN', occasion: 'call-in-1' }) }),
  );
  const { state, send, lines } = guarded();
  for (const answer of [gone, broken, accepted]) {
    state.now += 2 * minute;
    state.answer = () => answer;
    for (let n = 0; n < 30; n++) await send(aToken(`phone-${n}`), secret);
  }
  expect(lines.map(({ event }) => event)).toEqual(['targets-suspicious', 'sending-stopped', 'sending-resumed']);
  expect(JSON.stringify(lines)).not.toMatch(/APA91b|8005550142|0071/);
});

const foreign: PushResult = { outcome: 'refused', code: 'SENDER_ID_MISMATCH', detail: 'SenderId mismatch' };

test('where the wrong project is registered sending stops, no device is refused, and all goes on once it is the right one', async () => {
  const { state, sendMany, requests, gate, lines } = guarded({ maxInFlight: 1 });
  state.answer = () => foreign;
  const results = await sendMany(100);
  expect(results.filter(({ outcome }) => outcome !== 'try-later')).toEqual([]);
  expect([requests.length, gate.stop()?.code]).toEqual([5, 'SENDER_ID_MISMATCH']);
  state.answer = () => accepted;
  state.now += 5 * second;
  expect(await sendMany(3)).toEqual([accepted, accepted, accepted]);
  expect(lines.map(({ event }) => event)).toEqual(['sending-stopped', 'sending-resumed']);
});

test('where the wrong project seems to be registered each trial looks for another', async () => {
  const { state, sendMany, looks } = guarded({ maxInFlight: 1 });
  state.answer = () => foreign;
  await sendMany(100);
  const before = looks();
  for (let n = 0; n < 10; n++) {
    state.now += minute;
    await sendMany(100);
  }
  expect([before, looks()]).toEqual([3, 13]);
});

test('where everybody lacks the project’s certificate sending goes on for the others', async () => {
  const { state, sendMany, gate, lines } = guarded();
  state.answer = () => ({ outcome: 'try-later', scope: 'device', code: 'THIRD_PARTY_AUTH_ERROR', detail: '' });
  await sendMany(100);
  expect([gate.stop(), lines]).toEqual([undefined, []]);
});

describe('what is published beside the notices', () => {
  test('breaks the same circuit, and is refused without a request while it is broken', async () => {
    const { state, publish, sendMany, gate, requests } = guarded();
    state.answer = () => broken;
    for (let n = 0; n < 3; n++) await publish(`phone-${n}`, message);
    expect(gate.stop()).toBeDefined();
    await sendMany(5);
    expect(await publish('phone', message)).toEqual({ ...broken, retryAfterMs: 5 * second });
    expect(requests).toHaveLength(3);
  });

  test('to a list of old targets is told of each that it is gone, and casts no doubt on what is said of others', async () => {
    const { state, publish, send, lines } = guarded();
    state.answer = () => gone;
    for (let n = 0; n < 100; n++) expect(await publish(`old-${n}`, message)).toEqual(gone);
    expect([await send('phone', message), lines]).toEqual([gone, []]);
  });

  test('to targets of another project stops nobody, and resumes nothing', async () => {
    const { state, publish, sendMany, gate, lines } = guarded();
    state.answer = () => foreign;
    for (let n = 0; n < 100; n++) expect(await publish(`foreign-${n}`, message)).toEqual(foreign);
    expect([gate.stop(), lines]).toEqual([undefined, []]);
    state.answer = () => broken;
    await sendMany(3);
    state.now += 5 * second;
    state.answer = () => foreign;
    await publish('foreign', message);
    expect([gate.stop()?.code, lines.length]).toEqual(['INVALID_SIGNATURE', 1]);
  });

  test('and was accepted does not show that the devices of notices are of our project', async () => {
    const { state, publish, send } = guarded();
    const outcomes: string[] = [];
    for (let n = 0; n < 10; n++) {
      state.answer = () => accepted;
      await publish(`other-${n}`, message);
      state.answer = () => foreign;
      outcomes.push((await send(`phone-${n}`, message)).outcome);
    }
    expect(outcomes).toEqual(Array<string>(10).fill('try-later'));
  });

  test('keeps the same pace: what comes too fast is given back with the time to wait', async () => {
    const { sendMany, publish, requests } = guarded();
    await sendMany(500);
    expect(await publish('phone', message)).toMatchObject({ scope: 'provider', code: 'PACED', retryAfterMs: 20 });
    expect(requests).toHaveLength(500);
  });

  test('takes its turn among the requests under way', async () => {
    const { state, publish, sendMany, requests } = guarded({ maxInFlight: 10 });
    state.answer = () => new Promise(() => undefined);
    void sendMany(9);
    void publish('phone', message);
    void publish('tablet', message);
    await settled();
    expect(requests).toHaveLength(10);
  });
});

test('a clock that is set back lengthens no wait', async () => {
  const { state, sendMany, gate } = guarded();
  state.answer = () => broken;
  await sendMany(3);
  state.now -= 60 * minute;
  expect((gate.stop()?.until ?? state.now) - state.now).toBeLessThanOrEqual(minute);
  state.answer = () => accepted;
  expect(await sendMany(1)).toEqual([accepted]);
});
