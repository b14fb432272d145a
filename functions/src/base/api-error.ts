/** Every error the HTTPS APIs answer with, and its status. */
export const statuses = {
  'not-signed-in': 401,
  'session-expired': 401,
  'email-unverified': 403,
  'role-missing': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'changed-meanwhile': 409,
  'not-configured': 409,
  'too-large': 413,
  'invalid-request': 422,
  'update-failed': 422,
  'test-failed': 422,
  'google-unreachable': 503,
  'authentication-unreachable': 503,
  'administrator-only': 403,
  'malformed-json': 400,
  'invalid-parameters': 400,
  'api-key-missing': 401,
  'api-key-invalid': 401,
  'scope-missing': 403,
  'queue-not-allowed': 403,
  'callback-not-found': 404,
  'phone-number-implausible': 400,
  'push-targets-missing': 400,
  'not-offered': 400,
  'queue-closed': 400,
  'desired-time-past': 400,
  'desired-time-too-far': 400,
  'number-limit-reached': 400,
  'capacity-exhausted': 429,
  'callback-processing': 400,
  'callback-completed': 400,
  'callback-expired': 400,
  'callback-not-ready': 400,
  'centre-dials': 400,
  'already-accepted': 400,
  'group-unknown': 400,
  'push-refused': 400,
  'push-unavailable': 503,
  'idempotency-key-reused': 422,
  'rate-limited': 429,
  busy: 503,
  internal: 500,
} as const;

export type ApiErrorKind = keyof typeof statuses;

export interface ApiErrorDetails {
  /** The machine code, where it says more than the kind. */
  readonly code?: string;
  readonly rung?: string;
  readonly problems?: readonly { readonly field: string; readonly code: string; readonly message: string }[];
  readonly meanwhile?: { readonly by: string; readonly at: string };
  /** When it is worth another try, for the header of that name. */
  readonly retryAfterSeconds?: number;
  /** Slots that still have room, by their beginning (ISO 8601), and how much. */
  readonly slots?: Readonly<Record<string, string>>;
}

/** An answer that is no success; `message` is for people and says what to do, and holds no secret. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: { readonly error: ApiErrorDetails & { readonly code: string; readonly message: string } };

  constructor(kind: ApiErrorKind, message: string, details: ApiErrorDetails = {}) {
    super(message);
    this.status = statuses[kind];
    this.body = { error: { ...details, code: details.code ?? kind, message } };
  }
}

/** What is no ApiError is ours to mend: the caller learns nothing of it. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError('internal', 'Something went wrong on the server. Try again; the log has the cause.');
}
