import { Agent } from 'undici';

/** No answer of a token endpoint's is longer than this. */
const maxAnswerBytes = 1024 * 1024;
/** Until a connection is there and encrypted. */
const connectTimeoutMs = 5_000;

/**
 * Connections to Google that are kept alive between requests, each with one request in flight, `limit` to each host.
 * More requests than that wait here without any limit: whoever sends bounds how many are in flight. FCM alone, which
 * bursts go to, has connections that carry many (http2-client.ts).
 *
 * HTTP/1.1 on purpose, although Google prefers HTTP/2 and the client would follow: over that client's one connection of
 * HTTP/2, where one request in a hundred lost its connection, 63 % of all requests failed, and over HTTP/1.1 1 %. And the
 * local Firestore and the metadata server have nothing else.
 *
 * Idle connections are closed after 4 s (the client's default, far below Google's), on purpose too: an instance that
 * was frozen meanwhile must not write into one that the other side has given up.
 *
 * @param options.maxAnswerBytes a longer answer is refused
 * @param options.ca a certificate authority to trust instead of the usual ones
 */
export function createConnections(limit: number, options: { maxAnswerBytes?: number; ca?: string } = {}): Agent {
  const { ca } = options;
  return new Agent({
    connections: limit,
    pipelining: 1,
    allowH2: false,
    maxResponseSize: options.maxAnswerBytes ?? maxAnswerBytes,
    connect: { timeout: connectTimeoutMs, ...(ca !== undefined && { ca }) },
  });
}
