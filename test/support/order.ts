import fc from 'fast-check';
import { createRoom } from '../unit/doubles.ts';
import { anyHistory, changesOf, type History } from '../unit/history.ts';
import { nameOf, ordinaryQueue, owedAt, saidByDeletion } from '../unit/rules.ts';
import { second } from './builders.ts';
import { noticeId, write } from './playback.ts';

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
    if (!change) {
      write(room, history, index);
      continue;
    }
    const before = room.sent.length;
    await room.onChange(change);
    const ids = new Set(truthsLately(history, at).flatMap((notice) => idsOf(notice, history)));
    for (const { message } of room.sent.slice(before)) {
      if (!ids.has(message.data['noticeId'] ?? '')) found.push(message.data['event'] ?? '');
    }
  }
  return found;
}

/** A booking that came back is told under another name. */
function idsOf(notice: string, history: History): string[] {
  return [notice, ...history.map(({ at }) => `${nameOf(notice)}~${Math.floor(at)}`)].map(noticeId);
}

/**
 * Of every state that the document has been in within the last seconds. Of a document that is gone nobody knows what came
 * after it, so what outlives a callback stays true.
 */
function truthsLately(history: History, at: number): string[] {
  const past = history.filter((moment) => Math.floor(moment.at) <= at);
  const isGone = past.at(-1)?.state === undefined;
  return past.flatMap((_, index) => {
    const next = past[index + 1];
    const isRecent = !next || next.at >= at - freshForMs;
    const ats = isRecent ? [at, Math.max(at - freshForMs, past[index]?.at ?? 0)] : [];
    const recent = ats.flatMap((moment) => owedAt(history, index, moment, ordinaryQueue));
    const lasting = isGone ? owedAt(history, index, at, ordinaryQueue).filter(outlives) : [];
    const said = isRecent || isGone ? saidByDeletion(history, index) : [];
    return [...recent, ...lasting, ...said];
  });
}

const outlives = (notice: string) => /^CALLBACK_(PURGED|FINAL_ATTEMPT_FAILED)/.test(notice);

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
