import type { HttpClient } from './http-client.ts';
import { tokenIn } from './token-answer.ts';
import { createTokenHolder, type NewToken } from './token-holder.ts';

/** What the functions show Google's APIs: the access token of their own service account. */
export interface OwnToken {
  /** Undefined where none is asked for. */
  get(): Promise<string | undefined>;
  /** It was refused: asks for another at the next call, if this is what that would have answered. */
  forget(refused: string | undefined): void;
}

/** What the local Firestore takes for an administrator. */
export const ownerOfEmulator: OwnToken = { get: () => Promise.resolve('owner'), forget: () => undefined };
/** For a stand-in, which must not see a token of Google's. */
export const noToken: OwnToken = { get: () => Promise.resolve(undefined), forget: () => undefined };

export interface MetadataOptions {
  /** Host and port of the metadata server, where it is another than Google's. */
  readonly host?: string | undefined;
  readonly client: HttpClient;
  readonly now: () => number;
}

/** It is on the same machine. */
const timeoutMs = 5_000;
/** The metadata server itself hands out another one when this is left. */
const renewBeforeMs = 4 * 60_000;
/** Short, for every call of Google's APIs waits for it. */
const longestPauseMs = 5_000;

/**
 * The access token that the metadata server of the instance hands out (https://cloud.google.com/run/docs/securing/service-identity#access_tokens):
 * asked for once an hour; see `TokenHolder`.
 */
export function createOwnToken({ host = 'metadata.google.internal', client, now }: MetadataOptions): OwnToken {
  const holder = createTokenHolder({ now, renewBeforeMs, longestPauseMs });

  async function ask(): Promise<NewToken> {
    const answer = await client.exchange({
      method: 'GET',
      url: `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`,
      headers: { 'metadata-flavor': 'Google' },
      timeoutMs,
    });
    const found = tokenIn(answer);
    if (!found) throw new Error(`the metadata server has no access token: HTTP ${answer.status}`);
    return found;
  }

  return {
    get: () => holder.of('the instance', ask),
    forget(refused) {
      holder.forget(refused);
    },
  };
}
