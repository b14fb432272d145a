import { toJsonSchema } from '@valibot/to-json-schema';
import { statuses, type ApiErrorKind } from '../functions/src/base/api-error.ts';
import { scopes } from '../functions/src/keys/api-key.ts';
import { basePath, errorsOf, operations, type Operation } from '../functions/src/engagement/operations.ts';
import { rememberMs } from '../functions/src/engagement/idempotency.ts';
import { maxBodyBytes } from '../functions/src/base/request-body.ts';

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of `/engagement/v3`, made of the very table that routes and the schemas that check. */
export function openApiDocument(): Json {
  const table: readonly [string, Operation][] = Object.entries(operations);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Callback Push: Engagement API',
      version: '3.0',
      description: [
        'Books callbacks and tells apps what to dial. Paths, fields and envelope are those of Genesys Engagement Service v3.',
        'Success has status.code 0; a failure has the HTTP status there, a sentence in status.message and a stable machine code in status.errorCode.',
        `A body may have ${maxBodyBytes / 1024} kB. Fields that are not listed are ignored; null counts as absent.`,
      ].join(' '),
    },
    servers: [{ url: basePath }],
    security: [{ apiKey: [] }],
    paths: Object.fromEntries(
      table.map(([id, operation]) => [operation.path, { [operation.method.toLowerCase()]: pathItem(id, operation) }]),
    ),
    components: {
      securitySchemes: {
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'x-api-key',
          description: `Made by an administrator, with one or more of the scopes ${scopes.join(', ')}.`,
        },
      },
      schemas: { Success: success, Failure: failure, ProposedSlots: proposedSlots },
    },
  };
}

function pathItem(operationId: string, operation: Operation): Json {
  const needed = operation.scopes.map((scope) => `\`${scope}\``).join(' or ');
  const input = schemaOf(operation.input, 'input');
  return {
    operationId,
    summary: operation.summary,
    description: `Scope: ${needed}.`,
    ...(operation.method === 'GET' && { parameters: parametersOf(input, operation.path) }),
    ...(operation.repeatable && { parameters: [idempotencyKey] }),
    ...(operation.method === 'POST' && {
      requestBody: { required: true, content: { 'application/json': { schema: input } } },
    }),
    responses: responsesOf(operation),
  };
}

function parametersOf(input: Json, path: string): Json[] {
  const required = new Set(input['required'] as string[]);
  return Object.entries(input['properties'] as Record<string, Json>).map(([name, whole]) => {
    const { description, ...schema } = withoutNull(whole);
    return {
      name,
      in: path.includes(`{${name}}`) ? 'path' : 'query',
      required: required.has(name),
      ...(description !== undefined && { description }),
      schema,
    };
  });
}

/** What is in a query is a text, and never null. */
function withoutNull(schema: Json): Json {
  const [only, ...others] = ((schema['anyOf'] ?? []) as Json[]).filter(({ type }) => type !== 'null');
  return only && others.length === 0 ? only : schema;
}

const idempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: `A request that is repeated with the same key within ${rememberMs / 3600_000} hours is done once and answered the same.`,
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
};

function responsesOf(operation: Operation): Json {
  const byStatus = new Map<number, ApiErrorKind[]>();
  for (const kind of errorsOf(operation)) byStatus.set(statuses[kind], [...(byStatus.get(statuses[kind]) ?? []), kind]);
  const failures = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, kinds]) => [status, failureOf(kinds)] as const);
  const data = schemaOf(operation.data, 'output');
  const schema = {
    type: 'object',
    properties: { status: { $ref: '#/components/schemas/Success' }, data },
    required: ['status', 'data'],
  };
  return Object.fromEntries([
    ['200', { description: 'Successful', content: { 'application/json': { schema } } }],
    ...failures.map(([status, response]) => [String(status), response]),
  ]) as Json;
}

function failureOf(kinds: readonly ApiErrorKind[]): Json {
  const data = kinds.includes('capacity-exhausted') && { data: { $ref: '#/components/schemas/ProposedSlots' } };
  const schema = {
    type: 'object',
    properties: { status: { $ref: '#/components/schemas/Failure' }, ...data },
    required: ['status'],
  };
  const description = `errorCode is ${kinds.join(', ')}`;
  return { description, content: { 'application/json': { schema } } };
}

const corrId: Json = { type: 'string', format: 'uuid', description: 'Names the request in the log.' };
const success: Json = {
  type: 'object',
  properties: { code: { const: 0 }, message: { const: 'Successful' }, corrId },
  required: ['code', 'message', 'corrId'],
};
const failure: Json = {
  type: 'object',
  properties: {
    code: { type: 'integer', description: 'The HTTP status.' },
    message: { type: 'string', description: 'For people; says what to do.' },
    corrId,
    errorCode: { type: 'string', description: 'For programs; stable.' },
    problems: {
      type: 'array',
      description: 'What is wrong with the request, field by field.',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
        required: ['field', 'code', 'message'],
      },
    },
  },
  required: ['code', 'message', 'corrId', 'errorCode'],
};
const proposedSlots: Json = {
  type: 'object',
  properties: {
    slots: {
      type: 'object',
      description: 'The next slots that have room: when they begin (ISO 8601), and how many callbacks they still take.',
      additionalProperties: { type: 'string' },
    },
  },
  required: ['slots'],
};

/** Checks that JSON Schema has no word for are ignored: the document promises no more than it can say. */
function schemaOf(schema: Operation['input'] | Operation['data'], typeMode: 'input' | 'output'): Json {
  const json = toJsonSchema(schema, { typeMode, errorMode: 'ignore', target: 'draft-2020-12' });
  return Object.fromEntries(Object.entries(json).filter(([name]) => name !== '$schema'));
}
