import type { Callback } from '../callback/callback.ts';
import type { CallbackReader } from '../callback/reader.ts';
import { routingEntry, type KnownEntry } from '../callback/routing-entry.ts';
import type { Settings } from '../callback/settings.ts';
import { stillHolds, type Notice, type OwedNotice } from '../notice/decision.ts';

export interface TruthParts {
  readonly callbacks: Pick<CallbackReader, 'readAsOf'>;
  readonly now: () => number;
}

/** What only the history of a callback can tell about a notice. */
export interface Truth {
  /**
   * Whether the notice is true of the callback as it is now. No read, but for a READY after whose entry the document was
   * written again.
   *
   * @param current undefined when the document no longer exists
   */
  holds(notice: Notice, callbackId: string, current: Callback | undefined, settings: Settings): Promise<boolean>;
  /** The notice with its occasion; undefined where that is too old to be told, or not remembered. */
  resolve(notice: OwedNotice, callbackId: string, state: Callback): Promise<Notice | undefined>;
}

/** Firestore remembers an hour. */
const rememberedMs = 55 * 60_000;
/** Turns that are followed from one look to the next; beyond it the oldest is looked for anew. */
const mostTurns = 1000;

export function createTruth({ callbacks, now }: TruthParts): Truth {
  const turns = new Map<string, KnownEntry>();

  async function entryOf(callbackId: string, state: Callback): Promise<string | undefined> {
    const known = turns.get(callbackId);
    turns.delete(callbackId);
    const entry = await routingEntry(callbacks, callbackId, state, now() - rememberedMs, known);
    if (entry !== undefined) turns.set(callbackId, { entry, until: state.updateTime });
    if (turns.size > mostTurns) turns.delete([...turns.keys()][0] ?? '');
    return entry;
  }

  return {
    async holds(notice, callbackId, current, settings) {
      if (!stillHolds(notice, current, settings, now())) return false;
      if (notice.event !== 'CALLBACK_READY' || !current || current.updateTime === notice.occasion) return true;
      return (await entryOf(callbackId, current)) === notice.occasion;
    },
    async resolve(notice, callbackId, state) {
      if (notice.occasion !== undefined) return notice;
      const occasion = await entryOf(callbackId, state);
      return occasion === undefined ? undefined : { event: notice.event, occasion };
    },
  };
}
