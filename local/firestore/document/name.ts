import { invalid } from './refusal.ts';

const maxIdBytes = 1500;
const maxDepth = 100;

/** The parts of a document's resource name that the engine works with. */
export interface DocumentName {
  readonly full: string;
  /** `projects/p/databases/d` */
  readonly database: string;
  /** Full name of the collection: everything before the last slash. */
  readonly collection: string;
  readonly collectionId: string;
  /** Path below `documents/`, for example `callbacks/cb1`. */
  readonly path: string;
}

/** Takes apart and checks the name of a document that is read or written. */
export function parseDocumentName(name: string | undefined): DocumentName {
  const segments = (name ?? '').split('/');
  const ids = segments.slice(5);
  if (name === undefined || !hasDocumentsRoot(segments) || ids.length === 0 || ids.length % 2 !== 0) {
    throw invalid(`Document name "${name ?? ''}" is not of the form projects/*/databases/*/documents/{path}.`);
  }
  if (ids.length > 2 * maxDepth) throw invalid(`Document name "${name}" has more than ${maxDepth} levels.`);
  ids.forEach(checkId);
  return {
    full: name,
    database: segments.slice(0, 4).join('/'),
    collection: segments.slice(0, -1).join('/'),
    collectionId: segments.at(-2) ?? '',
    path: ids.join('/'),
  };
}

/** The database a parent (`…/documents` or a document) lies in. */
export function databaseOf(resource: string | undefined): string {
  const segments = (resource ?? '').split('/');
  const valid = segments.length >= 4 && segments[0] === 'projects' && segments[2] === 'databases';
  if (!valid || segments[1] === '' || segments[3] === '') {
    throw invalid(`Resource name "${resource ?? ''}" does not name a database.`);
  }
  return segments.slice(0, 4).join('/');
}

export function checkId(id: string): void {
  if (id === '') throw invalid('Resource id is invalid because it is empty.');
  if (id === '.' || id === '..') throw invalid(`Resource id "${id}" is invalid because it is "." or "..".`);
  if (/^__.+__$/s.test(id) && !/^__id-?\d+__$/.test(id)) {
    throw invalid(`Resource id "${id}" is invalid because it is reserved.`);
  }
  if (Buffer.byteLength(id) > maxIdBytes) throw invalid(`Resource id is longer than ${maxIdBytes} bytes.`);
}

function hasDocumentsRoot(segments: readonly string[]): boolean {
  return (
    segments[0] === 'projects' &&
    segments[2] === 'databases' &&
    segments[4] === 'documents' &&
    segments[1] !== '' &&
    segments[3] !== ''
  );
}
