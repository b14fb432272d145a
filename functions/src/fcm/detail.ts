import type { HttpAnswer } from '../google/http-answer.ts';
import type { PushMessage } from './push-message.ts';

/** What FCM was asked to send, and where to: none of it may be kept or logged. */
export interface Sent {
  readonly target: string;
  readonly message?: Partial<PushMessage>;
}

const longest = 1000;
/** What is shorter is a part of every text. */
const shortestSecret = 4;

/**
 * What is kept of a refusal's words. FCM may repeat what it was sent, and that is taken out; a box in between may repeat
 * anything, down to our access token, so of its words none is kept.
 */
export function detailOf({ status, body }: HttpAnswer, isGoogles: boolean, sent: Sent): string {
  if (!isGoogles) return `HTTP ${status}, without an error in Google’s form`;
  return withheld(sent)
    .reduce((text, [secret, name]) => text.replaceAll(secret, name), body)
    .slice(0, longest)
    .toWellFormed();
}

/** The longest first, or of a secret within a secret something would be left. */
function withheld({ target, message: { data = {}, notification } = {} }: Sent): (readonly [string, string])[] {
  const targets = [target, encodeURIComponent(target), ...target.split(':')];
  const words = [...Object.values(data), ...Object.values(notification ?? {})];
  // As they stand in JSON, too.
  const values = words.flatMap((word) => [word, JSON.stringify(word).slice(1, -1)]);
  return [
    ...targets.map((secret) => [secret, '(target)'] as const),
    ...values.map((secret) => [secret, '(withheld)'] as const),
  ]
    .filter(([secret]) => secret.length >= shortestSecret)
    .sort(([one], [other]) => other.length - one.length);
}
