import type { Claim, Entry, NewEntry, Opening } from '../../functions/src/delivery/ledger-entry.ts';
import { createLedger, retiredCollection, type Claimed, type Ledger } from '../../functions/src/delivery/ledger.ts';
import { createOverdue, type Overdue } from '../../functions/src/sweep/overdue.ts';
import type { Documents } from '../../functions/src/google/documents.ts';
import { aNotice, hour, minute, monday, second, without } from '../support/builders.ts';
import { createMemoryLedger } from '../unit/doubles.ts';
import { useFunctionsFirestore } from './firestore-support/functions-client.ts';

/** A ledger to test, and what the callback system sees of it. */
interface Subject {
  readonly ledger: Ledger & Overdue;
  readonly retired: () => Promise<Record<string, string>>;
  /** From now on the answer to each write is lost, and the client asks again. */
  readonly loseAnswers: () => void;
}

const firestore = useFunctionsFirestore();

const subjects: readonly { name: string; make: () => Subject }[] = [
  {
    name: 'the ledger in memory',
    make() {
      const { ledger, retiredTargets, state } = createMemoryLedger();
      return {
        ledger,
        retired: () => Promise.resolve(Object.fromEntries(retiredTargets)),
        loseAnswers: () => (state.answerLost = () => true),
      };
    },
  },
  {
    name: 'the ledger in Firestore',
    make() {
      const { db, documents } = firestore.database();
      let isLost = false;
      const write: Documents['write'] = async (...writes) => {
        const answer = await documents.write(...writes);
        return isLost ? documents.write(...writes) : answer;
      };
      return {
        ledger: { ...createLedger({ ...documents, write }), ...createOverdue(db) },
        loseAnswers: () => (isLost = true),
        async retired() {
          const { docs } = await db.collection(retiredCollection).get();
          return Object.fromEntries(docs.map((report) => [report.id, report.get('code') as string]));
        },
      };
    },
  },
];

const pending = (hash = 'hash-1') => ({ hash, state: 'PENDING', attempts: 0 }) as const;
const acceptedRow = { hash: 'hash-1', state: 'ACCEPTED', attempts: 1, messageId: 'projects/p/messages/1' } as const;
const goneRow = { hash: 'hash-2', state: 'GONE', attempts: 1, code: 'UNREGISTERED' } as const;
const laterRow = { hash: 'hash-3', state: 'LATER', attempts: 1, code: 'UNAVAILABLE', dueAt: monday + minute } as const;

const newEntry = (changes: Partial<NewEntry> = {}): NewEntry => ({
  state: 'SENDING',
  callbackId: 'callback-1',
  serviceName: 'sales',
  notice: aNotice(),
  targets: [pending()],
  deleted: false,
  changedAt: monday - second,
  now: monday,
  staleAt: monday + hour,
  dueAt: monday + minute,
  ...changes,
});

function demand<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is none');
  return value;
}

const wholeOf = async (ledger: Ledger, noticeId = 'notice') => without(demand(await ledger.read(noticeId)), 'claim');
const claimIn = (claimed: Claimed): Claim | undefined => ('claim' in claimed ? claimed.claim : undefined);
const claimed = async (ledger: Ledger, changes: Partial<NewEntry> = {}, noticeId = 'notice') =>
  demand(claimIn(await ledger.claim(noticeId, newEntry(changes))));

/** Another attempt under a lease until `dueAt`, or a wait until then. */
const opening = (dueAt: number, changes: Partial<Opening> = {}): Opening => ({
  state: 'SENDING',
  targets: [pending()],
  changedAt: monday - second,
  now: monday + minute,
  staleAt: monday + hour,
  dueAt,
  ...changes,
});
const winners = (outcomes: readonly unknown[]) =>
  outcomes.filter((outcome) => outcome !== undefined && outcome !== false);

describe.each(subjects)('$name', ({ make }) => {
  test('knows nothing of a notice that nobody claimed', async () => {
    const { ledger } = make();
    expect([await ledger.read('notice'), await ledger.overdue(monday + 24 * hour, 10)]).toEqual([undefined, []]);
  });

  test('keeps all that a claim says', async () => {
    const { ledger } = make();
    await claimed(ledger);
    expect(await wholeOf(ledger)).toEqual({
      noticeId: 'notice',
      callbackId: 'callback-1',
      serviceName: 'sales',
      notice: aNotice(),
      state: 'SENDING',
      attempts: 1,
      targets: [pending()],
      changedAt: monday - second,
      staleAt: monday + hour,
      deleted: false,
      dueAt: monday + minute,
    });
  });

  test('a notice that is to wait from the start has had no attempt', async () => {
    const { ledger } = make();
    await claimed(ledger, { state: 'WAITING' });
    expect(await wholeOf(ledger)).toMatchObject({ state: 'WAITING', attempts: 0, dueAt: monday + minute });
  });

  test.each([2, 10])('of %i who claim a notice at once, one has it, and the others find its entry', async (count) => {
    const { ledger } = make();
    const claims = await Promise.all(
      Array.from({ length: count }, (_, n) => ledger.claim('notice', newEntry({ serviceName: `queue-${n}` }))),
    );
    const winner = claims.findIndex((claim) => 'claim' in claim);
    expect(winners(claims.map(claimIn))).toHaveLength(1);
    const queues = claims.flatMap((claim) => ('before' in claim ? [claim.before.serviceName] : []));
    expect(queues).toEqual(Array<string>(count - 1).fill(`queue-${winner}`));
  });

  test('a notice is claimed once for ever, whatever became of it', async () => {
    const { ledger } = make();
    const claim = await claimed(ledger);
    await ledger.settle(claim, { state: 'SENT', targets: [acceptedRow], now: monday });
    const again = await ledger.claim('notice', newEntry({ serviceName: 'other' }));
    expect(again).toEqual({ before: await ledger.read('notice') });
    expect(await wholeOf(ledger)).toMatchObject({ state: 'SENT', serviceName: 'sales' });
  });

  describe('whoever does not hear the answer to their own write', () => {
    test('has the claim all the same, and settles it', async () => {
      const { ledger, loseAnswers } = make();
      loseAnswers();
      const claim = await claimed(ledger);
      expect(await ledger.settle(claim, { state: 'SENT', targets: [acceptedRow], now: monday })).toBe(true);
      expect(await wholeOf(ledger)).toMatchObject({ state: 'SENT', targets: [acceptedRow], attempts: 1 });
    });

    test('has a notice that is to wait, and is told of the others', async () => {
      const { ledger, loseAnswers } = make();
      loseAnswers();
      await claimed(ledger, { state: 'WAITING' });
      expect(await ledger.claim('notice', newEntry())).toEqual({ before: await ledger.read('notice') });
    });

    test('has taken it over all the same, and settles it', async () => {
      const { ledger, loseAnswers } = make();
      await claimed(ledger);
      loseAnswers();
      const entry = demand(await ledger.read('notice'));
      const claim = demand(await ledger.takeOver(entry, opening(monday + 2 * minute)));
      expect(await ledger.settle(claim, { state: 'SENT', targets: [acceptedRow], now: monday })).toBe(true);
      expect(await wholeOf(ledger)).toMatchObject({ state: 'SENT', attempts: 2 });
    });

    test('has reported the devices that are gone all the same', async () => {
      const { ledger, retired, loseAnswers } = make();
      const claim = await claimed(ledger);
      loseAnswers();
      const settlement = { state: 'FAILED', targets: [goneRow], now: monday, retired: [goneRow] } as const;
      expect([await ledger.settle(claim, settlement), await retired()]).toEqual([true, { 'hash-2': 'UNREGISTERED' }]);
    });

    test('does not take what somebody else wrote in the same words for their own', async () => {
      const { ledger, loseAnswers } = make();
      const claim = await claimed(ledger);
      loseAnswers();
      const settle = () => ledger.settle(claim, { state: 'SENT', targets: [acceptedRow], now: monday });
      expect(await Promise.all([settle(), settle()])).toEqual(expect.arrayContaining([true, false]));
    });

    test.each([2, 10])('is one of %i who take over at once, and no more than one', async (count) => {
      const { ledger, loseAnswers } = make();
      await claimed(ledger);
      const entry = demand(await ledger.read('notice'));
      loseAnswers();
      const takeOver = () => ledger.takeOver(entry, opening(monday + 2 * minute));
      expect(winners(await Promise.all(Array.from({ length: count }, takeOver)))).toHaveLength(1);
    });
  });

  test('a settled notice keeps what became of each device, and is due no more', async () => {
    const { ledger } = make();
    const claim = await claimed(ledger);
    const settlement = { state: 'SENT', targets: [acceptedRow, goneRow], now: monday + second } as const;
    expect(await ledger.settle(claim, settlement)).toBe(true);
    const whole = await wholeOf(ledger);
    expect(whole).toMatchObject({ state: 'SENT', targets: [acceptedRow, goneRow], attempts: 1 });
    expect(Object.keys(whole)).not.toContain('dueAt');
    expect(await ledger.overdue(monday + 24 * hour, 10)).toEqual([]);
  });

  test('one that waits has the time of its next attempt and the reason, and keeps the reason when it is sent', async () => {
    const { ledger } = make();
    const claim = await claimed(ledger);
    const lastError = { code: 'UNAVAILABLE', detail: '{"error":{}}' };
    const dueAt = monday + 2 * minute;
    await ledger.settle(claim, { state: 'WAITING', targets: [laterRow], now: monday, dueAt, lastError });
    const entry = demand(await ledger.read('notice'));
    expect(without(entry, 'claim')).toMatchObject({ state: 'WAITING', targets: [laterRow], dueAt, lastError });
    const again = demand(await ledger.takeOver(entry, opening(monday + 3 * minute)));
    await ledger.settle(again, { state: 'SENT', targets: [acceptedRow], now: dueAt });
    expect(await wholeOf(ledger)).toMatchObject({ state: 'SENT', lastError, attempts: 2 });
  });

  test('whoever settles twice is refused the second time', async () => {
    const { ledger } = make();
    const claim = await claimed(ledger);
    const settle = () => ledger.settle(claim, { state: 'SENT', targets: [acceptedRow], now: monday });
    expect([await settle(), await settle()]).toEqual([true, false]);
  });

  test.each([2, 10])('of %i who take over a lapsed lease at once, one has it', async (count) => {
    const { ledger } = make();
    await claimed(ledger);
    const entry = demand(await ledger.read('notice'));
    const takeOver = () => ledger.takeOver(entry, opening(monday + 2 * minute));
    expect(winners(await Promise.all(Array.from({ length: count }, takeOver)))).toHaveLength(1);
    expect(await wholeOf(ledger)).toMatchObject({ state: 'SENDING', attempts: 2, dueAt: monday + 2 * minute });
  });

  test('a claim that was taken over can be settled no more, and does not touch the entry', async () => {
    const { ledger, retired } = make();
    const late = await claimed(ledger);
    const entry = demand(await ledger.read('notice'));
    await ledger.takeOver(entry, opening(monday + 2 * minute));
    const lastError = { code: 'UNREGISTERED', detail: '' };
    const settlement = { state: 'FAILED', targets: [goneRow], now: monday, lastError, retired: [goneRow] } as const;
    expect([await ledger.settle(late, settlement), await retired()]).toEqual([false, {}]);
    const whole = await wholeOf(ledger);
    expect([whole.state, whole.targets, whole.lastError, whole.deadAt]).toEqual([
      'SENDING',
      [pending()],
      undefined,
      undefined,
    ]);
  });

  test('who took it over settles it, though the one before them is still at it', async () => {
    const { ledger } = make();
    await claimed(ledger);
    const entry = demand(await ledger.read('notice'));
    const claim = demand(await ledger.takeOver(entry, opening(monday + 2 * minute)));
    expect(await ledger.settle(claim, { state: 'SENT', targets: [acceptedRow], now: monday })).toBe(true);
  });

  test('an entry that was settled since it was read cannot be taken over', async () => {
    const { ledger } = make();
    const claim = await claimed(ledger);
    const entry = demand(await ledger.read('notice'));
    await ledger.settle(claim, { state: 'SENT', targets: [acceptedRow], now: monday });
    expect(await ledger.takeOver(entry, opening(monday + 2 * minute))).toBeUndefined();
    expect(await wholeOf(ledger)).toMatchObject({ state: 'SENT', attempts: 1 });
  });

  test('an entry that is not there can be neither settled nor taken over', async () => {
    const [{ ledger }, { ledger: other }] = [make(), make()];
    const claim = await claimed(other);
    const entry: Entry = { ...demand(await other.read('notice')), noticeId: 'notice' };
    expect([
      await ledger.settle(claim, { state: 'SENT', targets: [], now: monday }),
      await ledger.settle(claim, { state: 'FAILED', targets: [goneRow], now: monday, retired: [goneRow] }),
      await ledger.takeOver(entry, opening(monday)),
    ]).toEqual([false, false, undefined]);
  });

  test('a takeover says of which change it speaks now, how long it lives and which devices there are', async () => {
    const { ledger } = make();
    await claimed(ledger);
    const fresh = { changedAt: monday + second, staleAt: monday + 2 * hour, targets: [pending('hash-9')] };
    await ledger.takeOver(demand(await ledger.read('notice')), opening(monday + 2 * minute, fresh));
    expect(await wholeOf(ledger)).toMatchObject({ ...fresh, state: 'SENDING', attempts: 2 });
  });

  test('a takeover that is to wait is no attempt', async () => {
    const { ledger } = make();
    await claimed(ledger);
    const waits = opening(monday + 2 * minute, { state: 'WAITING' });
    await ledger.takeOver(demand(await ledger.read('notice')), waits);
    expect(await wholeOf(ledger)).toMatchObject({ state: 'WAITING', attempts: 1, dueAt: monday + 2 * minute });
  });

  test('devices that are gone are reported with the settlement', async () => {
    const { ledger, retired } = make();
    const claim = await claimed(ledger);
    const invalid = { ...goneRow, hash: 'hash-4', code: 'INVALID_TARGET' };
    const targets = [acceptedRow, goneRow, invalid];
    expect(await ledger.settle(claim, { state: 'SENT', targets, now: monday, retired: [goneRow, invalid] })).toBe(true);
    expect(await retired()).toEqual({ 'hash-2': 'UNREGISTERED', 'hash-4': 'INVALID_TARGET' });
    expect(await wholeOf(ledger)).toMatchObject({ state: 'SENT', targets });
  });

  test.each([
    { state: 'FAILED', expect: monday + second },
    { state: 'EXPIRED', expect: monday + second },
    { state: 'SENT', expect: undefined },
    { state: 'SUPERSEDED', expect: undefined },
  ] as const)('$state: when it died is $expect', async ({ state, expect: deadAt }) => {
    const { ledger } = make();
    const claim = await claimed(ledger);
    await ledger.settle(claim, { state, targets: [goneRow], now: monday + second });
    expect((await wholeOf(ledger)).deadAt).toBe(deadAt);
  });

  test('what was dead and is taken over is dead no more', async () => {
    const { ledger } = make();
    const claim = await claimed(ledger);
    await ledger.settle(claim, { state: 'EXPIRED', targets: [laterRow], now: monday });
    const entry = demand(await ledger.read('notice'));
    const again = demand(await ledger.takeOver(entry, opening(monday + 2 * minute)));
    expect(Object.keys(await wholeOf(ledger))).not.toContain('deadAt');
    await ledger.settle(again, { state: 'SENT', targets: [acceptedRow], now: monday });
    expect(Object.keys(await wholeOf(ledger))).not.toContain('deadAt');
  });

  describe('what is overdue', () => {
    test('comes oldest first, and no more than asked for', async () => {
      const { ledger } = make();
      for (const [n, minutes] of [3, 1, 4, 2].entries())
        await claimed(
          ledger,
          { dueAt: monday + minutes * minute, state: n % 2 ? 'WAITING' : 'SENDING' },
          `m${minutes}`,
        );
      expect([
        await ledger.overdue(monday + minute - 1, 10),
        await ledger.overdue(monday + minute, 10),
        await ledger.overdue(monday + hour, 3),
        await ledger.overdue(monday + hour, 10),
      ]).toEqual([[], ['m1'], ['m1', 'm2', 'm3'], ['m1', 'm2', 'm3', 'm4']]);
    });

    test('counts from the takeover once it is taken over', async () => {
      const { ledger } = make();
      await claimed(ledger);
      await ledger.takeOver(demand(await ledger.read('notice')), opening(monday + 5 * minute));
      expect([
        await ledger.overdue(monday + 5 * minute - 1, 10),
        await ledger.overdue(monday + 5 * minute, 10),
      ]).toEqual([[], ['notice']]);
    });

    test('is a deleted callback’s notice only once it is stale: until then its event brings it back', async () => {
      const { ledger } = make();
      const claim = await claimed(ledger, { deleted: true });
      const when = async () => [
        await ledger.overdue(monday + hour - 1, 10),
        await ledger.overdue(monday + hour, 10),
        (await wholeOf(ledger)).dueAt,
      ];
      expect(await when()).toEqual([[], ['notice'], monday + minute]);
      const dueAt = monday + 2 * minute;
      const waits = { state: 'WAITING', targets: [laterRow], now: monday, dueAt, sweepAt: monday + hour } as const;
      await ledger.settle(claim, waits);
      expect(await when()).toEqual([[], ['notice'], dueAt]);
      await ledger.takeOver(demand(await ledger.read('notice')), opening(monday + 3 * minute));
      expect(await when()).toEqual([[], ['notice'], monday + 3 * minute]);
    });
  });

  test('times are kept to the millisecond', async () => {
    const { ledger } = make();
    await claimed(ledger, { dueAt: monday + 0.4, staleAt: monday + 1.6 });
    expect(await wholeOf(ledger)).toMatchObject({ dueAt: monday, staleAt: monday + 2 });
  });
});
