const register = 'Credentials: register them again on the page, then replay.';
const another = 'Google does not sign the account in: register a key of another one, then replay.';
const again = 'FCM or the way to it was down: replay, once it is up.';
const gone = 'The device is gone: the callback system should drop it (collection retiredTargets); discard.';
const alone = 'FCM refuses this device alone: replay once; if it lasts, the callback system should drop it.';
const inBetween = 'Somebody else than Google answered: look for a proxy or a firewall in between, then replay.';
const wayOut = 'Look at the way out of the functions’ network, then replay.';

/** What to do about each code, for somebody who has never seen it. */
export const remedies: Readonly<Record<string, string>> = {
  ACCOUNT_DISABLED: 'Enable the service account in the Google Cloud console, then replay.',
  ACCOUNT_NOT_FOUND: register,
  CALLBACK_GONE: 'The callback’s document was deleted before it could be repeated: discard.',
  CLIENT_REFUSED: another,
  CLOCK_SKEW: 'Google finds our clock wrong even where it is set by Google’s: report it.',
  CONNECTION_FAILED: again,
  CONNECTION_LOST: again,
  CREDENTIALS_DISABLED: register,
  CREDENTIALS_FORBIDDEN: 'Grant the functions’ service account access to the secret, then replay.',
  CREDENTIALS_LOST: register,
  CREDENTIALS_NOT_CONFIGURED: register,
  CREDENTIALS_UNAVAILABLE: again,
  CREDENTIALS_UNREADABLE: register,
  DEVICE_QUOTA_EXCEEDED: 'One device got too much: replay.',
  DEVICE_UNAUTHENTICATED: alone,
  DNS_FAILED: wayOut,
  FORBIDDEN: alone,
  GOOGLE_UNREACHABLE: again,
  INTERNAL: again,
  INVALID_ARGUMENT: 'FCM refused the message itself: name the notice to see its answer. It is refused again until that is mended.', // prettier-ignore
  INVALID_GRANT: another,
  INVALID_SIGNATURE: register,
  INVALID_TARGET: gone,
  LEASE_ENDING: again,
  NOT_FOUND: alone,
  PACED: 'Too much was sent at once: replay.',
  PERMISSION_DENIED: 'Enable the FCM API in the app’s project, or grant its account the right to send, then replay.',
  POLICY_REFUSED:
    'A policy of the Google organization forbids it: ask its administrator for an exception, then replay.',
  PRIVATE_KEY_UNUSABLE: register,
  PROJECT_NOT_FOUND: 'The credentials name a project that does not exist: register the right ones, then replay.',
  QUOTA_EXCEEDED: 'Too much was sent at once: replay.',
  SCOPE_REFUSED: another,
  SECRET_MANAGER_UNAVAILABLE: again,
  SENDER_ID_MISMATCH: 'The app belongs to another Firebase project than the credentials: register that one’s, then replay.', // prettier-ignore
  TARGET_REMOVED: 'The callback does not name the device any more: discard.',
  THIRD_PARTY_AUTH_ERROR: 'Upload the APNs key or the web push certificate in the app’s Firebase project, then replay.',
  TIMEOUT: again,
  TLS_FAILED: inBetween,
  TOKEN_QUOTA_EXCEEDED: 'Too much was sent at once: replay.',
  TOKEN_REFUSED: another,
  TOO_BUSY: again,
  UNAUTHENTICATED: 'FCM refused fresh access tokens: replay; if it lasts, register the credentials again.',
  UNAVAILABLE: again,
  UNREACHABLE: wayOut,
  UNREADABLE_ANSWER: inBetween,
  UNREGISTERED: gone,
};

const unknown = 'Name the notice to see FCM’s answer.';

export function remedyOf(code: string): string {
  return remedies[code] ?? (code.startsWith('HTTP_') ? inBetween : unknown);
}
