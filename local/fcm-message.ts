import { isObject, readSendRequest, type Fields, type Violation } from './fcm-schema.ts';

export type Message = Fields;

/** What a send request asks for, once nothing is wrong with it. */
export interface SendRequest {
  /** The registration token, installation id, `/topics/…` or condition. */
  readonly target: string;
  readonly validateOnly: boolean;
  /** The message as it was written. */
  readonly message: Message;
}

/**
 * Why FCM does not take a request. `schema` = it is not a send request at all; `message` = FCM read it and refuses
 * what it says; `token` = all is well but the target, which no device can have.
 */
export type Refusal =
  { readonly kind: 'schema' | 'message'; readonly violations: readonly Violation[] } | { readonly kind: 'token' };

export const maxTtlSeconds = 2_419_200;
const maxDeviceBytes = 4096;
const maxTopicBytes = 2048;

/** Judges a request body as strictly as FCM does, with every problem of the first kind that it has. */
export function checkSendRequest(body: string): SendRequest | Refusal {
  const read = readSendRequest(body);
  if ('violations' in read) return { kind: 'schema', violations: read.violations };
  const message = at(read.fields, 'message');
  const targets = (['fid', 'token', 'topic', 'condition'] as const).filter((name) => message[name] !== undefined);
  const [kind, second] = targets;
  if (second) {
    const description = `Invalid value at 'message' (oneof), oneof field 'target' is already set. Cannot set '${second}'`;
    return { kind: 'schema', violations: [{ field: 'message', description }] };
  }
  if (!kind) {
    return { kind: 'message', violations: [{ field: 'message', description: 'Recipient of the message is not set.' }] };
  }
  const violations = rules.flatMap((rule) => rule(message));
  if (violations.length > 0) return { kind: 'message', violations };
  const target = message[kind] as string;
  const addressed = kind === 'token' || kind === 'fid';
  if (addressed && !/^[\x21-\x7e]{1,4096}$/.test(target)) return { kind: 'token' };
  return {
    target: kind === 'topic' ? `/topics/${target.replace(/^\/topics\//, '')}` : target,
    validateOnly: read.fields['validate_only'] === true,
    message: at(read.written, 'message'),
  };
}

/** Fields of a message inside a message; none where it is absent. */
export function at(fields: Fields, ...path: readonly string[]): Fields {
  return path.reduce<Fields>((place, name) => (isObject(place[name]) ? place[name] : {}), fields);
}

type Rule = (message: Fields) => readonly Violation[];

/** A rule about one field, which is silent where the field is absent. */
function rule(path: string, isRight: (value: string) => boolean, description: string): Rule {
  const names = path.split('.');
  return (message) => {
    const value = at(message, ...names.slice(0, -1))[names.at(-1) ?? ''];
    return typeof value !== 'string' || isRight(value) ? [] : [{ field: `message.${path}`, description }];
  };
}

/** A rule about one header; header names know no case. */
function header(platform: 'apns' | 'webpush', name: string, isRight: (value: string) => boolean, must: string): Rule {
  return (message) =>
    Object.entries(at(message, platform, 'headers'))
      .filter(([written, value]) => written.toLowerCase() === name.toLowerCase() && !isRight(String(value)))
      .map(([written]) => ({
        field: `message.${platform}.headers`,
        description: `Invalid value for ${written}: it must be ${must}.`,
      }));
}

function freeOfReservedKeys(...path: readonly string[]): Rule {
  return (message) =>
    Object.keys(at(message, ...path))
      .filter((key) => /^(from|gcm|message_type|google.*|gcm\.notification.*)$/.test(key))
      .map((key) => ({ field: `message.${path.join('.')}`, description: `Invalid data payload key: ${key}` }));
}

const isLabel = (label: string) => /^[\w.~%-]{1,50}$/.test(label);
const labelRule = (...path: readonly string[]) =>
  rule([...path, 'fcm_options', 'analytics_label'].join('.'), isLabel, 'Invalid analytics label.');

const rules: readonly Rule[] = [
  freeOfReservedKeys('data'),
  freeOfReservedKeys('android', 'data'),
  freeOfReservedKeys('webpush', 'data'),
  rule('topic', (topic) => /^(\/topics\/)?[\w.~%-]+$/.test(topic), 'Invalid topic name.'),
  rule('condition', (condition) => / in topics/.test(condition), 'Invalid condition expression.'),
  rule('android.ttl', isTtl, `Invalid TTL: it must be between 0 and ${maxTtlSeconds} seconds.`),
  rule('android.restricted_package_name', (name) => /^\w+(\.\w+)+$/.test(name), 'Invalid package name.'),
  rule('android.notification.color', (color) => /^#[0-9a-f]{6}$/i.test(color), 'Invalid color: it must be #rrggbb.'),
  header('apns', 'apns-collapse-id', (id) => Buffer.byteLength(id) <= 64, 'at most 64 bytes'),
  header('apns', 'apns-priority', (priority) => ['1', '5', '10'].includes(priority), '1, 5 or 10'),
  header('apns', 'apns-expiration', (time) => /^\d+$/.test(time), 'epoch seconds'),
  header('webpush', 'TTL', (ttl) => /^\d+$/.test(ttl) && isTtl(`${ttl}s`), `whole seconds up to ${maxTtlSeconds}`),
  header('webpush', 'Urgency', (urgency) => /^(very-low|low|normal|high)$/.test(urgency), 'very-low … high'),
  header('webpush', 'Topic', (topic) => /^[\w-]{1,32}$/.test(topic), 'at most 32 base64url characters'),
  rule('webpush.fcm_options.link', isHttps, 'Invalid link: it must be an HTTPS URL.'),
  labelRule(),
  labelRule('android'),
  labelRule('apns'),
  labelRule('webpush'),
  fits,
];

function isTtl(duration: string): boolean {
  const seconds = Number(duration.slice(0, -1));
  return seconds >= 0 && seconds <= maxTtlSeconds;
}

function isHttps(link: string): boolean {
  return URL.canParse(link) && new URL(link).protocol === 'https:';
}

/** What each platform gets counts, not their sum; what has no part of its own in the message is sent as to Android. */
function fits(message: Fields): readonly Violation[] {
  const data = at(message, 'data');
  const notification = at(message, 'notification');
  const { apns, webpush } = message;
  const sizes = {
    Android:
      keysAndValues({ ...data, ...at(message, 'android', 'data') }) +
      keysAndValues({ ...notification, ...at(message, 'android', 'notification') }),
    APNs: apns ? jsonBytes({ aps: { alert: notification }, ...at(message, 'apns', 'payload'), ...data }) : 0,
    'Web Push': webpush
      ? jsonBytes({ notification: { ...notification, ...at(message, 'webpush', 'notification') }, data })
      : 0,
  };
  const limit = message['topic'] === undefined && message['condition'] === undefined ? maxDeviceBytes : maxTopicBytes;
  return Object.entries(sizes)
    .filter(([, bytes]) => bytes > limit)
    .map(([platform, bytes]) => ({
      field: 'message',
      description: `Message too big: ${platform} payload is ${bytes} bytes, the limit is ${limit}.`,
    }));
}

function keysAndValues(fields: Fields): number {
  return Object.entries(fields).reduce(
    (sum, [key, value]) =>
      sum + Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : jsonBytes(value)),
    0,
  );
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
