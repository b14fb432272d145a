import { momentText } from './document-value.ts';
import type { StoredDocument } from './documents.ts';

/** What every Firestore client's snapshot of an existing document has. */
interface Snapshot {
  readonly createTime: Time;
  readonly updateTime: Time;
  data(): unknown;
}

interface Time {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** A document as a query of Google's own client found it. */
export function documentOf(snapshot: Snapshot): StoredDocument {
  const { createTime, updateTime } = snapshot;
  return { data: snapshot.data(), createTime: momentText(createTime), updateTime: momentText(updateTime) };
}
