import { askFcm, type FcmTransport } from './request.ts';
import type { PushResult } from './result.ts';

/**
 * Asks FCM whether it would send for this account in this project, without sending: a made-up target gets as far as
 * authentication, permission, project and API.
 */
export function probe(transport: FcmTransport, projectId: string, accessToken: string): Promise<PushResult> {
  const message = { data: { probe: 'true' } };
  return askFcm(transport, { projectId, accessToken, target: 'probe', message, validateOnly: true });
}
