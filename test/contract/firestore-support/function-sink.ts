import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import compiled from '../../../functions/node_modules/firebase-functions/protos/compiledFirestore.js';

type EventData = ReturnType<typeof compiled.google.events.cloud.firestore.v1.DocumentEventData.decode>;

export interface Received {
  key: string;
  headers: IncomingHttpHeaders;
  data: EventData;
}

/** Stands where the functions emulator would: keeps what is delivered, decoded with the functions runtime's own code. */
export class FunctionSink {
  readonly received: Received[] = [];
  mostAtOnce = 0;
  #atOnce = 0;
  #failuresLeft = 0;
  #hold: Promise<void> | undefined;
  readonly #server = createServer((request, response) => {
    void this.#take(request, response);
  });

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  /** The next deliveries are kept but answered with an error. */
  failNext(count: number): void {
    this.#failuresLeft = count;
  }

  /** Answers nothing until the promise is settled. */
  holdUntil(release: Promise<void>): void {
    this.#hold = release;
  }

  of(key: string): Received[] {
    return this.received.filter((received) => received.key === key);
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
    const bytes = Buffer.from(text, 'base64');
    const data = compiled.google.events.cloud.firestore.v1.DocumentEventData.decode(bytes);
    this.received.push({
      key: decodeURIComponent(request.url?.split('/').at(-1) ?? ''),
      headers: request.headers,
      data,
    });
    await this.#hold;
    this.#atOnce -= 1;
    const fails = this.#failuresLeft > 0;
    if (fails) this.#failuresLeft -= 1;
    response.writeHead(fails ? 500 : 204).end();
  }
}
