import type { WireDocument } from '../document/document.ts';
import { invalid, Refusal } from '../document/refusal.ts';
import type { Fields, Timestamp, Value } from '../document/value.ts';
import type { Precondition, WireWrite } from '../document/write.ts';
import type { BatchGetRequest, BatchGetResponse, CommitRequest, CommitResponse } from './messages.ts';

/** Messages as proto3 writes them in JSON: times are texts, bytes are base64, 64-bit numbers are texts. */
type Json = Readonly<Record<string, unknown>>;

export function commitRequestOf(database: string, body: Json): CommitRequest {
  refuseOthers(body, ['writes']);
  return { database, writes: listOf(body['writes']).map(writeOf) };
}

export function batchGetRequestOf(database: string, body: Json): BatchGetRequest {
  refuseOthers(body, ['documents', 'readTime', 'mask']);
  const { documents, readTime, mask } = body as Pick<BatchGetRequest, 'mask'> & {
    readonly documents?: string[];
    readonly readTime?: unknown;
  };
  return {
    database,
    documents: documents ?? [],
    ...(readTime !== undefined && { readTime: timestampOf(readTime) }),
    ...(mask && { mask }),
  };
}

export function commitResponseTo({ writeResults, commitTime }: CommitResponse): Json {
  return {
    writeResults: writeResults.map(({ updateTime, transformResults }) => ({
      ...(updateTime && { updateTime: timeText(updateTime) }),
      ...(transformResults.length > 0 && { transformResults: transformResults.map(valueTo) }),
    })),
    commitTime: timeText(commitTime),
  };
}

export function batchGetResponseTo({ found, missing, readTime }: BatchGetResponse): Json {
  return {
    ...(found && { found: documentTo(found) }),
    ...(missing !== undefined && { missing }),
    ...(readTime && { readTime: timeText(readTime) }),
  };
}

function writeOf(write: Json): WireWrite {
  refuseOthers(write, ['update', 'delete', 'updateMask', 'currentDocument']);
  const { update, currentDocument, ...rest } = write as Json & {
    readonly update?: Json;
    readonly currentDocument?: Json;
  };
  return {
    ...rest,
    ...(update && { update: { ...update, fields: fieldsOf(update['fields']) } }),
    ...(currentDocument && { currentDocument: preconditionOf(currentDocument) }),
  };
}

function preconditionOf({ exists, updateTime }: Json): Precondition {
  return {
    ...(typeof exists === 'boolean' && { exists }),
    ...(updateTime !== undefined && { updateTime: timestampOf(updateTime) }),
  };
}

function fieldsOf(fields: unknown): Fields {
  return Object.fromEntries(
    Object.entries((fields ?? {}) as Json).map(([name, value]) => [name, valueOf(value as Json)]),
  );
}

function valueOf(value: Json): Value {
  const [member] = Object.entries(value);
  const given = member?.[1];
  switch (member?.[0] ?? '') {
    case 'nullValue':
      return { nullValue: 'NULL_VALUE' };
    case 'integerValue':
      return { integerValue: String(given) };
    case 'doubleValue':
      return { doubleValue: Number(given) };
    case 'timestampValue':
      return { timestampValue: timestampOf(given) };
    case 'bytesValue':
      return { bytesValue: Buffer.from(String(given), 'base64') };
    case 'arrayValue':
      return { arrayValue: { values: listOf((given as Json)['values']).map(valueOf) } };
    case 'mapValue':
      return { mapValue: { fields: fieldsOf((given as Json)['fields']) } };
    default:
      return value;
  }
}

function documentTo({ name, fields = {}, createTime, updateTime }: WireDocument): Json {
  return {
    name,
    fields: fieldsTo(fields),
    ...(createTime && { createTime: timeText(createTime) }),
    ...(updateTime && { updateTime: timeText(updateTime) }),
  };
}

function fieldsTo(fields: Fields): Json {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, valueTo(value)]));
}

function valueTo(value: Value): Json {
  if (value.nullValue !== undefined) return { nullValue: null };
  if (value.doubleValue !== undefined) return { doubleValue: doubleTo(value.doubleValue) };
  if (value.timestampValue !== undefined) return { timestampValue: timeText(value.timestampValue) };
  if (value.bytesValue !== undefined) return { bytesValue: Buffer.from(value.bytesValue).toString('base64') };
  if (value.arrayValue !== undefined) return { arrayValue: { values: (value.arrayValue.values ?? []).map(valueTo) } };
  if (value.mapValue !== undefined) return { mapValue: { fields: fieldsTo(value.mapValue.fields ?? {}) } };
  return { ...value };
}

function doubleTo(double: number): number | string {
  if (Object.is(double, -0)) return '-0';
  return Number.isFinite(double) ? double : String(double);
}

/** RFC 3339, to the nanosecond. */
function timestampOf(given: unknown): Timestamp {
  const [, upToSeconds = '', fraction = ''] = /^([^.]*?)(?:\.(\d{1,9}))?Z$/.exec(String(given)) ?? [];
  const seconds = Date.parse(`${upToSeconds}Z`) / 1000;
  if (Number.isNaN(seconds)) throw invalid(`"${String(given)}" is no time.`);
  return { seconds, nanos: Number(fraction.padEnd(9, '0')) };
}

function timeText({ seconds = 0, nanos = 0 }: Timestamp): string {
  const upToSeconds = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return nanos === 0 ? `${upToSeconds}Z` : `${upToSeconds}.${String(nanos).padStart(9, '0')}Z`;
}

/** Transactions and transforms travel over gRPC alone: nobody sends them here. */
function refuseOthers(body: Json, known: readonly string[]): void {
  const other = Object.keys(body).find((name) => !known.includes(name));
  if (other !== undefined) throw new Refusal('UNIMPLEMENTED', `"${other}" is not known here in JSON.`);
}

function listOf(given: unknown): Json[] {
  return (given ?? []) as Json[];
}
