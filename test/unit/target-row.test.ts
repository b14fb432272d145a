import {
  isDue,
  isOpen,
  pendingRow,
  rowsAfter,
  rowsNow,
  type TargetRow,
} from '../../functions/src/delivery/target-row.ts';
import type { PushResult, TroubleScope } from '../../functions/src/fcm/result.ts';
import { minute, monday, second } from '../support/builders.ts';

const accepted: PushResult = { outcome: 'accepted', messageId: 'projects/p/messages/1' };
const gone: PushResult = { outcome: 'target-gone', code: 'UNREGISTERED', detail: '' };
const refused: PushResult = { outcome: 'refused', code: 'INVALID_ARGUMENT', detail: '' };
const later = (scope: TroubleScope, code: string, retryAfterMs?: number): PushResult => ({
  outcome: 'try-later',
  scope,
  code,
  detail: '',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
const down = later('provider', 'UNAVAILABLE');

test.each<{ name: string; given: PushResult; expect: TargetRow; open: boolean }>([
  {
    name: 'an accepted message keeps its id',
    given: accepted,
    expect: { hash: 'h', state: 'ACCEPTED', attempts: 2, messageId: 'projects/p/messages/1' },
    open: false,
  },
  {
    name: 'a device that is gone',
    given: gone,
    expect: { hash: 'h', state: 'GONE', attempts: 2, code: 'UNREGISTERED' },
    open: false,
  },
  {
    name: 'a message that was refused',
    given: refused,
    expect: { hash: 'h', state: 'REFUSED', attempts: 2, code: 'INVALID_ARGUMENT' },
    open: false,
  },
  {
    name: 'a device to try later',
    given: down,
    expect: { hash: 'h', state: 'LATER', attempts: 2, code: 'UNAVAILABLE', dueAt: monday + 20 * second },
    open: true,
  },
])('$name', ({ given, expect: row, open }) => {
  const [after] = rowsAfter([{ hash: 'h', state: 'LATER', attempts: 1 }], new Map([['h', given]]), monday, 0);
  expect(after).toEqual(row);
  expect(after && isOpen(after)).toBe(open);
});

test('a device that was not tried yet is open', () => {
  expect([isOpen(pendingRow('h')), isDue(pendingRow('h'), monday)]).toEqual([true, true]);
});

test('a device is due at its time, and not before', () => {
  const row = { ...pendingRow('h'), state: 'LATER', dueAt: monday + minute } as const;
  expect([isDue(row, monday + minute - 1), isDue(row, monday + minute)]).toEqual([false, true]);
});

describe('after a round', () => {
  /** For how many seconds each device is to wait, by its letter. */
  function waits(results: Readonly<Record<string, PushResult>>, attempts: Readonly<Record<string, number>> = {}) {
    const rows = Object.keys(results).map((hash) => ({ ...pendingRow(hash), attempts: attempts[hash] ?? 0 }));
    const after = rowsAfter(rows, new Map(Object.entries(results)), monday, 0);
    return Object.fromEntries(after.map(({ hash, dueAt }) => [hash, dueAt && (dueAt - monday) / second]));
  }
  const deviceQuota = later('device', 'DEVICE_QUOTA_EXCEEDED');
  const noCertificate = later('device', 'THIRD_PARTY_AUTH_ERROR', 90 * second);

  test.each<{ name: string; given: Parameters<typeof waits>; expect: Readonly<Record<string, number | undefined>> }>([
    {
      name: 'all that wait for the provider wait for the longest of their waits',
      given: [{ a: down, b: later('provider', 'UNAVAILABLE', 90 * second), c: accepted }],
      expect: { a: 90, b: 90, c: undefined },
    },
    {
      name: 'so do those that wait for the quota or the credentials',
      given: [{ a: down, b: later('quota', 'QUOTA_EXCEEDED'), c: later('credentials', 'INVALID_SIGNATURE') }],
      expect: { a: 60, b: 60, c: 60 },
    },
    {
      name: 'the one that was tried most often counts for all',
      given: [{ a: down, b: down }, { b: 3 }],
      expect: { a: 80, b: 80 },
    },
    {
      name: 'nobody waits for the trouble of a single device',
      given: [{ a: down, b: deviceQuota }],
      expect: { a: 10, b: 60 },
    },
    {
      name: 'nor for that of some devices, which wait for it together',
      given: [{ a: down, b: noCertificate, c: later('device', 'THIRD_PARTY_AUTH_ERROR'), d: deviceQuota }],
      expect: { a: 10, b: 90, c: 90, d: 60 },
    },
  ])('$name', ({ given, expect: expected }) => {
    expect(waits(...given)).toEqual(expected);
  });

  test('who was not tried stays as it was', () => {
    const rows = [pendingRow('a'), { ...pendingRow('b'), state: 'LATER', dueAt: monday + minute } as const];
    expect(rowsAfter(rows, new Map(), monday, 0)).toEqual(rows);
  });
});

describe('for the devices that the callback names now', () => {
  const row = (state: TargetRow['state'], code?: string): TargetRow => ({
    hash: 'h',
    state,
    attempts: 1,
    ...(code && { code }),
  });
  const removed = row('REFUSED', 'TARGET_REMOVED');

  test.each<{ name: string; given: { row: TargetRow; named: readonly string[] }; expect: readonly TargetRow[] }>([
    { name: 'one that came is to be tried', given: { row: row('GONE'), named: ['h', 'new'] }, expect: [row('GONE'), pendingRow('new')] }, // prettier-ignore
    { name: 'one that went is not', given: { row: row('LATER', 'UNAVAILABLE'), named: [] }, expect: [removed] },
    { name: 'one that went untried neither', given: { row: pendingRow('h'), named: [] }, expect: [{ ...removed, attempts: 0 }] }, // prettier-ignore
    { name: 'one that went and came back is', given: { row: removed, named: ['h'] }, expect: [pendingRow('h')] },
    { name: 'one that has it stays, named or not', given: { row: row('ACCEPTED'), named: [] }, expect: [row('ACCEPTED')] }, // prettier-ignore
    { name: 'one that refused it stays', given: { row: row('REFUSED', 'X'), named: ['h'] }, expect: [row('REFUSED', 'X')] }, // prettier-ignore
    { name: 'one that waits goes on waiting', given: { row: row('LATER', 'X'), named: ['h'] }, expect: [row('LATER', 'X')] }, // prettier-ignore
  ])('$name', ({ given: { row: before, named }, expect: expected }) => {
    expect(rowsNow([before], named)).toEqual(expected);
  });
});
