/**
 * Why a test of the credentials can fail in the browser. The page has a sentence for each, and nothing else is kept of
 * what it reports: both sides are held to this one list, the page by its compiler.
 */
export const browserFailures = [
  'not-configured',
  'push-unsupported',
  'notifications-denied',
  'notifications-dismissed',
  'push-service-blocked',
  'worker-failed',
  'page-part-missing',
  'vapid-key-refused',
  'offline',
  'registration-timeout',
  'api-key-invalid',
  'api-key-restricted',
  'installations-refused',
  'installations-unavailable',
  'installations-unreadable',
  'installations-unreachable',
  'registration-refused',
  'registration-unreachable',
  'registration-without-token',
  'config-incomplete',
  'push-not-arrived',
  'push-from-another-sender',
  'sandbox-unreachable',
  'unknown-failure',
] as const;

export type BrowserFailure = (typeof browserFailures)[number];
