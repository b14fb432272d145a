import type { Callback } from '../callback/callback.ts';
import type { PushMessage } from '../fcm/push-message.ts';
import type { Notice } from './decision.ts';
import { actionCategory, directionOf, events } from './events.ts';
import { lookupOrder } from '../base/language.ts';
import { catalogue, catalogueText, type Texts } from './catalogue.ts';
import type { NoticeText, Settings } from '../callback/settings.ts';

/** FCM's limit for a message to a device: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode */
export const maxMessageBytes = 4096;

export interface MessageRequest {
  readonly callbackId: string;
  readonly callback: Callback;
  readonly notice: Notice;
  readonly noticeId: string;
  readonly settings: Settings;
  /** Epoch milliseconds of the change that is announced. */
  readonly changedAt: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Epoch milliseconds, see `staleAt`. */
  readonly staleAt: number;
}

/**
 * Builds what the device shows and what its app can act on. Every part carries the same collapse key, so that a
 * repeat after a crash replaces the notification on the device instead of stacking, and lives until the notice is
 * stale. A text that would burst the size limit is shortened.
 */
export function buildMessage(request: MessageRequest): PushMessage {
  const { title, body } = textOf(request);
  const excessOf = (text: NoticeText) => messageBytes(compose(request, text)) - maxMessageBytes;
  const fitting = { title, body: shorten(body, excessOf({ title, body })) };
  return compose(request, { title: shorten(title, excessOf(fitting)), body: fitting.body });
}

/** Bytes of a message as FCM counts them at most: its JSON in UTF-8, without the target. */
export function messageBytes(message: PushMessage): number {
  return Buffer.byteLength(JSON.stringify(message));
}

function compose(request: MessageRequest, text: NoticeText): PushMessage {
  const { event } = request.notice;
  const { urgent, actions } = events[event];
  const collapseKey = request.noticeId.slice(0, 32);
  const ttlSeconds = Math.max(0, Math.floor((request.staleAt - request.now) / 1000));
  return {
    notification: text,
    data: dataOf(request),
    android: {
      priority: urgent ? 'high' : 'normal',
      ttl: `${ttlSeconds}s`,
      collapse_key: collapseKey,
      notification: { tag: collapseKey },
    },
    apns: {
      headers: {
        'apns-push-type': 'alert',
        'apns-priority': urgent ? '10' : '5',
        'apns-expiration': String(Math.floor(request.staleAt / 1000)),
        'apns-collapse-id': collapseKey,
      },
      payload: { aps: { ...(urgent && { sound: 'default' }), ...(actions && { category: actionCategory }) } },
    },
    webpush: {
      headers: { TTL: String(ttlSeconds), Urgency: urgent ? 'high' : 'normal', Topic: collapseKey },
      notification: { tag: collapseKey, ...(actions && { actions: actionsIn(request.callback.language) }) },
    },
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

/** The text in the callback's language; of one language the queue's own words stand before the catalogue's. */
function textOf(request: MessageRequest): NoticeText {
  const { callback, notice, settings } = request;
  for (const tag of lookupOrder(callback.language)) {
    const own = settings.messages[notice.event]?.[tag];
    if (own) return fill(own, request, '{code}');
    const texts = catalogue[tag];
    if (texts)
      return fill(catalogueText(texts, notice.event, directionOf(callback, settings)), request, texts.accessCode);
  }
  throw new Error('the catalogue has no English');
}

function fill(text: NoticeText, { callback, notice, now }: MessageRequest, accessPhrase: string): NoticeText {
  const { callIn, serviceName } = callback;
  const seconds = events[notice.event].seconds?.(callback, now) ?? 0;
  const code = callIn?.accessCode;
  const values = new Map([
    ['access', code ? accessPhrase.replace('{code}', () => code) : ''],
    ['code', code ?? ''],
    ['minutes', String(Math.max(1, Math.round(seconds / 60)))],
    ['number', callIn?.toPhoneNumber ?? ''],
    ['queue', serviceName],
  ]);
  const fillIn = (words: string) =>
    words.replace(/\{(\w+)\}/g, (placeholder, name: string) => values.get(name) ?? placeholder);
  return { title: fillIn(text.title), body: fillIn(text.body) };
}

function actionsIn(language: string): { action: string; title: string }[] {
  const { confirm, cancel } = labelsIn(language);
  return [
    { action: 'confirm', title: confirm },
    { action: 'cancel', title: cancel },
  ];
}

function labelsIn(language: string): Texts {
  const texts = lookupOrder(language).map((tag) => catalogue[tag]);
  const found = texts.find((candidate) => candidate !== undefined);
  if (!found) throw new Error('the catalogue has no English');
  return found;
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
