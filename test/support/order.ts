import fc from 'fast-check';
import { noticeIdOf } from '../../functions/src/delivery/ledger-entry.ts';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import { createRoom } from '../unit/doubles.ts';
import { anyHistory, changesOf, truthsOf, type History } from '../unit/history.ts';
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
    const ids = new Set(truthsLately(history, at).map(idOf));
    for (const { message } of room.sent.slice(before)) {
      if (!ids.has(message.data['noticeId'] ?? '')) found.push(message.data['event'] ?? '');
    }
  }
  return found;
}

/** Of every state that the document has been in within the last seconds. */
function truthsLately(history: History, at: number): string[] {
  return history.states.flatMap(({ writtenAt }, index) => {
    const next = history.states[index + 1];
    const isRecent = writtenAt <= at && (!next || next.writtenAt >= at - freshForMs);
    return isRecent ? [...truthsOf(history, index, at), ...truthsOf(history, index, at - freshForMs)] : [];
  });
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
