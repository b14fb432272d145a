import { createApiKeyStore } from '../../functions/src/keys/store.ts';
import { newApiKey, scopes } from '../../functions/src/keys/api-key.ts';
import { host } from '../../local/ports.ts';
import { genesysClient } from '../support/genesys-client.ts';
import { eventually, fresh, sharedStack } from '../support/stack.ts';

const stack = sharedStack();
const client = genesysClient(`http://${host}:${stack.ports.hosting}/engagement/v3`);
const [queue, group, slotted] = [fresh('virtual queue'), fresh('group'), fresh('queue')];
let key: string;

beforeAll(async () => {
  const made = newApiKey({ name: fresh('genesys'), scopes: [...scopes] }, 'tests', Date.now());
  await createApiKeyStore(stack.db).add(made.stored);
  key = made.key;
  const settings = stack.db.collection('callbackSettings');
  const callIn = { groupName: group, numbers: ['+18005550199'] };
  await settings.doc(queue).set({ callDirection: 'USERORIGINATED', callIn });
  await settings.doc(slotted).set({ capacity: { perSlot: 1 } });
});
afterAll(() => stack.db.terminate());

interface Failure {
  readonly status: number;
  readonly response: { readonly body: unknown };
}

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  return call.then(
    () => ({ status: 200, response: { body: undefined } }),
    (error: unknown) => error as Failure,
  );
}

const phoneNumber = '+493055501000';
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

test(`create ▶ READY ▶ call-in ▶ second push, retrieve and cancel, with ${client.name}`, async () => {
  const pushTargets = [{ channel: 'FCM', target: fresh('phone') }];
  const created = await client.create(key, { serviceName: queue, phoneNumber, pushTargets, userData: { name: 'Ada' } });
  expect(created.status).toMatchObject({
    code: 0,
    message: 'Successful',
    corrId: expect.stringMatching(uuid) as string,
  });
  const id = String(created.data['id']);
  expect(id).toMatch(uuid);
  const callback = stack.db.doc(`callbacks/${id}`);
  await callback.update({ callbackState: 'ROUTING', estimatedWaitTime: 5, positionInQueue: 1 });
  const pushed = (event: string) =>
    eventually(event, async () => (await stack.messages(id)).find((message) => message.event === event));
  await pushed('CALLBACK_READY');

  const { data: callIn } = await client.callIn(key, {
    groupName: group,
    callbackServiceId: id,
    fromPhoneNumber: phoneNumber,
  });
  const { data: push } = (await pushed('CALLBACK_CALL_IN')).message as { data: Record<string, string> };
  // The client reads the code as a number; nothing is lost by that.
  expect(push).toMatchObject({ toPhoneNumber: callIn['toPhoneNumber'], accessCode: String(callIn['accessCode']) });
  expect(push['expirationTime']).toBe(new Date(Number(callIn['expirationTime'])).toISOString());

  expect((await client.retrieve(key, { id })).data).toMatchObject({
    id,
    phoneNumber,
    callbackState: 'ROUTING',
    estimatedWaitTime: 5,
    positionInQueue: 1,
  });
  expect((await client.cancel(key, { id })).data).toMatchObject({ id });
  expect((await client.retrieve(key, { id })).data).toMatchObject({
    callbackState: 'COMPLETED',
    callbackReason: 'CANCELLED',
  });
});

test('a desired time goes out and comes back as the same moment', async () => {
  const desiredTime = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 3_600_000);
  const { data } = await client.create(key, { serviceName: slotted, phoneNumber, desiredTime });
  expect((await client.retrieve(key, { id: data['id'] })).data).toMatchObject({
    desiredTime,
    callbackState: 'SCHEDULED',
  });

  const full = await failureOf(client.create(key, { serviceName: slotted, phoneNumber, desiredTime }));
  expect(full.status).toBe(429);
  const model = client.model('CreateCallbackResponse429', full.response.body);
  expect(model.status.code).toBe(429);
  const slots = Object.entries(model.data['slots'] as object);
  expect(slots).toHaveLength(5);
  expect(slots[0]).toEqual([new Date(desiredTime.getTime() + 3_600_000).toISOString(), '1']);

  const open = await client.availability(key, slotted, { maxTimeSlots: 3, timezone: 'Europe/Berlin', numberOfDays: 2 });
  const [slot] = open.data['slots'] as { utcTime: Date; localTime: Date; capacity: number }[];
  expect(slot).toMatchObject({ utcTime: expect.any(Date) as Date, capacity: 1 });
  expect(slot?.localTime).toEqual(slot?.utcTime);
});

test('400 and 404 surface as its own error types', async () => {
  const bad = await failureOf(client.create(key, { serviceName: queue }));
  expect(bad.status).toBe(400);
  expect(client.model('CreateCallbackResponse400', bad.response.body).status).toMatchObject({
    code: 400,
    message: expect.stringContaining('phoneNumber') as string,
    corrId: expect.stringMatching(uuid) as string,
  });
  const id = '8c78d4e1-c85a-424b-8334-5ff36e07372f';
  for (const [call, name] of [
    [client.retrieve, 'GetCallbackResponse404'],
    [client.cancel, 'CancelCallbackResponse404'],
  ] as const) {
    const lost = await failureOf(call(key, { id }));
    expect(lost.status).toBe(404);
    expect(client.model(name, lost.response.body).status).toMatchObject({
      code: 404,
      message: 'There is no callback of this id.',
    });
  }
  const callIn = await failureOf(client.callIn(key, { groupName: 'nowhere' }));
  expect(client.model('CallInRequestsResponse400', callIn.response.body).status.code).toBe(400);
});

test('what it asks of queues', async () => {
  await stack.db.doc(`queues/${slotted}`).set({ estimatedWaitTime: 90 });
  expect((await client.openFor(key, queue)).data).toEqual({ openFor: 604_800 });
  expect((await client.queueStatus(key, slotted)).data).toMatchObject({ ewt: 90, offerImmediateCallback: true });
  const { data } = await client.waits(key, `${slotted},${queue}`);
  expect(Array.from(data as unknown as ArrayLike<object>)).toMatchObject([
    { virtualQueue: slotted, estimatedWaitTime: 90, resultCode: 0 },
    { virtualQueue: queue, estimatedWaitTime: -1, resultCode: -1 },
  ]);
});
