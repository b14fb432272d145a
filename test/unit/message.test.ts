import { noticeEvents, type NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import { buildMessage } from '../../functions/src/notice/message.ts';
import { actionCategory } from '../../functions/src/notice/events.ts';
import { staleAt } from '../../functions/src/notice/decision.ts';
import type { Callback } from '../../functions/src/callback/callback.ts';
import {
  aCallIn,
  aCallback,
  aMessageRequest,
  aNotice,
  hour,
  minute,
  monday,
  second,
  someSettings,
  without,
} from '../support/builders.ts';

const noticeOf = (event: NoticeEvent) => aNotice({ event });

test('a message tells every platform the same: text, life, urgency and what it replaces', () => {
  const callback = aCallback({ estimatedWaitTime: 240 });
  const request = aMessageRequest({ callback, notice: noticeOf('CALLBACK_UPCOMING') });
  const key = request.noticeId.slice(0, 32);
  expect(buildMessage(request)).toEqual({
    notification: { title: 'Your callback is near', body: 'We expect to call you in about 4 min.' },
    data: {
      event: 'CALLBACK_UPCOMING',
      eventTime: '2026-03-02T10:00:00.000Z',
      noticeId: request.noticeId,
      callbackServiceId: 'callback-1',
      serviceName: 'sales',
      category: 'CALLBACK_CONFIRM_CANCEL',
      estimatedWaitTime: '240',
    },
    android: { priority: 'high', ttl: '240s', collapse_key: key, notification: { tag: key } },
    apns: {
      headers: {
        'apns-push-type': 'alert',
        'apns-priority': '10',
        'apns-expiration': String(monday / 1000 + 240),
        'apns-collapse-id': key,
      },
      payload: { aps: { sound: 'default', category: 'CALLBACK_CONFIRM_CANCEL' } },
    },
    webpush: {
      headers: { TTL: '240', Urgency: 'high', Topic: key },
      notification: {
        tag: key,
        actions: [
          { action: 'confirm', title: 'Confirm' },
          { action: 'cancel', title: 'Cancel callback' },
        ],
      },
    },
  });
});

test('a call-in carries what it takes to dial', () => {
  const callback = aCallback({ callIn: aCallIn() });
  const { notification, data } = buildMessage(aMessageRequest({ callback, notice: noticeOf('CALLBACK_CALL_IN') }));
  expect({ notification, data }).toMatchObject({
    notification: { body: 'Call +18005550100. Code 0042. Valid for 10 min.' },
    data: { toPhoneNumber: '+18005550100', accessCode: '0042', expirationTime: '2026-03-02T10:10:00.000Z' },
  });
});

test('a call-in without an access code speaks of none', () => {
  const callIn = without(aCallIn(), 'accessCode');
  const { notification, data } = buildMessage(
    aMessageRequest({ callback: aCallback({ callIn }), notice: noticeOf('CALLBACK_CALL_IN') }),
  );
  expect(notification.body).toBe('Call +18005550100. Valid for 10 min.');
  expect(data).not.toHaveProperty('accessCode');
});

test('only a call-in shows numbers and codes', () => {
  const callback = aCallback({ callIn: aCallIn() });
  const others = noticeEvents.filter((event) => event !== 'CALLBACK_CALL_IN');
  const messages = others.map((event) =>
    JSON.stringify(buildMessage(aMessageRequest({ callback, notice: noticeOf(event) }))),
  );
  expect(messages.filter((message) => message.includes('0042') || message.includes('8005550100'))).toEqual([]);
});

test.each<{ name: NoticeEvent; urgent: boolean; actions: boolean }>([
  { name: 'CALLBACK_UPCOMING', urgent: true, actions: true },
  { name: 'CALLBACK_READY', urgent: true, actions: true },
  { name: 'CALLBACK_CALL_IN', urgent: true, actions: false },
  { name: 'CALLBACK_PURGED', urgent: false, actions: false },
  { name: 'CALLBACK_ATTEMPT_FAILED', urgent: false, actions: true },
  { name: 'CALLBACK_FINAL_ATTEMPT_FAILED', urgent: false, actions: false },
])('$name wakes the device: $urgent, offers actions: $actions', ({ name, urgent, actions }) => {
  const { data, android, apns, webpush } = buildMessage(aMessageRequest({ notice: noticeOf(name) }));
  expect({ data, android, apns, webpush }).toMatchObject({
    android: { priority: urgent ? 'high' : 'normal' },
    apns: { headers: { 'apns-priority': urgent ? '10' : '5' } },
    webpush: { headers: { Urgency: urgent ? 'high' : 'normal' } },
  });
  const category = actions ? actionCategory : undefined;
  expect([data['category'], apns['payload']]).toEqual([
    category,
    { aps: { ...(urgent && { sound: 'default' }), ...(category && { category }) } },
  ]);
});

test('a message lives no second longer than its notice', () => {
  const request = aMessageRequest({ now: monday, staleAt: monday + 90 * second + 999 });
  expect(buildMessage(request)).toMatchObject({
    android: { ttl: '90s' },
    apns: { headers: { 'apns-expiration': String(monday / 1000 + 90) } },
    webpush: { headers: { TTL: '90' } },
  });
});

test('a message of a notice that is stale lives for the moment only', () => {
  const request = aMessageRequest({ now: monday + hour, staleAt: monday });
  expect(buildMessage(request)).toMatchObject({ android: { ttl: '0s' }, webpush: { headers: { TTL: '0' } } });
});

const own = (name: string) => ({ title: `${name} {queue}`, body: '{minutes}|{number}|{code}|{access}|{unknown}' });

test.each<{ name: string; given: { language: string; own: readonly string[] }; expect: string }>([
  {
    name: 'the queue’s own words stand before the catalogue’s',
    given: { language: 'fr', own: ['fr'] },
    expect: 'fr sales',
  },
  {
    name: 'the more specific own words win',
    given: { language: 'fr-CA', own: ['fr', 'fr-CA'] },
    expect: 'fr-CA sales',
  },
  {
    name: 'own words of the language stand before the catalogue’s',
    given: { language: 'fr-CA', own: ['fr'] },
    expect: 'fr sales',
  },
  {
    name: 'the consumer’s language stands before own English words',
    given: { language: 'de-AT', own: ['en'] },
    expect: 'Sie sind an der Reihe',
  },
  { name: 'own English words serve an unknown language', given: { language: 'sr', own: ['en'] }, expect: 'en sales' },
  {
    name: 'own words may be in a language that the catalogue lacks',
    given: { language: 'sr-Latn', own: ['sr'] },
    expect: 'sr sales',
  },
])('$name', ({ given, expect: title }) => {
  const texts = Object.fromEntries(given.own.map((tag) => [tag, own(tag)]));
  const request = aMessageRequest({
    callback: aCallback({ language: given.language }),
    notice: noticeOf('CALLBACK_READY'),
    settings: someSettings({ messages: { CALLBACK_READY: texts } }),
  });
  expect(buildMessage(request).notification.title).toBe(title);
});

const filled = (body: string, callback: Partial<Callback>, event: NoticeEvent = 'CALLBACK_UPCOMING') =>
  buildMessage(
    aMessageRequest({
      callback: aCallback(callback),
      notice: noticeOf(event),
      settings: someSettings({ messages: { [event]: { en: { title: 'x', body } } } }),
    }),
  ).notification.body;

test.each<{ name: string; given: { body: string; callback: Partial<Callback>; event?: NoticeEvent }; expect: string }>([
  { name: 'minutes are rounded', given: { body: '{minutes}', callback: { estimatedWaitTime: 149 } }, expect: '2' },
  {
    name: 'minutes are never less than one',
    given: { body: '{minutes}', callback: { estimatedWaitTime: 0 } },
    expect: '1',
  },
  {
    name: 'minutes of a call-in are its life',
    given: { body: '{minutes}', callback: { estimatedWaitTime: 60, callIn: aCallIn() }, event: 'CALLBACK_CALL_IN' },
    expect: '10',
  },
  { name: 'the queue', given: { body: '{queue} and {queue}', callback: {} }, expect: 'sales and sales' },
  {
    name: 'a code that is not there is empty',
    given: { body: '[{code}{access}{number}]', callback: {} },
    expect: '[]',
  },
  {
    name: 'what is no placeholder stays',
    given: { body: '{name} {} {{queue}}', callback: {} },
    expect: '{name} {} {sales}',
  },
  {
    name: 'what every object has is no placeholder',
    given: { body: '{constructor} {toString}', callback: {} },
    expect: '{constructor} {toString}',
  },
  {
    name: 'a value is not filled in again',
    given: { body: '{queue}', callback: { serviceName: '{minutes}$&' } },
    expect: '{minutes}$&',
  },
])('$name', ({ given: { body, callback, event }, expect: text }) => {
  expect(filled(body, callback, event)).toBe(text);
});

test.each<{ name: string; given: { event: NoticeEvent; callback?: Partial<Callback> }; expect: number }>([
  {
    name: 'an upcoming call is news until its turn',
    given: { event: 'CALLBACK_UPCOMING', callback: { estimatedWaitTime: 240 } },
    expect: 4 * minute,
  },
  {
    name: 'but for a minute at least',
    given: { event: 'CALLBACK_UPCOMING', callback: { estimatedWaitTime: 5 } },
    expect: minute,
  },
  {
    name: 'and for an hour at most',
    given: { event: 'CALLBACK_UPCOMING', callback: { estimatedWaitTime: 7200 } },
    expect: hour,
  },
  {
    name: 'and no longer than the callback lives',
    given: {
      event: 'CALLBACK_UPCOMING',
      callback: { estimatedWaitTime: 240, expirationTime: new Date(monday + 2 * minute) },
    },
    expect: 2 * minute,
  },
  { name: 'a turn is news for ten minutes', given: { event: 'CALLBACK_READY' }, expect: 10 * minute },
  {
    name: 'and no longer than the callback lives, either',
    given: { event: 'CALLBACK_READY', callback: { expirationTime: new Date(monday + minute) } },
    expect: minute,
  },
  {
    name: 'a call-in is news as long as it is good',
    given: { event: 'CALLBACK_CALL_IN', callback: { callIn: aCallIn() } },
    expect: 10 * minute,
  },
  {
    name: 'but for an hour at most',
    given: {
      event: 'CALLBACK_CALL_IN',
      callback: { callIn: aCallIn({ expirationTime: new Date(monday + 5 * hour) }) },
    },
    expect: hour,
  },
  {
    name: 'a purge is news for an hour, expired or not',
    given: { event: 'CALLBACK_PURGED', callback: { expirationTime: new Date(monday) } },
    expect: hour,
  },
  {
    name: 'a failed attempt is news until the next may come',
    given: { event: 'CALLBACK_ATTEMPT_FAILED' },
    expect: 30 * minute,
  },
  {
    name: 'the last failed attempt is news for an hour',
    given: { event: 'CALLBACK_FINAL_ATTEMPT_FAILED' },
    expect: hour,
  },
])('$name', ({ given: { event, callback }, expect: life }) => {
  expect(staleAt(noticeOf(event), aCallback(callback), monday)).toBe(monday + life);
});
