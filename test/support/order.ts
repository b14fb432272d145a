import fc from 'fast-check';
import { noticeIdOf } from '../../functions/src/ledger-entry.ts';
import type { NoticeEvent } from '../../functions/src/decision.ts';
import { createRoom } from '../unit/doubles.ts';
import { anyHistory, changesOf, documentOf, truthsAt, type History } from '../unit/history.ts';
import { second } from './builders.ts';

/** How long a change counts as fresh: what was true so short a time ago may be told. */
const freshForMs = 5 * second;

const deliveries = anyHistory.chain((history) =>
  fc.record({
    history: fc.constant(history),
    // Every event once or twice, each at its own time: any order there can be.
    delays: fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 24 }),
    copies: fc.integer({ min: 1, max: 2 }),
  }),
);

/** Plays one callback's writes and their events in the order in which they come, and names what was told untruly. */
async function untruths(history: History, delays: readonly number[], copies: number): Promise<string[]> {
  const room = createRoom();
  const changes = changesOf(history);
  const steps = changes.flatMap((change, index) => [
    { at: change.changedAt, index, change: undefined },
    ...Array.from({ length: copies }, (_, copy) => ({
      at: change.changedAt + (delays[(index * copies + copy) % delays.length] ?? 0) * second,
      index,
      change,
    })),
  ]);
  const found: string[] = [];
  for (const { at, index, change } of steps.toSorted((a, b) => a.at - b.at)) {
    room.state.now = at;
    const written = changes[index];
    if (!change && written) {
      if (written.after) room.documents.set('callback-1', written.after);
      else room.documents.delete('callback-1');
      continue;
    }
    const before = room.sent.length;
    if (change) await room.onChange(change);
    const true_ = new Set([
      ...truthsAt(history, at),
      ...truthsAt(history, at - freshForMs),
      ...truthsSince(history, at),
    ]);
    const ids = new Set([...true_].map(idOf));
    for (const { message } of room.sent.slice(before)) {
      if (!ids.has(message.data['noticeId'] ?? '')) found.push(message.data['event'] ?? '');
    }
  }
  return found;
}

function truthsSince(history: History, at: number): string[] {
  return history.states.flatMap(({ writtenAt }) =>
    writtenAt > at - freshForMs && writtenAt <= at ? [...truthsAt(history, writtenAt)] : [],
  );
}

function idOf(notice: string): string {
  const [event, occasion = ''] = notice.split(' ');
  return noticeIdOf('callback-1', { event: event as NoticeEvent, occasion });
}

/** Whatever the order in which a callback's events come, nothing is told that was not true within the last seconds. */
export async function assertNothingUntrue(numRuns: number, seed?: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ history, delays, copies }) => {
      const found = await untruths(history, delays, copies);
      if (found.length > 0) throw new Error(`told though it was not true: ${found.join(', ')}`);
    }),
    { numRuns, ...(seed !== undefined && { seed }) },
  );
}
