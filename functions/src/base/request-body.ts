import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

/** Nothing larger is looked at; enough for every service-account file and every booking. */
export const maxBodyBytes = 64 * 1024;

/**
 * The JSON of a body as it came; undefined where there is none.
 *
 * @throws {ApiError} 413, 400. Without the parser's own words: they show a piece of what it was given, which may be a
 *   piece of a private key
 */
export function jsonOf(body: Uint8Array | undefined): unknown {
  if (!body?.length) return undefined;
  if (body.length > maxBodyBytes) throw new ApiError('too-large', `A request may have ${maxBodyBytes / 1024} kB.`);
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    throw new ApiError('malformed-json', 'The body of the request is not JSON.');
  }
}

/** Paths of our APIs: behind Hosting, at the function's own address, and below project and region in the emulator. */
const ours = /^(\/[\w-]+\/[\w-]+\/\w+)?\/(admin|engagement|v3)\//;

/**
 * Has the framework that runs the functions hand on the bodies of requests to our APIs as they came. It parses JSON before a
 * function is called, and answers and logs what does not parse with a piece of it: of a request with credentials
 * that would be a piece of the private key. A body of no type that it knows it leaves alone.
 *
 * Nor is any body inflated, whatever it is for: the framework would, up to 1 GB, before anybody has looked at who sent it.
 */
export function leaveBodiesUnparsed(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { readonly request: IncomingMessage };
    delete request.headers['content-encoding'];
    if (ours.test(request.url ?? '')) request.headers['content-type'] = 'application/octet-stream';
  });
}
