import type { StoredDocument, WireDocument } from '../document/document.ts';
import { toWireDocument } from '../document/document.ts';
import { parseFieldPath, pickPaths } from '../document/field-path.ts';
import { toMoment, toTimestamp } from '../document/moment.ts';
import { databaseOf, parseDocumentName } from '../document/name.ts';
import { compareNames, compareText } from '../document/order.ts';
import { invalid, Refusal } from '../document/refusal.ts';
import type { Service } from './call.ts';
import type {
  BatchGetRequest,
  BatchGetResponse,
  DocumentMask,
  GetDocumentRequest,
  ListCollectionIdsRequest,
  ListCollectionIdsResponse,
  ListDocumentsRequest,
  ListDocumentsResponse,
} from './messages.ts';
import { announced, openView } from './read-view.ts';

const defaultPageSize = 300;

export async function getDocument(service: Service, request: GetDocumentRequest): Promise<WireDocument> {
  const name = parseDocumentName(request.name);
  const view = openView(service.databases.get(name.database), request);
  const [document] = await view.read([name]);
  service.usage.read(1);
  if (document === undefined) throw new Refusal('NOT_FOUND', `Document "${name.full}" not found.`);
  return masked(document, request.mask);
}

export async function batchGetDocuments(service: Service, request: BatchGetRequest): Promise<BatchGetResponse[]> {
  const hosted = service.databases.get(databaseOf(request.database));
  const names = [...new Set(request.documents)].map(parseDocumentName);
  if (names.some(({ database }) => database !== hosted.database.name)) {
    throw invalid('All documents of a request must lie in its database.');
  }
  const view = openView(hosted, request);
  const documents = await view.read(names);
  service.usage.read(names.length);
  const readTime = toTimestamp(view.at);
  const answers = documents.map((document, i): BatchGetResponse => {
    if (document === undefined) return { missing: names[i]?.full ?? '', readTime };
    return { found: masked(document, request.mask), readTime };
  });
  return view.begun === undefined ? answers : [announced(view), ...answers];
}

export async function listDocuments(service: Service, request: ListDocumentsRequest): Promise<ListDocumentsResponse> {
  const { parent = '', collectionId = '', orderBy = '' } = request;
  if (orderBy !== '' && orderBy !== '__name__') {
    throw new Refusal('UNIMPLEMENTED', 'Documents are only listed in the order of their names.');
  }
  if (request.showMissing === true && orderBy !== '') throw invalid('showMissing cannot be combined with orderBy.');
  const hosted = service.databases.get(databaseOf(parent));
  const view = openView(hosted, request);
  const past = request.readTime === undefined ? undefined : view.at;
  const names = hosted.database
    .documentNames(`${parent}/${collectionId}`, request.showMissing === true, past)
    .sort((a, b) => compareNames(a.full, b.full));
  const page = pageOf(names, ({ full }) => full, compareNames, request);
  const documents = await view.read(page.items);
  service.usage.read(page.items.length);
  return {
    documents: documents.map((document, i) =>
      document === undefined ? { name: page.items[i]?.full ?? '' } : masked(document, request.mask),
    ),
    ...page.next,
  };
}

export function listCollectionIds(service: Service, request: ListCollectionIdsRequest): ListCollectionIdsResponse {
  const { database } = service.databases.get(databaseOf(request.parent));
  const past = request.readTime === undefined ? undefined : toMoment(request.readTime);
  const ids = database.collectionIds(request.parent ?? '', past).sort(compareText);
  const page = pageOf(ids, (id) => id, compareText, request);
  return { collectionIds: page.items, ...page.next };
}

/** One page of a sorted list; the token is the last item handed out, so pages survive changes in between. */
function pageOf<T>(
  sorted: readonly T[],
  keyOf: (item: T) => string,
  compare: (a: string, b: string) => number,
  { pageSize = defaultPageSize, pageToken = '' }: { pageSize?: number; pageToken?: string },
): { items: T[]; next: { nextPageToken?: string } } {
  const rest = pageToken === '' ? sorted : sorted.filter((item) => compare(keyOf(item), pageToken) > 0);
  const items = rest.slice(0, pageSize);
  const last = items.at(-1);
  return { items, next: last === undefined || items.length === rest.length ? {} : { nextPageToken: keyOf(last) } };
}

function masked(document: StoredDocument, mask: DocumentMask | undefined): WireDocument {
  if (mask === undefined) return toWireDocument(document);
  return toWireDocument(document, pickPaths(document.fields, (mask.fieldPaths ?? []).map(parseFieldPath)));
}
