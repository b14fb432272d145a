import fc from 'fast-check';
import type { Change } from '../../functions/src/delivery/announce.ts';
import type { PushResult } from '../../functions/src/fcm/result.ts';
import { hour, minute, monday, second } from '../support/builders.ts';
import { runTasks, told, write, type Room } from '../support/playback.ts';
import { accepted, createRoom, gone, tryLater } from './doubles.ts';
import { anyHistory, changesOf, type History } from './history.ts';
import { expectedNotices, ordinaryQueue, permittedNotices } from './rules.ts';

const longAfter = monday + 3 * hour;

/** With the names under which a booking that came back is told. */
function permitted(history: History): Set<string> {
  const names = permittedNotices(history, [ordinaryQueue], longAfter);
  const returns = history.flatMap(({ at }) => [...names].map((name) => `${name}~${Math.floor(at)}`));
  return new Set([...names, ...returns]);
}

test('told as it happens, a consumer hears exactly what the rules say', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const room = createRoom();
      for (const [index, change] of changesOf(history).entries()) {
        room.state.now = change.changedAt;
        write(room, history, index);
        await room.onChange(change);
      }
      room.state.now += minute + second;
      await runTasks(room);
      const expected = expectedNotices(history, ordinaryQueue);
      expect(told(room, expected)).toEqual({ known: expected, unknown: [], twice: [] });
    }),
    { numRuns: 1000 },
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

function roomAtTheEnd(history: History): Room {
  const room = createRoom();
  write(room, history, history.length - 1);
  room.state.now = history.at(-1)?.at ?? monday;
  return room;
}

test('late, twice, in any order and with a failing provider, nothing is told twice or against the rules', async () => {
  await fc.assert(
    fc.asyncProperty(turmoil, async ({ history, order, pauses, answers: list }) => {
      const room = roomAtTheEnd(history);
      let asked = 0;
      room.state.answer = () => list[asked++ % list.length] ?? accepted;
      await deliverAll(room, order, pauses);
      room.state.now += 2 * hour;
      await room.delivery.sweep();
      const { unknown, twice } = told(room, permitted(history));
      const open = room.settled().filter(({ state }) => state === 'SENDING' || state === 'WAITING');
      expect({ unknown, twice, open }).toEqual({ unknown: [], twice: [], open: [] });
    }),
    { numRuns: 500 },
  );
});

test('all events at the same time, and twice, tell nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const room = roomAtTheEnd(history);
      const changes = changesOf(history);
      await Promise.allSettled([...changes, ...changes].map((change) => room.onChange(change)));
      const { unknown, twice } = told(room, permitted(history));
      expect({ unknown, twice }).toEqual({ unknown: [], twice: [] });
    }),
  );
});

test('a crash between send and settle costs at most a repeat of the same notice', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const room = roomAtTheEnd(history);
      let crashes = 1;
      room.ledger.fails = (operation) => operation.startsWith('settle') && crashes-- > 0;
      await deliverAll(room, changesOf(history), [second]);
      room.state.now += minute;
      await room.delivery.sweep();
      const sent = room.sent.map(({ target, message }) => `${target} ${message.data['noticeId'] ?? ''}`);
      expect(sent.length - new Set(sent).size).toBeLessThanOrEqual(2);
    }),
  );
});
