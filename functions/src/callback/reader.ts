import { isForgotten } from '../base/failure.ts';
import type { Documents, StoredDocument } from '../google/documents.ts';
import { microsecondsOf, readCallback, type Callback } from './callback.ts';
import { noticeFieldPaths } from './fields.ts';

/** Where callbacks are read from, with the fields that matter here: nobody but the callback system writes them. */
export interface CallbackReader {
  /** One read. Undefined where there is none. */
  read(callbackId: string): Promise<Callback | undefined>;
  /**
   * As it was at a moment of the last hour, which is as long as Firestore remembers. One read.
   *
   * @param at epoch microseconds
   * @returns undefined where there was none, or nobody knows any more
   */
  readAsOf(callbackId: string, at: number): Promise<Callback | undefined>;
}

export function createCallbackReader(documents: Documents): CallbackReader {
  async function read(callbackId: string, at?: number): Promise<Callback | undefined> {
    const [document] = await documents.read([`callbacks/${callbackId}`], { at, fields: noticeFieldPaths });
    return document && stateOf(document);
  }
  return {
    read: (callbackId) => read(callbackId),
    async readAsOf(callbackId, at) {
      try {
        return await read(callbackId, at);
      } catch (error) {
        if (isForgotten(error)) return undefined;
        throw error;
      }
    },
  };
}

const stateOf = (document: StoredDocument) => readCallback(document).callback;

/** The state just before this one; undefined where the document was created in it, or nobody remembers. One read. */
export async function stateBefore(
  reader: Pick<CallbackReader, 'readAsOf'>,
  callbackId: string,
  { updateTime, isCreation }: Callback,
): Promise<Callback | undefined> {
  return isCreation ? undefined : reader.readAsOf(callbackId, microsecondsOf(updateTime) - 1);
}
