import { toWireDocument } from '../document/document.ts';
import { toTimestamp } from '../document/moment.ts';
import { databaseOf } from '../document/name.ts';
import { compareNames } from '../document/order.ts';
import { aggregate } from '../query/aggregation.ts';
import { compileQuery } from '../query/query.ts';
import type { Service } from './call.ts';
import type {
  PartitionQueryRequest,
  PartitionQueryResponse,
  RunAggregationQueryRequest,
  RunAggregationQueryResponse,
  RunQueryRequest,
  RunQueryResponse,
} from './messages.ts';
import { announced, openView } from './read-view.ts';

export function* runQuery(service: Service, request: RunQueryRequest): Generator<RunQueryResponse> {
  const query = compileQuery(request.parent, request.structuredQuery);
  const view = openView(service.databases.get(databaseOf(request.parent)), request);
  const rows = view.run(query);
  service.usage.queried(rows.length);
  const readTime = toTimestamp(view.at);
  if (view.begun !== undefined) yield announced(view);
  for (const row of rows) yield { document: toWireDocument(row, query.project(row)), readTime };
  // Clients take the read time of an empty result, and the end of every result, from this last message.
  yield { readTime };
}

export function runAggregationQuery(
  service: Service,
  request: RunAggregationQueryRequest,
): RunAggregationQueryResponse[] {
  const { structuredQuery, aggregations = [] } = request.structuredAggregationQuery ?? {};
  const query = compileQuery(request.parent, structuredQuery);
  const view = openView(service.databases.get(databaseOf(request.parent)), request);
  const rows = view.run(query);
  // Billed as one read for every thousand index entries, and one at least.
  service.usage.queried(Math.max(1, Math.ceil(rows.length / 1000)));
  const result = { aggregateFields: aggregate(aggregations, rows) };
  return [{ result, readTime: toTimestamp(view.at), ...announced(view) }];
}

/** Cuts a result into parts of about equal size by the names at which the next part begins. */
export function partitionQuery(service: Service, request: PartitionQueryRequest): PartitionQueryResponse {
  const query = compileQuery(request.parent, request.structuredQuery);
  const view = openView(service.databases.get(databaseOf(request.parent)), request);
  const names = view
    .run(query)
    .map(({ name }) => name.full)
    .sort(compareNames);
  const cuts = Math.min(Number(request.partitionCount ?? 0), Math.max(0, names.length - 1));
  const partitions = Array.from({ length: cuts }, (_, i) => {
    const referenceValue = names[Math.floor(((i + 1) * names.length) / (cuts + 1))] ?? '';
    return { values: [{ referenceValue }], before: true };
  });
  return { partitions };
}
