import { createHash } from 'node:crypto';
import type { NoticeText } from '../callback/notice-text.ts';
import type { PushMessage } from '../fcm/push-message.ts';
import { actionCategory, events } from './events.ts';
import { labelsOf, textOf, type Wording } from './wording.ts';

/** FCM's limit for a message to a device: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode */
export const maxMessageBytes = 4096;

export interface MessageRequest extends Wording {
  readonly callbackId: string;
  readonly noticeId: string;
  /** Epoch milliseconds of the change that is announced. */
  readonly changedAt: number;
  /** Epoch milliseconds. */
  readonly staleAt: number;
}

/**
 * Builds what the device shows and what its app can act on. Every notice of one booking of a callback carries one
 * collapse key in every part, so that the device shows one notification a callback, the latest, and a repeat after a
 * crash replaces what is there. It lives until the notice is stale. A text that would burst the size limit is shortened.
 */
export function buildMessage(request: MessageRequest): PushMessage {
  const text = textOf(request);
  const whole = compose(request, text);
  return messageBytes(whole) <= maxMessageBytes ? whole : compose(request, shortened(text, request));
}

/** First the body, and the title where that is not enough. */
function shortened({ title, body }: NoticeText, request: MessageRequest): NoticeText {
  const copies = isShownByApp(request) ? 2 : 1;
  const excessOf = (text: NoticeText) => Math.ceil((messageBytes(compose(request, text)) - maxMessageBytes) / copies);
  const fitting = { title, body: shorten(body, excessOf({ title, body })) };
  return { title: shorten(title, excessOf(fitting)), body: fitting.body };
}

/** Bytes of a message as FCM counts them at most: its JSON in UTF-8, without the target. */
export function messageBytes(message: PushMessage): number {
  return Buffer.byteLength(JSON.stringify(message));
}

/** Then Android and browsers hand the message to the app, which a message with a notification does not wake. */
function isShownByApp({ settings, notice }: MessageRequest): boolean {
  return settings.appShows.includes(notice.event);
}

function compose(request: MessageRequest, text: NoticeText): PushMessage {
  const byApp = isShownByApp(request);
  const collapseKey = collapseKeyOf(request);
  const ttlSeconds = Math.max(0, Math.floor((request.staleAt - request.now) / 1000));
  const { urgent } = events[request.notice.event];
  return {
    ...(!byApp && { notification: text }),
    data: { ...dataOf(request), ...(byApp && text) },
    android: {
      // Android hands data to an app in the background at once with this priority only.
      priority: urgent || byApp ? 'high' : 'normal',
      ttl: `${ttlSeconds}s`,
      collapse_key: collapseKey,
      ...(!byApp && { notification: androidNotification(request, collapseKey) }),
    },
    apns: {
      headers: {
        'apns-push-type': 'alert',
        'apns-priority': urgent ? '10' : '5',
        'apns-expiration': String(Math.floor(request.staleAt / 1000)),
        'apns-collapse-id': collapseKey,
      },
      payload: { aps: { ...(byApp && { alert: text }), ...apsOf(request, collapseKey) } },
    },
    webpush: {
      headers: { TTL: String(ttlSeconds), Urgency: urgent ? 'high' : 'normal', Topic: collapseKey },
      ...(!byApp && { notification: browserNotification(request, collapseKey) }),
    },
  };
}

/** As short as the shortest of its places takes, Topic of web push, and of its characters. */
function collapseKeyOf({ callbackId, callback: { booking } }: MessageRequest): string {
  const hash = createHash('sha256').update(JSON.stringify([callbackId, booking]));
  return hash.digest('base64url').slice(0, 32);
}

function androidNotification({ notice: { event }, settings }: MessageRequest, tag: string) {
  return {
    tag,
    // Where the app has made no such channel, Android takes the app's default one.
    channel_id: events[event].urgent ? 'callback-urgent' : 'callback-status',
    // A number and the code that lets its caller in.
    ...(event === 'CALLBACK_CALL_IN' && { visibility: settings.visibility }),
  };
}

function apsOf(request: MessageRequest, threadId: string) {
  const { urgent, actions, timeSensitive } = events[request.notice.event];
  return {
    'thread-id': threadId,
    ...(urgent && { sound: 'default' }),
    ...(actions && { category: actionCategory }),
    ...(timeSensitive && { 'interruption-level': 'time-sensitive' }),
    // Runs the app in the background, so that it can fetch the number as soon as the turn has come.
    ...((timeSensitive || isShownByApp(request)) && { 'content-available': 1 }),
  };
}

function browserNotification(request: MessageRequest, tag: string) {
  if (!events[request.notice.event].actions) return { tag };
  const { confirm, cancel } = labelsOf(request);
  return {
    tag,
    actions: [
      { action: 'confirm', title: confirm },
      { action: 'cancel', title: cancel },
    ],
  };
}

/** Strings an app can act on, named as in the GES API. */
function dataOf({ callbackId, callback, notice, noticeId, changedAt }: MessageRequest): Record<string, string> {
  const { actions, data } = events[notice.event];
  return {
    event: notice.event,
    eventTime: new Date(changedAt).toISOString(),
    noticeId,
    callbackServiceId: callbackId,
    serviceName: callback.serviceName,
    ...(actions && { category: actionCategory }),
    ...data?.(callback),
  };
}

/** Cuts `excess` bytes of JSON off the end where there are so many, never through a character, and marks the cut. */
function shorten(text: string, excess: number): string {
  if (excess <= 0) return text;
  const characters = Array.from(text);
  let toGo = excess + Buffer.byteLength('…');
  while (toGo > 0 && characters.length > 0) {
    toGo -= Buffer.byteLength(JSON.stringify(characters.pop())) - 2;
  }
  return `${characters.join('')}…`;
}
