import {
  momentOf,
  momentText,
  plainFields,
  rfc3339,
  wireFields,
  type Fields,
  type WireFields,
} from './document-value.ts';
import { refusalOf, type GoogleApi } from './google-api.ts';
import { fieldsOf, listOf } from '../base/json.ts';

/** A document as Firestore hands it out; its times are `seconds.nanoseconds`. */
export interface StoredDocument {
  readonly data: unknown;
  readonly createTime: string;
  readonly updateTime: string;
}

/** One write of a document at a path below `documents/`: `pushNotifications/{noticeId}`. */
export type DocumentWrite =
  /** Refused with ALREADY_EXISTS where there is one. */
  | { readonly create: string; readonly fields: Fields }
  /** Whatever was there. */
  | { readonly set: string; readonly fields: Fields }
  /**
   * Changes the fields that are named, `undefined` removes one. Refused with FAILED_PRECONDITION where the document was
   * written since `updateTime`, and with NOT_FOUND where it is gone.
   */
  | { readonly update: string; readonly fields: Fields; readonly updateTime: string };

export interface ReadOptions {
  /** Epoch microseconds within the last hour; absent = now. */
  readonly at?: number | undefined;
  /** Paths of the fields that are wanted, of letters, digits and dots between names; absent = all. */
  readonly fields?: readonly string[];
}

/** The documents of the database, as far as a push needs them: no query, no transaction. Failures have a gRPC `code`. */
export interface Documents {
  /**
   * Reads some documents at one moment, in the order asked for; undefined where there is none. One read each, whatever
   * part of it is asked for.
   */
  read(paths: readonly string[], options?: ReadOptions): Promise<readonly (StoredDocument | undefined)[]>;
  /** All of the writes or none. Returns the update time of each document. */
  write(...writes: DocumentWrite[]): Promise<readonly string[]>;
}

/** Firestore over its REST API. Both calls come to the same if they are carried out twice, so they may be repeated. */
export function createDocuments(api: GoogleApi, projectId: string): Documents {
  const root = `projects/${projectId}/databases/(default)/documents`;
  const nameOf = (path: string) => `${root}/${path}`;

  function wireWrite(write: DocumentWrite): object {
    if ('create' in write) {
      return { update: documentOf(write.create, write.fields), currentDocument: { exists: false } };
    }
    if ('set' in write) return { update: documentOf(write.set, write.fields) };
    const { update, fields, updateTime } = write;
    const values = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    return {
      update: documentOf(update, values),
      // A path that the fields lack is removed.
      updateMask: { fieldPaths: Object.keys(fields) },
      currentDocument: { updateTime: rfc3339(updateTime) },
    };
  }

  function documentOf(path: string, fields: Fields): object {
    return { name: nameOf(path), fields: wireFields(fields) };
  }

  return {
    async read(paths, { at, fields } = {}) {
      const answers = listOf(
        await api({
          method: 'POST',
          path: `/v1/${root}:batchGet`,
          body: {
            documents: paths.map(nameOf),
            ...(at !== undefined && { readTime: rfc3339(textOfMicroseconds(at)) }),
            ...(fields && { mask: { fieldPaths: fields } }),
          },
          repeatOn: ['UNAVAILABLE', 'INTERNAL', 'DEADLINE_EXCEEDED'],
        }),
      );
      // They come in any order, and answers without either belong to transactions.
      const found = new Map<unknown, StoredDocument | undefined>();
      for (const { found: document, missing, error } of answers) {
        // It may come in the middle of a list that began well.
        if (error !== undefined) throw refusalOf(error);
        if (missing !== undefined) found.set(missing, undefined);
        else if (document !== undefined) found.set(fieldsOf(document)['name'], storedDocument(document));
      }
      return paths.map((path) => {
        if (!found.has(nameOf(path))) throw new Error(`Firestore did not say whether there is a ${path}`);
        return found.get(nameOf(path));
      });
    },

    async write(...writes) {
      const { writeResults } = fieldsOf(
        await api({
          method: 'POST',
          path: `/v1/${root}:commit`,
          body: { writes: writes.map(wireWrite) },
          repeatOn: ['UNAVAILABLE', 'ABORTED', 'RESOURCE_EXHAUSTED', 'INTERNAL', 'DEADLINE_EXCEEDED'],
        }),
      );
      return listOf(writeResults).map(({ updateTime }) => timeOf(updateTime));
    },
  };
}

function storedDocument(found: unknown): StoredDocument {
  const { fields, createTime, updateTime } = fieldsOf(found);
  return {
    data: plainFields(fields as WireFields | undefined),
    createTime: timeOf(createTime),
    updateTime: timeOf(updateTime),
  };
}

function timeOf(text: unknown): string {
  if (typeof text !== 'string') throw new Error('Firestore did not say when the document was written');
  return momentText(momentOf(text));
}

function textOfMicroseconds(at: number): string {
  return momentText({ seconds: Math.floor(at / 1_000_000), nanoseconds: (at % 1_000_000) * 1000 });
}
