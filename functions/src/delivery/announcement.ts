import type { Callback } from '../callback/callback.ts';
import type { Settings } from '../callback/settings.ts';
import { staleAt, type Notice } from '../notice/decision.ts';
import { noticeIdOf } from './ledger-entry.ts';

/** A notice that is to go out, with all that its message is made of. */
export interface Announcement {
  readonly callbackId: string;
  readonly callback: Callback;
  readonly notice: Notice;
  readonly settings: Settings;
  /** Epoch milliseconds of the change that is announced. */
  readonly changedAt: number;
  /** When the callback was read, in epoch milliseconds; absent = it is as the change left it. */
  readonly trueAt?: number;
  /** The callback's document is gone, so the targets are known to nobody but the event of its deletion. */
  readonly deleted: boolean;
}

/** One that has its entry in the ledger, and its end. */
export interface Planned extends Announcement {
  readonly noticeId: string;
  /** Epoch milliseconds. */
  readonly staleAt: number;
}

export function planOf(announcement: Announcement): Planned {
  const { callbackId, callback, notice, changedAt, trueAt } = announcement;
  return {
    ...announcement,
    noticeId: noticeIdOf(callbackId, notice),
    staleAt: staleAt(notice, callback, changedAt, trueAt),
  };
}
