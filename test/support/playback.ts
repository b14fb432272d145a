import { noticeIdOf } from '../../functions/src/delivery/ledger-entry.ts';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import type { createRoom } from '../unit/doubles.ts';
import { documentOf, type History } from '../unit/history.ts';

export type Room = ReturnType<typeof createRoom>;

/** Puts the document of `callback-1` where the `index`-th write left it, with what Firestore remembers of it. */
export function write(room: Room, history: History, index: number): void {
  const moment = history[index];
  const document = moment && documentOf(moment);
  const life = history.slice(0, index).filter(({ createdAt }) => createdAt === moment?.createdAt);
  room.former.set(
    'callback-1',
    life.flatMap((former) => documentOf(former) ?? []),
  );
  if (document) room.documents.set('callback-1', document);
  else room.documents.delete('callback-1');
}

export function noticeId(notice: string): string {
  const [event, occasion = ''] = notice.split(' ');
  return noticeIdOf('callback-1', { event: event as NoticeEvent, occasion });
}

export async function runTasks({ tasks, delivery, state }: Room): Promise<void> {
  const due = tasks.filter(({ at }) => at <= state.now);
  for (const { noticeId } of due) await delivery.retry(noticeId);
}

/** What devices have: the notices among the candidates, how many others, and which came to one device twice. */
export function told(
  { sent }: Room,
  candidates: ReadonlySet<string>,
): { known: Set<string>; unknown: string[]; twice: string[] } {
  const noticeOf = new Map([...candidates].map((notice) => [noticeId(notice), notice]));
  const received = sent.filter(({ result }) => result.outcome === 'accepted');
  const ids = received.map(({ message }) => message.data['noticeId'] ?? '');
  const copies = received.map(({ message, target }) => `${message.data['noticeId'] ?? ''} ${target}`);
  return {
    known: new Set(ids.flatMap((id) => noticeOf.get(id) ?? [])),
    unknown: received.filter((_, n) => !noticeOf.has(ids[n] ?? '')).map(({ message }) => message.data['event'] ?? ''),
    twice: copies.filter((copy, n) => copies.indexOf(copy) !== n),
  };
}
