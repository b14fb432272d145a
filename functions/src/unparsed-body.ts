import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/**
 * Has the framework that runs the functions hand on the bodies of requests below this path as they came. It parses JSON before
 * a function is called, and answers and logs what does not parse with a piece of it: of a request with credentials
 * that would be a piece of the private key. A body of no type that it knows it leaves alone.
 */
export function leaveBodiesUnparsed(path: string): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { readonly request: IncomingMessage };
    if (request.url?.startsWith(path)) request.headers['content-type'] = 'application/octet-stream';
  });
}
