/** Text of one notice, with placeholders. */
export interface NoticeText {
  readonly title: string;
  readonly body: string;
}

/** BCP 47 tag in its canonical spelling ▶ text. */
export type TextByLanguage = Readonly<Record<string, NoticeText>>;

/** Labels of the two actions that a notification may offer. */
export interface ActionLabels {
  readonly confirm: string;
  readonly cancel: string;
}

/** BCP 47 tag in its canonical spelling ▶ the labels that stand before the catalogue's. */
export type LabelsByLanguage = Readonly<Record<string, Partial<ActionLabels>>>;

/** What is filled into the text of a queue; anything else in braces would reach consumers as it stands. */
export const placeholders = ['minutes', 'duration', 'number', 'code', 'queue'] as const;
export type Placeholder = (typeof placeholders)[number];

const known: ReadonlySet<string> = new Set(placeholders);

/** The first thing in braces, or behind one, that nothing is filled in for; undefined where there is none. */
export function unknownPlaceholder(text: string): string | undefined {
  const rest = text.replace(/\{(\w+)\}/g, (found, name: string) => (known.has(name) ? '' : found));
  return /\{[^{}]*\}?|\}/.exec(rest)?.[0];
}
