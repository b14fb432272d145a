import * as v from 'valibot';
import { weekdays, type BusinessHours } from './business-hours.ts';
import { noticeEvents, type NoticeEvent } from './decision.ts';
import { canonicalTag } from './message-texts.ts';
import { parse, type Parsed } from './problems.ts';

/** Text of one notice; `{minutes}`, `{number}`, `{code}` and `{queue}` are filled in. */
export interface NoticeText {
  readonly title: string;
  readonly body: string;
}

/** BCP 47 tag in its canonical spelling ▶ text. */
export type TextByLanguage = Readonly<Record<string, NoticeText>>;

/** What a virtual queue decides about its pushes: the contract of `callbackSettings/{serviceName}`. */
export interface Settings {
  readonly pushNotificationThresholdMinutes: number;
  readonly maxDialAttempts: number;
  /** Absent = open around the clock. */
  readonly businessHours?: BusinessHours;
  /** Texts that stand before the catalogue's. */
  readonly messages: Readonly<Partial<Record<NoticeEvent, TextByLanguage>>>;
}

export const builtInSettings: Settings = { pushNotificationThresholdMinutes: 5, maxDialAttempts: 3, messages: {} };

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

const settingsSchema = v.object({
  pushNotificationThresholdMinutes: optional(
    v.pipe(v.number(), v.minValue(0, 'must be ≥ 0'), v.maxValue(1440, 'must be ≤ 1440')),
  ),
  maxDialAttempts: optional(wholeNumber(1, 100)),
  businessHours: optional(businessHours),
  messages: optional(v.record(v.picklist(noticeEvents), v.record(languageTag, text))),
  callIn: optional(
    v.object({
      groupName: v.optional(v.string()),
      numbers: v.optional(v.array(v.pipe(v.string(), v.nonEmpty('must not be empty')))),
      accessCode: v.optional(v.boolean()),
      accessCodeLength: v.optional(wholeNumber(4, 12)),
      expirySeconds: v.optional(wholeNumber(10, 1800)),
    }),
  ),
});

type SettingsDocument = v.InferOutput<typeof settingsSchema>;

function isTimeZone(name: string): boolean {
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
    const { pushNotificationThresholdMinutes, maxDialAttempts, businessHours, messages } = document;
    return {
      ...below,
      ...(pushNotificationThresholdMinutes != null && { pushNotificationThresholdMinutes }),
      ...(maxDialAttempts != null && { maxDialAttempts }),
      ...(businessHours && { businessHours }),
      messages: mergeTexts(below.messages, messages ?? {}),
    };
  }, builtInSettings);
}

function mergeTexts(below: Settings['messages'], above: Settings['messages']): Settings['messages'] {
  const events = noticeEvents.filter((event) => below[event] ?? above[event]);
  return Object.fromEntries(events.map((event) => [event, { ...below[event], ...byCanonicalTag(above[event]) }]));
}

/** Tags mean the same in any case (RFC 5646, section 2.1.1). */
function byCanonicalTag(texts: TextByLanguage = {}): TextByLanguage {
  return Object.fromEntries(Object.entries(texts).map(([tag, text]) => [canonicalTag(tag), text]));
}

/** A settings document as it lies in Firestore, `undefined` where there is none. */
export type ReadSettings = (serviceName: string) => Promise<{ queue: unknown; default: unknown }>;

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

/** Queues whose settings one instance remembers; beyond it the oldest are read again. */
const maxQueues = 1000;

/**
 * Settings by queue, read once and remembered for `maxAgeMs`: the price of a change that waits at most so long
 * before it applies, for two document reads per queue, instance and that time.
 *
 * A document that does not parse is reported and counts as absent, so that one typo silences no queue.
 */
export function createSettingsCache({
  read,
  report,
  now,
  maxAgeMs,
}: SettingsCacheOptions): (serviceName: string) => Promise<Settings> {
  const remembered = new Map<string, { settings: Promise<Settings>; until: number }>();

  async function load(serviceName: string): Promise<Settings> {
    const documents = await read(serviceName);
    if (documents.queue === undefined) report({ finding: 'settings-missing', serviceName });
    return layer([
      ...accept(`callbackSettings/${serviceName}`, documents.queue),
      ...accept('callbackSettings/default', documents.default),
    ]);
  }

  function accept(document: string, data: unknown): SettingsDocument[] {
    if (data === undefined) return [];
    const parsed = parseSettings(data);
    if ('value' in parsed) return [parsed.value];
    report({ finding: 'settings-rejected', document, problems: parsed.problems });
    return [];
  }

  return (serviceName) => {
    const known = remembered.get(serviceName);
    if (known && now() < known.until) return known.settings;
    const settings = load(serviceName);
    remembered.delete(serviceName);
    remembered.set(serviceName, { settings, until: now() + maxAgeMs });
    if (remembered.size > maxQueues) remembered.delete([...remembered.keys()][0] ?? '');
    // A failed read is not remembered: the next event asks again.
    settings.catch(() => {
      if (remembered.get(serviceName)?.settings === settings) remembered.delete(serviceName);
    });
    return settings;
  };
}
