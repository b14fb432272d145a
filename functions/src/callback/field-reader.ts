import { fieldsOf } from '../base/json.ts';

/** What a field may hold: how it is read, and in words what is expected. `read` answers undefined for anything else. */
export interface Kind<T> {
  readonly expected: string;
  readonly read: (value: unknown) => T | undefined;
}

/** More would not help whoever mends the document, and a log line has its limits. */
const mostProblems = 20;

/**
 * Reads the fields of a document one by one. What is wrong is named and counts as absent, so that one wrong field costs
 * nothing but itself. `null` and the empty text mean absent, too.
 *
 * A problem tells the kind of what was found, never the value, which may be a phone number or a device token; only a
 * word that is none of a closed list is shown, since that is what one needs to see the typo.
 */
export class FieldReader {
  readonly problems: string[] = [];
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: () => string;

  constructor(document: unknown, path = () => '', problems?: string[]) {
    this.#fields = fieldsOf(document);
    this.#path = path;
    if (problems) this.problems = problems;
  }

  optional<T>(name: string, kind: Kind<T>): T | undefined {
    if (!this.has(name)) return undefined;
    const value = this.#fields[name];
    const read = kind.read(value);
    if (read === undefined) this.report(name, `expected ${kind.expected}, got ${kindOf(value, kind.expected)}`);
    return read;
  }

  required<T>(name: string, kind: Kind<T>): T | undefined {
    if (this.has(name)) return this.optional(name, kind);
    this.report(name, `expected ${kind.expected}, got nothing`);
    return undefined;
  }

  has(name: string): boolean {
    const value = this.#fields[name];
    return value !== undefined && value !== null && value !== '';
  }

  /** The elements of a list, `most` of them at most: what is beyond is not looked at. */
  list(name: string, most: number): readonly unknown[] {
    const value = this.#fields[name];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.report(name, `expected a list, got ${kindOf(value)}`);
      return [];
    }
    if (value.length > most) this.report(name, `only the first ${most} of ${value.length} are used`);
    return value.slice(0, most) as unknown[];
  }

  /** The fields of a map, or of the element of a list at an index; undefined where there is none. */
  within(name: string, value: unknown = this.#fields[name], index?: number): FieldReader | undefined {
    if (value === undefined || value === null) return undefined;
    const named = () => (index === undefined ? name : `${name}.${index}`);
    if (typeof value === 'object' && !Array.isArray(value)) {
      return new FieldReader(value, () => `${this.#path()}${named()}.`, this.problems);
    }
    this.report(named(), `expected a map, got ${kindOf(value)}`);
    return undefined;
  }

  report(name: string, problem: string): void {
    if (this.problems.length < mostProblems) this.problems.push(`${this.#path()}${name}: ${problem}`);
  }
}

function kindOf(value: unknown, expected = ''): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'number') return Number.isFinite(value) ? 'another number' : String(value);
  const isWord = typeof value === 'string' && expected.startsWith('one of ') && /^[\w-]{1,40}$/.test(value);
  if (isWord) return `"${value}"`;
  return typeof value === 'string' && expected.includes('text') ? 'another text' : `a ${typeof value}`;
}
