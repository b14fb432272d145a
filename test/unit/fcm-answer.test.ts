import fc from 'fast-check';
import { classify } from '../../functions/src/fcm/answer.ts';
import { monday } from '../support/builders.ts';
import { fcmError, target } from './fcm-answer-rows.ts';

const anyStatus = fc.constantFrom(200, 400, 401, 403, 404, 409, 429, 500, 503);

test('whatever is said, a device is given up for two codes only', () => {
  const code = fc.oneof(fc.string(), fc.constantFrom('UNREGISTERED', 'INVALID_ARGUMENT', 'SENDER_ID_MISMATCH'));
  const message = fc.oneof(fc.string(), fc.constant('Requested entity was not found.'));
  fc.assert(
    fc.property(anyStatus, code, message, fc.jsonValue(), (status, errorCode, said, other) => {
      const body = JSON.stringify({ error: { code: status, message: said, details: [other, fcmError(errorCode)] } });
      const result = classify({ status, headers: {}, body }, { target }, monday);
      if (result.outcome === 'target-gone') expect(['UNREGISTERED', 'INVALID_TARGET']).toContain(result.code);
    }),
  );
});

test('whatever comes, there is a result', () => {
  const body = fc.oneof(fc.string(), fc.json());
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), body, fc.string(), (status, text, retryAfter) => {
      const result = classify({ status, headers: { 'retry-after': retryAfter }, body: text }, { target }, monday);
      expect(result.outcome).toMatch(/^(refused|try-later)$/);
    }),
  );
});

/** What of FCM's own words is kept. */
function detailOf(body: string, sent: Parameters<typeof classify>[1] = { target }, status = 400): string {
  const result = classify({ status, headers: {}, body }, sent, monday);
  return 'detail' in result ? result.detail : '';
}
const inGooglesForm = (message: string) => JSON.stringify({ error: { code: 400, message } });

test('the target is in no detail, and a detail is short', () => {
  const filler = fc.string({ maxLength: 1200 });
  fc.assert(
    fc.property(fc.array(fc.oneof(filler, fc.constant(target))), anyStatus, (parts, status) => {
      for (const body of [parts.join(' '), inGooglesForm(parts.join(' '))]) {
        const detail = detailOf(body, { target }, status);
        expect(detail).not.toContain(target.slice(0, 40));
        expect(detail.length).toBeLessThanOrEqual(1000);
      }
    }),
  );
});

test('of the words of a box in between none is kept, whatever it repeats', () => {
  const body = '<html>Your request: authorization: Bearer secret, toPhoneNumber: +14155550199</html>';
  expect(detailOf(body, { target }, 502)).toBe('HTTP 502, without an error in Google’s form');
});

const message = {
  notification: { title: 'Your turn', body: 'Call +1 415-555-0199, code "0123"' },
  data: { toPhoneNumber: '+14155550199', accessCode: '0123', isLast: 'yes' },
};

test.each([
  { name: 'the target', given: target },
  { name: 'the target in a URL', given: encodeURIComponent(target) },
  { name: 'the installation in the target', given: target.split(':')[0] ?? '' },
  { name: 'the secret of the target', given: target.split(':')[1] ?? '' },
  { name: 'a number', given: message.data.toPhoneNumber },
  { name: 'an access code', given: message.data.accessCode },
  { name: 'a text', given: message.notification.body },
])('FCM’s words are kept, but not $name that it repeats', ({ given }) => {
  const detail = detailOf(inGooglesForm(`Invalid value: ${given}, yes.`), { target, message });
  expect(detail).toMatch(/"Invalid value: \((target|withheld)\), yes\."/);
  expect(detail).not.toMatch(/APA91b|4155550199|0123|555-0199/);
});
