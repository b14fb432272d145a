import { generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHttpClient } from '../../functions/src/google/http-client.ts';
import { createHttp2Client } from '../../functions/src/google/http2-client.ts';
import { http2DoorTo, openPort } from '../../local/port.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (request: Request, response: ServerResponse) => void;

/** A server of HTTP/1.1 and HTTP/2 of a test's own that records what it is asked and answers as it is told. */
export async function startServer(answer: Answer) {
  const requests: Request[] = [];
  const state = { answer };
  const serve = (incoming: IncomingMessage, response: ServerResponse) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (part: string) => (body += part));
    incoming.on('end', () => {
      const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body };
      requests.push(request);
      state.answer(request, response);
    });
  };
  const { port, close } = await openPort({ host: '127.0.0.1', port: 0 }, http2DoorTo(serve), createServer(serve));
  const url = `http://127.0.0.1:${port}`;
  const http = createHttpClient(10);
  const http2Client = createHttp2Client(url);
  return {
    url,
    requests,
    state,
    http,
    http2: http2Client,
    async stop() {
      http2Client.destroy();
      http.destroy();
      await close(0);
    },
  };
}

export const answerJson =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

export const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Header and claims of a signed JWT; nothing where the signature is not of this key. */
export function verified(jwt: string, publicKey: KeyObject): { header: unknown; claims: unknown } | undefined {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))) return undefined;
  const part = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString());
  return { header: part(header), claims: part(claims) };
}
