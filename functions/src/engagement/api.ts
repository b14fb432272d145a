import { randomUUID } from 'node:crypto';
import type * as v from 'valibot';
import { ApiError, asApiError } from '../base/api-error.ts';
import type { ApiKey } from '../keys/api-key.ts';
import { operations, type Data, type Input, type Operation, type OperationId } from './operations.ts';
import { grpcCode, statusCodes } from '../base/failure.ts';
import { idempotencyKeyPattern } from './idempotency.ts';
import { jsonOf } from '../base/request-body.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { parse } from '../base/problems.ts';
import type { RateLimit } from '../keys/rate-limit.ts';

export interface EngagementRequest {
  readonly method: string;
  /** Percent-encoded, without the query; with or without `/engagement` before `/v3/`. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly apiKey: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** As it came; undefined where there was none. */
  readonly body: Uint8Array | undefined;
}

export interface EngagementAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** Who asks, and what of the request is not its input. */
export interface Call {
  readonly key: ApiKey;
  readonly idempotencyKey: string | undefined;
}

export type Handlers = {
  readonly [Id in OperationId]: (input: Input<Id>, call: Call) => Promise<Data<Id>>;
};

export interface EngagementParts {
  readonly handlers: Handlers;
  readonly keyRing: KeyRing;
  readonly rateLimit: RateLimit;
  /** An error that is no ApiError: for the log, not for the caller. */
  readonly reportBug: (error: unknown, corrId: string) => void;
}

/** The `/engagement/v3` API: paths, fields and envelope of Genesys Engagement Service. Never rejects. */
export function createEngagementApi(parts: EngagementParts): (request: EngagementRequest) => Promise<EngagementAnswer> {
  return async (request) => {
    const corrId = randomUUID();
    try {
      const path = /^(?:\/engagement)?\/v3(\/.*)$/s.exec(request.path)?.[1] ?? '';
      const { id, operation, caught } = routeOf(request, path);
      const data = await answer(parts, request, id, operation, caught);
      return { status: 200, headers, body: { status: { code: 0, message: 'Successful', corrId }, data } };
    } catch (error) {
      if (!(error instanceof ApiError)) parts.reportBug(error, corrId);
      return refusal(busyOrOurs(error), corrId);
    }
  };
}

/** With these Firestore says that it is worth another try. */
const passing = new Set<number>([
  statusCodes.DEADLINE_EXCEEDED,
  statusCodes.RESOURCE_EXHAUSTED,
  statusCodes.ABORTED,
  statusCodes.UNAVAILABLE,
]);

function busyOrOurs(error: unknown): ApiError {
  if (error instanceof ApiError || !passing.has(grpcCode(error))) return asApiError(error);
  return new ApiError('busy', 'Others are changing the same at this moment. Try again.', { retryAfterSeconds: 1 });
}

const headers = { 'cache-control': 'no-store' };

interface Route {
  readonly id: OperationId;
  readonly operation: Operation;
  readonly pattern: RegExp;
}

const routes: readonly Route[] = (Object.entries(operations) as [OperationId, Operation][]).map(([id, operation]) => ({
  id,
  operation,
  pattern: new RegExp(`^${operation.path.replace(/\{([\w-]+)\}/, '([^/]+)')}/?$`),
}));

function routeOf({ method }: EngagementRequest, path: string): Route & { caught: Readonly<Record<string, string>> } {
  const here = routes.filter(({ pattern }) => pattern.test(path));
  const route = here.find(({ operation }) => operation.method === method);
  if (!route) {
    throw here.length > 0
      ? new ApiError('method-not-allowed', `There is no ${method.slice(0, 20)} here.`)
      : new ApiError(
          'not-found',
          `There is nothing at this address. The hosted page has a reference of what there is, and /openapi.json.`,
        );
  }
  const name = /\{([\w-]+)\}/.exec(route.operation.path)?.[1];
  return { ...route, caught: name === undefined ? {} : { [name]: decoded(route.pattern.exec(path)?.[1] ?? '') } };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError('invalid-parameters', 'The address must be percent-encoded UTF-8.');
  }
}

async function answer(
  { keyRing, rateLimit, handlers }: EngagementParts,
  request: EngagementRequest,
  id: OperationId,
  operation: Operation,
  caught: Readonly<Record<string, string>>,
): Promise<unknown> {
  const key = await keyRing(request.apiKey);
  await rateLimit(key.id, key.requestsPerMinute);
  if (!operation.scopes.some((scope) => key.scopes.includes(scope))) {
    const needed = operation.scopes.join(' or ');
    throw new ApiError(
      'scope-missing',
      `This API key needs the scope ${needed}. An administrator can make one that has it.`,
    );
  }
  const { idempotencyKey } = request;
  if (operation.repeatable && idempotencyKey !== undefined && !idempotencyKeyPattern.test(idempotencyKey))
    throw new ApiError('invalid-parameters', 'Idempotency-Key must have 1 to 255 visible ASCII characters.');
  const given = operation.method === 'POST' ? jsonOf(request.body) : { ...request.query, ...caught };
  const input = inputOf(operation.input, given);
  // The table has checked that the input is the one of this handler.
  const handle = handlers[id] as (input: object, call: Call) => Promise<unknown>;
  return handle(input, { key, idempotencyKey: operation.repeatable ? idempotencyKey : undefined });
}

function inputOf<S extends v.GenericSchema>(schema: S, given: unknown): v.InferOutput<S> {
  const parsed = parse(schema, given);
  if ('value' in parsed) return parsed.value;
  const problems = parsed.problems.map((problem) => {
    const [field = '', ...message] = problem.split(': ');
    return { field, code: 'invalid', message: message.join(': ') };
  });
  const shown = parsed.problems.slice(0, 5).join('; ');
  throw new ApiError('invalid-parameters', `The request is wrong: ${shown}.`, { problems: problems.slice(0, 50) });
}

/** Genesys' own numbers are not published: the HTTP status stands in `code`, our machine code beside it. */
function refusal({ status, body: { error } }: ApiError, corrId: string): EngagementAnswer {
  const { code, message, problems, slots, retryAfterSeconds } = error;
  return {
    status,
    headers: { ...headers, ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }) },
    body: {
      status: { code: status, message, corrId, errorCode: code, ...(problems && { problems }) },
      ...(slots && { data: { slots } }),
    },
  };
}
