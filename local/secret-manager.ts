import { randomBytes } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import * as grpc from '@grpc/grpc-js';
import * as protoLoader from '@grpc/proto-loader';
import { openPort } from './port.ts';
import { host } from './ports.ts';
import type { Tap } from './tap.ts';

/** `PERMISSION_DENIED`, `INTERNAL`, … */
export type StatusName = keyof typeof grpc.status;

export interface SecretManager {
  /** The port it listens on, at 127.0.0.1. */
  readonly port: number;
  /** RPC name ▶ how many times it was called since the start, refused calls included. */
  counters(): Record<string, number>;
  /** The next so many calls of an RPC fail with a gRPC status. */
  refuse(rpc: string, status: StatusName, times: number): void;
  /** Cuts every connection; what was stored is gone. */
  stop(): Promise<void>;
}

/**
 * Google Secret Manager v1 over gRPC, in memory, for global secrets (`projects/P/secrets/S`); and over REST, on the same
 * port, how a version is accessed. What it does not have (IAM, rotation, UpdateSecret) answers UNIMPLEMENTED. The real
 * client reaches it with
 *
 *     new SecretManagerServiceClient({
 *       apiEndpoint: '127.0.0.1',
 *       port,
 *       sslCreds: grpc.credentials.createInsecure(),
 *       clientOptions: { universeDomain: 'googleapis.com' },
 *     })
 *
 * Without the last line the client asks the metadata server of Google's cloud which universe it is in, before its
 * first call; with it, no credentials are looked for at all.
 *
 * @param options.port 0 = any free one
 * @throws when the port is taken
 */
export async function startSecretManager({ port, tap }: { port: number; tap?: Tap }): Promise<SecretManager> {
  const secrets = new Map<string, Secret>();
  const counters: Record<string, number> = {};
  const refusals = new Map<string, { readonly code: grpc.status; times: number }>();
  const carryOut = async (name: string, request: Request): Promise<unknown> => {
    counters[name] = (counters[name] ?? 0) + 1;
    const refusal = refusals.get(name);
    if (refusal && refusal.times-- > 0) throw new Refusal(refusal.code, 'refused on purpose');
    await tap?.before(name);
    const result = rpcs[name]?.(secrets, request);
    await tap?.after(name);
    return result;
  };
  const server = new grpc.Server();
  server.addService(serviceDefinition(), implementationBy(carryOut));
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const opened = await openPort({ host, port }, injector, restBy(carryOut));
  return {
    port: opened.port,
    counters: () => ({ ...counters }),
    refuse: (rpc, status, times) => {
      refusals.set(rpc, { code: grpc.status[status], times });
    },
    stop: async () => {
      injector.destroy();
      await opened.close();
      server.forceShutdown();
    },
  };
}

type CarryOut = (rpc: string, request: Request) => Promise<unknown>;

function implementationBy(carryOut: CarryOut): Record<string, grpc.handleUnaryCall<Request, unknown>> {
  const handle =
    (rpc: string): grpc.handleUnaryCall<Request, unknown> =>
    ({ request }, callback) => {
      carryOut(rpc, request).then(
        (result) => {
          callback(null, result);
        },
        (error: unknown) => {
          callback({ code: codeOf(error), details: detailsOf(error) });
        },
      );
    };
  return Object.fromEntries(Object.keys(rpcs).map((rpc) => [rpc, handle(rpc)]));
}

/** https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access, and nothing else. */
function restBy(carryOut: CarryOut): Server {
  return createServer((request, response) => {
    const [, name] = /^\/v1\/(.*):access$/.exec(request.url ?? '') ?? [];
    const access = name === undefined ? unimplemented() : carryOut('AccessSecretVersion', { name });
    access.then(
      (accessed) => {
        const { payload, ...version } = accessed as AccessedVersion;
        reply(response, 200, { ...version, payload: { ...payload, data: payload.data.toString('base64') } });
      },
      (error: unknown) => {
        const status = grpc.status[codeOf(error)];
        const code = httpStatus[status] ?? 500;
        reply(response, code, { error: { code, message: detailsOf(error), status } });
      },
    );
  });
}

const httpStatus: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  PERMISSION_DENIED: 403,
  FAILED_PRECONDITION: 400,
  RESOURCE_EXHAUSTED: 429,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
};

function unimplemented(): Promise<never> {
  return Promise.reject(new Refusal(grpc.status.UNIMPLEMENTED, 'Over REST a version can be accessed, no more.'));
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(body));
}

function codeOf(error: unknown): grpc.status {
  return error instanceof Refusal ? error.code : grpc.status.INTERNAL;
}

function detailsOf(error: unknown): string {
  return error instanceof Refusal ? error.message : String(error);
}

function serviceDefinition(): grpc.ServiceDefinition {
  const json = createRequire(import.meta.url)('@google-cloud/secret-manager/build/protos/protos.json') as Parameters<
    typeof protoLoader.fromJSON
  >[0];
  const definitions = protoLoader.fromJSON(json, { longs: String, enums: String });
  return definitions['google.cloud.secretmanager.v1.SecretManagerService'] as grpc.ServiceDefinition;
}

class Refusal extends Error {
  readonly code: grpc.status;
  constructor(code: grpc.status, details: string) {
    super(details);
    this.code = code;
  }
}

const invalid = (details: string) => new Refusal(grpc.status.INVALID_ARGUMENT, details);
const precondition = (details: string) => new Refusal(grpc.status.FAILED_PRECONDITION, details);
const notFound = (details: string) => new Refusal(grpc.status.NOT_FOUND, details);

/** The fields of all requests together; what is empty on the wire is absent here. */
interface Request {
  readonly parent?: string;
  readonly name?: string;
  readonly etag?: string;
  readonly secretId?: string;
  readonly secret?: Pick<Secret, 'replication' | 'labels' | 'annotations'>;
  readonly payload?: { readonly data?: Buffer; readonly dataCrc32c?: string };
  readonly pageSize?: number;
  readonly pageToken?: string;
}

interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

interface Secret {
  readonly name: string;
  readonly createTime: Timestamp;
  readonly etag: string;
  readonly replication?: { readonly automatic?: object; readonly userManaged?: { readonly replicas?: object[] } };
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Oldest first: version n is at n − 1, and stays there when it is destroyed. */
  readonly versions: Version[];
}

interface Version {
  readonly name: string;
  readonly createTime: Timestamp;
  readonly clientSpecifiedPayloadChecksum: boolean;
  destroyTime?: Timestamp;
  state: 'ENABLED' | 'DISABLED' | 'DESTROYED';
  etag: string;
  /** Empty once destroyed. */
  data: Buffer;
}

interface AccessedVersion {
  readonly name: string;
  readonly payload: { readonly data: Buffer; readonly dataCrc32c: string };
}

const maxPayloadBytes = 65_536;

type Rpc = (secrets: Map<string, Secret>, request: Request) => unknown;

const rpcs: Readonly<Record<string, Rpc>> = {
  CreateSecret: (secrets, { parent = '', secretId = '', secret }) => {
    if (!/^projects\/[^/]+$/.test(parent)) throw invalid(`The parent [${parent}] is not of the form projects/*.`);
    if (!/^[\w-]{1,255}$/.test(secretId)) throw invalid(`The secret id [${secretId}] is not valid.`);
    if (!secret?.replication?.automatic && !secret?.replication?.userManaged?.replicas?.length) {
      throw invalid('Secret.replication must be provided.');
    }
    const name = `${parent}/secrets/${secretId}`;
    if (secrets.has(name)) throw new Refusal(grpc.status.ALREADY_EXISTS, `Secret [${name}] already exists.`);
    const { replication, labels = {}, annotations = {} } = secret;
    const created = { name, createTime: now(), etag: newEtag(), replication, labels, annotations, versions: [] };
    secrets.set(name, created);
    return created;
  },
  GetSecret: (secrets, { name }) => findSecret(secrets, name),
  ListSecrets: (secrets, request) => {
    const { parent = '' } = request;
    if (!/^projects\/[^/]+$/.test(parent)) throw invalid(`The parent [${parent}] is not of the form projects/*.`);
    const found = [...secrets.values()].filter(({ name }) => name.startsWith(`${parent}/secrets/`)).reverse();
    const { page, nextPageToken } = pageOf(found, request);
    return { secrets: page, nextPageToken, totalSize: found.length };
  },
  DeleteSecret: (secrets, { name, etag }) => {
    const secret = findSecret(secrets, name);
    matchEtag(secret, etag);
    secrets.delete(secret.name);
    return {};
  },
  AddSecretVersion: (secrets, { parent, payload }) => {
    const secret = findSecret(secrets, parent);
    const data = checkedPayload(payload);
    const version: Version = {
      name: `${secret.name}/versions/${secret.versions.length + 1}`,
      createTime: now(),
      clientSpecifiedPayloadChecksum: payload?.dataCrc32c !== undefined,
      state: 'ENABLED',
      etag: newEtag(),
      data,
    };
    secret.versions.push(version);
    return version;
  },
  AccessSecretVersion: (secrets, { name }) => {
    const version = findVersion(secrets, name);
    if (version.state !== 'ENABLED') throw precondition(stateOf(version));
    return {
      name: version.name,
      payload: { data: version.data, dataCrc32c: crc32c(version.data) },
    } satisfies AccessedVersion;
  },
  GetSecretVersion: (secrets, { name }) => findVersion(secrets, name),
  ListSecretVersions: (secrets, request) => {
    const found = findSecret(secrets, request.parent).versions.toReversed();
    const { page, nextPageToken } = pageOf(found, request);
    return { versions: page, nextPageToken, totalSize: found.length };
  },
  EnableSecretVersion: (secrets, request) => changeState(secrets, request, 'ENABLED'),
  DisableSecretVersion: (secrets, request) => changeState(secrets, request, 'DISABLED'),
  DestroySecretVersion: (secrets, request) => {
    const version = changeState(secrets, request, 'DESTROYED');
    version.data = Buffer.alloc(0);
    version.destroyTime = now();
    return version;
  },
};

function changeState(secrets: Map<string, Secret>, { name, etag }: Request, state: Version['state']): Version {
  const version = findVersion(secrets, name);
  matchEtag(version, etag);
  if (version.state === 'DESTROYED') throw precondition(stateOf(version));
  version.state = state;
  version.etag = newEtag();
  return version;
}

function findSecret(secrets: Map<string, Secret>, name = ''): Secret {
  if (!/^projects\/[^/]+\/secrets\/[\w-]+$/.test(name)) throw invalid(`The name [${name}] is not one of a secret.`);
  const secret = secrets.get(name);
  if (!secret) throw notFound(`Secret [${name}] not found.`);
  return secret;
}

/** `latest` is the version made last whatever its state, so that disabling it makes no older one `latest`. */
function findVersion(secrets: Map<string, Secret>, name = ''): Version {
  const [, secretName, id] = /^(projects\/[^/]+\/secrets\/[\w-]+)\/versions\/([1-9]\d*|latest)$/.exec(name) ?? [];
  if (!secretName || !id) throw invalid(`The name [${name}] is not one of a secret version.`);
  const { versions } = findSecret(secrets, secretName);
  const version = id === 'latest' ? versions.at(-1) : versions[Number(id) - 1];
  if (!version) throw notFound(`Secret Version [${name}] not found.`);
  return version;
}

function stateOf({ name, state }: Version): string {
  return `Secret Version [${name}] is in ${state} state.`;
}

function matchEtag({ name, etag }: { readonly name: string; readonly etag: string }, expected = ''): void {
  if (expected !== '' && expected !== etag) throw precondition(`The etag provided for [${name}] does not match.`);
}

function checkedPayload(payload: Request['payload']): Buffer {
  const data = payload?.data ?? Buffer.alloc(0);
  if (data.length === 0) throw invalid('The payload must not be empty.');
  if (data.length > maxPayloadBytes) throw invalid(`The payload exceeds ${maxPayloadBytes} bytes.`);
  const sum = payload?.dataCrc32c;
  if (sum !== undefined && sum !== crc32c(data)) throw invalid('The payload does not match its data_crc32c checksum.');
  return data;
}

/** A page token names the last item handed out, so that what is added meanwhile shifts no page. */
function pageOf<T extends { readonly name: string }>(
  all: readonly T[],
  { pageSize = 0, pageToken = '' }: Request,
): { page: readonly T[]; nextPageToken: string } {
  if (pageSize < 0) throw invalid('The page size must not be negative.');
  const last = Buffer.from(pageToken, 'base64url').toString();
  const start = pageToken === '' ? 0 : all.findIndex(({ name }) => name === last) + 1;
  if (pageToken !== '' && start === 0) throw invalid('The page token is not valid.');
  const end = start + (pageSize || 25_000);
  const page = all.slice(start, end);
  const lastName = end < all.length ? (page.at(-1)?.name ?? '') : '';
  return { page, nextPageToken: Buffer.from(lastName).toString('base64url') };
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc;
});

/** CRC-32 with Castagnoli's polynomial, in decimal as protobuf writes an int64. */
function crc32c(data: Uint8Array): string {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0);
  return String(~crc >>> 0);
}

function now(): Timestamp {
  const milliseconds = Date.now();
  return { seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1_000_000 };
}

function newEtag(): string {
  return `"${randomBytes(7).toString('hex')}"`;
}
