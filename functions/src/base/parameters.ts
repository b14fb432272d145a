import { defineInt, defineString } from 'firebase-functions/params';

/** What an installation may set, with its default; `firebase deploy` asks for each once and remembers the answers. */
export const parameters = {
  REGION: defineString('REGION', {
    default: 'us-central1',
    description: 'Region of the functions; it must fit the location of the Firestore database.',
  }),
  CREDENTIALS_SECRET: defineString('CREDENTIALS_SECRET', {
    default: 'callback-push-credentials',
    description: 'Secret Manager secret that holds the service account of the Firebase project.',
  }),
  CACHE_SECONDS: defineInt('CACHE_SECONDS', {
    default: 60,
    description: 'How long an instance remembers settings and which credentials are active, 0 to 3600 seconds.',
  }),
  FRESH_SECONDS: defineInt('FRESH_SECONDS', {
    default: 5,
    description: 'An event older than this may have been overtaken: its callback is read afresh before sending.',
  }),
  LEASE_SECONDS: defineInt('LEASE_SECONDS', {
    default: 60,
    description: 'How long one attempt may take before another is made of it, 60 to 600 seconds.',
  }),
  RECONCILED_PER_SWEEP: defineInt('RECONCILED_PER_SWEEP', {
    default: 1000,
    description:
      'Callbacks near their turn, in ROUTING or with a call-in, of each kind at most, that are looked at each minute for what is owed and was not told, 0 to 20000: two reads each.',
  }),
  CREDENTIALS_GRACE_HOURS: defineInt('CREDENTIALS_GRACE_HOURS', {
    default: 24,
    description: 'How long replaced credentials still work before they are destroyed, 1 to 720 hours.',
  }),
  FCM_BASE_URL: defineString('FCM_BASE_URL', {
    default: 'https://fcm.googleapis.com',
    description: 'FCM HTTP v1 API. Another address than Google’s is taken only in the emulator.',
  }),
  OAUTH_TOKEN_URL: defineString('OAUTH_TOKEN_URL', {
    default: 'https://oauth2.googleapis.com/token',
    description: 'Google’s OAuth token endpoint. Another address than Google’s is taken only in the emulator.',
  }),
  SECRET_MANAGER_ADDRESS: defineString('SECRET_MANAGER_ADDRESS', {
    default: 'secretmanager.googleapis.com:443',
    description: 'Secret Manager, host:port. Another address than Google’s is taken only in the emulator.',
  }),
};
