import type { IncomingMessage, ServerResponse } from 'node:http';

import { invalid, Refusal, type StatusName } from '../document/refusal.ts';
import { admit, tapped, type Service } from './call.ts';
import { commit } from './commits.ts';
import { batchGetRequestOf, batchGetResponseTo, commitRequestOf, commitResponseTo } from './json.ts';
import { batchGetDocuments } from './reads.ts';

/** What of the service there is over HTTP/1.1 and JSON, as Google's own emulator has it on the same port. */
const path = /^\/v1\/(projects\/[^/]+\/databases\/[^/]+)\/documents:(commit|batchGet)$/;
/** https://cloud.google.com/apis/design/errors#handling_errors */
const httpStatus: Readonly<Record<StatusName, number>> = {
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
};

type Body = Readonly<Record<string, unknown>>;
type Answer = (service: Service, database: string, body: Body) => Promise<object>;

const rpcs: Readonly<Record<string, { readonly name: string; readonly answer: Answer }>> = {
  commit: {
    name: 'Commit',
    answer: async (service, database, body) => commitResponseTo(await commit(service, commitRequestOf(database, body))),
  },
  batchGet: {
    name: 'BatchGetDocuments',
    answer: async (service, database, body) =>
      (await batchGetDocuments(service, batchGetRequestOf(database, body))).map(batchGetResponseTo),
  },
};

export function isRest({ url = '' }: IncomingMessage): boolean {
  return url.startsWith('/v1/');
}

/** Carries out one call as if it had come over gRPC: the same faults, the same counters, the same tap. */
export async function answerRest(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readJson(request);
    const [, database = '', method = ''] = path.exec(decodeURIComponent(request.url ?? '')) ?? [];
    const rpc = request.method === 'POST' ? rpcs[method] : undefined;
    if (!rpc) throw new Refusal('UNIMPLEMENTED', `There is no ${request.method ?? ''} ${request.url ?? ''} here.`);
    const { name, answer } = rpc;
    admit(service, name, request.headers.authorization);
    reply(response, 200, await tapped(service, name, () => answer(service, database, body)));
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 'INTERNAL';
    if (status === 'INTERNAL') console.error('The local Firestore failed:', error);
    const said = { code: httpStatus[status], message: error instanceof Error ? error.message : String(error), status };
    reply(response, said.code, { error: said });
  }
}

async function readJson(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body;
  } catch {
    throw invalid('The body is not JSON.');
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(body));
}
