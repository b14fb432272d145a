/** What goes over the wire between this page and the admin API. */

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

/** What is known of an API key of the Engagement API; the key itself is shown once, when it is made. */
export interface ApiKey {
  readonly id: string;
  /** As much of it as recognises it. */
  readonly key: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** null = all. */
  readonly queues: readonly string[] | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  readonly lastUsedAt: string | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly queues: readonly string[] | null;
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

export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly rung?: string;
  readonly problems?: ApiError['problems'];
  readonly meanwhile?: { readonly by: string; readonly at: string };
}
