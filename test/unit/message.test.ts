import { noticeEvents, type NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import { buildMessage } from '../../functions/src/notice/message.ts';
import { actionCategory } from '../../functions/src/notice/events.ts';
import { staleAt } from '../../functions/src/notice/decision.ts';
import type { Callback } from '../../functions/src/callback/callback.ts';
import {
  aBooking,
  aCallIn,
  aCallback,
  aMessageRequest,
  aNotice,
  hour,
  minute,
  monday,
  second,
  someSettings,
} from '../support/builders.ts';

const noticeOf = (event: NoticeEvent) => aNotice({ event });

test('a message tells every platform the same: text, life, urgency and what it replaces', () => {
  const callback = aCallback({ estimatedWaitTime: 240 });
  const request = aMessageRequest({ callback, notice: noticeOf('CALLBACK_UPCOMING') });
  const message = buildMessage(request);
  const key = message.android['collapse_key'];
  expect(message).toEqual({
    notification: { title: 'Your callback is near', body: 'We expect to call you in about 4 minutes.' },
    data: {
      event: 'CALLBACK_UPCOMING',
      eventTime: '2026-03-02T10:00:00.000Z',
      noticeId: request.noticeId,
      callbackServiceId: 'callback-1',
      serviceName: 'sales',
      category: 'CALLBACK_CONFIRM_CANCEL',
      estimatedWaitTime: '240',
    },
    android: {
      priority: 'high',
      ttl: '240s',
      collapse_key: key,
      notification: { tag: key, channel_id: 'callback-urgent' },
    },
    apns: {
      headers: {
        'apns-push-type': 'alert',
        'apns-priority': '10',
        'apns-expiration': String(monday / 1000 + 240),
        'apns-collapse-id': key,
      },
      payload: { aps: { 'thread-id': key, sound: 'default', category: 'CALLBACK_CONFIRM_CANCEL' } },
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

test('what the app itself shows comes to it as data, and to Apple as an alert beside it', () => {
  const request = aMessageRequest({
    callback: aCallback({ callIn: aCallIn() }),
    notice: noticeOf('CALLBACK_CALL_IN'),
    settings: someSettings({ appShows: ['CALLBACK_CALL_IN'] }),
  });
  const { data, ...message } = buildMessage(request);
  const text = { title: 'Call us now', body: 'Call +18005550100. Code 0042. Valid for 10 minutes.' };
  const key = message.android['collapse_key'];
  expect(data).toMatchObject({ ...text, toPhoneNumber: '+18005550100' });
  expect(message).toEqual({
    android: { priority: 'high', ttl: '600s', collapse_key: key },
    apns: {
      headers: expect.objectContaining({ 'apns-push-type': 'alert', 'apns-collapse-id': key }) as unknown,
      payload: {
        aps: {
          alert: text,
          'thread-id': key,
          sound: 'default',
          'interruption-level': 'time-sensitive',
          'content-available': 1,
        },
      },
    },
    webpush: { headers: { TTL: '600', Urgency: 'high', Topic: key } },
  });
});

test('an app that shows its news is woken for it, urgent or not', () => {
  const settings = someSettings({ appShows: ['CALLBACK_PURGED'] });
  expect(buildMessage(aMessageRequest({ settings, notice: noticeOf('CALLBACK_PURGED') }))).toMatchObject({
    android: { priority: 'high' },
    apns: { payload: { aps: { 'content-available': 1 } } },
  });
  expect(buildMessage(aMessageRequest({ settings, notice: noticeOf('CALLBACK_ATTEMPT_FAILED') }))).toMatchObject({
    notification: { title: 'We tried to reach you' },
    android: { priority: 'normal' },
  });
});

test('a call-in carries what it takes to dial', () => {
  const callback = aCallback({ callIn: aCallIn() });
  expect(buildMessage(aMessageRequest({ callback, notice: noticeOf('CALLBACK_CALL_IN') })).data).toMatchObject({
    toPhoneNumber: '+18005550100',
    accessCode: '0042',
    expirationTime: '2026-03-02T10:10:00.000Z',
  });
});

test('a call-in without an access code carries none', () => {
  const callIn = aCallIn({ accessCode: undefined });
  const { data } = buildMessage(
    aMessageRequest({ callback: aCallback({ callIn }), notice: noticeOf('CALLBACK_CALL_IN') }),
  );
  expect(data).not.toHaveProperty('accessCode');
});

test.each([
  ['PRIVATE', {}],
  ['PUBLIC', { visibility: 'PUBLIC' }],
] as const)('number and code are %s on a locked Android screen where the queue says %j', (visibility, settings) => {
  const callback = aCallback({ callIn: aCallIn() });
  const androidOf = (event: NoticeEvent) =>
    buildMessage(aMessageRequest({ callback, notice: noticeOf(event), settings: someSettings(settings) })).android[
      'notification'
    ];
  expect(androidOf('CALLBACK_CALL_IN')).toMatchObject({ visibility });
  expect(androidOf('CALLBACK_READY')).not.toHaveProperty('visibility');
});

test('one notification a callback: each of its notices replaces the one before, until it is booked anew', () => {
  const keyOf = (event: NoticeEvent, callbackId: string, booking: string) =>
    buildMessage(aMessageRequest({ callbackId, callback: aCallback({ booking }), notice: noticeOf(event) })).android[
      'collapse_key'
    ];
  const one = new Set(noticeEvents.map((event) => keyOf(event, 'callback-1', aBooking())));
  expect(one.size).toBe(1);
  expect(one).not.toContain(keyOf('CALLBACK_UPCOMING', 'callback-1', aBooking(monday)));
  expect(one).not.toContain(keyOf('CALLBACK_UPCOMING', 'callback-2', aBooking()));
});

test('buttons in a browser bear the queue’s own labels', () => {
  const settings = someSettings({ actionLabels: { 'de-DE': { cancel: 'Nicht mehr nötig' } } });
  const callback = aCallback({ language: 'de' });
  const { webpush } = buildMessage(aMessageRequest({ callback, settings, notice: noticeOf('CALLBACK_READY') }));
  expect(webpush['notification']).toMatchObject({
    actions: [{ title: 'Bestätigen' }, { title: 'Nicht mehr nötig' }],
  });
});

test('only a call-in shows numbers and codes', () => {
  const callback = aCallback({ callIn: aCallIn() });
  const others = noticeEvents.filter((event) => event !== 'CALLBACK_CALL_IN');
  const messages = others.map((event) =>
    JSON.stringify(buildMessage(aMessageRequest({ callback, notice: noticeOf(event) }))),
  );
  expect(messages.filter((message) => message.includes('0042') || message.includes('8005550100'))).toEqual([]);
});

test.each<{ name: NoticeEvent; urgent: boolean; actions: boolean; breaks: boolean }>([
  { name: 'CALLBACK_UPCOMING', urgent: true, actions: true, breaks: false },
  { name: 'CALLBACK_READY', urgent: true, actions: true, breaks: true },
  { name: 'CALLBACK_CALL_IN', urgent: true, actions: false, breaks: true },
  { name: 'CALLBACK_PURGED', urgent: false, actions: false, breaks: false },
  { name: 'CALLBACK_ATTEMPT_FAILED', urgent: false, actions: true, breaks: false },
  { name: 'CALLBACK_FINAL_ATTEMPT_FAILED', urgent: false, actions: false, breaks: false },
])('$name wakes: $urgent, offers actions: $actions, breaks through: $breaks', ({ name, urgent, actions, breaks }) => {
  const { data, android, apns, webpush } = buildMessage(aMessageRequest({ notice: noticeOf(name) }));
  expect({ data, android, apns, webpush }).toMatchObject({
    android: {
      priority: urgent ? 'high' : 'normal',
      notification: { channel_id: urgent ? 'callback-urgent' : 'callback-status' },
    },
    apns: { headers: { 'apns-priority': urgent ? '10' : '5' } },
    webpush: { headers: { Urgency: urgent ? 'high' : 'normal' } },
  });
  const category = actions ? actionCategory : undefined;
  expect([data['category'], apns['payload']]).toEqual([
    category,
    {
      aps: {
        'thread-id': android['collapse_key'],
        ...(urgent && { sound: 'default' }),
        ...(category && { category }),
        ...(breaks && { 'interruption-level': 'time-sensitive', 'content-available': 1 }),
      },
    },
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
