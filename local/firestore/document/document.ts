import type { Moment } from './moment.ts';
import { toTimestamp } from './moment.ts';
import type { DocumentName } from './name.ts';
import type { Fields, Timestamp } from './value.ts';

/** One version of a document. Never changed in place: versions, listeners and events share it. */
export interface StoredDocument {
  readonly name: DocumentName;
  readonly fields: Fields;
  readonly createTime: Moment;
  readonly updateTime: Moment;
}

/** What one commit did to one document; at least one side is present. */
export interface DocumentChange {
  readonly name: DocumentName;
  readonly before: StoredDocument | undefined;
  readonly after: StoredDocument | undefined;
  readonly at: Moment;
}

/** A document as messages carry it. */
export interface WireDocument {
  name?: string;
  fields?: Fields;
  createTime?: Timestamp;
  updateTime?: Timestamp;
}

export function toWireDocument(document: StoredDocument, fields: Fields = document.fields): WireDocument {
  return {
    name: document.name.full,
    fields,
    createTime: toTimestamp(document.createTime),
    updateTime: toTimestamp(document.updateTime),
  };
}
