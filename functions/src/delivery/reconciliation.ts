import type { Change } from './announce.ts';
import {
  microsecondsOf,
  type CallbackDocument,
  type CallbackReader,
  type WaitingCallbacks,
} from '../callback/callback-store.ts';
import { parseCallback, type Callback } from '../callback/callback.ts';
import { mayBeOwed } from '../notice/decision.ts';
import { failureMessage } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Settings } from '../callback/settings.ts';

export interface LookParts {
  readonly callbacks: CallbackReader;
  readonly settingsOf: (serviceName: string) => Promise<Settings>;
  /** What an event of this change would have had done; the ledger sees to it that nothing is done twice. */
  readonly onChange: (change: Change) => Promise<void>;
  readonly now: () => number;
}

export interface ReconciliationParts extends LookParts {
  readonly callbacks: CallbackReader & WaitingCallbacks;
  /** Where the last look ended: the id of the last callback, undefined = at the beginning. */
  readonly bookmark: { read(): Promise<string | undefined>; write(callbackId: string | undefined): Promise<void> };
  readonly log: Log;
}

/** A look at one callback for what was never announced, because its event never came or did not tell. */
export interface Look {
  /** Of which something is known to have changed, whether or not it waits. */
  readonly lookAt: (callbackId: string) => Promise<void>;
  /** As it was found: announces what `Reconciliation` promises. */
  readonly lookAtDocument: (callbackId: string, document: CallbackDocument) => Promise<void>;
}

export interface Reconciliation {
  /**
   * Looks at the next `limit` callbacks that wait, and announces what is true of them and was never announced,
   * because its event never came: what the last change announced, and what any change announced since the first state
   * that is remembered and was not true by then, unless the callback is in its consumer's turn (USERORIGINATED in
   * ROUTING) or was rescheduled in place since.
   *
   * Costs a read of each, of the bookmark and its write. Each that changed within the hour and is owed something by its
   * state costs a read more, or two; and if it was told before, two reads and a refused write.
   *
   * @returns how many it looked at
   */
  readonly look: (limit: number) => Promise<number>;
  /** The same for one callback of which something is known to have changed, whether or not it waits. */
  readonly lookAt: (callbackId: string) => Promise<void>;
}

/** Firestore remembers an hour; what changed longer ago is stale. */
const rememberedMs = 55 * 60_000;
/** Callbacks that are looked at together: as many as are asked for must be done within the minute of a sweep. */
const atATime = 20;

export function createLook(parts: LookParts): Look {
  const { callbacks, now } = parts;

  async function lookAtDocument(callbackId: string, document: CallbackDocument): Promise<void> {
    if (now() - changedAtOf(document) > rememberedMs) return;
    const callback = callbackOf(document);
    // What does not parse was reported when it was written.
    if (!callback || !mayBeOwed(callback, await parts.settingsOf(callback.serviceName), now())) return;
    await announce(callbackId, callback, document);
  }

  async function announce(callbackId: string, callback: Callback, document: CallbackDocument): Promise<void> {
    const isNew = document.createTime === document.updateTime;
    const before = isNew ? undefined : await formerOf(callbackId, callback, document);
    // Where nobody remembers what it was, it is not to be taken for new.
    if (isNew || before) await change(callbackId, before, document);
  }

  async function change(
    callbackId: string,
    before: CallbackDocument | undefined,
    after: CallbackDocument,
  ): Promise<void> {
    const changedAt = changedAtOf(after);
    await parts.onChange({ callbackId, eventId: 'reconciliation', reconciled: true, changedAt, before, after });
  }

  /**
   * The state to compare with: the first one that is remembered, so that all changes since are looked at as one. But
   * an entry into ROUTING is told apart by its very moment, and what was said before a callback was rescheduled is not
   * to be said again: there it is the state just before the last change.
   */
  async function formerOf(
    callbackId: string,
    { callDirection, callbackState, generation }: Callback,
    { createTime, updateTime }: CallbackDocument,
  ): Promise<CallbackDocument | undefined> {
    const justBefore = () => callbacks.readAsOf(callbackId, microsecondsOf(updateTime) - 1);
    if (callDirection === 'USERORIGINATED' && callbackState === 'ROUTING') return justBefore();
    const first = Math.max(microsecondsOf(createTime), Math.floor((now() - rememberedMs) * 1000));
    const former = await callbacks.readAsOf(callbackId, first);
    if (!former) return undefined;
    return callbackOf(former)?.generation === generation ? former : justBefore();
  }

  return {
    lookAtDocument,
    async lookAt(callbackId) {
      const document = await callbacks.read(callbackId);
      if (!document) return;
      const callback = callbackOf(document);
      if (callback) await announce(callbackId, callback, document);
      // That it does not parse is reported there.
      else await change(callbackId, undefined, document);
    },
  };
}

export function createReconciliation(parts: ReconciliationParts): Reconciliation {
  const { callbacks, bookmark } = parts;
  const { lookAt, lookAtDocument } = createLook(parts);

  async function lookSafely(callbackId: string, document: CallbackDocument): Promise<void> {
    try {
      await lookAtDocument(callbackId, document);
    } catch (error) {
      parts.log('ERROR', 'reconciliation-failed', { callbackId, reason: failureMessage(error) });
    }
  }

  return {
    lookAt,
    async look(limit) {
      const page = await callbacks.waiting(await bookmark.read(), limit);
      for (let start = 0; start < page.length; start += atATime) {
        const some = page.slice(start, start + atATime);
        await Promise.all(some.map(({ callbackId, document }) => lookSafely(callbackId, document)));
      }
      await bookmark.write(page.length < limit ? undefined : page.at(-1)?.callbackId);
      return page.length;
    },
  };
}

function changedAtOf({ updateTime }: CallbackDocument): number {
  return microsecondsOf(updateTime) / 1000;
}

function callbackOf({ data, updateTime }: CallbackDocument): Callback | undefined {
  const parsed = parseCallback(data, updateTime);
  return 'value' in parsed ? parsed.value : undefined;
}
