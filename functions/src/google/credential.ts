/** The service account of the customer's Firebase project, as far as sending needs it. */
export interface Credential {
  /** Number of the secret version that holds it. */
  readonly version: string;
  readonly projectId: string;
  readonly clientEmail: string;
  /** PEM. Never logged, never stored anywhere but in Secret Manager. */
  readonly privateKey: string;
}

/** The registered credentials cannot be used now; `code` says why, `message` what to do. Neither holds a secret. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';
  readonly code: string;
  /** It passes by itself; otherwise nothing can be sent until somebody mends it. */
  readonly passing: boolean;
  /** What was asked for by whoever could not answer. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    { passing = false, retryAfterMs }: { passing?: boolean; retryAfterMs?: number } = {},
  ) {
    super(message);
    this.code = code;
    this.passing = passing;
    this.retryAfterMs = retryAfterMs;
  }
}
