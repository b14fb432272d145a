import { failureCode } from '../base/failure.ts';

/** Why no whole answer came, in words that do not change with the client library. */
export interface ConnectionFailure {
  /**
   * `UNREACHABLE`, `DNS_FAILED`, `TLS_FAILED`, `TOO_BUSY`: nothing was asked. `TIMEOUT`, `CONNECTION_LOST`,
   * `UNREADABLE_ANSWER`: it may have been done. `CONNECTION_FAILED`: we cannot tell.
   */
  readonly code: string;
  /** The client library's own code. */
  readonly cause: string;
}

const patterns: readonly (readonly [RegExp, code: string])[] = [
  [/^TimeoutError$/, 'TIMEOUT'],
  [/^NO_TURN$/, 'TOO_BUSY'],
  [/^(ECONNREFUSED|E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL|ETIMEDOUT)$/, 'UNREACHABLE'],
  [/^(ENOTFOUND|EAI_\w+)$/, 'DNS_FAILED'],
  // OpenSSL's verdicts on a certificate (https://nodejs.org/api/tls.html#x509-certificate-error-codes), Node's own, alerts.
  [
    /CERT|^CRL_|_CRL|ISSUER|^HOSTNAME_MISMATCH|^INVALID_(CA|PURPOSE)|^PATH_LENGTH|^ERR_(TLS|SSL)_|^EPROTO$/,
    'TLS_FAILED',
  ],
  [/^(ANSWER_TOO_LONG|HPE_\w+|ERR_HTTP2_ERROR)$/, 'UNREADABLE_ANSWER'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|BROKEN_OFF|NOT_TAKEN|SILENT|ERR_(HTTP2|SOCKET|STREAM)_\w+)$/, 'CONNECTION_LOST'],
];

export function connectionFailure(error: unknown): ConnectionFailure {
  const cause = failureCode(error);
  const known = patterns.find(([pattern]) => pattern.test(cause));
  return { code: known?.[1] ?? 'CONNECTION_FAILED', cause };
}
