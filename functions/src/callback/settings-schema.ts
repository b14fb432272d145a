import { isSupportedCountry } from 'libphonenumber-js/min';
import * as v from 'valibot';
import { isDate, isTimeZone, weekdays } from './business-hours.ts';
import { callDirections } from './fields.ts';
import { noticeEvents } from './notice-event.ts';
import { placeholders, unknownPlaceholder } from './notice-text.ts';
import { visibilities } from './settings.ts';
import { canonicalTag } from '../base/language.ts';
import { parse, type Parsed } from '../base/problems.ts';

/**
 * What may stand in a settings document. Whatever a library will use is judged by that very library: one that is
 * more lenient would let a value through which fails with every callback of the queue.
 */

const optional = <S extends v.GenericSchema>(schema: S) => v.nullish(schema);
const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.integer('must be a whole number'),
    v.minValue(min, `must be ≥ ${min}`),
    v.maxValue(max, `must be ≤ ${max}`),
  );
const words = (maxLength: number) =>
  v.pipe(
    v.string(),
    v.nonEmpty('must not be empty'),
    v.maxLength(maxLength, `must have at most ${maxLength} characters`),
  );

const interval = v.object({
  open: v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM, 00:00 to 23:59')),
  close: v.pipe(v.string(), v.regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be HH:MM, 00:00 to 24:00')),
});

/** Every change of a callback near its turn goes through them, so a day and a calendar have an end. */
const mostIntervals = 24;
const mostExceptions = 1000;
const day = v.pipe(v.array(interval), v.maxLength(mostIntervals, `must have at most ${mostIntervals} intervals`));

const businessHours = v.object({
  timeZone: v.pipe(v.string(), v.check(isTimeZone, 'must be an IANA time zone such as Europe/Berlin')),
  weekly: v.record(v.picklist(weekdays), day),
  exceptions: v.pipe(
    optional(
      v.pipe(
        v.record(v.pipe(v.string(), v.check(isDate, 'must be a date that there is, YYYY-MM-DD')), day),
        v.check((dates) => Object.keys(dates).length <= mostExceptions, `must have at most ${mostExceptions} dates`),
      ),
    ),
    v.transform((dates) => dates ?? undefined),
  ),
});

const template = (maxLength: number) =>
  v.pipe(
    words(maxLength),
    v.check((text) => unknownPlaceholder(text) === undefined, namePlaceholder),
  );

function namePlaceholder({ input }: v.CheckIssue<string>): string {
  const there = placeholders.map((name) => `{${name}}`).join(', ');
  return `has ${unknownPlaceholder(input)?.slice(0, 40) ?? 'a placeholder'}, which nothing is filled in for; there are ${there}`;
}

/** Nothing is filled in for a placeholder in a label. */
const label = v.pipe(words(40), v.regex(/^[^{}]*$/, 'must have no { or }'));

const languageTag = v.pipe(
  v.string(),
  v.check((tag) => canonicalTag(tag) !== '', 'must be a BCP 47 language tag such as pt-BR'),
);

const callInGroup = v.object({
  groupName: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(128, 'is too long'))),
  // No longer than one may be on a callback.
  numbers: v.optional(v.array(words(64))),
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
  messages: optional(
    v.record(v.picklist(noticeEvents), v.record(languageTag, v.object({ title: template(200), body: template(1000) }))),
  ),
  actionLabels: optional(v.record(languageTag, v.object({ confirm: v.optional(label), cancel: v.optional(label) }))),
  appShows: optional(v.array(v.picklist(noticeEvents))),
  visibility: optional(v.picklist(visibilities)),
  callDirection: optional(v.picklist(callDirections)),
  immediateCallbackEnabled: optional(v.boolean()),
  scheduledCallbackEnabled: optional(v.boolean()),
  capacity: optional(v.object({ slotMinutes: v.optional(v.picklist([30, 60]), 60), perSlot: wholeNumber(0, 100_000) })),
  maxCallbacksPerNumber: optional(wholeNumber(1, 1000)),
  country: optional(v.pipe(v.string(), v.check(isCountry, 'must be a country as in ISO 3166, such as DE'))),
  callIn: optional(callInGroup),
});

export type SettingsDocument = v.InferOutput<typeof settingsSchema>;

/** Two letters first: the library takes `001`, which is no country, for one. */
function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && isSupportedCountry(code);
}

/** Parses a settings document's fields; what is absent or `null` in it is left to the default below it. */
export function parseSettings(data: unknown): Parsed<SettingsDocument> {
  return parse(settingsSchema, data);
}
