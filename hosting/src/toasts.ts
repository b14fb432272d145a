import { byId, create } from './elements.ts';

export interface Toast {
  readonly kind: 'success' | 'failure';
  readonly title: string;
  /** Why, and what to do. */
  readonly detail?: string;
  /** Stable code of a failure, for whoever is asked for help. */
  readonly code?: string;
}

const successStaysMs = 15_000;
/** Older ones go first, so that they never cover the page. */
const mostToasts = 4;

/** Shows a message at the bottom right. A failure stays until it is closed. */
export function showToast({ kind, title, detail, code }: Toast): void {
  const stack = byId('toasts');
  const toast = create('div', {
    class: `toast ${kind}`,
    role: kind === 'failure' ? 'alert' : 'status',
    'data-testid': 'toast',
    'data-kind': kind,
    ...(code && { 'data-code': code }),
  });
  const text = create('div', { class: 'toast-text' }, create('p', { class: 'toast-title', text: title }));
  if (detail !== undefined) text.append(create('p', { text: detail }));
  if (code !== undefined) text.append(create('p', {}, create('code', { text: code })));
  const close = create('button', { class: 'btn-close', type: 'button', 'aria-label': `Close: ${title}` });
  close.addEventListener('click', () => {
    toast.remove();
  });
  // Into the page first and filled then: what is read out is the change of a region that was there.
  stack.append(toast);
  toast.append(text, close);
  while (stack.childElementCount > mostToasts) stack.firstElementChild?.remove();
  if (kind === 'success') removeLater(toast);
}

/** What was said of a former attempt is out of date when the next one begins, and would cover what comes of that. */
export function clearToasts(): void {
  byId('toasts').replaceChildren();
}

/** Not while somebody points at it or is in it with the keyboard. */
function removeLater(toast: HTMLElement): void {
  setTimeout(() => {
    if (toast.matches(':hover, :focus-within')) removeLater(toast);
    else toast.remove();
  }, successStaysMs);
}
