import { isYoung } from '../base/memory.ts';
import { CredentialError } from './credential.ts';

export interface NewToken {
  readonly token: string;
  readonly lifetimeMs: number;
}

export interface TokenHolderOptions {
  readonly now: () => number;
  /** A token is renewed when it has less than this left, or when half its life is over. */
  readonly renewBeforeMs: number;
  /** Between two attempts that fail, unless the other side asks for more. */
  readonly longestPauseMs: number;
}

export interface TokenHolder {
  /**
   * A token that works. It is renewed in the background while it still does. As long as that fails, whoever has one
   * uses it until its end, and everybody else gets the failure: at most one attempt is made in a pause that grows. After
   * the clock was set back nobody knows that end: it is used until it is refused, or renewed.
   *
   * @param owner whose token: that of another is of no use
   * @throws what `ask` failed with; a failure that passes tells how long it is until the next attempt
   */
  of(owner: string, ask: () => Promise<NewToken>): Promise<string>;
  /** The token was refused: it is not used again, unless it is handed out anew. Tells whether it was the one held. */
  forget(refused: string | undefined): boolean;
}

/** However short a token is said to live, exchanging one a message would be a flood. */
const shortestHoldMs = 10_000;
const firstPauseMs = 1_000;
/** However long the other side asks to be left alone, somebody may have mended it meanwhile. */
const longestAskedPauseMs = 10 * 60_000;

interface Attempt {
  readonly owner: string;
  /** When it was asked for: the life of a token may have begun then. */
  readonly since: number;
  readonly answer: Promise<NewToken>;
}

interface Held extends NewToken {
  readonly owner: string;
  readonly since: number;
}

interface Failure {
  readonly owner: string;
  readonly error: unknown;
  readonly since: number;
  /** What the pause is where the other side asks for nothing. */
  readonly ownPauseMs: number;
  readonly pauseMs: number;
}

export function createTokenHolder({ now, renewBeforeMs, longestPauseMs }: TokenHolderOptions): TokenHolder {
  let held: Held | undefined;
  let asking: Attempt | undefined;
  let failure: Failure | undefined;

  function renew(owner: string, ask: () => Promise<NewToken>): Promise<NewToken> {
    if (asking?.owner === owner) return asking.answer;
    const attempt = { owner, since: now(), answer: ask() };
    asking = attempt;
    // Of an attempt that another owner's has overtaken nothing is remembered.
    attempt.answer.then(
      (answer) => {
        if (asking === attempt) [asking, failure, held] = [undefined, undefined, { ...attempt, ...answer }];
      },
      (error: unknown) => {
        if (asking === attempt) [asking, failure] = [undefined, failureOf(attempt, error)];
      },
    );
    return attempt.answer;
  }

  function failureOf({ owner }: Attempt, error: unknown): Failure {
    const ownPauseMs = failure?.owner === owner ? Math.min(failure.ownPauseMs * 2, longestPauseMs) : firstPauseMs;
    const askedMs = (isPassing(error) && error.retryAfterMs) || 0;
    const pauseMs = Math.max(ownPauseMs, Math.min(askedMs, longestAskedPauseMs));
    return { owner, error, since: now(), ownPauseMs, pauseMs };
  }

  /** What passes is the other side's trouble, whoever asks; anything else is the owner's. */
  function pauseOf(owner: string): Failure | undefined {
    if (!failure || (failure.owner !== owner && !isPassing(failure.error))) return undefined;
    return isYoung(failure.since, failure.pauseMs, now()) ? failure : undefined;
  }

  return {
    async of(owner, ask) {
      const own = held?.owner === owner ? held : undefined;
      if (own && isYoung(own.since, renewedAfterMs(own.lifetimeMs), now())) return own.token;
      const pause = pauseOf(owner);
      if (own && (now() < own.since || isYoung(own.since, Math.max(own.lifetimeMs, shortestHoldMs), now()))) {
        if (!pause) renew(owner, ask).catch(toldLater);
        return own.token;
      }
      if (pause) throw toldAgain(pause, now());
      return (await renew(owner, ask)).token;
    },
    forget(refused) {
      // Of many messages that are refused together only the first finds it still held.
      if (held?.token !== refused) return false;
      held = undefined;
      return true;
    },
  };

  function renewedAfterMs(lifetimeMs: number): number {
    return Math.max(lifetimeMs - renewBeforeMs, lifetimeMs / 2, shortestHoldMs);
  }
}

function isPassing(error: unknown): error is CredentialError {
  return error instanceof CredentialError && error.passing;
}

function toldAgain({ error, since, pauseMs }: Failure, now: number): unknown {
  if (!isPassing(error)) return error;
  return new CredentialError(error.code, error.message, { passing: true, retryAfterMs: since + pauseMs - now });
}

/** To whoever has no token any more. */
const toldLater = () => undefined;
