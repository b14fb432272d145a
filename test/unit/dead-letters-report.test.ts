import type { TargetRow } from '../../functions/src/delivery/target-row.ts';
import type { Entry } from '../../functions/src/delivery/ledger-entry.ts';
import { account, causes, leftOut, table } from '../../scripts/dead-letters-report.ts';
import { aNotice, hour, minute, monday } from '../support/builders.ts';

const row = (state: TargetRow['state'], code?: string): TargetRow => ({
  hash: '0011223344556677',
  state,
  attempts: 2,
  ...(code && { code }),
});

function aLetter(changes: Partial<Entry> = {}): Entry {
  const noticeId = `${changes.callbackId ?? 'cb'}0123456789abcdef`.slice(0, 16);
  return {
    noticeId,
    callbackId: 'cb',
    notice: aNotice(),
    serviceName: 'sales',
    state: 'FAILED',
    attempts: 2,
    targets: [row('REFUSED', 'SENDER_ID_MISMATCH')],
    changedAt: monday,
    staleAt: monday + hour,
    deleted: false,
    deadAt: monday + minute,
    claim: { noticeId, updateTime: `${monday / 1000}.000000000` },
    ...changes,
  };
}

test('each letter has a line, in columns, and can be named by its last one', () => {
  const long = aLetter({
    callbackId: 'a-long-callback-id',
    state: 'EXPIRED',
    attempts: 12,
    notice: aNotice({ event: 'CALLBACK_FINAL_ATTEMPT_FAILED' }),
    targets: [row('GONE', 'UNREGISTERED'), row('LATER', 'UNAVAILABLE')],
  });
  expect(table([aLetter(), long])).toEqual([
    'DIED (UTC)           STATE    EVENT                 QUEUE  CALLBACK            TRIES  CODES                     NOTICE',
    '2026-03-02 10:01:00  FAILED   PURGED                sales  cb                  2      SENDER_ID_MISMATCH        cb0123456789',
    '2026-03-02 10:01:00  EXPIRED  FINAL_ATTEMPT_FAILED  sales  a-long-callback-id  12     UNREGISTERED UNAVAILABLE  a-long-callb',
  ]);
});

test('the commonest cause comes first, each with what to do about it', () => {
  const letters = [
    aLetter(),
    aLetter({ targets: [row('GONE', 'UNREGISTERED')] }),
    aLetter({ targets: [row('GONE', 'UNREGISTERED'), row('GONE', 'UNREGISTERED')] }),
    aLetter({ targets: [row('REFUSED', 'NEVER_HEARD_OF')] }),
    aLetter({ targets: [row('PENDING')] }),
  ];
  expect(causes(letters)).toEqual([
    '  2×  UNREGISTERED        The device is gone: the callback system should drop it (collection retiredTargets); discard.',
    '  1×  (none)              It was never tried: replay.',
    '  1×  NEVER_HEARD_OF      Name the notice to see FCM’s answer.',
    '  1×  SENDER_ID_MISMATCH  The app belongs to another Firebase project than the credentials: register that one’s, then replay.',
  ]);
});

test('of one letter everything is told, with FCM’s own words', () => {
  expect(account(aLetter({ lastError: { code: 'SENDER_ID_MISMATCH', detail: '{"error":{"code":403}}' } }))).toEqual([
    'notice    cb0123456789abcd',
    'event     CALLBACK_PURGED (1772442000.000000000/)',
    'callback  cb of queue sales',
    'happened  2026-03-02 10:00:00',
    'died      2026-03-02 10:01:00, FAILED after 2 attempts',
    'replay    can be tried',
    '  device 0011223344556677  REFUSED  2×  SENDER_ID_MISMATCH  The app belongs to another Firebase project than the credentials: register that one’s, then replay.',
    '  SENDER_ID_MISMATCH: {"error":{"code":403}}',
    '',
  ]);
});

test('what cannot be replayed is counted by its reason', () => {
  const letters = [aLetter(), aLetter({ deleted: true }), aLetter({ deleted: true })];
  expect(leftOut(letters)).toEqual(['  2 not: its callback was deleted, and nobody knows its devices any more']);
});

test('a letter whose devices are all gone can be replayed: its callback may name another by now', () => {
  const gone = aLetter({ targets: [row('GONE', 'UNREGISTERED')] });
  expect(leftOut([gone])).toEqual([]);
  expect(account(gone)).toContain(
    'replay    reaches a device that its callback names by now; with --gone, those that FCM did not know, too',
  );
});
