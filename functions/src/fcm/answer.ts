import { detailOf, type Sent } from './detail.ts';
import { foreignProject, type PushResult, type TroubleScope } from './result.ts';
import { retryAfterMs, type HttpAnswer } from '../google/http-answer.ts';
import { fieldsOf, listOf, parseJson } from '../base/json.ts';

/**
 * The consequence of each code: FCM's own (https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode), and ours
 * for what FCM does not tell apart. The name of a scope means try later. So does what is not listed: a device is never
 * given up for an answer that we do not know.
 */
const consequences: ReadonlyMap<string, 'target-gone' | 'refused' | TroubleScope> = new Map([
  ['UNREGISTERED', 'target-gone'],
  ['INVALID_TARGET', 'target-gone'],
  ['INVALID_ARGUMENT', 'refused'],
  [foreignProject, 'refused'],
  // Somebody is mending the project's APNs key or its web push certificate; other devices do not need it.
  ['THIRD_PARTY_AUTH_ERROR', 'device'],
  ['UNAUTHENTICATED', 'credentials'],
  ['PERMISSION_DENIED', 'credentials'],
  ['PROJECT_NOT_FOUND', 'credentials'],
  ['QUOTA_EXCEEDED', 'quota'],
  ['DEVICE_QUOTA_EXCEEDED', 'device'],
  ['UNAVAILABLE', 'provider'],
  ['INTERNAL', 'provider'],
]);

/** What a status says by itself, whoever has sent it and whatever else the answer holds. */
const codeByStatus: Readonly<Record<number, string>> = {
  200: 'UNREADABLE_ANSWER',
  401: 'UNAUTHENTICATED',
  429: 'QUOTA_EXCEEDED',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
};

/**
 * What a status seems to say with an error in Google's form, but none of FCM: that it is about the request, the
 * credentials or the project. Whether it is about the credentials indeed, `doubt.ts` finds out. Without that form it
 * comes from a box in between, and says nothing.
 */
const codeByGooglesStatus: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'PROJECT_NOT_FOUND',
};

/** What an answer of `messages:send` means. Nothing that was sent is in what is kept of it. */
export function classify(answer: HttpAnswer, sent: Sent, now: number): PushResult {
  const { status, headers, body } = answer;
  const { name, error } = fieldsOf(parseJson(body));
  if (status === 200 && typeof name === 'string' && name !== '') return { outcome: 'accepted', messageId: name };
  const said = readError(error);
  const code = refine(codeOf(status, said), said, sent.target);
  const detail = detailOf(answer, said.isGoogles, sent);
  const consequence = consequences.get(code) ?? (status === 429 ? 'quota' : 'provider');
  if (consequence === 'target-gone' || consequence === 'refused') return { outcome: consequence, code, detail };
  const wait = retryAfterMs(headers, now);
  return { outcome: 'try-later', scope: consequence, code, detail, ...(wait !== undefined && { retryAfterMs: wait }) };
}

function codeOf(status: number, { errorCode, isGoogles }: Said): string {
  // A server in trouble is not believed when it says something final.
  const isFinal = ['target-gone', 'refused'].includes(consequences.get(errorCode ?? '') ?? '');
  if (errorCode && !(isFinal && status >= 500)) return errorCode;
  return codeByStatus[status] ?? (isGoogles ? codeByGooglesStatus[status] : undefined) ?? `HTTP_${status}`;
}

function refine(code: string, said: Said, target: string): string {
  if (code === 'INVALID_ARGUMENT' && isAboutTarget(said)) return 'INVALID_TARGET';
  if (code === 'QUOTA_EXCEEDED' && isAboutDevice(said, target)) return 'DEVICE_QUOTA_EXCEEDED';
  return code;
}

interface Said {
  /** Whether it has the form of Google's errors at all. */
  readonly isGoogles: boolean;
  readonly message?: string;
  readonly errorCode?: string;
  /** Of `google.rpc.BadRequest`. */
  readonly fields: readonly string[];
  /** Of `google.rpc.QuotaFailure`. */
  readonly quotas: readonly { readonly subject: string; readonly description: string }[];
}

function readError(error: unknown): Said {
  const { code, message, details } = fieldsOf(error);
  const parts = listOf(details);
  const errorCode = parts.find((part) => String(part['@type']).endsWith('fcm.v1.FcmError'))?.['errorCode'];
  const isCode = typeof errorCode === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(errorCode);
  return {
    isGoogles: typeof code === 'number',
    ...(typeof message === 'string' && { message }),
    ...(isCode && errorCode !== 'UNSPECIFIED_ERROR' && { errorCode }),
    fields: parts.flatMap(({ fieldViolations }) => listOf(fieldViolations).map(({ field }) => String(field))),
    quotas: parts.flatMap(({ violations }) =>
      listOf(violations).map(({ subject, description }) => ({
        subject: String(subject),
        description: String(description),
      })),
    ),
  };
}

/**
 * INVALID_ARGUMENT stands for a garbled target as well as for a mistake in our message; only a violation of the
 * target's field, or FCM's very sentence about it, speaks of the device.
 */
function isAboutTarget({ message, fields }: Said): boolean {
  if (fields.length > 0) return fields.every((field) => field === 'message.token' || field === 'message.fid');
  return message === 'The registration token is not a valid FCM registration token';
}

/** QUOTA_EXCEEDED stands for a project that sends too much as well as for one device that gets too much. */
function isAboutDevice({ quotas }: Said, target: string): boolean {
  return (
    quotas.length > 0 &&
    quotas.every(
      ({ subject, description }) =>
        !subject.startsWith('project') && (subject.includes(target) || /\bdevice\b/i.test(`${subject} ${description}`)),
    )
  );
}
