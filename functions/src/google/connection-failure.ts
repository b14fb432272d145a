import { failureCode } from '../failure.ts';

/** Why no whole answer came, in words that do not change with the client library. */
export interface ConnectionFailure {
  /**
   * `UNREACHABLE`, `DNS_FAILED`, `TLS_FAILED`: nothing was asked. `TIMEOUT`, `CONNECTION_LOST`, `UNREADABLE_ANSWER`: it
   * may have been done. `CONNECTION_FAILED`: we cannot tell.
   */
  readonly code: string;
  /** The client library's own code. */
  readonly cause: string;
}

const patterns: readonly (readonly [RegExp, code: string])[] = [
  [/^(TimeoutError|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/, 'TIMEOUT'],
  [/^(ECONNREFUSED|E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'UNREACHABLE'],
  [/^(ENOTFOUND|EAI_\w+)$/, 'DNS_FAILED'],
  // OpenSSL's verdicts on a certificate (https://nodejs.org/api/tls.html#x509-certificate-error-codes), Node's own, alerts.
  [
    /CERT|^CRL_|_CRL|ISSUER|^HOSTNAME_MISMATCH|^INVALID_(CA|PURPOSE)|^PATH_LENGTH|^ERR_(TLS|SSL)_|^EPROTO$/,
    'TLS_FAILED',
  ],
  [/^(UND_ERR_SOCKET|UND_ERR_INFO|ECONNRESET|ECONNABORTED|EPIPE)$/, 'CONNECTION_LOST'],
  [/^(UND_ERR_RES_CONTENT_LENGTH_MISMATCH|BROKEN_OFF|NOT_TAKEN)$/, 'CONNECTION_LOST'],
  [/^(HTTPParserError|HPE_\w+|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_EXCEEDED_MAX_SIZE)$/, 'UNREADABLE_ANSWER'],
  [/^(ANSWER_TOO_LONG|ERR_HTTP2_ERROR)$/, 'UNREADABLE_ANSWER'],
  [/^ERR_HTTP2_\w+$/, 'CONNECTION_LOST'],
];

export function connectionFailure(error: unknown): ConnectionFailure {
  const cause = failureCode(error);
  const known = patterns.find(([pattern]) => pattern.test(cause));
  return { code: known?.[1] ?? 'CONNECTION_FAILED', cause };
}
