import type { AccountProblem } from './service-account.ts';

/** Every error the HTTPS API answers with, and its status. */
const statuses = {
  'invalid-json': 400,
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
  internal: 500,
} as const;

export type ApiErrorKind = keyof typeof statuses;

export interface ApiErrorDetails {
  /** The machine code, where it says more than the kind. */
  readonly code?: string;
  readonly rung?: string;
  readonly problems?: readonly (
    AccountProblem | { readonly field: string; readonly code: string; readonly message: string }
  )[];
  readonly meanwhile?: { readonly by: string; readonly at: string };
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
