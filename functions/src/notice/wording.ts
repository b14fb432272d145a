import { isRightToLeft } from '../base/language.ts';
import { createLanguageMatcher } from '../base/language-matcher.ts';
import type { Callback } from '../callback/callback.ts';
import type { ActionLabels, NoticeText, Placeholder } from '../callback/notice-text.ts';
import type { Settings } from '../callback/settings.ts';
import { catalogue, catalogueText, type Texts } from './catalogue.ts';
import type { Notice } from './decision.ts';
import { durationIn, longestSeconds, wholeMinutes } from './duration.ts';
import { directionOf, events } from './events.ts';
import { inOwnDirection, leftToRight, turnsDirection } from './isolate.ts';

/** What is put into words. */
export interface Wording {
  readonly callback: Callback;
  readonly notice: Notice;
  readonly settings: Settings;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Of one language the queue's own words stand before the catalogue's. */
const closestTag = createLanguageMatcher(Object.keys(catalogue));

/** The text in the language of the consumer. */
export function textOf(wording: Wording): NoticeText {
  const { callback, notice, settings } = wording;
  const own = settings.messages[notice.event] ?? {};
  const tag = closestTag(callback.language, Object.keys(own));
  return fill(own[tag] ?? template(catalogue[tag] ?? catalogue.en, wording), tag, wording);
}

/** The labels of confirm and cancel in the language of the consumer. */
export function labelsOf({ callback: { language }, settings: { actionLabels } }: Wording): ActionLabels {
  return { confirm: labelOf('confirm'), cancel: labelOf('cancel') };

  function labelOf(action: keyof ActionLabels): string {
    const own = Object.keys(actionLabels).filter((tag) => actionLabels[tag]?.[action] !== undefined);
    const tag = closestTag(language, own);
    return actionLabels[tag]?.[action] ?? (catalogue[tag] ?? catalogue.en)[action];
  }
}

/** The catalogue's text with those of its phrases that there is something to say in. */
function template(texts: Texts, { callback, notice, settings, now }: Wording): NoticeText {
  const { title, body } = catalogueText(texts, notice.event, directionOf(callback, settings));
  const access = callback.callIn?.accessCode ? texts.access : '';
  const validity = secondsOf(callback, notice, now) <= longestSeconds ? texts.validity : '';
  const phrased = body.replace('{access}', access).replace('{validity}', validity);
  return { title, body: phrased.replace(/ {2,}/g, ' ').trim() };
}

/** @param tag of the language of the text */
function fill({ title, body }: NoticeText, tag: string, { callback, notice, now }: Wording): NoticeText {
  const isTurned = () => turnsDirection(title + body) || isRightToLeft(tag);
  const whereNeeded = (value: string, isolate: (value: string) => string) =>
    value && (turnsDirection(value) || isTurned()) ? isolate(value) : value;
  const seconds = secondsOf(callback, notice, now);
  const { callIn, serviceName } = callback;
  const values: Readonly<Record<Placeholder, () => string>> = {
    minutes: () => String(wholeMinutes(seconds)),
    duration: () => durationIn(tag, seconds),
    number: () => whereNeeded(callIn?.toPhoneNumber ?? '', leftToRight),
    code: () => whereNeeded(callIn?.accessCode ?? '', leftToRight),
    queue: () => whereNeeded(serviceName, inOwnDirection),
  };
  const fillIn = (words: string) =>
    words.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
      Object.hasOwn(values, name) ? values[name as Placeholder]() : placeholder,
    );
  return { title: fillIn(title), body: fillIn(body) };
}

function secondsOf(callback: Callback, { event }: Notice, now: number): number {
  return events[event].seconds?.(callback, now) ?? 0;
}
