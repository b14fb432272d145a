/**
 * An element of index.html. The page and its markup are built together, so a missing one is a programming mistake.
 */
export function byId<T extends HTMLElement = HTMLElement>(id: string, type?: new () => T): T {
  const element = document.getElementById(id);
  if (element === null || !(element instanceof (type ?? HTMLElement))) throw new Error(`#${id} is not in the page`);
  return element as T;
}

interface Attributes {
  readonly class?: string;
  readonly text?: string;
  readonly [attribute: string]: string | undefined;
}

/** A new element: text is always text, never markup. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (name === 'text') element.textContent = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const timeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A moment as people write it, with the exact one behind it. */
export function timeElement(iso: string): HTMLTimeElement {
  return create('time', { datetime: iso, title: iso, text: timeText(iso) });
}

/** The moment as people write it; as it came, when it is none. */
export function timeText(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : timeFormat.format(time);
}
