import type { StoredDocument } from '../document/document.ts';
import { parseFieldPath, valueAt } from '../document/field-path.ts';
import type { Value } from '../document/value.ts';
import { isNaNValue, numberOf } from '../document/value.ts';

/**
 * Finds the documents of one collection by the value of one field. Values are grouped coarsely: a
 * group may hold documents with another value, never lack one, so callers still test each document.
 */
export class EqualityIndex {
  readonly #path: readonly string[];
  readonly #groups = new Map<string, Map<string, StoredDocument>>();

  constructor(field: string, documents: Iterable<StoredDocument>) {
    this.#path = parseFieldPath(field);
    for (const document of documents) this.replace(undefined, document);
  }

  replace(before: StoredDocument | undefined, after: StoredDocument | undefined): void {
    const oldKey = this.#keyOf(before);
    const newKey = this.#keyOf(after);
    if (before !== undefined && oldKey !== undefined && oldKey !== newKey) this.#remove(oldKey, before);
    if (after === undefined || newKey === undefined) return;
    const group = this.#groups.get(newKey);
    if (group === undefined) this.#groups.set(newKey, new Map([[after.name.full, after]]));
    else group.set(after.name.full, after);
  }

  find(value: Value): Iterable<StoredDocument> {
    return this.#groups.get(groupKey(value))?.values() ?? [];
  }

  #remove(key: string, document: StoredDocument): void {
    const group = this.#groups.get(key);
    group?.delete(document.name.full);
    if (group?.size === 0) this.#groups.delete(key);
  }

  #keyOf(document: StoredDocument | undefined): string | undefined {
    const value = document === undefined ? undefined : valueAt(document.fields, this.#path);
    return value === undefined ? undefined : groupKey(value);
  }
}

/** Equal values must give equal keys: 1 and 1.0, 0 and -0; composite values share one group per type. */
function groupKey(value: Value): string {
  if (value.stringValue !== undefined) return `s${value.stringValue}`;
  if (value.referenceValue !== undefined) return `r${value.referenceValue}`;
  if (value.booleanValue !== undefined) return value.booleanValue ? 'true' : 'false';
  if (isNaNValue(value)) return 'NaN';
  const number = numberOf(value);
  if (number !== undefined) return `n${Number(number)}`;
  if (value.timestampValue !== undefined) return `t${Number(value.timestampValue.seconds ?? 0)}`;
  return Object.keys(value)[0] ?? '';
}
