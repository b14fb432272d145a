import { connectionFailure } from '../google/connection-failure.ts';
import type { Http2Client } from '../google/http2-client.ts';
import { classify } from './answer.ts';
import type { PushMessage } from './push-message.ts';
import type { PushResult } from './result.ts';

/** What one request to FCM needs beside its credentials. */
export interface FcmTransport {
  /** To `https://fcm.googleapis.com`, or the local stand-in. */
  readonly client: Http2Client;
  /**
   * How long FCM may take for its answer once it is asked; it wants 10 s at least before a request is given up. For a
   * connection a request waits half as long at most.
   */
  readonly timeoutMs: number;
  readonly now: () => number;
}

export interface FcmRequest {
  readonly projectId: string;
  readonly accessToken: string;
  readonly target: string;
  readonly message: Partial<PushMessage>;
  /** Has FCM check the message and deliver nothing. */
  readonly validateOnly?: boolean;
}

/** One request of the FCM HTTP v1 API. Never rejects: whatever goes wrong is a result. */
export async function askFcm({ client, timeoutMs, now }: FcmTransport, request: FcmRequest): Promise<PushResult> {
  const { projectId, accessToken, target, message, validateOnly = false } = request;
  try {
    const answer = await client.post({
      path: `/v1/projects/${encodeURIComponent(projectId)}/messages:send`,
      headers: ['authorization', `Bearer ${accessToken}`, 'content-type', 'application/json'],
      body: JSON.stringify({
        validate_only: validateOnly || undefined,
        message: isInstallationId(target) ? { ...message, fid: target } : { ...message, token: target },
      }),
      timeoutMs,
    });
    return classify(answer, { target, message }, now());
  } catch (error) {
    const { code, cause } = connectionFailure(error);
    return { outcome: 'try-later', scope: 'provider', code, detail: `no answer of FCM: ${cause}` };
  }
}

/** Firebase installation ids have 22 characters; a registration token is far longer (`<fid>:APA91b…`). */
function isInstallationId(target: string): boolean {
  return target.length === 22 && /^[cdef][\w-]+$/.test(target);
}
