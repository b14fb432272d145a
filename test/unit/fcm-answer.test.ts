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
      const result = classify({ status, headers: {}, body }, target, monday);
      if (result.outcome === 'target-gone') expect(['UNREGISTERED', 'INVALID_TARGET']).toContain(result.code);
    }),
  );
});

test('whatever comes, there is a result', () => {
  const body = fc.oneof(fc.string(), fc.json());
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), body, fc.string(), (status, text, retryAfter) => {
      const result = classify({ status, headers: { 'retry-after': retryAfter }, body: text }, target, monday);
      expect(result.outcome).toMatch(/^(refused|try-later)$/);
    }),
  );
});

test('the target is in no detail, and a detail is short', () => {
  const filler = fc.string({ maxLength: 1200 });
  fc.assert(
    fc.property(fc.array(fc.oneof(filler, fc.constant(target))), anyStatus, (parts, status) => {
      const result = classify({ status, headers: {}, body: parts.join(' ') }, target, monday);
      const detail = 'detail' in result ? result.detail : '';
      expect(detail).not.toContain(target.slice(0, 40));
      expect(detail.length).toBeLessThanOrEqual(1000);
    }),
  );
});
