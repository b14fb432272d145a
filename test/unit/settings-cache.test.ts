import { builtInSettings } from '../../functions/src/callback/settings.ts';
import { createSettingsCache, type SettingsFinding } from '../../functions/src/callback/settings-cache.ts';
import { minute, monday, without } from '../support/builders.ts';

/** Settings documents in memory, a clock to turn, and a record of what was read and reported. */
function room(documents: Record<string, unknown> = {}, formerly: Record<string, unknown> = {}) {
  const findings: SettingsFinding[] = [];
  const read: string[] = [];
  const state = { now: monday, failing: false, forgotten: false };
  const stored = (data: unknown) =>
    data === undefined ? undefined : { data, createTime: writtenAt, updateTime: writtenAt };
  const { of, asOf } = createSettingsCache({
    async read(serviceName, at) {
      read.push(serviceName);
      await Promise.resolve();
      if (state.failing) throw new Error('UNAVAILABLE');
      if (state.forgotten) throw Object.assign(new Error('too old'), { code: 9 });
      const source = at === undefined ? documents : formerly;
      return { queue: stored(source[serviceName]), default: stored(source['default']) };
    },
    report: (finding) => findings.push(finding),
    now: () => state.now,
    maxAgeMs: minute,
  });
  const settingsOf = async (serviceName: string) => without(await of(serviceName), 'changedAt');
  return { settingsOf, of, asOf, findings, read, state, documents };
}

/** Firestore's, to the nanosecond. */
const writtenAt = `${monday / 1000}.000000000`;

test('a queue without a document has the default’s settings, and is reported', async () => {
  const { settingsOf, findings } = room({ default: { maxDialAttempts: 5 } });
  expect(await settingsOf('sales')).toEqual({ ...builtInSettings, maxDialAttempts: 5 });
  expect(findings).toEqual([{ finding: 'settings-missing', serviceName: 'sales' }]);
});

test('a bad document of the queue is reported and counts as absent', async () => {
  const { settingsOf, findings } = room({ sales: { maxDialAttempts: 'five' }, default: { maxDialAttempts: 5 } });
  expect(await settingsOf('sales')).toEqual({ ...builtInSettings, maxDialAttempts: 5 });
  expect(findings).toEqual([
    {
      finding: 'settings-rejected',
      document: 'callbackSettings/sales',
      problems: [expect.stringMatching(/^maxDialAttempts: /) as string],
    },
  ]);
});

test('a bad default leaves the queue its own settings', async () => {
  const { settingsOf, findings } = room({ sales: { maxDialAttempts: 7 }, default: 'nonsense' });
  expect(await settingsOf('sales')).toEqual({ ...builtInSettings, maxDialAttempts: 7 });
  expect(findings.map((finding) => 'document' in finding && finding.document)).toEqual(['callbackSettings/default']);
});

test('settings are read once while they are young', async () => {
  const { settingsOf, read, state } = room();
  await settingsOf('sales');
  state.now += minute - 1;
  await settingsOf('sales');
  expect(read).toEqual(['sales']);
});

test('a change applies once the remembered settings are old', async () => {
  const { settingsOf, state, documents } = room();
  await settingsOf('sales');
  documents['sales'] = { maxDialAttempts: 9 };
  state.now += minute;
  expect(await settingsOf('sales')).toEqual({ ...builtInSettings, maxDialAttempts: 9 });
});

test('a change applies at once where the clock was set back', async () => {
  const { settingsOf, state, documents } = room();
  await settingsOf('sales');
  documents['sales'] = { maxDialAttempts: 9 };
  state.now -= 1;
  expect(await settingsOf('sales')).toEqual({ ...builtInSettings, maxDialAttempts: 9 });
});

test('callers at the same time share one read', async () => {
  const { settingsOf, read } = room();
  await Promise.all([settingsOf('sales'), settingsOf('sales'), settingsOf('sales')]);
  expect(read).toEqual(['sales']);
});

test('each queue has settings of its own', async () => {
  const { settingsOf } = room({ sales: { maxDialAttempts: 1 }, support: { maxDialAttempts: 2 } });
  const both = await Promise.all([settingsOf('sales'), settingsOf('support')]);
  expect(both.map(({ maxDialAttempts }) => maxDialAttempts)).toEqual([1, 2]);
});

test('a failed read is not remembered', async () => {
  const { settingsOf, state } = room();
  state.failing = true;
  await expect(settingsOf('sales')).rejects.toThrow();
  state.failing = false;
  expect(await settingsOf('sales')).toEqual(builtInSettings);
});

test('only a thousand queues are remembered, the latest', async () => {
  const { settingsOf, read } = room();
  for (let n = 0; n <= 1000; n++) await settingsOf(`queue-${n}`);
  read.length = 0;
  await settingsOf('queue-1');
  await settingsOf('queue-1000');
  await settingsOf('queue-0');
  expect(read).toEqual(['queue-0']);
});

test('settings know when they were changed, and what was in force before', async () => {
  const { of, asOf } = room({ sales: { maxDialAttempts: 9 } }, { sales: { maxDialAttempts: 2 } });
  const current = await of('sales');
  expect(current.changedAt).toBe(monday);
  expect(await asOf('sales', monday - minute)).toEqual({ ...builtInSettings, maxDialAttempts: 2 });
});

test('a queue may have a name with blanks and signs', async () => {
  const { asOf } = room({ 'sales @ night': {} }, { 'sales @ night': { maxDialAttempts: 2 } });
  expect(await asOf('sales @ night', monday - minute)).toMatchObject({ maxDialAttempts: 2 });
});

test('what Firestore no longer remembers is taken for what is in force', async () => {
  const { of, asOf, state } = room({ sales: { maxDialAttempts: 9 } });
  const current = await of('sales');
  state.forgotten = true;
  expect(await asOf('sales', monday - minute)).toBe(current);
});
