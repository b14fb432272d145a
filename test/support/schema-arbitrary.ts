import fc, { type Arbitrary } from 'fast-check';

export type Schema = Readonly<Record<string, unknown>>;

const longest = 40;

/** Values that a JSON Schema allows, as far as the words go that our OpenAPI document uses. */
export function valid(schema: Schema): Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  if (Array.isArray(schema['anyOf'])) return fc.oneof(...(schema['anyOf'] as Schema[]).map(valid));
  switch (schema['type']) {
    case 'string':
      return text(schema);
    case 'number':
      return fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valid(schema['items'] as Schema), { maxLength: 5 });
    case 'object':
      return object(schema);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function text({ pattern, format, minLength = 0 }: Schema): Arbitrary<string> {
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  if (format === 'uri') return fc.webUrl();
  return fc.string({ minLength: Number(minLength), maxLength: longest, unit: 'binary' });
}

function object({ properties, required, additionalProperties }: Schema): Arbitrary<unknown> {
  if (properties === undefined)
    return fc.dictionary(fc.string({ maxLength: 12 }), valid(additionalProperties as Schema), { maxKeys: 5 });
  const fields = Object.entries(properties as Record<string, Schema>).map(
    ([name, schema]) => [name, valid(schema)] as const,
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: (required ?? []) as never[] });
}

/** Anything JSON can say, and what breaks parsers: deep, long, odd. */
export const hostile: Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(
    '',
    '\u0000',
    '\ud800',
    '__proto__',
    '../..',
    'x'.repeat(5000),
    -1,
    1e308,
    2 ** 53,
    [],
    {},
    null,
  ),
  fc.constantFrom<unknown>(nested(30), [[[]]], { __proto__x: { constructor: { prototype: 1 } } }),
);

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { a: nested(depth - 1) };
}

/** A valid value with something in it that is hostile: a field replaced, left out, or added. */
export function mutated(schema: Schema): Arbitrary<unknown> {
  const names = Object.keys(schema['properties'] ?? {});
  const where = fc.oneof(fc.constantFrom(...names, 'unknown'), fc.string({ maxLength: 12 }));
  return fc.tuple(valid(schema), where, fc.option(hostile)).map(([value, name, poison]) => {
    const fields = Object.entries(value as object).filter(([field]) => field !== name);
    return Object.fromEntries(poison === null ? fields : [...fields, [name, poison]]);
  });
}
