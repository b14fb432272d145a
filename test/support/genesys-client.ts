import { createRequire } from 'node:module';
import path from 'node:path';
import superagent from 'superagent';

/** What Genesys' JavaScript client offers, as far as the tests call it. Rejects with superagent's error. */
export interface GenesysClient {
  readonly name: string;
  readonly create: (key: string, body: object) => Promise<Envelope>;
  readonly retrieve: (key: string, body: object) => Promise<Envelope>;
  readonly cancel: (key: string, body: object) => Promise<Envelope>;
  readonly callIn: (key: string, body: object) => Promise<Envelope>;
  readonly openFor: (key: string, queue: string) => Promise<Envelope>;
  readonly availability: (key: string, queue: string, options: object) => Promise<Envelope>;
  readonly queueStatus: (key: string, queue: string) => Promise<Envelope>;
  readonly waits: (key: string, queues: string) => Promise<Envelope>;
  /** What the client's model of that name makes of the body of an error. */
  readonly model: (name: string, body: unknown) => Envelope;
}

export interface Envelope {
  readonly status: { readonly code: number; readonly message: string; readonly corrId: string };
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The real client, unmodified, where CALLBACK_PUSH_GENESYS_CLIENT names a folder that holds it with its dependencies; it is on no package
 * registry. Everywhere else a stand-in that speaks as it does: the same library, headers, addresses and conversions.
 */
export function genesysClient(basePath: string): GenesysClient {
  const folder = process.env['CALLBACK_PUSH_GENESYS_CLIENT'];
  return folder === undefined ? standIn(basePath) : realClient(path.resolve(folder), basePath);
}

type Call = (...request: readonly unknown[]) => Promise<Envelope>;

function realClient(folder: string, basePath: string): GenesysClient {
  const library = createRequire(import.meta.url)(path.join(folder, 'src/index.js')) as Record<string, unknown>;
  const api = (name: string): Readonly<Record<string, Call>> & { apiClient: Record<string, unknown> } =>
    new (library[name] as new () => never)();
  const callbacks = api('CallbacksApi');
  Object.assign(callbacks.apiClient, { basePath, enableCookies: false });
  const call =
    (group: string, operation: string): Call =>
    (...request) =>
      // Its methods look for themselves in `this`.
      (api(group)[operation] as Call)(...request);
  return {
    name: 'the real client',
    create: call('CallbacksApi', 'bookCallbackExternal'),
    retrieve: call('CallbacksApi', 'queryCallbackById'),
    cancel: call('CallbacksApi', 'cancelCallback'),
    callIn: call('CallInApi', 'callInRequests'),
    openFor: call('AvailabilityApi', 'openFor'),
    availability: call('AvailabilityApi', 'queryAvailabilityV2'),
    queueStatus: call('QueueStatusApi', 'queryQueueStatus'),
    waits: call('EstimatedWaitTimeApi', 'estimatedWaitTimeAPI1'),
    model: (name, body) =>
      (library[name] as { constructFromObject: (body: unknown) => Envelope }).constructFromObject(body),
  };
}

const asNumber = (value: unknown) => parseFloat(String(value));
const asDate = (value: unknown) => new Date(String(value).replace('T', ' '));
/** What it converts of an answer, by field. */
const conversions: Readonly<Record<string, (value: unknown) => unknown>> = {
  code: asNumber,
  expirationTime: asNumber,
  accessCode: asNumber,
  estimatedWaitTime: asNumber,
  positionInQueue: asNumber,
  capacity: asNumber,
  desiredTime: asDate,
  utcTime: asDate,
  localTime: asDate,
};

function converted(value: unknown, field = ''): unknown {
  if (Array.isArray(value)) return value.map((element) => converted(element));
  if (typeof value !== 'object' || value === null) return conversions[field]?.(value) ?? value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, converted(one, name)]));
}

function standIn(basePath: string): GenesysClient {
  const limitMs = 60_000;
  const ask = async (request: superagent.Request, key: string, body?: object): Promise<Envelope> => {
    void request.set({ 'x-api-key': key }).timeout(limitMs).type('application/json').accept('application/json');
    const answer = await (body ? request.send(body) : request);
    return converted(answer.body) as Envelope;
  };
  const post = (address: string) => (key: string, body: object) => ask(superagent.post(basePath + address), key, body);
  const get = (address: string, key: string, query: object = {}) =>
    ask(superagent.get(basePath + address).query(query), key);
  return {
    name: 'a stand-in that speaks as the real client does',
    create: post('/callbacks/create'),
    retrieve: post('/callbacks/retrieve'),
    cancel: post('/callbacks/cancel'),
    callIn: post('/call-in/requests/create'),
    openFor: (key, queue) => get(`/callbacks/open-for/${encodeURIComponent(queue)}`, key),
    availability: (key, queue, options) => get(`/callbacks/availability/${encodeURIComponent(queue)}`, key, options),
    queueStatus: (key, queue) => get(`/callbacks/queue-status/${encodeURIComponent(queue)}`, key),
    waits: (key, queues) => get('/estimated-wait-time', key, { 'virtual-queues': queues }),
    model: (_, body) => converted(body) as Envelope,
  };
}
