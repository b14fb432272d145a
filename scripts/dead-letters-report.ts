/** What `npm run dead-letters` shows of dead letters: what they are, why they died, and what to do about it. */
import { codesOf, obstacle, type Obstacle, type ReplayOptions } from '../functions/src/delivery/dead-letters.ts';
import type { Entry } from '../functions/src/delivery/ledger-entry.ts';

const register = 'Credentials: register them again on the page, then replay.';
const again = 'FCM or the way to it was down: replay, once it is up.';

/** What to do about each code, for somebody who has never seen it. */
const remedies: Readonly<Record<string, string>> = {
  ACCOUNT_NOT_FOUND: register,
  CALLBACK_GONE: 'The callback’s document was deleted before it could be repeated: discard.',
  CREDENTIALS_DISABLED: register,
  CREDENTIALS_FORBIDDEN: 'Grant the functions’ service account access to the secret, then replay.',
  CREDENTIALS_LOST: register,
  CREDENTIALS_NOT_CONFIGURED: register,
  CREDENTIALS_UNREADABLE: register,
  GOOGLE_UNREACHABLE: again,
  INTERNAL: again,
  INVALID_ARGUMENT: 'FCM refused the message itself: name the notice to see its answer. It is refused again until that is mended.', // prettier-ignore
  INVALID_SIGNATURE: register,
  INVALID_TARGET: 'The device is gone: the callback system should drop it (collection retiredTargets); discard.',
  PERMISSION_DENIED: 'Enable the FCM API in the app’s project, or grant its account the right to send, then replay.',
  PRIVATE_KEY_UNUSABLE: register,
  PROJECT_NOT_FOUND: 'The credentials name a project that does not exist: register the right ones, then replay.',
  QUOTA_EXCEEDED: 'Too much was sent at once: replay.',
  SENDER_ID_MISMATCH: 'The app belongs to another Firebase project than the credentials: register that one’s, then replay.', // prettier-ignore
  TARGET_REMOVED: 'The callback does not name the device any more: discard.',
  THIRD_PARTY_AUTH_ERROR: 'Upload the APNs key or the web push certificate in the app’s Firebase project, then replay.',
  TIMEOUT: again,
  TOO_BUSY: again,
  UNAVAILABLE: again,
  UNREGISTERED: 'The device is gone: the callback system should drop it (collection retiredTargets); discard.',
};

const unknown = 'Name the notice to see FCM’s answer.';
const none = '(none)';

/** What is shown of a notice’s id: enough to name it by. */
export const shownDigits = 12;

/** One line each, in columns. */
export function table(letters: readonly Entry[]): string[] {
  const rows = letters.map((letter) => [
    momentOf(letter.deadAt),
    letter.state,
    letter.notice.event.replace('CALLBACK_', ''),
    letter.serviceName,
    letter.callbackId,
    String(letter.attempts),
    codesOf(letter).join(' ') || none,
    letter.noticeId.slice(0, shownDigits),
  ]);
  return inColumns([['DIED (UTC)', 'STATE', 'EVENT', 'QUEUE', 'CALLBACK', 'TRIES', 'CODES', 'NOTICE'], ...rows]);
}

/** How many died of each code, the commonest first, and what to do about it. */
export function causes(letters: readonly Entry[]): string[] {
  const counts = new Map<string, number>();
  for (const letter of letters) {
    const codes = codesOf(letter);
    for (const code of codes.length > 0 ? codes : [none]) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const rows = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([code, count]) => [`  ${count}×`, code, code === none ? 'It was never tried: replay.' : (remedies[code] ?? unknown)]); // prettier-ignore
  return inColumns(rows);
}

/** Everything that is known of one, down to FCM’s own words. */
export function account(letter: Entry): string[] {
  const { noticeId, notice, serviceName, callbackId, state, attempts, targets, lastError, changedAt, deadAt } = letter;
  const inTheWay = obstacle(letter);
  const devices = targets.map(({ hash, state: of, attempts: times, code = '' }) => [
    `  device ${hash}`,
    of,
    `${times}×`,
    code,
    remedies[code] ?? '',
  ]);
  return [
    `notice    ${noticeId}`,
    ...inColumns([
      ['event   ', `${notice.event} (${notice.occasion})`],
      ['callback', `${callbackId} of queue ${serviceName}`],
      ['happened', momentOf(changedAt)],
      ['died    ', `${momentOf(deadAt)}, ${state} after ${count(attempts, 'attempt')}`],
      ['replay  ', inTheWay ? obstacles[inTheWay] : 'can be tried'],
    ]),
    ...inColumns(devices),
    ...(lastError ? [`  ${lastError.code}: ${lastError.detail}`] : []),
    '',
  ];
}

export const obstacles: Readonly<Record<Obstacle, string>> = {
  'not-dead': 'it is no dead letter any more: somebody else was faster',
  'callback-deleted': 'its callback was deleted, and nobody knows its devices any more',
  'no-device-left': 'no device is left to try (with --gone, those that FCM did not know are)',
};

/** How many of what cannot be replayed for which reason. */
export function leftOut(letters: readonly Entry[], options: ReplayOptions): string[] {
  return reasons(letters.map((letter) => obstacle(letter, options)));
}

export function reasons(outcomes: readonly (Obstacle | 'replayed' | undefined)[]): string[] {
  return (Object.keys(obstacles) as Obstacle[]).flatMap((reason) => {
    const times = outcomes.filter((outcome) => outcome === reason).length;
    return times > 0 ? [`  ${times} not: ${obstacles[reason]}`] : [];
  });
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function momentOf(epochMilliseconds = 0): string {
  return new Date(epochMilliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
