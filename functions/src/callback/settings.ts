import * as v from 'valibot';
import { weekdays, type BusinessHours } from './business-hours.ts';
import { callDirections, type CallDirection } from './fields.ts';
import { noticeEvents, type NoticeEvent } from './notice-event.ts';
import { canonicalTag } from '../base/language.ts';
import { isForgotten } from '../base/failure.ts';
import { remembering } from '../base/memory.ts';
import type { StoredDocument } from '../google/documents.ts';
import { microsecondsOf } from './callback.ts';
import { parse, type Parsed } from '../base/problems.ts';

/** Text of one notice; `{minutes}`, `{number}`, `{code}` and `{queue}` are filled in. */
export interface NoticeText {
  readonly title: string;
  readonly body: string;
}

/** BCP 47 tag in its canonical spelling ▶ text. */
export type TextByLanguage = Readonly<Record<string, NoticeText>>;

/** How many scheduled callbacks a queue takes in one slot. */
export interface Capacity {
  readonly slotMinutes: 30 | 60;
  readonly perSlot: number;
}

/** Where consumers of a Click-To-Call-In group call, and what lets them in. */
export interface CallInGroup {
  readonly groupName: string;
  readonly numbers: readonly string[];
  readonly accessCode: boolean;
  readonly accessCodeLength: number;
  readonly expirySeconds: number;
}

/** What a virtual queue decides about its callbacks and pushes: the contract of `callbackSettings/{serviceName}`. */
export interface Settings {
  readonly pushNotificationThresholdMinutes: number;
  readonly maxDialAttempts: number;
  /** Who dials, of the callbacks that are created through the API. */
  readonly callDirection: CallDirection;
  readonly immediateCallbackEnabled: boolean;
  readonly scheduledCallbackEnabled: boolean;
  /** Absent = open around the clock. */
  readonly businessHours?: BusinessHours;
  /** Absent = any number of callbacks at any time. */
  readonly capacity?: Capacity;
  /** Callbacks that are not over which one phone number may have; absent = any number. */
  readonly maxCallbacksPerNumber?: number;
  /** Country of phone numbers without a country code; absent = they must have one. */
  readonly country?: string;
  readonly callIn?: CallInGroup;
  /** Texts that stand before the catalogue's. */
  readonly messages: Readonly<Partial<Record<NoticeEvent, TextByLanguage>>>;
  /** When they were changed last, in epoch milliseconds, as far as anybody knows. */
  readonly changedAt?: number;
}

export const builtInSettings: Settings = {
  pushNotificationThresholdMinutes: 5,
  maxDialAttempts: 3,
  callDirection: 'USERTERMINATED',
  immediateCallbackEnabled: true,
  scheduledCallbackEnabled: true,
  messages: {},
};

const optional = <S extends v.GenericSchema>(schema: S) => v.nullish(schema);
const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.integer('must be a whole number'),
    v.minValue(min, `must be ≥ ${min}`),
    v.maxValue(max, `must be ≤ ${max}`),
  );

const interval = v.object({
  open: v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM, 00:00 to 23:59')),
  close: v.pipe(v.string(), v.regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be HH:MM, 00:00 to 24:00')),
});

const businessHours = v.object({
  timeZone: v.pipe(v.string(), v.check(isTimeZone, 'must be an IANA time zone such as Europe/Berlin')),
  weekly: v.record(v.picklist(weekdays), v.array(interval)),
  exceptions: v.optional(v.record(v.pipe(v.string(), v.isoDate('must be a date YYYY-MM-DD')), v.array(interval))),
});

const text = v.object({
  title: v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(200, 'must be at most 200 characters')),
  body: v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(1000, 'must be at most 1000 characters')),
});

const languageTag = v.pipe(
  v.string(),
  v.check((tag) => canonicalTag(tag) !== '', 'must be a BCP 47 language tag such as pt-BR'),
);

const callInGroup = v.object({
  groupName: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(128, 'is too long'))),
  // No longer than one may be on a callback.
  numbers: v.optional(
    v.array(v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(64, 'must have at most 64 characters'))),
  ),
  accessCode: v.optional(v.boolean()),
  accessCodeLength: v.optional(wholeNumber(4, 12)),
  expirySeconds: v.optional(wholeNumber(10, 1800)),
});

const settingsSchema = v.object({
  pushNotificationThresholdMinutes: optional(
    v.pipe(v.number(), v.minValue(0, 'must be ≥ 0'), v.maxValue(1440, 'must be ≤ 1440')),
  ),
  maxDialAttempts: optional(wholeNumber(1, 100)),
  businessHours: optional(businessHours),
  messages: optional(v.record(v.picklist(noticeEvents), v.record(languageTag, text))),
  callDirection: optional(v.picklist(callDirections)),
  immediateCallbackEnabled: optional(v.boolean()),
  scheduledCallbackEnabled: optional(v.boolean()),
  capacity: optional(v.object({ slotMinutes: v.optional(v.picklist([30, 60]), 60), perSlot: wholeNumber(0, 100_000) })),
  maxCallbacksPerNumber: optional(wholeNumber(1, 1000)),
  country: optional(v.pipe(v.string(), v.check(isCountry, 'must be a country as in ISO 3166, such as DE'))),
  callIn: optional(callInGroup),
});

type SettingsDocument = v.InferOutput<typeof settingsSchema>;

function isCountry(code: string): boolean {
  if (!/^[A-Z]{2}$/.test(code)) return false;
  return new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(code) !== undefined;
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}

/** Parses a settings document's fields; what is absent or `null` in it is left to the default below it. */
export function parseSettings(data: unknown): Parsed<SettingsDocument> {
  return parse(settingsSchema, data);
}

/** Lays documents over the built-in settings, the first one on top; texts are merged by event and language. */
export function layer(documents: readonly SettingsDocument[]): Settings {
  return documents.toReversed().reduce<Settings>((below, document) => {
    const { messages, callIn, ...fields } = document;
    const group = callIn && callInGroupOf(callIn);
    const messagesOfBoth = mergeTexts(below.messages, messages ?? {});
    return { ...below, ...stated(fields), ...(group && { callIn: group }), messages: messagesOfBoth };
  }, builtInSettings);
}

type Stated<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** The fields that say something: `null` leaves a field to the document below. */
function stated<T extends object>(fields: T): Stated<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as Stated<T>;
}

/** A group with its defaults, as Genesys has them; none where it has no name or nothing to call. */
export function callInGroupOf(callIn: NonNullable<SettingsDocument['callIn']>): CallInGroup | undefined {
  const { groupName, numbers = [], accessCode = true, accessCodeLength = 6, expirySeconds = 600 } = callIn;
  if (groupName === undefined || numbers.length === 0) return undefined;
  return { groupName, numbers, accessCode, accessCodeLength, expirySeconds };
}

function mergeTexts(below: Settings['messages'], above: Settings['messages']): Settings['messages'] {
  const events = noticeEvents.filter((event) => below[event] ?? above[event]);
  return Object.fromEntries(events.map((event) => [event, { ...below[event], ...byCanonicalTag(above[event]) }]));
}

/** Tags mean the same in any case (RFC 5646, section 2.1.1). */
function byCanonicalTag(texts: TextByLanguage = {}): TextByLanguage {
  return Object.fromEntries(Object.entries(texts).map(([tag, text]) => [canonicalTag(tag), text]));
}

/**
 * Settings documents as they lie in Firestore, `undefined` where there is none.
 *
 * @param at epoch milliseconds within the last hour; absent = now
 */
export type ReadSettings = (
  serviceName: string,
  at?: number,
) => Promise<{ queue: StoredDocument | undefined; default: StoredDocument | undefined }>;

/** What the cache tells of the documents that it read. */
export type SettingsFinding =
  | { readonly finding: 'settings-rejected'; readonly document: string; readonly problems: readonly string[] }
  | { readonly finding: 'settings-missing'; readonly serviceName: string };

export interface SettingsCacheOptions {
  readonly read: ReadSettings;
  readonly report: (finding: SettingsFinding) => void;
  readonly now: () => number;
  readonly maxAgeMs: number;
}

export interface SettingsCache {
  readonly of: (serviceName: string) => Promise<Settings>;
  /** What was in force before the last change; the current ones where that is longer ago than Firestore remembers. */
  readonly former: (serviceName: string, current: Settings) => Promise<Settings>;
}

/**
 * Settings by queue, read once and remembered for `maxAgeMs`: the price of a change that waits at most so long
 * before it applies, for two document reads per queue, instance and that time.
 *
 * A document that does not parse is reported and counts as absent, so that one typo silences no queue.
 */
export function createSettingsCache({ read, report, now, maxAgeMs }: SettingsCacheOptions): SettingsCache {
  async function load(serviceName: string): Promise<Settings> {
    const documents = await read(serviceName);
    if (documents.queue === undefined) report({ finding: 'settings-missing', serviceName });
    const changedAt = Math.max(...[documents.queue, documents.default].map(writtenAt));
    return {
      ...layer([
        ...accept(`callbackSettings/${serviceName}`, documents.queue),
        ...accept('callbackSettings/default', documents.default),
      ]),
      changedAt,
    };
  }

  async function loadFormer(serviceName: string, changedAt: number): Promise<Settings> {
    const documents = await read(serviceName, changedAt - 1);
    return layer([documents.queue, documents.default].flatMap((document) => silently(document)));
  }

  function silently(document: StoredDocument | undefined): SettingsDocument[] {
    const parsed = document && parseSettings(document.data);
    return parsed && 'value' in parsed ? [parsed.value] : [];
  }

  function accept(document: string, stored: StoredDocument | undefined): SettingsDocument[] {
    if (stored === undefined) return [];
    const parsed = parseSettings(stored.data);
    if ('value' in parsed) return [parsed.value];
    report({ finding: 'settings-rejected', document, problems: parsed.problems });
    return [];
  }

  const former = remembering(
    (key) => {
      const [serviceName = '', changedAt] = key.split(' @');
      return loadFormer(serviceName, Number(changedAt));
    },
    { now, maxAgeMs },
  );
  return {
    of: remembering(load, { now, maxAgeMs }),
    async former(serviceName, current) {
      try {
        return await former(`${serviceName} @${current.changedAt ?? 0}`);
      } catch (error) {
        if (isForgotten(error)) return current;
        throw error;
      }
    },
  };
}

function writtenAt(document: StoredDocument | undefined): number {
  return document ? microsecondsOf(document.updateTime) / 1000 : 0;
}
