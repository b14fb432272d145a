import type { WireDocument } from '../document/document.ts';
import type { Fields, Timestamp, Value } from '../document/value.ts';
import type { WireWrite } from '../document/write.ts';
import type { Aggregation, Cursor, StructuredQuery } from '../query/structured-query.ts';

/** The messages of the service as the decoder delivers them: whatever was not sent is absent. */

export interface WireTransactionOptions {
  readOnly?: { readTime?: Timestamp };
  readWrite?: { retryTransaction?: Uint8Array };
}

/** How a read says at which moment, or in which transaction, it wants to see the database. */
export interface ReadSelector {
  transaction?: Uint8Array;
  newTransaction?: WireTransactionOptions;
  readTime?: Timestamp;
}

export interface DocumentMask {
  fieldPaths?: string[];
}

export interface GetDocumentRequest extends ReadSelector {
  name?: string;
  mask?: DocumentMask;
}

export interface BatchGetRequest extends ReadSelector {
  database?: string;
  documents?: string[];
  mask?: DocumentMask;
}

export interface BatchGetResponse {
  found?: WireDocument;
  missing?: string;
  transaction?: Uint8Array;
  readTime?: Timestamp;
}

export interface ListDocumentsRequest extends ReadSelector {
  parent?: string;
  collectionId?: string;
  pageSize?: number;
  pageToken?: string;
  orderBy?: string;
  mask?: DocumentMask;
  showMissing?: boolean;
}

export interface ListDocumentsResponse {
  documents: WireDocument[];
  nextPageToken?: string;
}

export interface ListCollectionIdsRequest {
  parent?: string;
  pageSize?: number;
  pageToken?: string;
  readTime?: Timestamp;
}

export interface ListCollectionIdsResponse {
  collectionIds: string[];
  nextPageToken?: string;
}

export interface RunQueryRequest extends ReadSelector {
  parent?: string;
  structuredQuery?: StructuredQuery;
}

export interface RunQueryResponse {
  transaction?: Uint8Array;
  document?: WireDocument;
  readTime?: Timestamp;
}

export interface RunAggregationQueryRequest extends ReadSelector {
  parent?: string;
  structuredAggregationQuery?: { structuredQuery?: StructuredQuery; aggregations?: Aggregation[] };
}

export interface RunAggregationQueryResponse {
  result: { aggregateFields: Fields };
  transaction?: Uint8Array;
  readTime?: Timestamp;
}

export interface PartitionQueryRequest {
  parent?: string;
  structuredQuery?: StructuredQuery;
  partitionCount?: string;
  readTime?: Timestamp;
}

export interface PartitionQueryResponse {
  partitions: Cursor[];
}

export interface WriteResult {
  updateTime?: Timestamp;
  transformResults: Value[];
}

export interface CommitRequest {
  database?: string;
  writes?: WireWrite[];
  transaction?: Uint8Array;
}

export interface CommitResponse {
  writeResults: WriteResult[];
  commitTime: Timestamp;
}

export interface BatchWriteRequest {
  database?: string;
  writes?: WireWrite[];
}

export interface BatchWriteResponse {
  writeResults: WriteResult[];
  status: RpcStatus[];
}

export interface RpcStatus {
  code: number;
  message?: string;
}

export interface BeginTransactionRequest {
  database?: string;
  options?: WireTransactionOptions;
}

export interface BeginTransactionResponse {
  transaction: Uint8Array;
}

export interface RollbackRequest {
  database?: string;
  transaction?: Uint8Array;
}

export interface WriteStreamRequest {
  database?: string;
  writes?: WireWrite[];
}

export interface WriteStreamResponse {
  streamId?: string;
  streamToken: Uint8Array;
  writeResults?: WriteResult[];
  commitTime?: Timestamp;
}

export interface Target {
  targetId?: number;
  query?: { parent?: string; structuredQuery?: StructuredQuery };
  documents?: { documents?: string[] };
  resumeToken?: Uint8Array;
  readTime?: Timestamp;
  once?: boolean;
}

export interface ListenRequest {
  database?: string;
  addTarget?: Target;
  removeTarget?: number;
}

export interface ListenResponse {
  targetChange?: {
    targetChangeType: 'NO_CHANGE' | 'ADD' | 'REMOVE' | 'CURRENT' | 'RESET';
    targetIds: number[];
    cause?: RpcStatus;
    resumeToken?: Uint8Array;
    readTime?: Timestamp;
  };
  documentChange?: { document: WireDocument; targetIds: number[] };
  documentDelete?: { document: string; removedTargetIds: number[]; readTime: Timestamp };
  documentRemove?: { document: string; removedTargetIds: number[]; readTime: Timestamp };
}
