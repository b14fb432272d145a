import { cutOff, errorOf, jsonOf, linesOf, transport, unreachable } from './answer.ts';
import {
  ApiError,
  type ApiKey,
  type AuditRecord,
  type Credentials,
  type CredentialsDraft,
  type Environment,
  type ErrorBody,
  type NewApiKey,
  type RungReport,
  type TestRequest,
} from './wire.ts';

type UpdateLine = RungReport | { readonly error: ErrorBody } | { readonly credentials: Credentials };

export interface ApiOptions {
  readonly fetch: typeof fetch;
  /** The ID token of who is signed in. @throws when the session has ended */
  readonly idToken: () => Promise<string>;
  /** Resolves when somebody has signed in again, and rejects when they would not. */
  readonly signInAgain: () => Promise<unknown>;
}

export interface Api {
  credentials(): Promise<Credentials>;
  /** @param onRung is told of each check as the answer arrives */
  update(
    draft: CredentialsDraft & { revision: string | null },
    onRung: (report: RungReport) => void,
  ): Promise<Credentials>;
  startTest(test: TestRequest): Promise<{ readonly testId: string }>;
  recordTest(testId: string, result: 'arrived' | 'failed', code: string | null): Promise<void>;
  audit(): Promise<readonly AuditRecord[]>;
  apiKeys(): Promise<readonly ApiKey[]>;
  createApiKey(key: NewApiKey): Promise<{ readonly key: string }>;
  revokeApiKey(id: string): Promise<void>;
}

const answerLimitMs = 20_000;
/** An update asks Google twice and writes a secret. */
const updateLimitMs = 60_000;

/** The admin API as somebody signed in sees it. Every method rejects with an ApiError and nothing else. */
export function createApi(options: ApiOptions): Api {
  async function ask(method: string, path: string, body?: object, accept = 'application/json'): Promise<Response> {
    const limitMs = accept === 'application/json' ? answerLimitMs : updateLimitMs;
    for (let sessions = 1; ; sessions++) {
      const response = await send(method, path, body, accept, limitMs);
      if (response?.ok) return response;
      const error = response === undefined ? sessionExpired : await errorOf(response);
      const ended = response === undefined || response.status === 401;
      // Whoever signed in twice and is still refused has another problem than an old session.
      if (!ended || sessions > 2) throw error;
      await options.signInAgain().catch(() => {
        throw error;
      });
    }
  }

  /** @returns undefined when the session has ended before anything was sent */
  async function send(method: string, path: string, body: object | undefined, accept: string, limitMs: number) {
    const token = await options.idToken().catch((error: unknown) => {
      if (isNetworkFailure(error)) throw unreachable();
      return undefined;
    });
    if (token === undefined) return undefined;
    return transport(
      options.fetch(`/admin/v1/${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          Accept: accept,
          ...(body && { 'Content-Type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        cache: 'no-store',
        signal: AbortSignal.timeout(limitMs),
      }),
    );
  }

  async function answer<T>(method: string, path: string, body?: object): Promise<T> {
    return (await jsonOf(await ask(method, path, body))) as T;
  }

  return {
    credentials: () => answer('GET', 'credentials'),
    async update(draft, onRung) {
      const response = await ask('PUT', 'credentials', draft, 'application/x-ndjson');
      for await (const parsed of linesOf(response)) {
        const line = parsed as UpdateLine;
        if ('rung' in line) onRung(line);
        else if ('error' in line) throw new ApiError(line.error);
        else return line.credentials;
      }
      throw cutOff();
    },
    startTest: (test) => answer('POST', 'credentials/tests', test),
    async recordTest(testId, result, code) {
      await ask('PUT', `credentials/tests/${encodeURIComponent(testId)}`, { result, code });
    },
    async audit() {
      return (await answer<{ records: readonly AuditRecord[] }>('GET', 'audit?limit=20')).records;
    },
    async apiKeys() {
      return (await answer<{ keys: readonly ApiKey[] }>('GET', 'api-keys')).keys;
    },
    createApiKey: (key) => answer('POST', 'api-keys', key),
    async revokeApiKey(id) {
      await ask('DELETE', `api-keys/${encodeURIComponent(id)}`);
    },
  };
}

/** Which environment this page runs in; the one question that needs no sign-in. */
export async function askEnvironment(fetcher: typeof fetch): Promise<Environment> {
  const signal = AbortSignal.timeout(answerLimitMs);
  const response = await transport(fetcher('/admin/v1/environment', { cache: 'no-store', signal }));
  if (!response.ok) throw await errorOf(response);
  return (await jsonOf(response)) as Environment;
}

function isNetworkFailure(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'auth/network-request-failed';
}

const sessionExpired = new ApiError({
  code: 'session-expired',
  message: 'Your session has ended. Sign in again, then try again.',
});
