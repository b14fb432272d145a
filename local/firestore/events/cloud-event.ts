import { isDeepStrictEqual } from 'node:util';

import type { DocumentChange, WireDocument } from '../document/document.ts';
import { toWireDocument } from '../document/document.ts';
import { fieldPathText } from '../document/field-path.ts';
import { toIsoText } from '../document/moment.ts';
import type { Fields } from '../document/value.ts';

/** A change on its way to a trigger. The id stays the same however often it is delivered. */
export interface ChangeEvent {
  readonly id: string;
  readonly type: string;
  readonly change: DocumentChange;
}

export type EncodeDocument = (document: WireDocument) => Buffer;

/** Field numbers of google.events.cloud.firestore.v1.DocumentEventData. */
const valueField = 1;
const oldValueField = 2;
const updateMaskField = 3;
const fieldPathsField = 1;

const schema =
  'https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto';

/** The attributes of a binary-mode CloudEvent; the functions runtime takes parameters from `ce-document`. */
export function eventHeaders({ id, type, change }: ChangeEvent): Record<string, string> {
  const [, project = '', , database = ''] = change.name.database.split('/');
  return {
    'content-type': 'application/protobuf',
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-type': type,
    'ce-source': `//firestore.googleapis.com/${change.name.database}`,
    'ce-time': toIsoText(change.at),
    'ce-subject': `documents/${headerText(change.name.path)}`,
    'ce-datacontenttype': 'application/protobuf',
    'ce-dataschema': schema,
    'ce-project': project,
    'ce-database': database,
    'ce-namespace': '(default)',
    'ce-location': 'us-central1',
    'ce-document': headerText(change.name.path),
    ...(type.endsWith('.withAuthContext') ? { 'ce-authtype': 'system' } : {}),
  };
}

/** A header holds only printable ASCII; CloudEvents percent-encode the rest, and the percent sign itself. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent);
}

/** The event's payload, as the base64 text that the functions emulator decodes. */
export function eventBody({ change }: ChangeEvent, encode: EncodeDocument): string {
  const { before, after } = change;
  const parts: Buffer[] = [];
  if (after !== undefined) parts.push(delimited(valueField, encode(toWireDocument(after))));
  if (before !== undefined) parts.push(delimited(oldValueField, encode(toWireDocument(before))));
  if (before !== undefined && after !== undefined) {
    const paths = changedPaths(before.fields, after.fields, []).map((path) => Buffer.from(fieldPathText(path)));
    parts.push(delimited(updateMaskField, Buffer.concat(paths.map((path) => delimited(fieldPathsField, path)))));
  }
  return Buffer.concat(parts).toString('base64');
}

/** A length-delimited protobuf field. */
function delimited(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}

function changedPaths(before: Fields, after: Fields, prefix: readonly string[]): string[][] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    if (isDeepStrictEqual(old, now)) return [];
    const path = [...prefix, name];
    const maps = old?.mapValue !== undefined && now?.mapValue !== undefined;
    return maps ? changedPaths(old.mapValue?.fields ?? {}, now.mapValue?.fields ?? {}, path) : [path];
  });
}
