import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

import { invalid, Refusal } from '../document/refusal.ts';
import type { TriggerRequest } from '../events/trigger.ts';
import { parseTrigger } from '../events/trigger.ts';
import type { Triggers } from '../events/triggers.ts';
import type { Service } from './call.ts';
import { answerRest, isRest } from './rest.ts';

interface Exchange {
  /** What the parentheses of the route's pattern stood for. */
  readonly parts: readonly string[];
  readonly url: URL;
  readonly body: unknown;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  answer(exchange: Exchange): object;
}

const maxBodyBytes = 1_000_000;

/**
 * The HTTP side: calls in JSON, what the emulator suite asks of its Firestore, and the switches that tests use under
 * `/local/`.
 */
export function controlServer(service: Service, triggers: Triggers): Server {
  const routes = [...suiteRoutes(service, triggers), ...testRoutes(service, triggers)];
  return createServer((request, response) => {
    if (isRest(request)) {
      void answerRest(service, request, response);
      return;
    }
    answer(routes, request).then(
      (body) => {
        reply(response, 200, body);
      },
      (error: unknown) => {
        const status = error instanceof Refusal ? (error.status === 'NOT_FOUND' ? 404 : 400) : 500;
        reply(response, status, { error: error instanceof Error ? error.message : String(error) });
      },
    );
  });
}

function suiteRoutes({ databases }: Service, triggers: Triggers): Route[] {
  const projects = '^/emulator/v1/projects/([^/:]+)';
  return [
    { method: 'GET', path: /^\/$/, answer: () => ({ status: 'ok' }) },
    {
      method: 'POST',
      path: new RegExp(`${projects}/eventarcTrigger$`),
      answer: ({ parts: [project = ''], url, body }) => {
        const key = url.searchParams.get('eventarcTriggerId') ?? '';
        triggers.register(parseTrigger(project, key, body as TriggerRequest));
        return {};
      },
    },
    // Rules only concern clients without the owner token, and those are always refused.
    { method: 'PUT', path: new RegExp(`${projects}:securityRules$`), answer: () => ({ issues: [] }) },
    {
      method: 'DELETE',
      path: new RegExp(`${projects}/databases/([^/]+)/documents$`),
      answer: ({ parts: [project = '', database = ''] }) => {
        databases.clear(`projects/${project}/databases/${database}`);
        return {};
      },
    },
  ];
}

function testRoutes({ usage, faults }: Service, triggers: Triggers): Route[] {
  return [
    { method: 'GET', path: /^\/local\/deliveries$/, answer: () => triggers },
    {
      method: 'PUT',
      path: /^\/local\/deliveries$/,
      answer: ({ body }) => {
        triggers.configure(counts(body, { copies: 1, shuffleMs: 0, inFlight: 1 }));
        return triggers;
      },
    },
    { method: 'GET', path: /^\/local\/counters$/, answer: () => usage },
    {
      method: 'DELETE',
      path: /^\/local\/counters$/,
      answer: () => {
        usage.reset();
        return usage;
      },
    },
    { method: 'GET', path: /^\/local\/faults$/, answer: () => faults },
    {
      method: 'PUT',
      path: /^\/local\/faults$/,
      answer: ({ body }) => {
        faults.set(counts(body, { abortCommits: 0, unavailable: 0 }));
        return faults;
      },
    },
  ];
}

async function answer(routes: readonly Route[], request: IncomingMessage): Promise<object> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  for (const route of routes) {
    const match = route.method === request.method ? route.path.exec(url.pathname) : null;
    if (match === null) continue;
    const parts = match.slice(1).map(decodeURIComponent);
    return route.answer({ parts, url, body: await readBody(request) });
  }
  throw new Refusal('NOT_FOUND', `There is no ${request.method ?? ''} ${url.pathname} here.`);
}

/** The suite sends some bodies as a JSON string that holds JSON. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk as string;
    if (text.length > maxBodyBytes) throw invalid('The body is too large.');
  }
  if (text === '') return {};
  const body: unknown = parseJson(text);
  return typeof body === 'string' ? parseJson(body) : body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('The body is not JSON.');
  }
}

/** The whole numbers of a body, each at least its minimum; anything else in it is refused. */
function counts<K extends string>(body: unknown, minimums: Record<K, number>): Partial<Record<K, number>> {
  if (typeof body !== 'object' || body === null) throw invalid('The body must be an object.');
  const known = new Map<string, number>(Object.entries(minimums));
  for (const [name, value] of Object.entries(body)) {
    const minimum = known.get(name);
    if (minimum === undefined) throw invalid(`"${name}" is not one of ${[...known.keys()].join(', ')}.`);
    if (!Number.isInteger(value) || (value as number) < minimum) {
      throw invalid(`"${name}" must be a whole number, at least ${minimum}.`);
    }
  }
  return body;
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}
