import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { send, type Surroundings } from './fcm.ts';
import { createFaults, parseFaults, type Faults } from './fcm-faults.ts';
import { createInbox, filterOf, inboxPage, streamInbox, type Inbox } from './inbox.ts';
import type { SecretManager, StatusName } from './secret-manager.ts';
import { failed, jsonFields, ok, parseJson, serve, writeHalf, wrong, type Call, type Route } from './routes.ts';
import { http2DoorTo, openPort } from './port.ts';
import { host } from './ports.ts';
import type { Tap } from './tap.ts';
import { accountStates, createAccounts, issuerOf, parseAccount, type Accounts } from './oauth.ts';
import { outcomeOf, type Outcome } from './spoilt-answers.ts';
import { tokenFaultAnswers } from './token-errors.ts';
import type { Answer } from './fcm-errors.ts';

/** What stands in for Google: the OAuth token endpoint, FCM, and the inbox of what FCM took. */
export interface Google {
  readonly port: number;
  /** `http://127.0.0.1:PORT`: base of the token endpoint and of FCM, and the address of the inbox page. */
  readonly url: string;
  readonly accounts: Accounts;
  readonly faults: Faults;
  readonly inbox: Pick<Inbox, 'messages' | 'clear'>;
  /** How many requests each door got since the start or the last reset. */
  requests(): Requests;
  resetRequests(): void;
  /** Closes every connection at once. */
  stop(): Promise<void>;
}

export interface Requests {
  readonly token: number;
  readonly send: number;
}

const inboxCapacity = 10_000;
/** Longer than clients keep an idle connection, so that none is closed under a request on its way. */
const keepAliveMs = 120_000;

/**
 * Listens on 127.0.0.1 only, for HTTP/1.1 and, as FCM has it, HTTP/2; but in the clear, so that who wants the latter
 * begins with it (prior knowledge).
 *
 * @param options.port 0 = any free one
 * @param options.now epoch milliseconds, with a fraction: the clock of this Google, which its answers tell
 * @param options.random for faults with a rate; with a seed of its own a run can be repeated
 * @param options.secretManager another server of the stack, whose counters and refusals tests reach over HTTP here
 * @throws when the port is taken
 */
export async function startGoogle({
  port,
  now = preciseNow,
  random,
  secretManager,
  tap,
  faults = createFaults(random),
}: {
  port: number;
  now?: () => number;
  random?: () => number;
  secretManager?: SecretManager;
  tap?: Tap;
  faults?: Faults;
}): Promise<Google> {
  let url = '';
  let requests = { token: 0, send: 0 };
  const accounts = createAccounts({ tokenUrl: () => `${url}/token`, now });
  const inbox = createInbox({ capacity: inboxCapacity, now });
  const google: Omit<Google, 'port' | 'url' | 'stop'> = {
    accounts,
    faults,
    inbox,
    requests: () => requests,
    resetRequests: () => {
      requests = { token: 0, send: 0 };
    },
  };
  const count = (door: keyof Requests) => {
    requests = { ...requests, [door]: requests[door] + 1 };
  };
  const routes = [...googleRoutes(google, inbox, count), ...inboxRoutes(inbox), ...localRoutes(google, secretManager)];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('date', new Date(now()).toUTCString());
    void serve(routes, request, response, tap);
  };
  const http1 = createServer(answer);
  http1.keepAliveTimeout = keepAliveMs;
  const opened = await openPort({ host, port }, http2DoorTo(answer), http1);
  url = `http://${host}:${opened.port}`;
  return { ...google, port: opened.port, url, stop: () => opened.close(0) };
}

function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

function googleRoutes(
  google: Pick<Google, 'accounts' | 'faults'>,
  inbox: Inbox,
  count: (door: keyof Requests) => void,
): Route[] {
  const { accounts, faults } = google;
  const keep: Surroundings['keep'] = (accepted) => {
    inbox.keep(accepted);
  };
  const exchange = (call: Call) => {
    count('token');
    const form = new URLSearchParams(call.body);
    const fault = faults.strike('token', issuerOf(form));
    const answer = accounts.exchange(form);
    return settle(call, fault ? outcomeOf(fault, (code) => tokenFaultAnswers[code](), answer) : answer);
  };
  const sendMessage = (call: Call) => {
    count('send');
    const { authorization } = call.request.headers;
    return settle(call, send({ project: call.caught, authorization, body: call.body }, { accounts, faults, keep }));
  };
  return [
    ['POST', /^\/token$/, exchange],
    ['POST', /^\/v1\/projects\/([^/]+)\/messages:send$/, sendMessage],
  ];
}

/** Hands an answer on; a connection that is to break is dealt with here. */
function settle({ request, response }: Call, outcome: Outcome): Answer | undefined {
  if (!('breaks' in outcome)) return outcome;
  const { breaks, within } = outcome;
  const breakOff = () => {
    const { stream } = request as { stream?: ServerHttp2Stream };
    if (breaks === 'disconnect' || (breaks === 'reset' && !stream)) request.socket.resetAndDestroy();
    else if (breaks === 'reset') stream?.on('error', () => undefined).destroy(new Error('broken off on purpose'));
  };
  if (within) writeHalf(response, within, breakOff);
  else breakOff();
  return undefined;
}

function inboxRoutes(inbox: Inbox): Route[] {
  const read = ({ query }: Call) => {
    const { limit, ...filter } = filterOf(query);
    const found = inbox.messages(filter);
    return ok({ messages: found.slice(0, limit), total: found.length });
  };
  const empty = () => {
    inbox.clear();
    return ok({});
  };
  const follow = ({ request, response }: Call) => {
    streamInbox(inbox, request, response);
    return undefined;
  };
  return [
    ['GET', /^(\/|\/inbox\.js|\/inbox\.css)$/, ({ caught }) => inboxPage(caught)],
    ['GET', /^\/inbox\.json$/, read],
    ['DELETE', /^\/inbox\.json$/, empty],
    ['GET', /^\/inbox\/events$/, follow],
  ];
}

const noAccount = failed(404, 'account-not-found', 'No such service account is registered.');

/** What tests in other processes need; Google has nothing of the kind. */
function localRoutes(
  { accounts, faults, requests, resetRequests }: Omit<Google, 'port' | 'url' | 'stop' | 'inbox'>,
  secretManager: SecretManager | undefined,
): Route[] {
  const setFaults = ({ body }: Call) => {
    const parsed = parseFaults(parseJson(body));
    if ('problems' in parsed) return wrong(parsed.problems);
    faults.set(parsed.rules);
    return ok(faults.list());
  };
  const clearFaults = () => {
    faults.clear();
    return ok([]);
  };
  const resetCounters = () => {
    resetRequests();
    return ok(requests());
  };
  const create = ({ body }: Call) => {
    const { projectId } = jsonFields(body);
    if (typeof projectId !== 'string' || !/^[a-z][a-z0-9-]*$/.test(projectId)) {
      return wrong(['projectId: must be a project id such as demo-callbacks']);
    }
    return ok(accounts.create(projectId));
  };
  const register = ({ body }: Call) => {
    const parsed = parseAccount(parseJson(body));
    if ('problems' in parsed) return wrong(parsed.problems);
    accounts.register(parsed.account);
    return ok({ clientEmail: parsed.account.client_email, projectId: parsed.account.project_id });
  };
  const change = ({ caught: clientEmail, body }: Call) => {
    const { state } = jsonFields(body);
    const known = accountStates.find((name) => name === state);
    if (!known) return wrong([`state: must be one of ${accountStates.join(', ')}`]);
    return accounts.setState(clientEmail, known) ? ok({ clientEmail, state: known }) : noAccount;
  };
  const refuse = ({ body }: Call) => {
    const { rpc, status, times } = jsonFields(body);
    if (typeof rpc !== 'string' || typeof status !== 'string' || typeof times !== 'number') {
      return wrong(['must be {rpc, status, times}: the names of an RPC and of a gRPC status, and how often']);
    }
    secretManager?.refuse(rpc, status as StatusName, times);
    return ok({});
  };
  const rotate = ({ caught }: Call) => {
    const rotated = accounts.rotateKey(caught);
    return rotated ? ok(rotated) : noAccount;
  };
  return [
    ['GET', /^\/local\/faults$/, () => ok(faults.list())],
    ['PUT', /^\/local\/faults$/, setFaults],
    ['DELETE', /^\/local\/faults$/, clearFaults],
    [
      'GET',
      /^\/local\/counters$/,
      () => ok({ ...requests(), ...(secretManager && { secretManager: secretManager.counters() }) }),
    ],
    ['PUT', /^\/local\/secret-manager$/, refuse],
    ['DELETE', /^\/local\/counters$/, resetCounters],
    ['POST', /^\/local\/browsers$/, () => ok({ token: `local-browser:${randomUUID()}` })],
    ['POST', /^\/local\/accounts$/, create],
    ['PUT', /^\/local\/accounts$/, register],
    ['PATCH', /^\/local\/accounts\/([^/]+)$/, change],
    ['POST', /^\/local\/accounts\/([^/]+)\/keys$/, rotate],
    [
      'DELETE',
      /^\/local\/accounts\/([^/]+)\/tokens$/,
      ({ caught }) => (accounts.revokeTokens(caught) ? ok({}) : noAccount),
    ],
  ];
}
