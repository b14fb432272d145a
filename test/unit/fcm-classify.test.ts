import fc from 'fast-check';
import type { PushResult } from '../../functions/src/delivery-state.ts';
import { classify } from '../../functions/src/fcm.ts';
import { aToken, monday, second } from '../support/builders.ts';

const target = aToken();
const fcmError = (errorCode: string) => ({ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode });
const violation = (...fields: string[]) => ({
  '@type': 'type.googleapis.com/google.rpc.BadRequest',
  fieldViolations: fields.map((field) => ({ field, description: `Invalid value ${target}` })),
});
const errorBody = (code: number, status: string, message: string, ...details: unknown[]) =>
  JSON.stringify({ error: { code, message, status, ...(details.length > 0 && { details }) } });

const notAToken = 'The registration token is not a valid FCM registration token';
const invalid = 'INVALID_ARGUMENT';
const badGateway = '<!DOCTYPE html><html lang=en><title>Error 502 (Server Error)!!1</title></html>';

interface Row {
  readonly name: string;
  readonly given: { readonly status: number; readonly body: string; readonly retryAfter?: string | string[] };
  readonly expect: { readonly outcome: PushResult['outcome']; readonly code: string; readonly retryAfterMs?: number };
}

test.each<Row>([
  {
    name: 'UNREGISTERED: the app was removed from the device',
    given: {
      status: 404,
      body: errorBody(404, 'NOT_FOUND', 'Requested entity was not found.', fcmError('UNREGISTERED')),
    },
    expect: { outcome: 'target-gone', code: 'UNREGISTERED' },
  },
  {
    name: 'INVALID_ARGUMENT of the field token: the target is garbled',
    given: {
      status: 400,
      body: errorBody(
        400,
        invalid,
        'Request contains an invalid argument.',
        fcmError(invalid),
        violation('message.token'),
      ),
    },
    expect: { outcome: 'target-gone', code: 'INVALID_TARGET' },
  },
  {
    name: 'INVALID_ARGUMENT of the field fid: the target is garbled',
    given: {
      status: 400,
      body: errorBody(
        400,
        invalid,
        'Request contains an invalid argument.',
        violation('message.fid'),
        fcmError(invalid),
      ),
    },
    expect: { outcome: 'target-gone', code: 'INVALID_TARGET' },
  },
  {
    name: 'INVALID_ARGUMENT with FCM’s sentence about tokens: the target is garbled',
    given: { status: 400, body: errorBody(400, invalid, notAToken, fcmError(invalid)) },
    expect: { outcome: 'target-gone', code: 'INVALID_TARGET' },
  },
  {
    name: 'INVALID_ARGUMENT of the payload: the device is innocent',
    given: {
      status: 400,
      body: errorBody(
        400,
        invalid,
        'Invalid data payload key: from',
        fcmError(invalid),
        violation('message.data[0].key'),
      ),
    },
    expect: { outcome: 'refused', code: invalid },
  },
  {
    name: 'INVALID_ARGUMENT of target and payload: the device may be innocent',
    given: {
      status: 400,
      body: errorBody(400, invalid, notAToken, fcmError(invalid), violation('message.token', 'message.data')),
    },
    expect: { outcome: 'refused', code: invalid },
  },
  {
    name: 'INVALID_ARGUMENT that merely speaks of tokens: the device may be innocent',
    given: { status: 400, body: errorBody(400, invalid, 'The registration token is too young', fcmError(invalid)) },
    expect: { outcome: 'refused', code: invalid },
  },
  {
    name: '400 without FcmError: the request is wrong',
    given: { status: 400, body: errorBody(400, invalid, 'Invalid JSON payload received.') },
    expect: { outcome: 'refused', code: invalid },
  },
  {
    name: 'SENDER_ID_MISMATCH: the device belongs to another project',
    given: {
      status: 403,
      body: errorBody(403, 'PERMISSION_DENIED', 'SenderId mismatch', fcmError('SENDER_ID_MISMATCH')),
    },
    expect: { outcome: 'refused', code: 'SENDER_ID_MISMATCH' },
  },
  {
    name: '403 without FcmError: the account may not send',
    given: {
      status: 403,
      body: errorBody(403, 'PERMISSION_DENIED', "Permission 'cloudmessaging.messages.create' denied"),
    },
    expect: { outcome: 'try-later', code: 'PERMISSION_DENIED' },
  },
  {
    name: '404 without FcmError: the project is wrong, not the device',
    given: { status: 404, body: errorBody(404, 'NOT_FOUND', 'Requested entity was not found.') },
    expect: { outcome: 'try-later', code: 'PROJECT_NOT_FOUND' },
  },
  {
    name: 'QUOTA_EXCEEDED without a time',
    given: { status: 429, body: errorBody(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', fcmError('QUOTA_EXCEEDED')) },
    expect: { outcome: 'try-later', code: 'QUOTA_EXCEEDED' },
  },
  {
    name: 'QUOTA_EXCEEDED with seconds to wait',
    given: {
      status: 429,
      body: errorBody(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', fcmError('QUOTA_EXCEEDED')),
      retryAfter: '120',
    },
    expect: { outcome: 'try-later', code: 'QUOTA_EXCEEDED', retryAfterMs: 120 * second },
  },
  {
    name: '429 without FcmError is a quota too',
    given: { status: 429, body: '' },
    expect: { outcome: 'try-later', code: 'QUOTA_EXCEEDED' },
  },
  {
    name: 'UNAVAILABLE with a date to wait for',
    given: {
      status: 503,
      body: errorBody(503, 'UNAVAILABLE', 'The service is currently unavailable.', fcmError('UNAVAILABLE')),
      retryAfter: 'Mon, 02 Mar 2026 10:00:30 GMT',
    },
    expect: { outcome: 'try-later', code: 'UNAVAILABLE', retryAfterMs: 30 * second },
  },
  {
    name: 'a date to wait for that is over',
    given: { status: 503, body: '', retryAfter: 'Mon, 02 Mar 2026 09:59:00 GMT' },
    expect: { outcome: 'try-later', code: 'UNAVAILABLE', retryAfterMs: 0 },
  },
  {
    name: 'a Retry-After that comes twice: the first one counts',
    given: { status: 503, body: '', retryAfter: ['20', '40'] },
    expect: { outcome: 'try-later', code: 'UNAVAILABLE', retryAfterMs: 20 * second },
  },
  {
    name: 'a Retry-After that says nothing we understand',
    given: { status: 503, body: '', retryAfter: 'soon' },
    expect: { outcome: 'try-later', code: 'UNAVAILABLE' },
  },
  {
    name: 'an empty Retry-After says nothing',
    given: { status: 503, body: '', retryAfter: '' },
    expect: { outcome: 'try-later', code: 'UNAVAILABLE' },
  },
  {
    name: 'INTERNAL',
    given: { status: 500, body: errorBody(500, 'INTERNAL', 'Internal error encountered.', fcmError('INTERNAL')) },
    expect: { outcome: 'try-later', code: 'INTERNAL' },
  },
  {
    name: 'THIRD_PARTY_AUTH_ERROR: the project lacks its APNs key; our credentials are good',
    given: {
      status: 401,
      body: errorBody(
        401,
        'UNAUTHENTICATED',
        'Auth error from APNS or Web Push Service',
        fcmError('THIRD_PARTY_AUTH_ERROR'),
      ),
    },
    expect: { outcome: 'refused', code: 'THIRD_PARTY_AUTH_ERROR' },
  },
  {
    name: '401 without FcmError: our token is not good any more',
    given: { status: 401, body: errorBody(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.') },
    expect: { outcome: 'try-later', code: 'UNAUTHENTICATED' },
  },
  {
    name: 'a page of the load balancer',
    given: { status: 502, body: badGateway },
    expect: { outcome: 'try-later', code: 'UNAVAILABLE' },
  },
  {
    name: 'a gateway that gave up',
    given: { status: 504, body: '' },
    expect: { outcome: 'try-later', code: 'UNAVAILABLE' },
  },
  {
    name: 'UNSPECIFIED_ERROR goes by its status',
    given: { status: 500, body: errorBody(500, 'INTERNAL', 'x', fcmError('UNSPECIFIED_ERROR')) },
    expect: { outcome: 'try-later', code: 'INTERNAL' },
  },
  {
    name: 'a code that we do not know costs no device',
    given: { status: 404, body: errorBody(404, 'NOT_FOUND', 'x', fcmError('DEVICE_ON_THE_MOON')) },
    expect: { outcome: 'try-later', code: 'DEVICE_ON_THE_MOON' },
  },
  {
    name: 'a status that we do not know',
    given: { status: 418, body: '' },
    expect: { outcome: 'try-later', code: 'HTTP_418' },
  },
  {
    name: 'success without a message id is none',
    given: { status: 200, body: '{}' },
    expect: { outcome: 'try-later', code: 'HTTP_200' },
  },
  {
    name: 'success without a body is none',
    given: { status: 200, body: '' },
    expect: { outcome: 'try-later', code: 'HTTP_200' },
  },
  {
    name: 'a message id without success is none',
    given: { status: 500, body: '{"name":"projects/p/messages/1"}' },
    expect: { outcome: 'try-later', code: 'INTERNAL' },
  },
  {
    name: 'an answer that is null',
    given: { status: 500, body: 'null' },
    expect: { outcome: 'try-later', code: 'INTERNAL' },
  },
])('$name', ({ given: { status, body, retryAfter }, expect: expected }) => {
  const detail = body.replaceAll(target, '(target)');
  expect(classify(status, body, retryAfter, target, monday)).toEqual({ ...expected, detail });
});

test('success has the message id', () => {
  expect(classify(200, '{"name":"projects/p/messages/0:17"}', undefined, target, monday)).toEqual({
    outcome: 'accepted',
    messageId: 'projects/p/messages/0:17',
  });
});

test.each([
  [{ details: [null] }],
  [{ details: [{ fieldViolations: null }] }],
  [{ details: [{ fieldViolations: {} }] }],
])('details of another shape than FCM’s are passed over: %j', (error) => {
  expect(classify(503, JSON.stringify({ error }), undefined, target, monday)).toMatchObject({ code: 'UNAVAILABLE' });
});

test('the target is in no detail, and a detail is short', () => {
  const filler = fc.string({ maxLength: 1200 });
  fc.assert(
    fc.property(fc.array(fc.oneof(filler, fc.constant(target))), fc.constantFrom(400, 404, 500), (parts, status) => {
      const result = classify(status, parts.join(' '), undefined, target, monday);
      const detail = 'detail' in result ? result.detail : '';
      expect(detail).not.toContain(target.slice(0, 40));
      expect(detail.length).toBeLessThanOrEqual(1000);
    }),
  );
});
