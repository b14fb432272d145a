import type { Callback } from './callback.ts';
import { stateBefore, type CallbackReader } from './reader.ts';

/** A turn in which a document is written more often than this is not followed back to its beginning. */
const mostSteps = 300;

/** An entry that was found before, and the last state that is known to belong to it. */
export interface KnownEntry {
  readonly entry: string;
  /** Its update time. */
  readonly until: string;
}

/**
 * Which entry into ROUTING a state belongs to: the update time of the document that entered. Nothing in the state itself
 * tells it, so it is looked for backwards through what Firestore remembers: a read for each write since the entry, or
 * since the state that is known to belong to it, and one more. A state that is wrong ends no turn.
 *
 * @param notBefore epoch milliseconds: an entry before this is of no interest
 * @returns undefined where the state is not in ROUTING, or the entry is too old or not remembered
 */
export async function routingEntry(
  reader: Pick<CallbackReader, 'readAsOf'>,
  callbackId: string,
  state: Callback,
  notBefore: number,
  known?: KnownEntry,
): Promise<string | undefined> {
  if (state.callbackState !== 'ROUTING') return undefined;
  let entered = state;
  for (let at = state, step = 0; step < mostSteps; step++) {
    if (at.updateTime === known?.until) return known.entry;
    if (at.callbackState === 'ROUTING') entered = at;
    if (at.writtenAt < notBefore) return undefined;
    if (at.isCreation) return entered.updateTime;
    const before = await stateBefore(reader, callbackId, at);
    if (!before) return undefined;
    if (before.callbackState !== 'ROUTING' && before.callbackState !== undefined) return entered.updateTime;
    at = before;
  }
  return undefined;
}
