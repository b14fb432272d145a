import * as v from 'valibot';
import type { Manager } from './access.ts';
import { ApiError, asApiError } from '../base/api-error.ts';
import type { AuditLog, AuditRecord } from './audit.ts';
import { browserFailures } from '../credentials/browser-failure.ts';
import type { Activation } from '../credentials/store.ts';
import type { RungReport, UpdateRequest } from '../credentials/update.ts';
import type { CredentialTest } from '../credentials/test-push.ts';
import type { ApiKeyAdministration } from './api-keys.ts';
import { newKeySchema } from '../keys/api-key.ts';
import { jsonOf, maxBodyBytes } from '../base/request-body.ts';
import { parse } from '../base/problems.ts';

/** A request, as far as the API looks at it; Express's has it all. */
export interface AdminRequest {
  readonly method: string;
  /** Without the query, from `/admin/v1/` on. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: { readonly authorization?: string | undefined; readonly accept?: string | undefined };
  /** As it came: nobody but this API has looked into it. */
  readonly body: Uint8Array;
}

/** Where the answer goes: whole, or line by line. */
export interface AdminResponse {
  json(status: number, body: object): void;
  /** Begins a stream of JSON lines, and returns how to write one. */
  lines(): (line: object) => void;
  end(): void;
}

/** What a page must know before anybody has signed in. */
export type Environment =
  { readonly emulator: false } | { readonly emulator: true; readonly authEmulator: string; readonly sandbox: string };

export interface AdminParts {
  readonly environment: Environment;
  /** @throws {ApiError} 401, 403 */
  readonly manager: (authorization: string | undefined) => Promise<Manager>;
  readonly active: () => Promise<Activation | undefined>;
  /** @throws {ApiError} */
  readonly update: (request: UpdateRequest, by: string, report: (report: RungReport) => void) => Promise<Activation>;
  readonly test: CredentialTest;
  readonly apiKeys: ApiKeyAdministration;
  readonly audit: AuditLog;
  readonly now: () => number;
  /** An error that is no ApiError: for the log, not for the caller. */
  readonly reportBug: (error: unknown) => void;
}

interface Call {
  readonly request: AdminRequest;
  readonly manager: Manager;
  /** What the route's pattern caught. */
  readonly caught: string;
  readonly report: (report: RungReport) => void;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly handle: (call: Call) => Promise<object>;
}

/** The `/admin/v1` API of the Push Notification page. Every answer and every error is written here. */
export function createAdminApi(parts: AdminParts): (request: AdminRequest, response: AdminResponse) => Promise<void> {
  const routes = routesOf(parts);
  return async (request, response) => {
    let line: ((line: object) => void) | undefined;
    const inLines = request.headers.accept?.includes('application/x-ndjson') ?? false;
    // Begun with the first line: until then a refusal still has its own status.
    const write = (next: object) => {
      line ??= response.lines();
      line(next);
    };
    try {
      if (request.method === 'GET' && request.path === '/admin/v1/environment') {
        response.json(200, parts.environment);
        return;
      }
      const manager = await parts.manager(request.headers.authorization);
      const { handle, caught } = routeOf(routes, request);
      const report = inLines ? write : () => undefined;
      const result = await handle({ request, manager, caught, report });
      if (inLines) write(result);
      else response.json(200, result);
    } catch (error) {
      if (!(error instanceof ApiError)) parts.reportBug(error);
      const { status, body } = asApiError(error);
      if (line) write(body);
      else response.json(status, body);
    } finally {
      if (line) response.end();
    }
  };
}

function routeOf(routes: readonly Route[], { method, path }: AdminRequest): Route & { caught: string } {
  const here = routes.filter((route) => route.path.test(path));
  const route = here.find((candidate) => candidate.method === method);
  if (route) return { ...route, caught: route.path.exec(path)?.[1] ?? '' };
  throw here.length > 0
    ? new ApiError('method-not-allowed', `There is no ${method} here.`)
    : new ApiError('not-found', 'There is nothing at this address.');
}

const typed = v.pipe(v.string(), v.maxLength(maxBodyBytes, 'is too long'));
const updateSchema = v.object({
  projectId: typed,
  clientEmail: typed,
  privateKey: typed,
  revision: v.nullable(v.string()),
});
const digits = v.pipe(v.string(), v.regex(/^\d{1,20}$/, 'must be the number shown as Sender ID'));
const testSchema = v.object({
  appId: v.pipe(v.string(), v.regex(/^1:\d+:\w+:[\da-f]+$/, 'must look like 1:123456789012:web:0123456789abcdef')),
  senderId: digits,
  target: v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(4096, 'is too long')),
  nonce: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -')),
});
const outcomeSchema = v.variant('result', [
  v.object({ result: v.literal('arrived'), code: v.null() }),
  v.object({ result: v.literal('failed'), code: v.picklist(browserFailures) }),
]);

function routesOf({ active, update, test, apiKeys, audit, now, reportBug }: AdminParts): Route[] {
  const record = (by: string, action: AuditRecord['action'], code: string | null, projectId: string | null) =>
    audit
      .add({
        at: new Date(now()).toISOString(),
        by,
        action,
        result: code === null ? 'succeeded' : 'failed',
        code,
        projectId,
      })
      .catch(reportBug);
  return [
    { method: 'GET', path: /^\/admin\/v1\/credentials$/, handle: async () => factsOf(await active()) },
    {
      method: 'PUT',
      path: /^\/admin\/v1\/credentials$/,
      handle: async ({ request, manager: { email }, report }) => {
        const wanted = bodyOf(updateSchema, request);
        try {
          const activation = await update(wanted, email, report);
          await record(email, 'credentials-update', null, activation.projectId);
          return { result: 'updated', credentials: factsOf(activation) };
        } catch (error) {
          await record(email, 'credentials-update', asApiError(error).body.error.code, null);
          throw error;
        }
      },
    },
    {
      method: 'POST',
      path: /^\/admin\/v1\/credentials\/tests$/,
      handle: async ({ request, manager: { email } }) => {
        const wanted = bodyOf(testSchema, request);
        try {
          return await test.send(wanted, email);
        } catch (error) {
          await record(email, 'credentials-test', asApiError(error).body.error.code, null);
          throw error;
        }
      },
    },
    {
      method: 'PUT',
      path: /^\/admin\/v1\/credentials\/tests\/([\w-]{1,64})$/,
      handle: async ({ request, manager: { email }, caught }) => {
        const outcome = bodyOf(outcomeSchema, request);
        const { projectId } = await test.conclude(caught, email, outcome);
        await record(email, 'credentials-test', outcome.code, projectId);
        return {};
      },
    },
    {
      method: 'GET',
      path: /^\/admin\/v1\/api-keys$/,
      handle: async () => ({ keys: await apiKeys.list() }),
    },
    {
      method: 'POST',
      path: /^\/admin\/v1\/api-keys$/,
      handle: ({ request, manager }) => apiKeys.create(bodyOf(newKeySchema, request), manager),
    },
    {
      method: 'DELETE',
      path: /^\/admin\/v1\/api-keys\/([a-z0-9]{1,64})$/,
      handle: ({ manager, caught }) => apiKeys.revoke(caught, manager),
    },
    {
      method: 'GET',
      path: /^\/admin\/v1\/audit$/,
      handle: async ({ request }) => {
        const limit = Math.trunc(Number(request.query['limit'] ?? 20));
        if (!(limit >= 1 && limit <= 100))
          throw invalid([{ field: 'limit', code: 'invalid', message: 'must be 1 to 100' }]);
        return { records: await audit.newest(limit) };
      },
    },
  ];
}

function factsOf(activation: Activation | undefined): object {
  if (!activation) return { configured: false, revision: null };
  const { version, projectId, clientEmail, privateKey, fingerprint, updatedAt, updatedBy, lastTest } = activation;
  return {
    configured: true,
    revision: version,
    projectId,
    clientEmail,
    privateKey,
    fingerprint,
    updatedAt,
    updatedBy,
    lastTest,
  };
}

function bodyOf<S extends v.GenericSchema>(schema: S, { body }: AdminRequest): v.InferOutput<S> {
  const parsed = parse(schema, jsonOf(body));
  if ('value' in parsed) return parsed.value;
  throw invalid(
    parsed.problems.map((problem) => {
      const [field = '', ...message] = problem.split(': ');
      return { field, code: 'invalid', message: message.join(': ') };
    }),
  );
}

function invalid(problems: readonly { field: string; code: string; message: string }[]): ApiError {
  const message = problems.map((problem) => `${problem.field}: ${problem.message}`).join('; ');
  return new ApiError('invalid-request', `The request is wrong: ${message}.`, { problems });
}
