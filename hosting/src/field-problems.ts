import { byId } from './elements.ts';

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Shows a sentence under a field and ties it to it; an empty one takes it away. */
export function setProblem(field: Field, message: string): void {
  byId(field.id.replace(/^input-/, 'error-')).textContent = message;
  if (message === '') field.removeAttribute('aria-invalid');
  else field.setAttribute('aria-invalid', 'true');
}

/** What is typed anew is no longer what was found wrong. */
export function forgetProblemsWhenTyping(fields: readonly Field[]): void {
  for (const field of fields) {
    field.addEventListener('input', () => {
      setProblem(field, '');
    });
  }
}

/** Takes the keyboard to the first field that has a problem. */
export function focusFirstProblem(fields: readonly Field[]): void {
  fields.find((field) => field.getAttribute('aria-invalid') === 'true')?.focus();
}
