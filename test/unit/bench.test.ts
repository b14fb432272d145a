import { costSheet, type CostOf } from '../bench/cost-sheet.ts';
import { plot } from '../bench/plot.ts';
import { ratio } from '../bench/rounds.ts';
import { median, quantile } from '../bench/statistics.ts';
import { isMet, table } from '../bench/table.ts';

test.each([
  { values: [3, 1, 2], half: 2, most: 3 },
  { values: [4, 1, 2, 3], half: 2.5, most: 4 },
  { values: [7], half: 7, most: 7 },
])('the middle and the top of $values', ({ values, half, most }) => {
  expect(median(values)).toBe(half);
  expect(quantile(values, 0.99)).toBe(most);
});

test('of a hundred values the 99th is the 99 % quantile', () => {
  expect(
    quantile(
      Array.from({ length: 100 }, (_, n) => n + 1),
      0.99,
    ),
  ).toBe(99);
});

test('a machine that grows slower in the middle of a run does not change what one is of another', () => {
  const values = { ours: [12, 12, 12, 24, 24], rival: [10, 10, 10, 20, 20], late: [10, 10, 20, 20, 20] };
  expect(ratio(values, 'ours', 'rival')).toBeCloseTo(1.2);
  expect(ratio(values, 'ours', 'late')).toBeCloseTo(1.2);
});

test('the table tells what is met, what is missed and what is only shown', () => {
  const figures = [
    { what: 'met', must: 1.6, seen: 1.6, unit: '×', rivals: 'rival 4.30×' },
    { what: 'missed', must: 140, seen: 140.5, unit: ' MB', rivals: '' },
    { what: 'shown', seen: 0, unit: '', rivals: '' },
  ];
  expect(figures.map(isMet)).toEqual([true, false, true]);
  expect(table(figures).split('\n')).toEqual([
    '  what    must      seen    beside it',
    '✔ met     ≤ 1.60×   1.60×   rival 4.30×',
    '✖ missed  ≤ 140 MB  141 MB',
    '  shown             0',
  ]);
});

test('the picture has a dot for each round, and no markup of its own in names', () => {
  const picture = plot([{ title: 'a < b', unit: 'ms', values: { project: [1, 2, 3], rival: [4, 5] } }], 'machine');
  expect(picture.match(/<circle/g)).toHaveLength(5);
  expect(picture).toContain('a &lt; b');
});

const once: CostOf = {
  name: 'any',
  reads: 0,
  writes: 6,
  deletes: 3,
  sends: 3,
  invocations: 25,
  cpuSeconds: 0.01,
  start: { reads: 3, tokens: 1, secrets: 1 },
};

test('a million callbacks cost what one costs, and what runs by the minute', () => {
  const prices = {
    firestoreReadsPer100k: 0.1,
    firestoreWritesPer100k: 0.1,
    firestoreDeletesPer100k: 0.1,
    invocationsPerMillion: 1,
    cpuSecond: 0.001,
    secretAccessesPer10k: 0,
    callbacksPerMinute: 100,
    instances: 2,
  };
  const sweep = { reads: 200, writes: 1, cpuSeconds: 0.1 };
  const lines = costSheet({ ours: once, straightforward: { ...once, reads: 26 }, sweep }, prices);
  expect(lines).toContain('| Firestore reads: events | 60,000 | $0.06 | 26,000,000 | $26.00 |');
  expect(lines).toContain('| Firestore reads: sweep, each minute | 2,010,000 | $2.01 | 0 | – |');
  expect(lines).toContain('| Firestore writes | 6,010,000 | $6.01 | 6,000,000 | $6.00 |');
  expect(lines).toContain('| invocations | 25,010,000 | $25.01 | 25,000,000 | $25.00 |');
  expect(lines).toContain('| CPU seconds | 11,000 | $11.00 | 10,000 | $10.00 |');
  expect(lines.at(-1)).toBe('| **together** | | **$47.09** | | **$70.00** |');
});
