import { Agent } from 'undici';

/** No answer of FCM's or of a token endpoint's is longer than this. */
const maxAnswerBytes = 1024 * 1024;

/**
 * Connections to Google that are kept alive between requests, each with one request in flight, `limit` to each host.
 * More requests than that wait here without any limit: whoever sends bounds how many are in flight.
 *
 * HTTP/1.1 on purpose, although Google prefers HTTP/2 and the client would follow. Over HTTP/2 all requests share a
 * connection and its fate. Measured with 100 requests in flight: where one in a hundred requests lost its connection,
 * 63 % of all requests failed, and over HTTP/1.1 1 %. Where a TLS handshake hung, 30 requests were given up one connect
 * timeout after the other, and over HTTP/1.1 all after the first. The price is a handshake for each connection after a
 * silence: a burst of 100 took 0.3 s, and over HTTP/2 0.1 s. From then on both are as fast.
 *
 * Idle connections are closed after 4 s (the client's default, far below Google's), on purpose too: an instance that
 * was frozen meanwhile must not write into one that the other side has given up.
 *
 * @param options.connectTimeoutMs until a connection is there and encrypted
 * @param options.maxAnswerBytes a longer answer is refused
 * @param options.ca a certificate authority to trust instead of the usual ones
 */
export function createConnections(
  limit: number,
  options: { connectTimeoutMs?: number; maxAnswerBytes?: number; ca?: string } = {},
): Agent {
  const { connectTimeoutMs = 5_000, ca } = options;
  return new Agent({
    connections: limit,
    pipelining: 1,
    allowH2: false,
    maxResponseSize: options.maxAnswerBytes ?? maxAnswerBytes,
    connect: { timeout: connectTimeoutMs, ...(ca !== undefined && { ca }) },
  });
}
