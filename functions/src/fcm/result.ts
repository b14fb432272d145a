/** What became of one message at the provider; only the sender knows the provider's own words. */
export type PushResult =
  | { readonly outcome: 'accepted'; readonly messageId: string }
  /** The device will never be reached under this target again. */
  | { readonly outcome: 'target-gone'; readonly code: string; readonly detail: string }
  /** Repeating it would be refused again. */
  | { readonly outcome: 'refused'; readonly code: string; readonly detail: string }
  | TryLater;

export interface TryLater {
  readonly outcome: 'try-later';
  /** Whose trouble it is, and so who else need not be tried meanwhile. */
  readonly scope: TroubleScope;
  readonly code: string;
  readonly detail: string;
  /** What the provider asked for. */
  readonly retryAfterMs?: number;
}

/**
 * `device`: only this one is to be left alone. `quota`: the whole project sends too much. `credentials`: nothing can
 * be sent until somebody mends the credentials or the project. `provider`: the provider or the way to it is down.
 */
export type TroubleScope = 'device' | 'quota' | 'credentials' | 'provider';

/** The code of a device that belongs to another project, and of every device where the wrong project is registered. */
export const foreignProject = 'SENDER_ID_MISMATCH';

export function isTrouble(result: PushResult, scope: TroubleScope): boolean {
  return result.outcome === 'try-later' && result.scope === scope;
}
