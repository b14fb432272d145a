import fc from 'fast-check';
import type { Change } from '../../functions/src/delivery/announce.ts';
import { noticeIdOf } from '../../functions/src/delivery/ledger-entry.ts';
import type { PushResult } from '../../functions/src/fcm/result.ts';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import { hour, minute, second } from '../support/builders.ts';
import { accepted, createRoom, gone, tryLater } from './doubles.ts';
import { anyHistory, changesOf, documentOf, expectedNotices, permittedNotices, type History } from './history.ts';

type Room = ReturnType<typeof createRoom>;

/** What devices have: `event occasion` of each accepted message, by the ids that notices have in the ledger. */
function told(
  { sent }: Room,
  candidates: ReadonlySet<string>,
): { known: Set<string>; unknown: string[]; twice: string[] } {
  const idOf = (notice: string) => {
    const [event, occasion = ''] = notice.split(' ');
    return noticeIdOf('callback-1', { event: event as NoticeEvent, occasion });
  };
  const noticeOf = new Map([...candidates].map((notice) => [idOf(notice), notice]));
  const received = sent.filter(({ result }) => result.outcome === 'accepted');
  const ids = received.map(({ message }) => message.data['noticeId'] ?? '');
  const copies = received.map(({ message, target }) => `${message.data['noticeId'] ?? ''} ${target}`);
  return {
    known: new Set(ids.flatMap((id) => noticeOf.get(id) ?? [])),
    unknown: received.filter((_, n) => !noticeOf.has(ids[n] ?? '')).map(({ message }) => message.data['event'] ?? ''),
    twice: copies.filter((copy, n) => copies.indexOf(copy) !== n),
  };
}

test('told as it happens, a consumer hears exactly what the rules say', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const room = createRoom();
      for (const change of changesOf(history)) {
        room.state.now = change.changedAt;
        await room.onChange(change);
      }
      const expected = expectedNotices(history);
      expect(told(room, expected)).toEqual({ known: expected, unknown: [], twice: [] });
    }),
    { numRuns: 500 },
  );
});

/** Delivers an event, and again later where it asks for that. */
async function deliverAll(room: Room, changes: readonly Change[], pauses: readonly number[]): Promise<void> {
  let open = [...changes];
  for (let round = 0; open.length > 0 && round < 50; round++) {
    const again: Change[] = [];
    for (const [n, change] of open.entries()) {
      room.state.now += pauses[n % pauses.length] ?? 0;
      await room.onChange(change).catch(() => again.push(change));
      await runTasks(room);
    }
    open = again;
    room.state.now += 10 * second;
  }
}

async function runTasks({ tasks, delivery, state }: Room): Promise<void> {
  const due = tasks.filter(({ at }) => at <= state.now);
  for (const { noticeId } of due) await delivery.retry(noticeId);
}

function finalDocument({ states, deletedAt }: History): [string, NonNullable<ReturnType<typeof documentOf>>][] {
  const document = deletedAt === undefined ? documentOf(states.at(-1), states.length - 1) : undefined;
  return document ? [['callback-1', document]] : [];
}

const refused: PushResult = { outcome: 'refused', code: 'INVALID_ARGUMENT', detail: 'odd' };
const answers = fc.array(fc.constantFrom(accepted, tryLater, tryLater, gone, refused), { minLength: 1, maxLength: 30 });

const turmoil = anyHistory.chain((history) => {
  const changes = changesOf(history);
  return fc.record({
    history: fc.constant(history),
    order: fc.shuffledSubarray([...changes, ...changes], { minLength: changes.length }),
    pauses: fc.array(fc.constantFrom(0, second, 20 * second), { minLength: 1, maxLength: 8 }),
    answers,
  });
});

test('late, twice, in any order and with a failing provider, nothing is told twice or against the rules', async () => {
  await fc.assert(
    fc.asyncProperty(turmoil, async ({ history, order, pauses, answers: list }) => {
      const room = createRoom();
      for (const [callbackId, document] of finalDocument(history)) room.documents.set(callbackId, document);
      room.state.now = order.reduce((latest, { changedAt }) => Math.max(latest, changedAt), 0);
      let asked = 0;
      room.state.answer = () => list[asked++ % list.length] ?? accepted;
      await deliverAll(room, order, pauses);
      room.state.now += 2 * hour;
      await room.delivery.sweep();
      const { unknown, twice } = told(room, permittedNotices(history));
      const open = room.settled().filter(({ state }) => state === 'SENDING' || state === 'WAITING');
      expect({ unknown, twice, open }).toEqual({ unknown: [], twice: [], open: [] });
    }),
    { numRuns: 500 },
  );
});

test('all events at the same time, and twice, tell nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const room = createRoom();
      for (const [callbackId, document] of finalDocument(history)) room.documents.set(callbackId, document);
      const changes = changesOf(history);
      room.state.now = Math.max(...changes.map(({ changedAt }) => changedAt));
      await Promise.allSettled([...changes, ...changes].map((change) => room.onChange(change)));
      const { unknown, twice } = told(room, permittedNotices(history));
      expect({ unknown, twice }).toEqual({ unknown: [], twice: [] });
    }),
  );
});

test('a crash between send and settle costs at most a repeat under the same collapse key', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const room = createRoom();
      for (const [callbackId, document] of finalDocument(history)) room.documents.set(callbackId, document);
      const changes = changesOf(history);
      room.state.now = Math.max(...changes.map(({ changedAt }) => changedAt));
      let crashes = 1;
      room.ledger.fails = (operation) => operation.startsWith('settle') && crashes-- > 0;
      await deliverAll(room, changes, [second]);
      room.state.now += minute;
      await room.delivery.sweep();
      const shown = room.sent.map(({ target, message }) => `${target} ${String(message.android['collapse_key'])}`);
      const notices = room.sent.map(({ target, message }) => `${target} ${message.data['noticeId'] ?? ''}`);
      expect(new Set(shown).size).toBe(new Set(notices).size);
      expect(shown.length - new Set(shown).size).toBeLessThanOrEqual(2);
    }),
  );
});
