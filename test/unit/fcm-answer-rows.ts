import type { TroubleScope } from '../../functions/src/fcm/result.ts';
import { aToken, second } from '../support/builders.ts';
import { bytes } from './wire.ts';

/** The device that the answers are about. */
export const target = aToken();

export interface AnswerRow {
  readonly name: string;
  /** What FCM writes. */
  readonly given: string;
  readonly expect:
    | { readonly outcome: 'target-gone' | 'refused'; readonly code: string }
    | {
        readonly outcome: 'try-later';
        readonly scope: TroubleScope;
        readonly code: string;
        readonly retryAfterMs?: number;
      };
}

const gone = (code: string) => ({ outcome: 'target-gone', code }) as const;
const refused = (code: string) => ({ outcome: 'refused', code }) as const;
const later = (scope: TroubleScope, code: string, retryAfterMs?: number) =>
  ({ outcome: 'try-later', scope, code, ...(retryAfterMs !== undefined && { retryAfterMs }) }) as const;

export const fcmError = (errorCode: unknown) => ({
  '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError',
  errorCode,
});
const violation = (...fields: string[]) => ({
  '@type': 'type.googleapis.com/google.rpc.BadRequest',
  fieldViolations: fields.map((field) => ({ field, description: 'Invalid value' })),
});
const quotaFailure = (...violations: { subject: string; description: string }[]) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations,
});
const reason = (named: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: named });

interface Said {
  readonly status: string;
  readonly message?: string;
  readonly details?: readonly unknown[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error in Google's form. */
function error(code: number, { status, message = 'The message.', details, headers }: Said): string {
  return bytes(code, JSON.stringify({ error: { code, message, status, ...(details && { details }) } }), headers);
}
const coded = (code: number, status: string, errorCode: string, headers?: Readonly<Record<string, string>>) =>
  error(code, { status, details: [fcmError(errorCode)], ...(headers && { headers }) });

const html = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  bytes(status, `<!DOCTYPE html><html lang=en><title>Error ${status} (Server Error)!!1</title></html>`, {
    'content-type': 'text/html; charset=UTF-8',
    ...headers,
  });
/** All that the headers promise, but of the JSON only the first half. */
const truncated = (status: number, body: unknown) => {
  const text = JSON.stringify(body);
  return bytes(status, text.slice(0, text.length / 2));
};

const notAToken = 'The registration token is not a valid FCM registration token';
const invalid = 'INVALID_ARGUMENT';
const exhausted = 'RESOURCE_EXHAUSTED';
const denied = 'PERMISSION_DENIED';
const unauthenticated = 'UNAUTHENTICATED';
const byProject = { subject: 'project:first', description: 'Message rate of the project exceeded' };
const byDevice = { subject: `device:${target}`, description: 'Message rate exceeded' };

const ofTheTarget: AnswerRow[] = [
  {
    name: 'UNREGISTERED: the app was removed from the device',
    given: coded(404, 'NOT_FOUND', 'UNREGISTERED'),
    expect: gone('UNREGISTERED'),
  },
  {
    name: '400 of the field token: the target is garbled',
    given: error(400, { status: invalid, details: [fcmError(invalid), violation('message.token')] }),
    expect: gone('INVALID_TARGET'),
  },
  {
    name: '400 of the field fid: the target is garbled',
    given: error(400, { status: invalid, details: [violation('message.fid'), fcmError(invalid)] }),
    expect: gone('INVALID_TARGET'),
  },
  {
    name: '400 with FCM’s sentence about tokens: the target is garbled',
    given: error(400, { status: invalid, message: notAToken, details: [fcmError(invalid)] }),
    expect: gone('INVALID_TARGET'),
  },
  {
    name: 'SENDER_ID_MISMATCH: the device belongs to another project',
    given: coded(403, denied, 'SENDER_ID_MISMATCH'),
    expect: refused('SENDER_ID_MISMATCH'),
  },
  {
    name: 'THIRD_PARTY_AUTH_ERROR: the project lacks its APNs key, which somebody is mending; our credentials are good',
    given: coded(401, unauthenticated, 'THIRD_PARTY_AUTH_ERROR'),
    expect: later('device', 'THIRD_PARTY_AUTH_ERROR'),
  },
];

const ofTheMessage: AnswerRow[] = [
  {
    name: '400 of the payload: the device is innocent',
    given: error(400, { status: invalid, details: [fcmError(invalid), violation('message.data[0].key')] }),
    expect: refused(invalid),
  },
  {
    name: '400 of target and payload: the device may be innocent',
    given: error(400, {
      status: invalid,
      message: notAToken,
      details: [fcmError(invalid), violation('message.token', 'message.data')],
    }),
    expect: refused(invalid),
  },
  {
    name: '400 that merely speaks of tokens: the device may be innocent',
    given: error(400, {
      status: invalid,
      message: 'The registration token is too young',
      details: [fcmError(invalid)],
    }),
    expect: refused(invalid),
  },
  {
    name: '400 without FcmError: the request is wrong',
    given: error(400, { status: invalid, message: 'Invalid JSON payload received.' }),
    expect: refused(invalid),
  },
  {
    name: '400 with UNSPECIFIED_ERROR: the request is wrong',
    given: coded(400, invalid, 'UNSPECIFIED_ERROR'),
    expect: refused(invalid),
  },
];

const ofTheCredentials: AnswerRow[] = [
  {
    name: '401 without FcmError: our token is not good any more',
    given: error(401, { status: unauthenticated, details: [reason('ACCESS_TOKEN_EXPIRED')] }),
    expect: later('credentials', unauthenticated),
  },
  { name: '401 without a body: the same', given: bytes(401, ''), expect: later('credentials', unauthenticated) },
  {
    name: '403 without FcmError: the account may not send',
    given: error(403, { status: denied, details: [reason('IAM_PERMISSION_DENIED')] }),
    expect: later('credentials', denied),
  },
  {
    name: '403 without FcmError: the API is disabled',
    given: error(403, { status: denied, details: [reason('SERVICE_DISABLED')] }),
    expect: later('credentials', denied),
  },
  {
    name: '404 without FcmError: the project is wrong, not the device',
    given: error(404, { status: 'NOT_FOUND', message: 'Requested entity was not found.' }),
    expect: later('credentials', 'PROJECT_NOT_FOUND'),
  },
  {
    name: '404 with UNSPECIFIED_ERROR: the same',
    given: coded(404, 'NOT_FOUND', 'UNSPECIFIED_ERROR'),
    expect: later('credentials', 'PROJECT_NOT_FOUND'),
  },
];

const ofAQuota: AnswerRow[] = [
  {
    name: '429 of the project',
    given: error(429, { status: exhausted, details: [fcmError('QUOTA_EXCEEDED'), quotaFailure(byProject)] }),
    expect: later('quota', 'QUOTA_EXCEEDED'),
  },
  {
    name: '429 of the project with seconds to wait',
    given: error(429, {
      status: exhausted,
      details: [fcmError('QUOTA_EXCEEDED'), quotaFailure(byProject)],
      headers: { 'retry-after': '120' },
    }),
    expect: later('quota', 'QUOTA_EXCEEDED', 120 * second),
  },
  {
    name: '429 of the device, which names it',
    given: error(429, { status: exhausted, details: [fcmError('QUOTA_EXCEEDED'), quotaFailure(byDevice)] }),
    expect: later('device', 'DEVICE_QUOTA_EXCEEDED'),
  },
  {
    name: '429 of the device, which says so, with seconds to wait',
    given: error(429, {
      status: exhausted,
      details: [
        fcmError('QUOTA_EXCEEDED'),
        quotaFailure({ subject: 'x', description: 'Device message rate exceeded' }),
      ],
      headers: { 'retry-after': '7' },
    }),
    expect: later('device', 'DEVICE_QUOTA_EXCEEDED', 7 * second),
  },
  {
    name: '429 of both device and project: nobody may send',
    given: error(429, { status: exhausted, details: [fcmError('QUOTA_EXCEEDED'), quotaFailure(byDevice, byProject)] }),
    expect: later('quota', 'QUOTA_EXCEEDED'),
  },
  {
    name: '429 of a project with a device in its name',
    given: error(429, {
      status: exhausted,
      details: [fcmError('QUOTA_EXCEEDED'), quotaFailure({ subject: 'project:my-device', description: '' })],
    }),
    expect: later('quota', 'QUOTA_EXCEEDED'),
  },
  {
    name: '429 of a topic, or whatever else: nobody may send',
    given: error(429, {
      status: exhausted,
      details: [fcmError('QUOTA_EXCEEDED'), quotaFailure({ subject: 'topic:x', description: 'Topic quota exceeded' })],
    }),
    expect: later('quota', 'QUOTA_EXCEEDED'),
  },
  {
    name: '429 that does not say of what',
    given: coded(429, exhausted, 'QUOTA_EXCEEDED'),
    expect: later('quota', 'QUOTA_EXCEEDED'),
  },
  {
    name: '429 without FcmError',
    given: error(429, { status: exhausted, details: [reason('RATE_LIMIT_EXCEEDED')] }),
    expect: later('quota', 'QUOTA_EXCEEDED'),
  },
  {
    name: '429 with a code that we do not know',
    given: coded(429, exhausted, 'TOO_LOUD'),
    expect: later('quota', 'TOO_LOUD'),
  },
  {
    name: '429 without a body',
    given: bytes(429, '', { 'retry-after': '30' }),
    expect: later('quota', 'QUOTA_EXCEEDED', 30 * second),
  },
];

const ofTrouble: AnswerRow[] = [
  { name: 'INTERNAL', given: coded(500, 'INTERNAL', 'INTERNAL'), expect: later('provider', 'INTERNAL') },
  { name: 'UNAVAILABLE', given: coded(503, 'UNAVAILABLE', 'UNAVAILABLE'), expect: later('provider', 'UNAVAILABLE') },
  {
    name: 'UNAVAILABLE with seconds to wait',
    given: coded(503, 'UNAVAILABLE', 'UNAVAILABLE', { 'retry-after': '20' }),
    expect: later('provider', 'UNAVAILABLE', 20 * second),
  },
  {
    name: 'UNAVAILABLE with a time to wait for, by its own clock',
    given: coded(503, 'UNAVAILABLE', 'UNAVAILABLE', {
      date: 'Mon, 02 Mar 2026 13:00:00 GMT',
      'retry-after': 'Mon, 02 Mar 2026 13:00:30 GMT',
    }),
    expect: later('provider', 'UNAVAILABLE', 30 * second),
  },
  {
    name: 'UNSPECIFIED_ERROR goes by its status',
    given: coded(500, 'INTERNAL', 'UNSPECIFIED_ERROR'),
    expect: later('provider', 'INTERNAL'),
  },
  { name: '500 without a body', given: bytes(500, ''), expect: later('provider', 'INTERNAL') },
  {
    name: '500 without FcmError',
    given: error(500, { status: 'INTERNAL' }),
    expect: later('provider', 'INTERNAL'),
  },
  { name: '500 as HTML', given: html(500), expect: later('provider', 'INTERNAL') },
  { name: '502 as HTML', given: html(502), expect: later('provider', 'UNAVAILABLE') },
  {
    name: '503 as HTML, with seconds to wait',
    given: html(503, { 'retry-after': '15' }),
    expect: later('provider', 'UNAVAILABLE', 15 * second),
  },
  { name: '503 without a body', given: bytes(503, ''), expect: later('provider', 'UNAVAILABLE') },
  {
    name: '503 as half a JSON',
    given: truncated(503, { error: { code: 503, status: 'UNAVAILABLE' } }),
    expect: later('provider', 'UNAVAILABLE'),
  },
  { name: '504 as HTML', given: html(504), expect: later('provider', 'UNAVAILABLE') },
  { name: '501', given: error(501, { status: 'UNIMPLEMENTED' }), expect: later('provider', 'HTTP_501') },
  {
    name: '503 that calls the device unregistered is a server in trouble',
    given: coded(503, 'UNAVAILABLE', 'UNREGISTERED'),
    expect: later('provider', 'UNAVAILABLE'),
  },
  {
    name: '500 that calls the message invalid is a server in trouble',
    given: coded(500, 'INTERNAL', invalid),
    expect: later('provider', 'INTERNAL'),
  },
];

const unknown: AnswerRow[] = [
  {
    name: '404 with a code that we do not know costs no device',
    given: coded(404, 'NOT_FOUND', 'DEVICE_ON_THE_MOON'),
    expect: later('provider', 'DEVICE_ON_THE_MOON'),
  },
  {
    name: '409 with a code that we do not know',
    given: coded(409, 'ABORTED', 'NEVER_SEEN_BEFORE'),
    expect: later('provider', 'NEVER_SEEN_BEFORE'),
  },
  {
    name: 'a code that is the name of a method',
    given: coded(400, invalid, 'constructor'),
    expect: refused(invalid),
  },
  {
    name: 'a code that is no text',
    given: error(404, { status: 'NOT_FOUND', details: [fcmError({ UNREGISTERED: true })] }),
    expect: later('credentials', 'PROJECT_NOT_FOUND'),
  },
  {
    name: 'details of another shape than Google’s',
    given: error(503, { status: 'UNAVAILABLE', details: [null, { fieldViolations: null }, { violations: {} }] }),
    expect: later('provider', 'UNAVAILABLE'),
  },
  { name: '400 as HTML: a box in between', given: html(400), expect: later('provider', 'HTTP_400') },
  { name: '403 as HTML: a box in between', given: html(403), expect: later('provider', 'HTTP_403') },
  { name: '404 as HTML: a box in between', given: html(404), expect: later('provider', 'HTTP_404') },
  { name: '404 without a body', given: bytes(404, ''), expect: later('provider', 'HTTP_404') },
  {
    name: '404 as half a JSON says nothing of the device',
    given: truncated(404, { error: { code: 404, status: 'NOT_FOUND', details: [fcmError('UNREGISTERED')] } }),
    expect: later('provider', 'HTTP_404'),
  },
  { name: '407 of a proxy', given: bytes(407, ''), expect: later('provider', 'HTTP_407') },
  { name: '413', given: html(413), expect: later('provider', 'HTTP_413') },
  { name: '418', given: bytes(418, ''), expect: later('provider', 'HTTP_418') },
  {
    name: '302 to a page that asks for a password',
    given: bytes(302, '', { location: 'https://portal.example/' }),
    expect: later('provider', 'HTTP_302'),
  },
  { name: '200 without a name', given: bytes(200, '{}'), expect: later('provider', 'UNREADABLE_ANSWER') },
  { name: '200 without a body', given: bytes(200, ''), expect: later('provider', 'UNREADABLE_ANSWER') },
  { name: '200 as HTML', given: html(200), expect: later('provider', 'UNREADABLE_ANSWER') },
  {
    name: '200 as half a JSON',
    given: truncated(200, { name: 'projects/first/messages/1' }),
    expect: later('provider', 'UNREADABLE_ANSWER'),
  },
  {
    name: '200 whose name is no text',
    given: bytes(200, '{"name":1}'),
    expect: later('provider', 'UNREADABLE_ANSWER'),
  },
  { name: '204', given: 'HTTP/1.1 204 No Content\r\n\r\n', expect: later('provider', 'HTTP_204') },
  {
    name: '500 with a message id',
    given: bytes(500, '{"name":"projects/first/messages/1"}'),
    expect: later('provider', 'INTERNAL'),
  },
  { name: '500 that says null', given: bytes(500, 'null'), expect: later('provider', 'INTERNAL') },
];

export const answerRows: readonly AnswerRow[] = [
  ...ofTheTarget,
  ...ofTheMessage,
  ...ofTheCredentials,
  ...ofAQuota,
  ...ofTrouble,
  ...unknown,
];
