import { isDeepStrictEqual } from 'node:util';

import type { StoredDocument, WireDocument } from './document.ts';
import type { FieldPath } from './field-path.ts';
import { parseFieldPath, valueAt, withValueAt } from './field-path.ts';
import { checkStorable } from './limits.ts';
import type { Moment } from './moment.ts';
import { toMoment } from './moment.ts';
import type { DocumentName } from './name.ts';
import { parseDocumentName } from './name.ts';
import { invalid, Refusal } from './refusal.ts';
import { storable, storableFields } from './storable.ts';
import type { FieldTransform } from './transform.ts';
import { applyTransform } from './transform.ts';
import type { Fields, Timestamp, Value } from './value.ts';

/** One write of a commit as it travels on the wire. */
export interface WireWrite {
  update?: WireDocument;
  delete?: string;
  transform?: { document?: string; fieldTransforms?: FieldTransform[] };
  updateMask?: { fieldPaths?: string[] };
  updateTransforms?: FieldTransform[];
  currentDocument?: Precondition;
}

export interface Precondition {
  exists?: boolean;
  updateTime?: Timestamp;
}

/** A write taken apart and checked as far as possible without knowing the document it meets. */
export interface DocumentWrite {
  readonly name: DocumentName;
  readonly kind: 'set' | 'merge' | 'transform' | 'delete';
  readonly fields: Fields;
  readonly mask: readonly FieldPath[];
  readonly transforms: readonly (FieldTransform & { path: FieldPath })[];
  readonly precondition: Precondition | undefined;
}

/** What a write makes of the document it meets. */
export interface WriteEffect {
  readonly after: StoredDocument | undefined;
  readonly transformResults: readonly Value[];
}

export function parseWrite(write: WireWrite): DocumentWrite {
  const precondition = write.currentDocument;
  const nothing = { fields: {}, mask: [], transforms: [], precondition };
  if (write.delete !== undefined) return { ...nothing, name: parseDocumentName(write.delete), kind: 'delete' };
  if (write.transform !== undefined) {
    const transforms = parseTransforms(write.transform.fieldTransforms);
    return { ...nothing, name: parseDocumentName(write.transform.document), kind: 'transform', transforms };
  }
  if (write.update === undefined) throw invalid('A write must have an operation.');
  return {
    name: parseDocumentName(write.update.name),
    kind: write.updateMask === undefined ? 'set' : 'merge',
    fields: storableFields(write.update.fields ?? {}),
    mask: (write.updateMask?.fieldPaths ?? []).map(parseFieldPath),
    transforms: parseTransforms(write.updateTransforms),
    precondition,
  };
}

/** Applies one write to the document it meets; throws the refusal a client would see. */
export function applyWrite(write: DocumentWrite, before: StoredDocument | undefined, at: Moment): WriteEffect {
  checkPrecondition(write, before);
  if (write.kind === 'delete') return { after: undefined, transformResults: [] };
  const { fields, results } = transformed(write, overwritten(write, before?.fields ?? {}), at);
  // A write that changes nothing keeps the update time, so nobody is told of it.
  if (before !== undefined && isDeepStrictEqual(before.fields, fields)) {
    return { after: before, transformResults: results };
  }
  checkStorable(write.name, fields);
  const createTime = before?.createTime ?? at;
  return { after: { name: write.name, fields, createTime, updateTime: at }, transformResults: results };
}

function checkPrecondition({ name, precondition }: DocumentWrite, before: StoredDocument | undefined): void {
  if (precondition?.exists === true && before === undefined) {
    throw new Refusal('NOT_FOUND', `No document to update: ${name.full}`);
  }
  if (precondition?.exists === false && before !== undefined) {
    throw new Refusal('ALREADY_EXISTS', `Document already exists: ${name.full}`);
  }
  if (precondition?.updateTime !== undefined && toMoment(precondition.updateTime) !== before?.updateTime) {
    throw new Refusal('FAILED_PRECONDITION', `The stored version of ${name.full} does not match the required one.`);
  }
}

/** Paths of the mask that the write brings no value for are removed. */
function overwritten(write: DocumentWrite, before: Fields): Fields {
  if (write.kind === 'set') return write.fields;
  return write.mask.reduce((fields, path) => withValueAt(fields, path, valueAt(write.fields, path)), before);
}

/** Transforms see what the overwrite left, never the replaced document. */
function transformed(write: DocumentWrite, start: Fields, at: Moment): { fields: Fields; results: Value[] } {
  let fields = start;
  const results: Value[] = [];
  for (const transform of write.transforms) {
    const { value, result } = applyTransform(transform, valueAt(fields, transform.path), at);
    fields = withValueAt(fields, transform.path, value);
    results.push(result);
  }
  return { fields, results };
}

function parseTransforms(transforms: readonly FieldTransform[] = []): DocumentWrite['transforms'] {
  return transforms.map((transform) => {
    const added = transform.appendMissingElements?.values;
    const stored = added === undefined ? {} : { appendMissingElements: { values: added.map(storable) } };
    return { ...transform, ...stored, path: parseFieldPath(transform.fieldPath) };
  });
}
