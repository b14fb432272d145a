import { byId, create } from './elements.ts';
import type { Session } from './session.ts';

const localUsers = [
  ['administrator', 'administrator'],
  ['developer', 'developer'],
  ['supervisor', 'supervisor'],
  ['nobody', 'no role'],
  ['newcomer', 'email not verified'],
] as const;
const localPassword = 'callback-push';

export interface SignIn {
  /** Opens the dialog over whatever is there. Resolves when somebody has signed in, and rejects when they would not. */
  again(email: string): Promise<unknown>;
}

/** Brings the sign-in card and the dialog for an ended session to life. */
export function bindSignIn(session: Session, isLocal: boolean): SignIn {
  const card = byId('form-sign-in', HTMLFormElement);
  bindForm(card, session, isLocal);
  if (isLocal) offerLocalUsers(card);

  const dialog = byId('dialog-sign-in-again', HTMLDialogElement);
  const form = byId('form-sign-in-again', HTMLFormElement);
  let asked: { promise: Promise<unknown>; resolve: (value: null) => void; reject: (reason: Error) => void } | undefined;

  bindForm(form, session, isLocal, () => {
    asked?.resolve(null);
    dialog.close();
  });
  byId('button-sign-in-cancel').addEventListener('click', () => {
    dialog.close();
  });
  dialog.addEventListener('close', () => {
    // After a success this finds the promise settled, and does nothing.
    asked?.reject(new Error('not signed in again'));
    asked = undefined;
    form.reset();
    problemOf(form).textContent = '';
  });

  return {
    again(email) {
      if (asked === undefined) {
        asked = Promise.withResolvers<unknown>();
        input(form, 'email').value = email;
        dialog.showModal();
        input(form, email === '' ? 'email' : 'password').focus();
      }
      return asked.promise;
    },
  };
}

function bindForm(form: HTMLFormElement, session: Session, isLocal: boolean, done: () => void = () => undefined): void {
  const problem = problemOf(form);
  let busy = false;

  async function attempt(signIn: () => Promise<void>): Promise<void> {
    if (busy) return;
    busy = true;
    problem.textContent = '';
    form.setAttribute('aria-busy', 'true');
    try {
      await signIn();
      form.reset();
      done();
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : 'Signing in failed. Try again.';
      input(form, 'password').select();
    } finally {
      busy = false;
      form.removeAttribute('aria-busy');
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const email = input(form, 'email');
    const password = input(form, 'password');
    const missing = [email, password].find(({ value }) => value.trim() === '');
    for (const field of [email, password]) field.toggleAttribute('data-missing', field === missing);
    if (missing === undefined) {
      void attempt(() => session.signIn(email.value.trim(), password.value));
    } else {
      problem.textContent = missing === email ? 'Enter your email.' : 'Enter your password.';
      missing.focus();
    }
  });
  const google = form.querySelector<HTMLButtonElement>('[data-part=google]');
  if (google === null || isLocal) return;
  google.hidden = false;
  google.addEventListener('click', () => {
    void attempt(() => session.signInWithGoogle());
  });
}

function offerLocalUsers(form: HTMLFormElement): void {
  const items = localUsers.map(([name, what]) => {
    const button = create('button', { type: 'button', class: 'quiet', text: `${name}@example.com` });
    button.addEventListener('click', () => {
      input(form, 'email').value = `${name}@example.com`;
      input(form, 'password').value = localPassword;
      byId('button-sign-in').focus();
    });
    return create('li', {}, button, create('span', { class: 'soft', text: what }));
  });
  byId('local-user-list').replaceChildren(...items);
  byId('local-users').hidden = false;
}

function input(form: HTMLFormElement, name: string): HTMLInputElement {
  const field = form.elements.namedItem(name);
  if (!(field instanceof HTMLInputElement)) throw new Error(`the form has no field ${name}`);
  return field;
}

function problemOf(form: HTMLFormElement): Element {
  const problem = form.querySelector('[data-part=problem]');
  if (problem === null) throw new Error('the form has no place for a problem');
  return problem;
}
