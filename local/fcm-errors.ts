import type { Refusal } from './fcm-message.ts';
import { cut, spoiltAnswers } from './spoilt-answers.ts';

/** An answer as it goes over the wire; a string body is HTML, anything else JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Error {
  readonly code: number;
  /** Canonical code of Google's APIs; the code of FCM is in the details, and may differ. */
  readonly status: string;
  readonly message: string;
  readonly details?: readonly object[];
}

const errorAnswer = (error: Error): Answer => ({ status: error.code, body: { error } });

const fcmError = (errorCode: string) => ({
  '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError',
  errorCode,
});
const badRequest = (fieldViolations: readonly object[]) => ({
  '@type': 'type.googleapis.com/google.rpc.BadRequest',
  fieldViolations,
});
const errorInfo = (reason: string, domain: string, metadata: Readonly<Record<string, string>>) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain,
  metadata,
});

/** 400 of a request that FCM does not take. */
export function refused(refusal: Refusal): Answer {
  if (refusal.kind === 'token') return invalidToken();
  const { violations } = refusal;
  return errorAnswer({
    code: 400,
    message: violations.map(({ description }) => description).join('\n'),
    status: 'INVALID_ARGUMENT',
    details: [...(refusal.kind === 'message' ? [fcmError('INVALID_ARGUMENT')] : []), badRequest(violations)],
  });
}

export function invalidToken(): Answer {
  return errorAnswer({
    code: 400,
    message: 'The registration token is not a valid FCM registration token',
    status: 'INVALID_ARGUMENT',
    details: [fcmError('INVALID_ARGUMENT')],
  });
}

/** 401 of a request without a token, or with one that is unknown, expired or revoked. */
export function unauthenticated(why: 'missing' | 'invalid'): Answer {
  const expected =
    'Expected OAuth 2 access token, login cookie or other valid authentication credential. ' +
    'See https://developers.google.com/identity/sign-in/web/devconsole-project.';
  const method = { method: 'google.firebase.fcm.v1.FcmService.SendMessage', service: 'fcm.googleapis.com' };
  const missing = why === 'missing';
  const answer = errorAnswer({
    code: 401,
    message: missing
      ? `Request is missing required authentication credential. ${expected}`
      : `Request had invalid authentication credentials. ${expected}`,
    status: 'UNAUTHENTICATED',
    details: [errorInfo(missing ? 'CREDENTIALS_MISSING' : 'ACCESS_TOKEN_EXPIRED', 'googleapis.com', method)],
  });
  const challenge = `Bearer realm="https://accounts.google.com/"${missing ? '' : ', error="invalid_token"'}`;
  return { ...answer, headers: { 'www-authenticate': challenge } };
}

/** 403 of an account that may not send in the project. */
export function permissionDenied(projectId: string): Answer {
  const permission = 'cloudmessaging.messages.create';
  const resource = `//cloudresourcemanager.googleapis.com/projects/${projectId}`;
  return errorAnswer({
    code: 403,
    message: `Permission '${permission}' denied on resource '${resource}' (or it may not exist).`,
    status: 'PERMISSION_DENIED',
    details: [errorInfo('IAM_PERMISSION_DENIED', 'cloudresourcemanager.googleapis.com', { resource, permission })],
  });
}

/** 403 of a project in which nobody has enabled the FCM API. */
export function apiDisabled(projectNumber: string): Answer {
  const activationUrl = `https://console.developers.google.com/apis/api/fcm.googleapis.com/overview?project=${projectNumber}`;
  return errorAnswer({
    code: 403,
    message:
      `Firebase Cloud Messaging API has not been used in project ${projectNumber} before or it is disabled. ` +
      `Enable it by visiting ${activationUrl} then retry. If you enabled this API recently, wait a few minutes ` +
      'for the action to propagate to our systems and retry.',
    status: 'PERMISSION_DENIED',
    details: [
      errorInfo('SERVICE_DISABLED', 'googleapis.com', {
        service: 'fcm.googleapis.com',
        consumer: `projects/${projectNumber}`,
        serviceTitle: 'Firebase Cloud Messaging API',
        activationUrl,
      }),
    ],
  });
}

/** 404 of a project that does not exist; it names no target, so it tells nothing about one. */
export function projectNotFound(): Answer {
  return errorAnswer({ code: 404, message: 'Requested entity was not found.', status: 'NOT_FOUND' });
}

/** The codes that can be injected and have an answer ▶ that answer. */
export const faultAnswers = {
  UNREGISTERED: () => coded(404, 'NOT_FOUND', 'UNREGISTERED', 'Requested entity was not found.'),
  INVALID_ARGUMENT_TOKEN: invalidToken,
  INVALID_ARGUMENT: () => {
    const description = 'Invalid data payload key: google.injected';
    return refused({ kind: 'message', violations: [{ field: 'message.data', description }] });
  },
  SENDER_ID_MISMATCH: () => coded(403, 'PERMISSION_DENIED', 'SENDER_ID_MISMATCH', 'SenderId mismatch'),
  PERMISSION_DENIED: permissionDenied,
  QUOTA_EXCEEDED: (projectId: string) =>
    quotaExceeded(`project:${projectId}`, 'Quota exceeded for quota metric of send requests per minute.'),
  /** How FCM words it is written down nowhere; the documentation says only that the violation tells. */
  DEVICE_QUOTA_EXCEEDED: () => quotaExceeded('device', 'Device message rate exceeded.'),
  UNAVAILABLE: () => coded(503, 'UNAVAILABLE', 'UNAVAILABLE', 'The service is currently unavailable.'),
  INTERNAL: () => coded(500, 'INTERNAL', 'INTERNAL', 'Internal error encountered.'),
  DEADLINE_EXCEEDED: () =>
    errorAnswer({
      code: 504,
      message: 'Deadline expired before operation could complete.',
      status: 'DEADLINE_EXCEEDED',
    }),
  THIRD_PARTY_AUTH_ERROR: () =>
    coded(401, 'UNAUTHENTICATED', 'THIRD_PARTY_AUTH_ERROR', 'Auth error from APNS or Web Push Service'),
  UNAUTHENTICATED: () => unauthenticated('invalid'),
  NOT_FOUND_PROJECT: projectNotFound,
  /** Something FCM may invent next year. */
  UNKNOWN_CODE: () => coded(409, 'ABORTED', 'NEVER_SEEN_BEFORE', 'The request was aborted.'),
  TRUNCATED_200: () => cut(200, '{"name":"projects/demo/mess'),
  ...spoiltAnswers,
} satisfies Readonly<Record<string, (projectId: string) => Answer>>;

function coded(code: number, status: string, errorCode: string, message: string): Answer {
  return errorAnswer({ code, message, status, details: [fcmError(errorCode)] });
}

function quotaExceeded(subject: string, description: string): Answer {
  return errorAnswer({
    code: 429,
    message: description,
    status: 'RESOURCE_EXHAUSTED',
    details: [
      fcmError('QUOTA_EXCEEDED'),
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ subject, description }] },
    ],
  });
}
