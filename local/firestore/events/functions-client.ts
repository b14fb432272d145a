import { request } from 'node:http';

import type { Deliver } from './delivery-queue.ts';
import type { EncodeDocument } from './cloud-event.ts';
import { eventBody, eventHeaders } from './cloud-event.ts';

/** Delivers to the functions emulator at `host:port`. */
export function deliverTo(functionsEmulator: string, encode: EncodeDocument): Deliver {
  return (key, event, signal) => {
    const [, project = ''] = event.change.name.database.split('/');
    const url = `http://${functionsEmulator}/functions/projects/${project}/triggers/${key}`;
    return post(url, eventHeaders(event), eventBody(event, encode), signal);
  };
}

/** One connection per delivery: a kept one may be closed by the other side just as it is used again. */
function post(url: string, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent: false, signal }, (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (status >= 200 && status < 300) resolve();
        else reject(new Error(`the function answered ${status}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
