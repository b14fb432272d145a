import type { DocumentName } from './name.ts';
import { invalid } from './refusal.ts';
import type { Fields, Value } from './value.ts';
import { elementsOf, fieldsOf, kindOf } from './value.ts';

const maxDocumentBytes = 1_048_576;
const maxFieldNameBytes = 1500;
const maxDepth = 20;

/** Refuses a document that production would not store: too large, too deep, or with an unusable field. */
export function checkStorable(name: DocumentName, fields: Fields): void {
  const size = 32 + nameBytes(name.path) + namedMapBytes(fields, 0);
  if (size <= maxDocumentBytes) return;
  const shown = size.toLocaleString('en-US');
  const limit = maxDocumentBytes.toLocaleString('en-US');
  throw invalid(
    `Document '${name.full}' cannot be written because its size (${shown} bytes) ` +
      `exceeds the maximum allowed size of ${limit} bytes.`,
  );
}

function mapBytes(fields: Fields, depth: number): number {
  let size = 0;
  for (const [name, value] of Object.entries(fields)) {
    const bytes = Buffer.byteLength(name);
    if (bytes === 0) throw invalid('Field name is invalid because it is empty.');
    if (bytes > maxFieldNameBytes) throw invalid(`Field name is longer than ${maxFieldNameBytes} bytes.`);
    size += bytes + 1 + valueBytes(value, depth, name);
  }
  return size;
}

function valueBytes(value: Value, depth: number, field: string): number {
  const kind = kindOf(value);
  switch (kind) {
    case undefined:
      throw invalid(`Field "${field}" has a value of a type that cannot be stored.`);
    case 'null':
    case 'boolean':
      return 1;
    case 'number':
    case 'timestamp':
      return 8;
    case 'geoPoint':
      return 16;
    case 'string':
      return Buffer.byteLength(value.stringValue ?? '') + 1;
    case 'bytes':
      return value.bytesValue?.byteLength ?? 0;
    case 'reference':
      return nameBytes((value.referenceValue ?? '').split('/').slice(5).join('/'));
    case 'array':
      return arrayBytes(value, nextDepth(depth, field), field);
    case 'vector':
      return mapBytes(fieldsOf(value), depth);
    case 'map':
      return 32 + namedMapBytes(fieldsOf(value), nextDepth(depth, field));
  }
}

function arrayBytes(value: Value, depth: number, field: string): number {
  let size = 0;
  for (const element of elementsOf(value)) {
    if (element.arrayValue !== undefined) throw invalid('Cannot convert an array value in an array value.');
    size += valueBytes(element, depth, field);
  }
  return size;
}

/** Names like `__this__` are the server's own; vectors use one, which is why their map is measured separately. */
function namedMapBytes(fields: Fields, depth: number): number {
  const reserved = Object.keys(fields).find((name) => /^__.*__$/s.test(name));
  if (reserved !== undefined) throw invalid(`Field name "${reserved}" is invalid because it is reserved.`);
  return mapBytes(fields, depth);
}

function nextDepth(depth: number, field: string): number {
  if (depth >= maxDepth) throw invalid(`Property ${field} contains an entity nested deeper than ${maxDepth} levels.`);
  return depth + 1;
}

function nameBytes(path: string): number {
  return 16 + path.split('/').reduce((sum, id) => sum + Buffer.byteLength(id) + 1, 0);
}
