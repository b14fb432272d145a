import fc from 'fast-check';
import { noticeEvents } from '../../functions/src/callback/notice-event.ts';
import {
  buildMessage,
  maxMessageBytes,
  messageBytes,
  type MessageRequest,
} from '../../functions/src/notice/message.ts';
import { catalogue } from '../../functions/src/notice/catalogue.ts';
import { aBooking, aCallIn, aCallback, aMessageRequest, monday, someSettings } from '../support/builders.ts';

const pieces = ['x', 'é', '漢', '😀', '"', '\n', '{queue}', '{number}', '{code}', '{minutes}', '{duration}', 'ع'];
/** Text of up to so many UTF-16 units, as JavaScript counts them: some pieces, each of them many times. */
const text = (maxLength: number) =>
  fc
    .array(fc.tuple(fc.constantFrom(...pieces), fc.integer({ min: 1, max: maxLength })), { minLength: 1, maxLength: 3 })
    .map((runs) =>
      runs
        .map(([piece, times]) => piece.repeat(times))
        .join('')
        .slice(0, maxLength)
        .toWellFormed(),
    );

const request = fc
  .record({
    event: fc.constantFrom(...noticeEvents),
    language: fc.constantFrom('fr-CA', ...Object.keys(catalogue)),
    appShows: fc.constantFrom([], noticeEvents),
    visibility: fc.constantFrom('PRIVATE', 'PUBLIC'),
    hasOwnText: fc.boolean(),
    label: text(40),
    serviceName: text(256),
    callbackId: text(256),
    number: text(64),
    code: text(64),
    title: text(200),
    body: text(1000),
  })
  .map(({ event, language, serviceName, callbackId, number, code, title, body, ...given }): MessageRequest => {
    const { appShows, visibility, hasOwnText, label } = given;
    const callIn = aCallIn({ toPhoneNumber: number, accessCode: code });
    return aMessageRequest({
      callbackId,
      callback: aCallback({ serviceName, language, callIn, estimatedWaitTime: 60 }),
      notice: { event, occasion: String(monday) },
      settings: someSettings({
        messages: hasOwnText ? { [event]: { [language]: { title, body } } } : {},
        actionLabels: { [language]: { confirm: label, cancel: label } },
        appShows,
        visibility,
      }),
    });
  });

/** No longer than a title, a number or a queue's name can be while the body alone makes room. */
const moderate = request.filter(({ callback, settings }) => {
  const titles = Object.values(settings.messages).flatMap((byLanguage) =>
    Object.values(byLanguage).map(({ title }) => title),
  );
  return callback.serviceName.length < 100 && !titles.some((title) => title.includes('{'));
});

test.each([
  ['whose title is plain', moderate],
  ['whatever the texts and names', request],
])('a message %s fits into 4096 bytes', (_, requests) => {
  fc.assert(
    fc.property(requests, (given) => {
      expect(messageBytes(buildMessage(given))).toBeLessThanOrEqual(maxMessageBytes);
    }),
    { numRuns: 200 },
  );
});

test('a text is shortened at its end, between characters, and marked', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 }), fc.constantFrom('😀', '漢', '"', '\n', 'é'), (offset, character) => {
      const body = 'x'.repeat(offset) + character.repeat(500);
      const messages = { CALLBACK_PURGED: { en: { title: 'x', body } } };
      const message = buildMessage(
        aMessageRequest({ callbackId: 'c'.repeat(3000), settings: someSettings({ messages }) }),
      );
      const shown = message.notification?.body ?? '';
      expect(shown.isWellFormed()).toBe(true);
      if (shown !== body) {
        expect(shown.endsWith('…')).toBe(true);
        expect(body.startsWith(shown.slice(0, -1))).toBe(true);
        expect(messageBytes(message)).toBeGreaterThan(maxMessageBytes - 12);
      }
      expect(messageBytes(message)).toBeLessThanOrEqual(maxMessageBytes);
    }),
  );
});

test('data holds strings only, under keys that FCM leaves free', () => {
  fc.assert(
    fc.property(moderate, (given) => {
      const entries = Object.entries(buildMessage(given).data);
      expect(
        entries.filter(([key, value]) => typeof value !== 'string' || /^(from|gcm|collapse_key)$|^google/.test(key)),
      ).toEqual([]);
    }),
  );
});

test('one short collapse key of safe characters stands in every part, a different one for every booking', () => {
  const keysOf = (callbackId: string) => {
    const { android, apns, webpush } = buildMessage(
      aMessageRequest({ callbackId, callback: aCallback({ booking: aBooking(monday) }) }),
    );
    return new Set([
      android['collapse_key'],
      (android['notification'] as Record<string, unknown>)['tag'],
      (apns['headers'] as Record<string, unknown>)['apns-collapse-id'],
      (apns['payload'] as { aps: Record<string, unknown> }).aps['thread-id'],
      (webpush['headers'] as Record<string, unknown>)['Topic'],
      (webpush['notification'] as Record<string, unknown>)['tag'],
    ]);
  };
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 2 }), (callbackIds) => {
      const keys = callbackIds.flatMap((callbackId) => [...keysOf(callbackId)]);
      expect(keys).toEqual([expect.stringMatching(/^[\w-]{1,32}$/), expect.stringMatching(/^[\w-]{1,32}$/)]);
      expect(new Set(keys).size).toBe(2);
    }),
  );
});
