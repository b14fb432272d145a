import fc from 'fast-check';
import { Firestore } from '../../local/functions-firestore.ts';
import { weekdays } from '../../functions/src/callback/business-hours.ts';
import { complaints, documented, type DocumentedOperation } from '../support/openapi.ts';
import { createEngagementRoom, type Asked, type EngagementRoom } from '../support/engagement-room.ts';
import { hostile, mutated, valid } from '../support/schema-arbitrary.ts';
import { freshId, useLocalFirestore } from './firestore-support/local-firestore.ts';

/** Requests of each operation; 10 × 600 = 6,000 altogether. */
const runs = 600;
/** A hang, and no busy machine. */
const slowestMs = 30_000;

const local = useLocalFirestore(Firestore);
let room: EngagementRoom;
let key: string;
const queue = freshId();
const callbackId = freshId();
let requests = 0;
const statuses = new Map<number, number>();

beforeAll(async () => {
  room = createEngagementRoom(local.db);
  key = await room.key();
  const callIn = { groupName: 'group', numbers: ['+18005550199'] };
  const always = [{ open: '00:00', close: '24:00' }];
  const businessHours = {
    timeZone: 'Europe/Berlin',
    weekly: Object.fromEntries(weekdays.map((day) => [day, always])),
  };
  await room.settings(queue, { capacity: { perSlot: 20 }, maxCallbacksPerNumber: 60, businessHours, callIn });
  await local.db.collection('queues').doc(queue).set({ estimatedWaitTime: 90 });
  const callback = {
    serviceName: queue,
    phoneNumber: '+493055501000',
    callDirection: 'USERORIGINATED',
    callbackState: 'ROUTING',
  };
  await local.db.collection('callbacks').doc(callbackId).set(callback);
});

/** What the document alone cannot know: names and moments that mean something here. */
const known: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  serviceName: fc.constant(queue),
  'service-name': fc.constant(queue),
  'queue-name': fc.constant(queue),
  phoneNumber: fc.constantFrom('+493055501000', '+16502530000', '+442083661177'),
  desiredTime: fc
    .integer({ min: 1, max: 200 })
    .map((hours) => new Date(room.state.now + hours * 3_600_000).toISOString()),
  id: fc.constantFrom(callbackId, 'nowhere'),
  callbackServiceId: fc.constantFrom(callbackId, 'nowhere'),
  groupName: fc.constantFrom('group', 'nowhere'),
  language: fc.constantFrom('de-DE', 'zh-Hant-TW'),
  'virtual-queues': fc.constantFrom(queue, `${queue},nowhere`),
  timezone: fc.constantFrom('Europe/Berlin', 'Asia/Kolkata'),
  start: fc.constantFrom('2026-03-02T10:00:00', '2026-03-04T10:00:00Z', '+275760-09-13T00:00:00Z'),
  startMS: fc.constantFrom('1772700000000'),
  end: fc.constantFrom('2026-03-09T10:00:00'),
  endMS: fc.constantFrom('1773000000000'),
  numberOfDays: fc.constantFrom('1', '7'),
  maxTimeSlots: fc.constantFrom('1', '20'),
};

function requestOf({
  method,
  path,
  parameters,
  body,
}: DocumentedOperation): fc.Arbitrary<{ path: string; asked: Asked }> {
  const sensible = (value: unknown) =>
    fc.record(
      Object.fromEntries(
        Object.entries(value as object).map(([name, one]) => [
          name,
          fc.oneof(
            { weight: 9, arbitrary: known[name] ?? fc.constant(one) },
            { weight: 1, arbitrary: fc.constant(one) },
          ),
        ]),
      ),
    );
  const idempotencyKey = fc.option(fc.oneof(fc.constantFrom('one', 'two'), fc.string({ maxLength: 300 })), {
    nil: undefined,
    freq: 3,
  });
  const withKey = fc.oneof({ weight: 20, arbitrary: fc.constant(key) }, { weight: 1, arbitrary: fc.string() });
  if (method === 'POST' && body) {
    const json = fc
      .oneof(
        { weight: 3, arbitrary: valid(body) },
        { weight: 4, arbitrary: valid(body).chain(sensible) },
        { weight: 3, arbitrary: mutated(body) },
        { weight: 1, arbitrary: hostile },
      )
      .map((value) => JSON.stringify(value));
    const text = fc.oneof(
      { weight: 12, arbitrary: json.map((one) => Buffer.from(one)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
      { weight: 1, arbitrary: json.map((one) => Buffer.from(one.slice(0, -1))) },
    );
    return fc.record({ text, idempotencyKey, key: withKey }).map(({ idempotencyKey: header, ...asked }) => ({
      path,
      asked: { ...asked, ...(header !== undefined && { idempotencyKey: header }) },
    }));
  }
  const of = (where: string) => {
    const chosen = parameters.filter((parameter) => parameter.in === where);
    const value = ({ name, schema }: (typeof chosen)[number]) =>
      fc.oneof(
        { weight: 9, arbitrary: known[name] ?? valid(schema) },
        { weight: 2, arbitrary: valid(schema) },
        { weight: 1, arbitrary: hostile },
      );
    return fc.record(Object.fromEntries(chosen.map((one) => [one.name, value(one)])), {
      requiredKeys: where === 'path' ? chosen.map(({ name }) => name) : [],
    });
  };
  const odd = fc.constantFrom('', '%', '%ff', '..', '%2e%2e', 'a%2fb', '%00');
  return fc
    .record({ inPath: of('path'), query: of('query'), oddity: fc.option(odd, { freq: 8 }), key: withKey })
    .map(({ inPath, query, oddity, key: apiKey }) => ({
      path: path.replace(
        /\{([\w-]+)\}/,
        (_, name: string) => oddity ?? encodeURIComponent(String(inPath[name]).toWellFormed()),
      ),
      asked: { query, key: apiKey },
    }));
}

test.each(documented.map((operation) => [operation.path, operation] as const))(
  '%s survives whatever is sent to it, and answers as documented',
  async (_, operation) => {
    await fc.assert(
      fc.asyncProperty(requestOf(operation), async ({ path, asked }) => {
        const began = performance.now();
        const { status, body } = await room.ask(operation.method, path, asked);
        requests += 1;
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect(status).toBeLessThan(500);
        expect(performance.now() - began).toBeLessThan(slowestMs);
        const text = JSON.stringify(body);
        expect(text.length).toBeLessThan(64 * 1024);
        expect(text).not.toMatch(/ {4}at |node_modules|\.ts:\d/);
        // What is no address of the API any more is answered in the same shape, but documented nowhere.
        if (status !== 404 || operation.statuses.includes('404'))
          expect(complaints(operation, status, body)).toEqual([]);
      }),
      { numRuns: runs },
    );
    expect(room.bugs).toEqual([]);
  },
  60_000,
);

test('that were 5,000 requests and more, of which many succeeded', () => {
  expect(requests).toBeGreaterThanOrEqual(5000);
  expect(statuses.get(200)).toBeGreaterThan(1000);
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404]));
});
