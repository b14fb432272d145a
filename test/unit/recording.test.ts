import { readFileSync } from 'node:fs';
import path from 'node:path';
import { decide } from '../../functions/src/notice/decision.ts';
import { silences } from '../../functions/src/notice/silences.ts';
import { noticeEvents } from '../../functions/src/callback/notice-event.ts';
import { readCallback } from '../../functions/src/callback/callback.ts';
import { layer } from '../../functions/src/callback/settings-layers.ts';
import { parseSettings } from '../../functions/src/callback/settings-schema.ts';
import { momentText } from '../../functions/src/google/document-value.ts';
import type { StoredDocument } from '../../functions/src/google/documents.ts';
import { materialize, parseRecording } from '../../local/replay/recording.ts';
import { sampleLines } from '../../local/replay/sample.ts';
import { judge, percentile, type Arrival } from '../../local/replay/verdict.ts';

const write = '{"at":1,"id":"cb-1","set":{"serviceName":"support"}}';

test.each([
  ['no JSON', 'not JSON'],
  ['another kind of JSON', '[1]'],
  ['neither a write nor an expectation', '{"at":1}'],
  ['two kinds of write', '{"at":1,"id":"a","set":{},"delete":true}'],
  ['no time', '{"id":"a","set":{}}'],
  ['a negative time', '{"at":-2,"id":"a","set":{}}'],
  ['a time in words', '{"at":"now","id":"a","set":{}}'],
  ['an unknown field', '{"at":1,"id":"a","set":{},"sett":{}}'],
  ['a path for an id', '{"at":1,"id":"a/b","set":{}}'],
  ['an id that Firestore reserves', '{"at":1,"id":"__a__","set":{}}'],
  ['an update of nothing', '{"at":1,"id":"a","update":{}}'],
  ['an update that contradicts itself', '{"at":1,"id":"a","update":{"a":1,"a.b":2}}'],
  ['an array in an array', '{"at":1,"id":"a","set":{"a":[[1]]}}'],
  ['a delay that is no number', '{"at":1,"id":"a","set":{"t":{"$after":"soon"}}}'],
  ['a time without a zone', '{"at":1,"id":"a","set":{"t":{"$at":"2026-12-24"}}}'],
  ['an unknown event', '{"expect":{"id":"a","event":"CALLBACK_GONE"}}'],
  ['half a notice', '{"expect":{"id":"a","event":"CALLBACK_READY","count":0.5}}'],
])('%s is named by its line', (_, bad) => {
  expect(() => parseRecording(`${write}\n\n${bad}\n`)).toThrow(/nothing was written:\n {2}line 3: /);
});

test('an empty recording is a mistake', () => {
  expect(() => parseRecording('\n')).toThrow(/holds no writes/);
});

test('settings come first, then writes by their time; CRLF and a byte order mark do no harm', () => {
  const lines = ['\uFEFF{"at":2,"id":"b","delete":true}', write, '{"settings":"support","set":{}}'];
  const { steps } = parseRecording(lines.join('\r\n'));
  expect(steps.map(({ path: at, kind }) => `${kind} ${at}`)).toEqual([
    'set callbackSettings/support',
    'set callbacks/cb-1',
    'delete callbacks/b',
  ]);
});

test('times are those of the moment of the write, anywhere in the data', () => {
  const data = materialize({ t: { $after: 1.5 }, list: [{ at: { $at: '2026-12-24T10:00:00Z' } }], n: null }, 1000);
  const [item] = data['list'] as { at: { toMillis(): number } }[];
  expect((data['t'] as { toMillis(): number }).toMillis()).toBe(2500);
  expect(item?.at.toMillis()).toBe(Date.parse('2026-12-24T10:00:00Z'));
  expect(data['n']).toBeNull();
});

describe('the verdict', () => {
  const arrival = (fields: Partial<Arrival> = {}): Arrival => ({
    callbackId: 'a',
    event: 'CALLBACK_READY',
    noticeId: 'n1',
    target: 'phone',
    eventTime: '1970-01-01T00:00:01.000Z',
    receivedAt: 1042,
    ...fields,
  });
  const expected = [{ id: 'a', event: 'CALLBACK_READY', count: 1 }];
  test.each<{ name: string; arrivals: Arrival[]; expect: object }>([
    {
      name: 'what was expected',
      arrivals: [arrival()],
      expect: { received: 1, duplicates: 0, missing: 0, unexpected: 0 },
    },
    { name: 'nothing', arrivals: [], expect: { received: 0, missing: 1 } },
    {
      name: 'one notice on two devices',
      arrivals: [arrival(), arrival({ target: 'tablet' })],
      expect: { received: 1, duplicates: 0 },
    },
    { name: 'the same on the same device', arrivals: [arrival(), arrival()], expect: { received: 2, duplicates: 1 } },
    {
      name: 'two notices of a kind',
      arrivals: [arrival(), arrival({ noticeId: 'n2' })],
      expect: { received: 2, duplicates: 1 },
    },
    {
      name: 'another event',
      arrivals: [arrival(), arrival({ event: 'CALLBACK_PURGED' })],
      expect: { received: 2, unexpected: 1 },
    },
    { name: 'another callback', arrivals: [arrival({ callbackId: 'b' })], expect: { missing: 1, unexpected: 1 } },
  ])('counts $name', ({ arrivals, expect: counts }) => {
    expect(judge(expected, arrivals, []).total).toMatchObject(counts);
  });

  test('measures from the write that a push announces', () => {
    const step = { line: 1, at: 0, path: 'callbacks/a', kind: 'update' as const, data: {} };
    const written = [
      { step, issuedAt: 998, committedAt: 1000 },
      { step, issuedAt: 1030, committedAt: 1031 },
    ];
    expect(judge(expected, [arrival()], written).total.latencies).toEqual([44]);
  });

  test('percentiles are values that occurred', () => {
    expect([percentile([1, 2, 3, 4], 0.5), percentile([1, 2, 3, 4], 0.99), percentile([], 0.5)]).toEqual([2, 4, 0]);
  });
});

describe('the sample', () => {
  const file = readFileSync(path.join(import.meta.dirname, '../../local/replay/sample.ndjson'), 'utf8');
  const { steps, expectations } = parseRecording(file);

  test('is what its program makes', () => {
    expect(file).toBe(`${sampleLines().join('\n')}\n`);
  });

  test('has a thousand writes over a hundred callbacks, with every event and every reason for silence', () => {
    const callbacks = steps.filter(({ path: at }) => at.startsWith('callbacks/'));
    expect(callbacks.length).toBeGreaterThanOrEqual(1000);
    expect(new Set(callbacks.map(({ path: at }) => at)).size).toBe(100);
    const seen = new Set<string>();
    const wrong = new Set<string>();
    const documents = new Map<string, StoredDocument & { readonly data: Readonly<Record<string, unknown>> }>();
    for (const { path: at, kind, data, at: seconds } of callbacks) {
      const before = documents.get(at);
      const now = seconds * 1000;
      const fields = materialize(data, now);
      const updateTime = momentText({ seconds: Math.floor(seconds), nanoseconds: Math.round((seconds % 1) * 1e9) });
      const after = kind === 'delete' ? undefined : { data: kind === 'set' ? fields : { ...before?.data, ...fields }, createTime: before?.createTime ?? updateTime, updateTime }; // prettier-ignore
      if (after) documents.set(at, after);
      else documents.delete(at);
      const own = steps.find(
        ({ path }) => path === `callbackSettings/${String((after ?? before)?.data['serviceName'])}`,
      );
      const settings = own ? parseSettings(own.data) : undefined;
      const read = after && readCallback(after);
      for (const problem of read?.problems ?? []) wrong.add(problem.split(':')[0] ?? '');
      const decision = decide(
        before && readCallback(before).callback,
        read?.callback,
        layer(settings && 'value' in settings ? [settings.value] : []),
        now,
      );
      for (const said of 'silence' in decision ? [decision.silence] : decision.notices.map(({ event }) => event))
        seen.add(said);
    }
    expect([...Object.keys(silences), ...noticeEvents].filter((name) => !seen.has(name))).toEqual([]);
    expect([...wrong].toSorted()).toEqual(['callbackState', 'positionInQueue', 'pushTargets.0.channel']);
    expect(new Set(expectations.map(({ event }) => event))).toEqual(new Set(noticeEvents));
  });
});
