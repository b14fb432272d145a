import * as v from 'valibot';

/** Either the typed value or every problem found, each naming its field. */
export type Parsed<T> = { readonly value: T } | { readonly problems: readonly string[] };

/**
 * Parses at the door: checks `input` against `schema` and names every problem at once.
 *
 * A problem tells the kind of what was found, never the value (it may be a phone number or a device token); only
 * for a closed list of words is the word itself shown, since that is what one needs to see the typo.
 */
export function parse<S extends v.GenericSchema>(schema: S, input: unknown): Parsed<v.InferOutput<S>> {
  const result = v.safeParse(schema, input);
  return result.success ? { value: result.output } : { problems: result.issues.map(describe) };
}

function describe(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? '(document)';
  if (issue.kind === 'validation' || issue.type === 'custom') return `${field}: ${issue.message}`;
  const expected = issue.expected ?? 'another value';
  return `${field}: expected ${expected}, got ${issue.type === 'picklist' ? clip(issue.received) : kindOf(issue.input)}`;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
