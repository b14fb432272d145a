import { randomUUID } from 'node:crypto';

import { toTimestamp } from '../document/moment.ts';
import { databaseOf } from '../document/name.ts';
import { invalid, Refusal } from '../document/refusal.ts';
import type { DocumentWrite, WireWrite } from '../document/write.ts';
import { parseWrite } from '../document/write.ts';
import type { CommitPlan } from '../store/database.ts';
import type { HostedDatabase } from '../store/databases.ts';
import type { Conversation, Service } from './call.ts';
import type {
  BatchWriteRequest,
  BatchWriteResponse,
  BeginTransactionRequest,
  BeginTransactionResponse,
  CommitRequest,
  CommitResponse,
  RollbackRequest,
  RpcStatus,
  WriteResult,
  WriteStreamRequest,
  WriteStreamResponse,
} from './messages.ts';
import { idOf, toTransactionOptions } from './read-view.ts';

const maxBatchWrites = 500;

export function beginTransaction(service: Service, request: BeginTransactionRequest): BeginTransactionResponse {
  const { transactions } = service.databases.get(databaseOf(request.database));
  return { transaction: Buffer.from(transactions.begin(toTransactionOptions(request.options)).id) };
}

export function rollback(service: Service, request: RollbackRequest): object {
  const { transactions } = service.databases.get(databaseOf(request.database));
  transactions.rollback(idOf(request.transaction ?? Buffer.alloc(0)));
  return {};
}

export async function commit(service: Service, request: CommitRequest): Promise<CommitResponse> {
  const hosted = service.databases.get(databaseOf(request.database));
  const id = request.transaction === undefined ? undefined : idOf(request.transaction);
  service.usage.wrote(request.writes?.length ?? 0);
  try {
    if (id !== undefined) service.faults.beforeTransactionCommit();
    return toCommitResponse(await hosted.transactions.commit(parseWrites(hosted, request.writes), id));
  } catch (error) {
    // A transaction whose commit failed is over, whatever the reason.
    if (id !== undefined) hosted.transactions.rollback(id);
    throw error;
  }
}

/** Commits each write on its own: one may fail and the others still happen. */
export async function batchWrite(service: Service, request: BatchWriteRequest): Promise<BatchWriteResponse> {
  const hosted = service.databases.get(databaseOf(request.database));
  const writes = parseWrites(hosted, request.writes);
  if (writes.length > maxBatchWrites) throw invalid(`At most ${maxBatchWrites} writes are allowed per request.`);
  if (new Set(writes.map(({ name }) => name.full)).size < writes.length) {
    throw invalid('A batch must not write the same document twice.');
  }
  service.usage.wrote(writes.length);
  const outcomes = await Promise.all(writes.map((write) => writeAlone(hosted, write)));
  return {
    writeResults: outcomes.map(({ result }) => result),
    status: outcomes.map(({ status }) => status),
  };
}

/**
 * What strangers get: the stream opens, and the first write is denied. Before that their client would take the refusal
 * for a lost connection, and try again for ever.
 */
export function refuseWrites(
  refusal: Refusal,
): (send: (response: WriteStreamResponse) => void) => Conversation<WriteStreamRequest> {
  return (send) => {
    let isOpen = false;
    return {
      take() {
        if (isOpen) throw refusal;
        isOpen = true;
        send({ streamId: randomUUID(), streamToken: Buffer.from('0') });
      },
      close() {
        // There is nothing to give up.
      },
    };
  };
}

/** The stream on which clients with their own offline queue send commits, one at a time. */
export function writeStream(
  service: Service,
  send: (response: WriteStreamResponse) => void,
): Conversation<WriteStreamRequest> {
  let database: string | undefined;
  let token = 0;
  const nextToken = (): Uint8Array => Buffer.from(String(++token));
  return {
    async take(request) {
      if (database === undefined) {
        database = databaseOf(request.database);
        send({ streamId: randomUUID(), streamToken: nextToken() });
        return;
      }
      const response = await commit(service, { database, writes: request.writes ?? [] });
      send({ streamToken: nextToken(), ...response });
    },
    close: () => undefined,
  };
}

function parseWrites({ database }: HostedDatabase, writes: readonly WireWrite[] = []): DocumentWrite[] {
  const parsed = writes.map(parseWrite);
  if (parsed.some(({ name }) => name.database !== database.name)) {
    throw invalid('All writes of a request must lie in its database.');
  }
  return parsed;
}

async function writeAlone(
  { transactions }: HostedDatabase,
  write: DocumentWrite,
): Promise<{ result: WriteResult; status: RpcStatus }> {
  try {
    const [result = { transformResults: [] }] = toWriteResults(await transactions.commit([write]));
    return { result, status: { code: 0 } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { result: { transformResults: [] }, status: { code: error.code, message: error.message } };
  }
}

function toCommitResponse(plan: CommitPlan): CommitResponse {
  return { writeResults: toWriteResults(plan), commitTime: toTimestamp(plan.at) };
}

/** A write that changed nothing answers with the time at which the document last changed. */
function toWriteResults({ effects }: CommitPlan): WriteResult[] {
  return effects.map(({ after, transformResults }) => ({
    transformResults: [...transformResults],
    ...(after === undefined ? {} : { updateTime: toTimestamp(after.updateTime) }),
  }));
}
