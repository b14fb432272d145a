/** What the admin API answers, and how the page asks it. Field names are the wire's. */

export type Environment =
  { readonly emulator: false } | { readonly emulator: true; readonly authEmulator: string; readonly sandbox: string };

export interface ConfiguredCredentials {
  readonly configured: true;
  readonly revision: string;
  readonly projectId: string;
  readonly clientEmail: string;
  readonly privateKey: string;
  readonly fingerprint: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly lastTest: null | {
    readonly at: string;
    readonly by: string;
    readonly result: 'arrived' | 'failed';
    readonly code: string | null;
  };
}
export type Credentials = ConfiguredCredentials | { readonly configured: false; readonly revision: null };

export interface CredentialsDraft {
  readonly projectId: string;
  readonly clientEmail: string;
  readonly privateKey: string;
}

export interface RungReport {
  readonly rung: string;
  readonly state: 'running' | 'passed';
  readonly note?: string;
}

export interface TestRequest {
  readonly appId: string;
  readonly senderId: string;
  readonly target: string;
  readonly nonce: string;
}

export interface AuditRecord {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly action: string;
  readonly result: 'succeeded' | 'failed';
  readonly code: string | null;
  readonly projectId: string | null;
}

/** A request that failed: `code` is stable, `message` says what to do. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly rung: string | undefined;
  readonly problems: readonly { readonly field: string; readonly message: string }[];
  readonly meanwhile: { readonly by: string; readonly at: string } | undefined;

  constructor(body: ErrorBody) {
    super(body.message);
    this.code = body.code;
    this.rung = body.rung;
    this.problems = body.problems ?? [];
    this.meanwhile = body.meanwhile;
  }
}

interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly rung?: string;
  readonly problems?: ApiError['problems'];
  readonly meanwhile?: { readonly by: string; readonly at: string };
}

export interface ApiOptions {
  readonly fetch: typeof fetch;
  /** The ID token of who is signed in. @throws when the session has ended */
  readonly idToken: () => Promise<string>;
  /** Resolves when somebody has signed in again, and rejects when they would not. */
  readonly signInAgain: () => Promise<void>;
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
    return jsonOf<T>(await ask(method, path, body));
  }

  return {
    credentials: () => answer('GET', 'credentials'),
    async update(draft, onRung) {
      const response = await ask('PUT', 'credentials', draft, 'application/x-ndjson');
      for await (const line of linesOf(response)) {
        if ('rung' in line) onRung(line as RungReport);
        else if ('error' in line) throw new ApiError(line.error as ErrorBody);
        else if ('credentials' in line) return line.credentials as Credentials;
      }
      throw new ApiError({
        code: 'answer-cut-off',
        message: 'The connection ended before the result came. Reload to see which credentials are in force.',
      });
    },
    startTest: (test) => answer('POST', 'credentials/tests', test),
    async recordTest(testId, result, code) {
      await ask('PUT', `credentials/tests/${encodeURIComponent(testId)}`, { result, code });
    },
    async audit() {
      return (await answer<{ records: readonly AuditRecord[] }>('GET', 'audit?limit=20')).records;
    },
  };
}

/** Which environment this page runs in; the one question that needs no sign-in. */
export async function askEnvironment(fetcher: typeof fetch): Promise<Environment> {
  const signal = AbortSignal.timeout(answerLimitMs);
  const response = await transport(fetcher('/admin/v1/environment', { cache: 'no-store', signal }));
  if (!response.ok) throw await errorOf(response);
  return jsonOf<Environment>(response);
}

/** The answer's lines as they arrive; one JSON document without line breaks is one line. */
async function* linesOf(response: Response): AsyncGenerator<Record<string, unknown>> {
  let rest = '';
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let ended = reader === undefined; !ended;) {
    const chunk = await transport((reader as ReadableStreamDefaultReader<Uint8Array>).read());
    ended = chunk.done;
    const lines = (rest + decoder.decode(chunk.value, { stream: !ended })).split('\n');
    rest = ended ? '' : (lines.pop() ?? '');
    for (const line of lines) if (line.trim() !== '') yield parseLine(line);
  }
}

function parseLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    throw unreadable();
  }
}

async function jsonOf<T>(response: Response): Promise<T> {
  const text = await transport(response.text());
  return parseLine(text) as T;
}

async function errorOf(response: Response): Promise<ApiError> {
  const body = await jsonOf<{ error?: ErrorBody }>(response).catch(() => ({ error: undefined }));
  return body.error ? new ApiError(body.error) : unreadable(response.status);
}

/** Awaits the network; its failures become ApiErrors with a code of their own. */
async function transport<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw new ApiError({
        code: 'timeout',
        message: 'Callback did not answer in time. Reload to see what is in force, then try again.',
      });
    }
    throw unreachable();
  }
}

function isNetworkFailure(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'auth/network-request-failed';
}

function unreachable(): ApiError {
  return new ApiError({
    code: 'unreachable',
    message: 'Callback could not be reached. Check your network connection, then try again.',
  });
}

function unreadable(status?: number): ApiError {
  const what = status === undefined ? 'something this page does not understand' : `an error (HTTP ${status})`;
  return new ApiError({
    code: 'unreadable-answer',
    message: `Callback answered with ${what}. Try again; if it stays so, tell whoever runs Callback.`,
  });
}

const sessionExpired = new ApiError({
  code: 'session-expired',
  message: 'Your session has ended. Sign in again, then try again.',
});
