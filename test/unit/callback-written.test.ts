import type { Change } from '../../functions/src/delivery/announce.ts';
import { createCallbackWritten, type FirestoreEvent } from '../../functions/src/event/callback-written.ts';
import type { LogEvent } from '../../functions/src/base/log.ts';
import { monday } from '../support/builders.ts';

const name = 'projects/demo-p/databases/(default)/documents/callbacks/cb-ü%';
const at = '2026-03-02T10:00:00.123456Z';
const written = { name, fields: { serviceName: { stringValue: 'sales' } }, createTime: at, updateTime: at };
const document = { name, data: { serviceName: 'sales' }, createTime: '1772445600.123456000', updateTime: '1772445600.123456000' }; // prettier-ignore

/** What comes of an event. */
async function outcomeOf(event: Partial<FirestoreEvent>) {
  const changes: Change[] = [];
  const looks: (readonly [string, number])[] = [];
  const lines: LogEvent[] = [];
  const chain = {
    onChange: (change: Change) => Promise.resolve(void changes.push(change)),
    lookAt: (callbackId: string, changedAt: number) => Promise.resolve(void looks.push([callbackId, changedAt])),
  };
  const log = (_: unknown, line: LogEvent) => void lines.push(line);
  const given = { id: 'event-1', time: '2026-03-02T10:00:01Z', document: 'callbacks/cb-%C3%BC%25', ...event };
  await createCallbackWritten(chain, log, () => monday)(given);
  return { changes, looks, lines };
}

const change = { callbackId: 'cb-ü%', eventId: 'event-1', changedAt: monday + 1000 };

test.each<{ name: string; given: Partial<FirestoreEvent>; expect: object }>([
  {
    name: 'of a creation',
    given: { data: { value: written } },
    expect: { ...change, after: document, before: undefined },
  },
  {
    name: 'of a change',
    given: { data: { value: written, oldValue: written } },
    expect: { ...change, after: document, before: document },
  },
  {
    name: 'of a deletion',
    given: { data: { oldValue: written } },
    expect: { ...change, after: undefined, before: document },
  },
  {
    name: 'that does not tell its time is as young as can be',
    given: { data: { value: written }, time: 'now' },
    expect: { ...change, changedAt: monday, after: document, before: undefined },
  },
])('an event $name', async ({ given, expect: expected }) => {
  expect(await outcomeOf(given)).toEqual({ changes: [expected], looks: [], lines: [] });
});

test.each<{ name: string; given: Partial<FirestoreEvent>; expect: string }>([
  { name: 'without documents', given: { data: Buffer.alloc(0) }, expect: 'cb-ü%' },
  { name: 'without data', given: {}, expect: 'cb-ü%' },
  { name: 'with damaged data', given: { data: Buffer.from([10, 200, 1]) }, expect: 'cb-ü%' },
  { name: 'with an id that is not encoded', given: { document: 'callbacks/100%' }, expect: '100%' },
])('of an event $name the callback is looked at, as of its write', async ({ given, expect: expected }) => {
  const looks = [[expected, monday + 1000]];
  expect(await outcomeOf(given)).toEqual({ changes: [], looks, lines: ['change-unreadable'] });
});
