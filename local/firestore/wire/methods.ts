import type { UntypedServiceImplementation } from '@grpc/grpc-js';

import type { Service } from './call.ts';
import { bidiStream, serverStream, unary } from './call.ts';
import { batchWrite, beginTransaction, commit, refuseWrites, rollback, writeStream } from './commits.ts';
import { listen, refuseTargets } from './listen.ts';
import type * as m from './messages.ts';
import { partitionQuery, runAggregationQuery, runQuery } from './queries.ts';
import { batchGetDocuments, getDocument, listCollectionIds, listDocuments } from './reads.ts';

/** Every method of the service that this server answers; the rest is UNIMPLEMENTED. */
export function methodsOf(s: Service): UntypedServiceImplementation {
  return {
    GetDocument: unary(s, 'GetDocument', (q: m.GetDocumentRequest) => getDocument(s, q)),
    BatchGetDocuments: serverStream(s, 'BatchGetDocuments', (q: m.BatchGetRequest) => batchGetDocuments(s, q)),
    ListDocuments: unary(s, 'ListDocuments', (q: m.ListDocumentsRequest) => listDocuments(s, q)),
    ListCollectionIds: unary(s, 'ListCollectionIds', (q: m.ListCollectionIdsRequest) => listCollectionIds(s, q)),
    RunQuery: serverStream(s, 'RunQuery', (q: m.RunQueryRequest) => [...runQuery(s, q)]),
    RunAggregationQuery: serverStream(s, 'RunAggregationQuery', (q: m.RunAggregationQueryRequest) =>
      runAggregationQuery(s, q),
    ),
    PartitionQuery: unary(s, 'PartitionQuery', (q: m.PartitionQueryRequest) => partitionQuery(s, q)),
    BeginTransaction: unary(s, 'BeginTransaction', (q: m.BeginTransactionRequest) => beginTransaction(s, q)),
    Rollback: unary(s, 'Rollback', (q: m.RollbackRequest) => rollback(s, q)),
    Commit: unary(s, 'Commit', (q: m.CommitRequest) => commit(s, q)),
    BatchWrite: unary(s, 'BatchWrite', (q: m.BatchWriteRequest) => batchWrite(s, q)),
    Write: bidiStream<m.WriteStreamRequest, m.WriteStreamResponse>(
      s,
      'Write',
      (send) => writeStream(s, send),
      refuseWrites,
    ),
    Listen: bidiStream<m.ListenRequest, m.ListenResponse>(s, 'Listen', (send) => listen(s, send), refuseTargets),
  };
}
