/** One thing wrong with a request; `field` is a path such as `message.android.ttl`. */
export interface Violation {
  readonly field: string;
  readonly description: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Gives back the value, the names of message fields in snake case; pushes what is wrong with it to `found`. */
type Reader = (value: unknown, path: string, found: Violation[]) => unknown;

/**
 * Reads a send request as Google's front end does, before FCM sees it: unknown fields and wrong types are refused,
 * and a field may be written in snake or camel case.
 *
 * @returns the request as it was written and with the names of its fields in snake case, or everything wrong with it
 */
export function readSendRequest(
  body: string,
): { readonly written: Fields; readonly fields: Fields } | { readonly violations: Violation[] } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { violations: [{ field: '', description: 'Invalid JSON payload received. Syntax error.' }] };
  }
  if (!isObject(json)) {
    const description = 'Invalid JSON payload received. Root element must be a message.';
    return { violations: [{ field: '', description }] };
  }
  const violations: Violation[] = [];
  const fields = readFields(json, sendRequest, '', violations);
  return violations.length > 0 ? { violations } : { written: json, fields };
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function scalar(type: string, accepts: (value: unknown) => boolean): Reader {
  return (value, path, found) => {
    if (!accepts(value)) refuse(found, path, type, value);
    return value;
  };
}

function matching(type: string, accepts: (text: string) => boolean): Reader {
  return scalar(type, (value) => typeof value === 'string' && accepts(value));
}

function listOf(item: Reader): Reader {
  return (value, path, found) => {
    if (Array.isArray(value)) return value.map((element, index) => item(element, `${path}[${index}]`, found));
    refuse(found, path, 'repeated', value);
    return value;
  };
}

const string = scalar('TYPE_STRING', (value) => typeof value === 'string');
const bool = scalar('TYPE_BOOL', (value) => typeof value === 'boolean');
const int = scalar('TYPE_INT32', Number.isInteger);
const float = scalar('TYPE_FLOAT', (value) => typeof value === 'number');
const object = scalar('type.googleapis.com/google.protobuf.Struct', isObject);
const duration = matching('type.googleapis.com/google.protobuf.Duration', (text) =>
  /^-?\d{1,12}(\.\d{1,9})?s$/.test(text),
);
const timestamp = matching('type.googleapis.com/google.protobuf.Timestamp', (text) => !Number.isNaN(Date.parse(text)));
const words = (...known: readonly string[]) => matching('TYPE_ENUM', (text) => known.includes(text.toUpperCase()));

const stringMap: Reader = (value, path, found) => {
  if (!isObject(value)) refuse(found, path, 'Map', value);
  else Object.values(value).forEach((item, index) => string(item, `${path}[${index}].value`, found));
  return value;
};

function message(type: string, readers: Readonly<Record<string, Reader>>): Reader {
  return (value, path, found) => {
    if (isObject(value)) return readFields(value, readers, path, found);
    refuse(found, path, `type.googleapis.com/google.firebase.fcm.v1.${type}`, value);
    return value;
  };
}

function readFields(
  value: Fields,
  readers: Readonly<Record<string, Reader>>,
  path: string,
  found: Violation[],
): Fields {
  const fields: Record<string, unknown> = {};
  for (const [written, content] of Object.entries(value)) {
    const name = written.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (!reader) {
      const place = path === '' ? '' : ` at '${path}'`;
      const description = `Invalid JSON payload received. Unknown name "${written}"${place}: Cannot find field.`;
      found.push({ field: path, description });
    } else if (content !== null) {
      fields[name] = reader(content, path === '' ? name : `${path}.${name}`, found);
    }
  }
  return fields;
}

function refuse(found: Violation[], path: string, type: string, value: unknown): void {
  found.push({ field: path, description: `Invalid value at '${path}' (${type}), ${JSON.stringify(value)}` });
}

const options = { analytics_label: string };

const androidNotification = message('AndroidNotification', {
  title: string,
  body: string,
  icon: string,
  color: string,
  sound: string,
  tag: string,
  click_action: string,
  body_loc_key: string,
  body_loc_args: listOf(string),
  title_loc_key: string,
  title_loc_args: listOf(string),
  channel_id: string,
  ticker: string,
  sticky: bool,
  event_time: timestamp,
  local_only: bool,
  notification_priority: words(
    'PRIORITY_UNSPECIFIED',
    'PRIORITY_MIN',
    'PRIORITY_LOW',
    'PRIORITY_DEFAULT',
    'PRIORITY_HIGH',
    'PRIORITY_MAX',
  ),
  default_sound: bool,
  default_vibrate_timings: bool,
  default_light_settings: bool,
  vibrate_timings: listOf(duration),
  visibility: words('VISIBILITY_UNSPECIFIED', 'PRIVATE', 'PUBLIC', 'SECRET'),
  notification_count: int,
  light_settings: message('LightSettings', {
    color: message('Color', { red: float, green: float, blue: float, alpha: float }),
    light_on_duration: duration,
    light_off_duration: duration,
  }),
  image: string,
  proxy: words('PROXY_UNSPECIFIED', 'ALLOW', 'DENY', 'IF_PRIORITY_LOWERED'),
  bypass_proxy_notification: bool,
});

/** https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages */
const sendRequest: Readonly<Record<string, Reader>> = {
  validate_only: bool,
  message: message('Message', {
    name: string,
    data: stringMap,
    notification: message('Notification', { title: string, body: string, image: string }),
    android: message('AndroidConfig', {
      collapse_key: string,
      priority: words('NORMAL', 'HIGH'),
      ttl: duration,
      restricted_package_name: string,
      data: stringMap,
      notification: androidNotification,
      fcm_options: message('AndroidFcmOptions', options),
      direct_boot_ok: bool,
      bandwidth_constrained_ok: bool,
      restricted_satellite_ok: bool,
    }),
    webpush: message('WebpushConfig', {
      headers: stringMap,
      data: stringMap,
      notification: object,
      fcm_options: message('WebpushFcmOptions', { link: string, ...options }),
    }),
    apns: message('ApnsConfig', {
      headers: stringMap,
      payload: object,
      fcm_options: message('ApnsFcmOptions', { image: string, ...options }),
      live_activity_token: string,
    }),
    fcm_options: message('FcmOptions', options),
    fid: string,
    token: string,
    topic: string,
    condition: string,
  }),
};
