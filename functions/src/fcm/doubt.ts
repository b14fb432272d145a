import { isYoung } from '../base/memory.ts';
import { probe } from './probe.ts';
import type { FcmTransport } from './request.ts';
import { isTrouble, type PushResult } from './result.ts';

/** With whose rights a message was sent. */
export interface Rights {
  readonly projectId: string;
  readonly accessToken: string;
}

/** What a result means in the light of what FCM says of the credentials when it is asked about nothing else. */
export type Doubt = (result: PushResult, rights: Rights, mayProbe: boolean) => Promise<PushResult>;

/** However many answers are doubtful: credentials that have broken meanwhile are found out after this. */
const verdictForMs = 10_000;

/** Codes that are read out of a status alone ▶ what is left of them where the credentials are good after all. */
const deviceCodes: ReadonlyMap<string, string> = new Map([
  ['UNAUTHENTICATED', 'DEVICE_UNAUTHENTICATED'],
  ['PERMISSION_DENIED', 'FORBIDDEN'],
  ['PROJECT_NOT_FOUND', 'NOT_FOUND'],
]);

/**
 * Where FCM refuses a message and does not say why, it may be the device or the credentials. Blaming the credentials
 * stops everybody, so it takes a probe that is refused, too. A probe that gets through makes it this device's trouble,
 * which costs one device a delay; one that finds out nothing leaves it nobody's. One probe serves all who doubt at the
 * same time.
 */
export function createDoubt(transport: FcmTransport): Doubt {
  let last: (Rights & { readonly since: number; readonly verdict: Promise<PushResult> }) | undefined;

  function verdictOn({ projectId, accessToken }: Rights): Promise<PushResult> {
    const now = transport.now();
    const isOfThese = last?.projectId === projectId && last.accessToken === accessToken;
    if (!last || !isOfThese || !isYoung(last.since, verdictForMs, now)) {
      last = { projectId, accessToken, since: now, verdict: probe(transport, projectId, accessToken) };
    }
    return last.verdict;
  }

  return async (result, rights, mayProbe) => {
    const deviceCode = result.outcome === 'try-later' && deviceCodes.get(result.code);
    if (!deviceCode) return result;
    const verdict = mayProbe ? await verdictOn(rights) : undefined;
    if (!verdict || isTrouble(verdict, 'provider') || isTrouble(verdict, 'quota')) {
      return { ...result, scope: 'provider' };
    }
    return isTrouble(verdict, 'credentials') ? verdict : { ...result, scope: 'device', code: deviceCode };
  };
}
