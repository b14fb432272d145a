import { invalid } from './refusal.ts';
import type { Fields, Value } from './value.ts';
import { fieldsOf } from './value.ts';

/** The names to follow from a document's root, unquoted. */
export type FieldPath = readonly string[];

export const documentIdPath = '__name__';

const parsed = new Map<string, FieldPath>();
const maxRemembered = 10_000;

/** Reads the wire form of a field path: `a.b`, with quoted segments in backticks. */
export function parseFieldPath(text: string | undefined): FieldPath {
  if (text === undefined || text === '') throw invalid('Invalid empty field path.');
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const path = splitFieldPath(text);
  if (parsed.size >= maxRemembered) parsed.clear();
  parsed.set(text, path);
  return path;
}

/** The wire form of a field path. */
export function fieldPathText(path: FieldPath): string {
  const quote = (name: string): string =>
    /^[A-Za-z_][A-Za-z_0-9]*$/.test(name) ? name : `\`${name.replace(/[\\`]/g, '\\$&')}\``;
  return path.map(quote).join('.');
}

export function valueAt(fields: Fields, path: FieldPath): Value | undefined {
  let here: Fields | undefined = fields;
  let value: Value | undefined;
  for (const name of path) {
    if (here === undefined || !Object.hasOwn(here, name)) return undefined;
    value = here[name];
    here = value?.mapValue?.fields;
  }
  return value;
}

/**
 * The fields with one path set, or removed when `value` is undefined. Documents are shared between
 * versions, so only the maps along the path are copied and the argument is left as it was.
 */
export function withValueAt(fields: Fields, path: FieldPath, value: Value | undefined): Fields {
  const [name, ...rest] = path;
  if (name === undefined) return fields;
  if (rest.length > 0) {
    const below = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (value === undefined && below?.mapValue === undefined) return fields;
    return { ...fields, [name]: { mapValue: { fields: withValueAt(fieldsOf(below), rest, value) } } };
  }
  if (value !== undefined) return { ...fields, [name]: value };
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
}

/** Only the named paths of the fields, as `select` and read masks return them. */
export function pickPaths(fields: Fields, paths: readonly FieldPath[]): Fields {
  return paths.reduce<Fields>((picked, path) => {
    const value = valueAt(fields, path);
    return value === undefined ? picked : withValueAt(picked, path, value);
  }, {});
}

function splitFieldPath(text: string): FieldPath {
  const segment = /(?:`((?:[^`\\]|\\.)+)`|([^`.~*/[\]]+))(\.|$)/sy;
  const path: string[] = [];
  while (segment.lastIndex < text.length) {
    const at = segment.lastIndex;
    const match = segment.exec(text);
    const name = match?.[1]?.replace(/\\(.)/gs, '$1') ?? match?.[2];
    const dangling = match?.[3] === '.' && segment.lastIndex === text.length;
    if (match === null || name === undefined || dangling) {
      throw invalid(`Invalid property path "${text}" at position ${at}.`);
    }
    path.push(name);
  }
  return path;
}
