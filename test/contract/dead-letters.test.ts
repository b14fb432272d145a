import { createDeadLetters, obstacle, type DeadLetterFilter } from '../../functions/src/delivery/dead-letters.ts';
import type { TargetRow } from '../../functions/src/delivery/target-row.ts';
import { ledgerCollection, timestamp, type Entry, type NewEntry } from '../../functions/src/delivery/ledger-entry.ts';
import { createLedger, type Ledger, type Settlement } from '../../functions/src/delivery/ledger.ts';
import { createOverdue } from '../../functions/src/sweep/overdue.ts';
import { Refusal } from '../../local/firestore/document/refusal.ts';
import { aNotice, hour, minute, monday, second } from '../support/builders.ts';
import { useFunctionsFirestore } from './firestore-support/functions-client.ts';

/** How many of the next commits are carried out although their caller is told that they may not have been. */
let lost = 0;
const firestore = useFunctionsFirestore({
  tap: {
    before: () => undefined,
    after(call) {
      if (lost === 0 || !/commit/i.test(call)) return;
      lost -= 1;
      throw new Refusal('UNAVAILABLE', 'the answer was lost');
    },
  },
});

const row = (state: TargetRow['state'], code?: string, hash = `hash-${state}`): TargetRow => ({
  hash,
  state,
  attempts: 3,
  ...(code && { code }),
  ...(state === 'LATER' && { dueAt: monday + minute }),
});
const pending = (hash: string): TargetRow => ({ hash, state: 'PENDING', attempts: 0 });

function createRoom() {
  const { db, documents } = firestore.database();
  const ledger = { ...createLedger(documents), ...createOverdue(db) };
  const letters = createDeadLetters(db);
  const read = async (noticeId: string) => (await letters.lookUp(noticeId))[0] as Entry;
  /** Has a notice end, as the delivery does. */
  async function ended(noticeId: string, entry: Partial<NewEntry> = {}, settlement: Partial<Settlement> = {}) {
    const claimed = await ledger.claim(noticeId, {
      state: 'SENDING',
      callbackId: `callback of ${noticeId}`,
      serviceName: 'sales',
      notice: aNotice(),
      targets: [],
      deleted: false,
      changedAt: monday,
      now: monday,
      staleAt: monday + hour,
      dueAt: monday + minute,
      ...entry,
    });
    if (!('claim' in claimed)) throw new Error(`${noticeId} is there already`);
    const targets = [row('REFUSED', 'SENDER_ID_MISMATCH')];
    await ledger.settle(claimed.claim, { state: 'FAILED', targets, now: monday + second, ...settlement });
    return read(noticeId);
  }
  async function found(filter: DeadLetterFilter = {}): Promise<string[]> {
    const ids: string[] = [];
    for await (const { noticeId } of letters.find(filter)) ids.push(noticeId);
    return ids;
  }
  return { db, ledger, letters, ended, found, read };
}

describe('finds', () => {
  const room = { ...({} as ReturnType<typeof createRoom>) };

  beforeAll(async () => {
    Object.assign(room, createRoom());
    const { ended } = room;
    await ended('sent', {}, { state: 'SENT', targets: [row('ACCEPTED')] });
    await ended('superseded', {}, { state: 'SUPERSEDED' });
    await ended('refused', {}, { now: monday + 1 * minute });
    await ended(
      'expired',
      { serviceName: 'claims' },
      {
        state: 'EXPIRED',
        targets: [row('LATER', 'UNAVAILABLE')],
        now: monday + 2 * minute,
      },
    );
    await ended(
      'two-codes',
      { notice: aNotice({ event: 'CALLBACK_READY' }) },
      {
        targets: [row('GONE', 'UNREGISTERED'), row('REFUSED', 'INVALID_ARGUMENT')],
        now: monday + 3 * minute,
      },
    );
    await ended(
      'last-error',
      {},
      {
        targets: [],
        lastError: { code: 'CALLBACK_GONE', detail: '' },
        now: monday + 4 * minute,
      },
    );
  });

  test.each<{ name: string; given: DeadLetterFilter; expect: readonly string[] }>([
    { name: 'all that are dead, the newest first', given: {}, expect: ['last-error', 'two-codes', 'expired', 'refused'] }, // prettier-ignore
    { name: 'those of a queue', given: { serviceName: 'claims' }, expect: ['expired'] },
    { name: 'those of an event', given: { event: 'CALLBACK_READY' }, expect: ['two-codes'] },
    { name: 'those of which one device met with a code', given: { code: 'UNREGISTERED' }, expect: ['two-codes'] },
    { name: 'those whose last failure has the code', given: { code: 'CALLBACK_GONE' }, expect: ['last-error'] },
    { name: 'those that died at a time or before', given: { before: monday + 2 * minute }, expect: ['expired', 'refused'] }, // prettier-ignore
    { name: 'those that died at a time or after', given: { after: monday + 3 * minute }, expect: ['last-error', 'two-codes'] }, // prettier-ignore
    { name: 'those between', given: { after: monday + 2 * minute, before: monday + 3 * minute }, expect: ['two-codes', 'expired'] }, // prettier-ignore
    { name: 'those to which everything applies', given: { serviceName: 'sales', event: 'CALLBACK_PURGED', code: 'SENDER_ID_MISMATCH' }, expect: ['refused'] }, // prettier-ignore
    { name: 'none where nothing does', given: { serviceName: 'sales', code: 'UNAVAILABLE' }, expect: [] },
    { name: 'none between two times the wrong way round', given: { after: monday + 3 * minute, before: monday }, expect: [] }, // prettier-ignore
  ])('$name', async ({ given, expect: expected }) => {
    expect(await room.found(given)).toEqual(expected);
  });

  test('notices by the beginning of their id, dead or not', async () => {
    const ids = async (noticeId: string) => (await room.letters.lookUp(noticeId)).map((entry) => entry.noticeId);
    expect([await ids('sent'), await ids('refus'), await ids('none'), await ids('s')]).toEqual([
      ['sent'],
      ['refused'],
      [],
      ['sent', 'superseded'],
    ]);
  });
});

test.each([299, 300, 301, 650])('finds each of %i, though many died in the same moment', async (count) => {
  const { db, found } = createRoom();
  const ids = Array.from({ length: count }, (_, n) => `n-${String(n).padStart(3, '0')}`);
  const batch = db.batch();
  for (const [n, id] of ids.entries())
    batch.set(db.collection(ledgerCollection).doc(id), {
      serviceName: n % 2 ? 'odd' : 'even',
      targets: [],
      deadAt: timestamp(monday + Math.floor(n / 200)),
    });
  await batch.commit();
  expect((await found()).toSorted()).toEqual(ids);
  expect((await found({ serviceName: 'odd' })).toSorted()).toEqual(ids.filter((_, n) => n % 2));
});

describe('replays', () => {
  const now = monday + 24 * hour;
  const takenOver = (ledger: Ledger, entry: Entry) =>
    ledger.takeOver(entry, { ...entry, state: 'SENDING', now, dueAt: now + minute });

  test('what was refused, with the next sweep, and for an hour at most', async () => {
    const { letters, ledger, ended, found, read } = createRoom();
    const letter = await ended('n', {}, { lastError: { code: 'SENDER_ID_MISMATCH', detail: 'mine' } });
    expect(await letters.replay(letter, now)).toBe('replayed');
    const again = await read('n');
    expect(again).toMatchObject({
      state: 'WAITING',
      targets: [pending('hash-REFUSED')],
      dueAt: now,
      staleAt: now + hour,
      lastError: { code: 'SENDER_ID_MISMATCH', detail: 'mine' },
    });
    expect([again.deadAt, await found(), await ledger.overdue(now, 10)]).toEqual([undefined, [], ['n']]);
  });

  const gone = row('GONE', 'UNREGISTERED');
  test.each<{ name: string; given: { targets: TargetRow[]; gone?: boolean }; expect: TargetRow[] }>([
    {
      name: 'devices that refused it or were to be tried later',
      given: { targets: [row('REFUSED', 'X'), row('LATER', 'Y')] },
      expect: [pending('hash-REFUSED'), pending('hash-LATER')],
    },
    {
      name: 'devices that were never tried',
      given: { targets: [pending('new')] },
      expect: [pending('new')],
    },
    {
      name: 'no devices that are gone',
      given: { targets: [gone, row('LATER', 'Y')] },
      expect: [gone, pending('hash-LATER')],
    },
    {
      name: 'devices that are gone, where that is asked for',
      given: { targets: [gone, row('LATER', 'Y')], gone: true },
      expect: [pending('hash-GONE'), pending('hash-LATER')],
    },
    {
      name: 'none where all are gone, but for those that its callback names by then',
      given: { targets: [gone] },
      expect: [gone],
    },
    {
      name: 'never one that has it',
      given: { targets: [row('ACCEPTED'), row('REFUSED', 'X')], gone: true },
      expect: [row('ACCEPTED'), pending('hash-REFUSED')],
    },
  ])('$name', async ({ given: { targets, gone: goneToo = false }, expect: expected }) => {
    const { letters, ended, read } = createRoom();
    const letter = await ended('n', {}, { targets });
    expect(await letters.replay(letter, now, { gone: goneToo })).toBe('replayed');
    expect((await read('n')).targets).toEqual(expected);
  });

  test.each([
    { name: 'whose callback was deleted', entry: { deleted: true }, settlement: {}, expect: 'callback-deleted' },
    { name: 'that was sent', entry: {}, settlement: { state: 'SENT' }, expect: 'not-dead' },
  ] as const)('nothing $name: it stays as it is', async ({ entry, settlement, expect: expected }) => {
    const { letters, ended, read } = createRoom();
    const letter = await ended('n', entry, settlement);
    expect([obstacle(letter), await letters.replay(letter, now)]).toEqual([expected, expected]);
    expect(await read('n')).toEqual(letter);
  });

  test('a letter once, though two operators do it at the same moment', async () => {
    const { letters, ended } = createRoom();
    const letter = await ended('n');
    const outcomes = await Promise.all([letters.replay(letter, now), letters.replay(letter, now)]);
    expect(outcomes.toSorted()).toEqual(['not-dead', 'replayed']);
  });

  test('a letter whose answer was lost, as if it had come', async () => {
    const { letters, ended, read } = createRoom();
    const letter = await ended('n');
    lost = 1;
    expect([await letters.replay(letter, now), (await read('n')).state, lost]).toEqual(['replayed', 'WAITING', 0]);
  });

  test('nothing that one operator has just discarded, and the other way round', async () => {
    const { letters, ended } = createRoom();
    const [one, two] = [await ended('one'), await ended('two')];
    await letters.discard(one, now);
    await letters.replay(two, now);
    expect([await letters.replay(one, now), await letters.discard(two, now)]).toEqual(['not-dead', false]);
  });

  test('nothing that is being sent again already', async () => {
    const { letters, ledger, ended, read } = createRoom();
    const letter = await ended('n');
    await letters.replay(letter, now);
    await takenOver(ledger, await read('n'));
    expect(await letters.replay(letter, now)).toBe('not-dead');
    expect(await letters.replay(await read('n'), now)).toBe('not-dead');
  });

  test('what died again is a dead letter again', async () => {
    const { letters, ledger, ended, found, read } = createRoom();
    await letters.replay(await ended('n'), now);
    const claim = await takenOver(ledger, await read('n'));
    if (claim) await ledger.settle(claim, { state: 'FAILED', targets: [row('REFUSED', 'X')], now: now + second });
    expect([await found(), (await read('n')).deadAt]).toEqual([['n'], now + second]);
  });
});

describe('discards', () => {
  test('a letter, which stays in the ledger as it ended', async () => {
    const { db, letters, ended, found, read } = createRoom();
    const letter = await ended('n');
    expect(await letters.discard(letter, monday + hour)).toBe(true);
    const { deadAt, state, targets } = await read('n');
    expect([await found(), deadAt, state, targets]).toEqual([[], undefined, 'FAILED', letter.targets]);
    expect((await db.collection(ledgerCollection).doc('n').get()).get('discardedAt')).toMatchObject({
      seconds: (monday + hour) / second,
    });
  });

  test('each letter once', async () => {
    const { letters, ended, read } = createRoom();
    const letter = await ended('n');
    const outcomes = await Promise.all([letters.discard(letter, monday), letters.discard(letter, monday)]);
    expect(outcomes.toSorted()).toEqual([false, true]);
    expect(await letters.discard(await read('n'), monday)).toBe(false);
  });

  test('a letter whose answer was lost, as if it had come', async () => {
    const { letters, ended } = createRoom();
    const letter = await ended('n');
    lost = 1;
    expect([await letters.discard(letter, monday), lost]).toEqual([true, 0]);
  });

  test('also what cannot be replayed', async () => {
    const { letters, ended, found } = createRoom();
    expect([await letters.discard(await ended('n', { deleted: true }), monday), await found()]).toEqual([true, []]);
  });
});
