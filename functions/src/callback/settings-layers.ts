import { noticeEvents } from './notice-event.ts';
import { builtInSettings, type CallInGroup, type Settings } from './settings.ts';
import type { SettingsDocument } from './settings-schema.ts';
import { canonicalTag } from '../base/language.ts';

/** Lays documents over the built-in settings, the first one on top; texts and labels are merged by language. */
export function layer(documents: readonly SettingsDocument[]): Settings {
  return documents.toReversed().reduce<Settings>((below, document) => {
    const { messages, actionLabels, callIn, ...fields } = document;
    const group = callIn && callInGroupOf(callIn);
    return {
      ...below,
      ...stated(fields),
      ...(group && { callIn: group }),
      messages: mergeTexts(below.messages, messages ?? {}),
      actionLabels: mergeLabels(below.actionLabels, actionLabels ?? {}),
    };
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
  return Object.fromEntries(events.map((event) => [event, { ...below[event], ...byCanonicalTag(above[event] ?? {}) }]));
}

/** Label by label: a queue may name one of the two and leave the other to the default. */
function mergeLabels(
  below: Settings['actionLabels'],
  above: NonNullable<SettingsDocument['actionLabels']>,
): Settings['actionLabels'] {
  const labels = Object.entries(byCanonicalTag(above));
  return { ...below, ...Object.fromEntries(labels.map(([tag, own]) => [tag, { ...below[tag], ...stated(own) }])) };
}

/** However a tag is spelt, its words are found under one spelling (RFC 5646, section 2.1.1). */
function byCanonicalTag<T>(words: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(words).map(([tag, own]) => [canonicalTag(tag), own]));
}
