import type { HttpClient } from './http-client.ts';
import { tokenIn } from './token-answer.ts';

/** What the functions show Google's APIs: the access token of their own service account. */
export interface OwnToken {
  /** Undefined where none is asked for. */
  get(): Promise<string | undefined>;
  /** Asks for another at the next call, if this is what it would answer: it was refused. */
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

/**
 * The access token that the metadata server of the instance hands out (https://cloud.google.com/run/docs/securing/service-identity#access_tokens):
 * asked for once an hour. A failure is not remembered.
 */
export function createOwnToken({ host = 'metadata.google.internal', client, now }: MetadataOptions): OwnToken {
  let held: { readonly token: Promise<string>; value?: string; renewAt: number } | undefined;

  function start() {
    const started: NonNullable<typeof held> = { token: ask(), renewAt: Infinity };
    held = started;
    started.token.catch(() => {
      if (held === started) held = undefined;
    });
    return started;

    async function ask(): Promise<string> {
      const answer = await client.exchange({
        method: 'GET',
        url: `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`,
        headers: { 'metadata-flavor': 'Google' },
        timeoutMs,
      });
      const found = tokenIn(answer);
      if (!found) throw new Error(`the metadata server has no access token: HTTP ${answer.status}`);
      started.value = found.token;
      started.renewAt = now() + Math.max(found.lifetimeMs - renewBeforeMs, 10_000);
      return found.token;
    }
  }

  return {
    get: () => (held && now() < held.renewAt ? held : start()).token,
    forget(refused) {
      if (held?.value === refused) held = undefined;
    },
  };
}
