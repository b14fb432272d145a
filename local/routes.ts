import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './fcm-errors.ts';
import { isObject } from './fcm-schema.ts';
import type { Tap } from './tap.ts';

const maxBodyBytes = 1024 * 1024;

export interface Call {
  readonly query: URLSearchParams;
  /** What the pattern of the route caught, decoded. */
  readonly caught: string;
  readonly body: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A route whose handler answers nothing has dealt with the response itself. */
export type Route = readonly [method: string, path: RegExp, handle: (call: Call) => Answer | undefined];

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const failed = (status: number, code: string, message: string, problems?: readonly string[]): Answer => ({
  status,
  body: { error: { code, message, ...(problems && { problems }) } },
});
export const wrong = (problems: readonly string[]) => failed(400, 'invalid-request', problems.join('; '), problems);
const noRoute = failed(404, 'not-found', 'There is nothing at this address.');
const notLocal = failed(403, 'not-local', 'Only requests to 127.0.0.1 or localhost are served.');
const tooLarge = failed(413, 'too-large', `A request body may have ${maxBodyBytes} bytes.`);

/** The body as JSON; undefined where it is none. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The fields of a JSON object; none where the body is anything else. */
export function jsonFields(body: string): Readonly<Record<string, unknown>> {
  const json = parseJson(body);
  return isObject(json) ? json : {};
}

/** Answers a request by the first route that fits; what a handler throws is answered with 500. */
export async function serve(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
  tap?: Tap,
): Promise<void> {
  try {
    const [path = ''] = (request.url ?? '').split('?');
    await tap?.before(path);
    const answer = await answerTo(routes, request, response);
    await tap?.after(path);
    if (answer) write(response, answer);
  } catch (error) {
    if (response.destroyed || response.headersSent) return;
    write(response, failed(500, 'internal', error instanceof Error ? error.message : 'unknown'));
  }
}

async function answerTo(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer | undefined> {
  // A page of the web whose name is made to resolve to this machine must not get at the keys made here.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(hostOf(request))) return notLocal;
  const [path = '', query = ''] = (request.url ?? '').split('?');
  if (openToPages.has(path)) allowLocalPages(request, response);
  if (openToPages.has(path) && request.method === 'OPTIONS') return preflight;
  const route = routes.find(([method, pattern]) => method === request.method && pattern.test(path));
  if (!route) return noRoute;
  const body = await readBody(request);
  if (body === undefined) return tooLarge;
  const [, pattern, handle] = route;
  const caught = decoded(pattern.exec(path)?.[1] ?? '');
  if (caught === undefined) return wrong(['address: must be percent-encoded UTF-8']);
  return handle({ query: new URLSearchParams(query), caught, body, request, response });
}

/** HTTP/2 has a field of its own for it. */
function hostOf({ headers }: IncomingMessage): string {
  return headers.host ?? String(headers[':authority'] ?? '');
}

/** What the hosted page asks for from the origin of its own: a target for this browser, and what arrives there. */
const openToPages = new Set(['/local/browsers', '/inbox/events']);

const preflight: Answer = {
  status: 204,
  body: '',
  headers: { 'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': 'content-type' },
};

function allowLocalPages({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  if (!/^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(origin ?? '')) return;
  response.setHeader('access-control-allow-origin', origin ?? '').setHeader('vary', 'origin');
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes <= maxBodyBytes ? Buffer.concat(chunks).toString() : undefined;
}

function write(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, headersOf(answer)).end(textOf(answer));
}

/** Promises the whole answer, writes half of it and calls back. */
export function writeHalf(response: ServerResponse, answer: Answer, then: () => void): void {
  const text = textOf(answer);
  response.writeHead(answer.status, { ...headersOf(answer), 'content-length': String(Buffer.byteLength(text)) });
  response.write(text.slice(0, text.length / 2), then);
}

function textOf({ body }: Answer): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function headersOf({ body, headers }: Answer): Readonly<Record<string, string>> {
  const contentType = typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  return { 'content-type': contentType, ...headers };
}
