import { Firestore, Timestamp } from '@google-cloud/firestore';

/** One write of a recorded stream, in seconds from its start. */
export interface WriteStep {
  readonly line: number;
  readonly at: number;
  /** `callbacks/{id}` or `callbackSettings/{serviceName}` */
  readonly path: string;
  readonly kind: 'set' | 'update' | 'delete';
  /** Plain JSON, with `$after` and `$at` still in it; see `materialize`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What it means, for people who watch. */
  readonly note?: string;
}

/** How often a notice of this kind must arrive for this callback. Whatever is not expected must not arrive. */
export interface Expectation {
  readonly id: string;
  readonly event: string;
  readonly count: number;
}

export interface Recording {
  /** Settings first, then by time; lines of the same time in their order. */
  readonly steps: readonly WriteStep[];
  readonly expectations: readonly Expectation[];
}

const events = [
  'CALLBACK_UPCOMING',
  'CALLBACK_READY',
  'CALLBACK_CALL_IN',
  'CALLBACK_PURGED',
  'CALLBACK_ATTEMPT_FAILED',
  'CALLBACK_FINAL_ATTEMPT_FAILED',
];
const kinds = ['set', 'update', 'delete'] as const;

/** Settings that do not say when are written before anything else. */
const beforeAll = -1;
/** A day; longer than anybody waits for a recording. */
const longestSeconds = 86_400;

type Json = Readonly<Record<string, unknown>>;

/**
 * Parses a recording, one JSON object a line; empty lines are skipped.
 *
 * @throws {Error} that names every bad line by its number, and what is wrong with it
 */
export function parseRecording(text: string): Recording {
  const steps: WriteStep[] = [];
  const expectations: Expectation[] = [];
  const problems: string[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((content, index) => {
      if (content.trim() === '') return;
      const line = index + 1;
      try {
        const object = parseObject(content);
        if ('expect' in object) expectations.push(expectationOf(object));
        else steps.push(stepOf(object, line));
      } catch (error) {
        problems.push(`line ${line}: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  if (steps.length === 0 && problems.length === 0) problems.push('the file holds no writes');
  if (problems.length > 0)
    throw new Error(`The recording is wrong, and nothing was written:\n  ${problems.join('\n  ')}`);
  return { steps: steps.toSorted((a, b) => a.at - b.at), expectations };
}

function parseObject(content: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new Error('is not JSON');
  }
  if (!isObject(value)) throw new Error('must be a JSON object');
  return value;
}

function expectationOf(object: Json): Expectation {
  onlyKeys(object, ['expect']);
  const { expect } = object;
  if (!isObject(expect)) throw new Error('"expect" must be an object');
  onlyKeys(expect, ['id', 'event', 'count']);
  const { id, event, count = 1 } = expect;
  if (typeof id !== 'string' || id === '') throw new Error('"expect.id" must be a callback id');
  if (typeof event !== 'string' || !events.includes(event))
    throw new Error(`"expect.event" must be one of ${events.join(', ')}`);
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0)
    throw new Error('"expect.count" must be a whole number ≥ 0');
  return { id, event, count };
}

function stepOf(object: Json, line: number): WriteStep {
  onlyKeys(object, ['at', 'id', 'settings', 'note', ...kinds]);
  const kind = onlyOne(
    kinds.filter((name) => name in object),
    'one of "set", "update" and "delete"',
  );
  const subject = onlyOne(
    (['id', 'settings'] as const).filter((name) => name in object),
    '"id" or "settings" (or "expect")',
  );
  const name = object[subject];
  if (typeof name !== 'string' || name === '' || /\/|^\.{1,2}$|^__.*__$/.test(name)) {
    throw new Error(`"${subject}" must be a document id`);
  }
  const { at = subject === 'settings' ? beforeAll : undefined, note } = object;
  if (typeof at !== 'number' || (at !== beforeAll && !(at >= 0 && at <= longestSeconds))) {
    throw new Error(`"at" must be seconds from the start, 0 to ${longestSeconds}`);
  }
  const path = `${subject === 'id' ? 'callbacks' : 'callbackSettings'}/${name}`;
  const step = { line, at, path, kind, ...(typeof note === 'string' && { note }) };
  if (kind === 'delete') {
    if (object['delete'] !== true) throw new Error('"delete" must be true');
    return { ...step, data: {} };
  }
  const data = object[kind];
  if (!isObject(data)) throw new Error(`"${kind}" must be an object of fields`);
  demandWritable(path, kind, data);
  return { ...step, data };
}

/** The client of Firestore refuses what it cannot write before it asks anybody. */
const nowhere = new Firestore({ projectId: 'demo-nowhere' });

function demandWritable(path: string, kind: 'set' | 'update', data: Json): void {
  const fields = materialize(data, 0);
  if (hasNestedArray(fields)) throw new Error('Firestore takes no array in an array');
  const batch = nowhere.batch();
  if (kind === 'set') batch.set(nowhere.doc(path), fields);
  else batch.update(nowhere.doc(path), fields);
}

function hasNestedArray(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => Array.isArray(item) || hasNestedArray(item));
  return isObject(value) && Object.values(value).some(hasNestedArray);
}

function onlyOne<T>(found: readonly T[], what: string): T {
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`must have exactly ${what}`);
  return first;
}

function onlyKeys(object: Json, allowed: readonly string[]): void {
  const unknown = Object.keys(object).filter((key) => !allowed.includes(key));
  if (unknown.length > 0)
    throw new Error(`has the unknown ${unknown.length > 1 ? 'fields' : 'field'} ${unknown.join(', ')}`);
}

/**
 * The fields as they are written at a moment: `{"$after": 900}` becomes the Timestamp that many seconds later,
 * `{"$at": "2026-12-24T10:00:00Z"}` that fixed one.
 *
 * @param now epoch milliseconds
 * @throws {Error} for an `$after` that is no number or an `$at` that is no time
 */
export function materialize(data: Json, now: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, valueAt(value, now)]));
}

function valueAt(value: unknown, now: number): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => valueAt(item, now));
  if (!isObject(value)) return value;
  if ('$after' in value) {
    onlyKeys(value, ['$after']);
    const after = value['$after'];
    if (typeof after !== 'number') throw new Error('"$after" must be a number of seconds');
    return Timestamp.fromMillis(Math.round(now + after * 1000));
  }
  if ('$at' in value) {
    onlyKeys(value, ['$at']);
    const text = String(value['$at']);
    const time = Date.parse(text);
    if (!/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(time)) {
      throw new Error('"$at" must be an ISO 8601 time with its zone, such as 2026-12-24T10:00:00Z');
    }
    return Timestamp.fromMillis(time);
  }
  return materialize(value, now);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
