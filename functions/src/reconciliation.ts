import type { Change } from './announce.ts';
import { microsecondsOf, type CallbackDocument, type CallbackStore } from './callback-store.ts';
import { parseCallback, type Callback } from './callback.ts';
import { mayBeOwed } from './decision.ts';
import { failureMessage } from './failure.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';

export interface ReconciliationParts {
  readonly callbacks: CallbackStore;
  readonly settingsOf: (serviceName: string) => Promise<Settings>;
  /** What an event of this change would have had done; the ledger sees to it that nothing is done twice. */
  readonly onChange: (change: Change) => Promise<void>;
  /** Where the last look ended: the id of the last callback, undefined = at the beginning. */
  readonly bookmark: { read(): Promise<string | undefined>; write(callbackId: string | undefined): Promise<void> };
  readonly log: Log;
  readonly now: () => number;
}

export interface Reconciliation {
  /**
   * Looks at the next `limit` callbacks that wait, and announces what is true of them and was never announced,
   * because its event never came. Costs a read of each, of the bookmark and its write, and some four reads more of
   * each that is owed something by its state, whether or not it was told.
   *
   * @returns how many it looked at
   */
  readonly look: (limit: number) => Promise<number>;
  /** The same for one callback of which something is known to have changed, whether or not it waits. */
  readonly lookAt: (callbackId: string) => Promise<void>;
}

/** Firestore remembers an hour; what changed longer ago is stale. */
const rememberedMs = 55 * 60_000;

export function createReconciliation(parts: ReconciliationParts): Reconciliation {
  const { callbacks, now } = parts;

  async function lookAtDocument(callbackId: string, document: CallbackDocument): Promise<void> {
    const parsed = parseCallback(document.data, document.updateTime);
    // What does not parse was reported when it was written.
    if ('problems' in parsed) return;
    const callback = parsed.value;
    if (!mayBeOwed(callback, await parts.settingsOf(callback.serviceName), now())) return;
    await announce(callbackId, callback, document);
  }

  async function announce(callbackId: string, callback: Callback, document: CallbackDocument): Promise<void> {
    const before = await formerOf(callbackId, callback, document);
    const changedAt = microsecondsOf(document.updateTime) / 1000;
    await parts.onChange({ callbackId, eventId: 'reconciliation', changedAt, before, after: document });
  }

  /**
   * The state to compare with: the first one that is remembered, so that all changes since are looked at as one. An
   * entry into ROUTING is told apart by its very moment, so there it is the state just before the last change.
   */
  async function formerOf(
    callbackId: string,
    { callDirection, callbackState }: Callback,
    { createTime, updateTime }: CallbackDocument,
  ): Promise<CallbackDocument | undefined> {
    if (createTime === updateTime) return undefined;
    if (callDirection === 'USERORIGINATED' && callbackState === 'ROUTING')
      return callbacks.readAsOf(callbackId, microsecondsOf(updateTime) - 1);
    const first = Math.max(microsecondsOf(createTime), (now() - rememberedMs) * 1000);
    return callbacks.readAsOf(callbackId, Math.floor(first));
  }

  async function lookAt(callbackId: string, document: CallbackDocument): Promise<void> {
    try {
      await lookAtDocument(callbackId, document);
    } catch (error) {
      parts.log('ERROR', 'reconciliation-failed', { callbackId, reason: failureMessage(error) });
    }
  }

  return {
    async look(limit) {
      const page = await callbacks.waiting(await parts.bookmark.read(), limit);
      for (const { callbackId, document } of page) await lookAt(callbackId, document);
      await parts.bookmark.write(page.length < limit ? undefined : page.at(-1)?.callbackId);
      return page.length;
    },
    async lookAt(callbackId) {
      const document = await callbacks.read(callbackId);
      const parsed = document && parseCallback(document.data, document.updateTime);
      if (parsed && 'value' in parsed) await announce(callbackId, parsed.value, document);
    },
  };
}
