import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

/** Nothing larger is looked at; enough for every service-account file and booking. */
export const maxBodyBytes = 64 * 1024;

/** The JSON of a body; undefined where there is none. @throws {ApiError} 400 */
export function jsonBody(body: Buffer | undefined): unknown {
  if (!body || body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new ApiError('malformed-json', 'The body is not JSON.');
  }
}

const ours = /^(\/[\w-]+\/[\w-]+\/\w+)?\/(admin|engagement|v3)\//;

/**
 * Has bodies of our APIs arrive unparsed. The platform parses JSON before any function of ours is asked, and answers a malformed
 * one with an HTML page (outside production with the stack in it); a body of no known type it hands on as it is.
 */
export function takeBodiesUnparsed(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    if (ours.test(request.url ?? '')) request.headers['content-type'] = 'application/octet-stream';
  });
}
