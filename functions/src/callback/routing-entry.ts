import type { Callback } from './callback.ts';
import { stateBefore, type CallbackReader } from './reader.ts';

/** In one turn of a consumer a document is written a few times only. */
const mostSteps = 30;

/**
 * Which entry into ROUTING a state belongs to: the update time of the document that entered. Nothing in the state itself
 * tells it, so it is looked for backwards through what Firestore remembers: a read for each write since, and one more.
 *
 * @param notBefore epoch milliseconds: an entry before this is of no interest
 * @returns undefined where the state is not in ROUTING, or the entry is too old or not remembered
 */
export async function routingEntry(
  reader: Pick<CallbackReader, 'readAsOf'>,
  callbackId: string,
  state: Callback,
  notBefore: number,
): Promise<string | undefined> {
  let entered = state;
  if (entered.callbackState !== 'ROUTING') return undefined;
  for (let step = 0; step < mostSteps; step++) {
    if (entered.writtenAt < notBefore) return undefined;
    if (entered.isCreation) return entered.updateTime;
    const before = await stateBefore(reader, callbackId, entered);
    if (!before) return undefined;
    if (before.callbackState !== 'ROUTING') return entered.updateTime;
    entered = before;
  }
  return undefined;
}
