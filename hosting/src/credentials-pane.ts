import type { Api } from './api.ts';
import { bindAccountFile, sayOfFile } from './account-file.ts';
import { byId, timeText } from './elements.ts';
import { focusFirstProblem, forgetProblemsWhenTyping, setProblem } from './field-problems.ts';
import { createLadder } from './ladder.ts';
import {
  isTooLong,
  looksLikeServiceAccount,
  readServiceAccount,
  tooLongMessage,
  type ServiceAccount,
} from './service-account.ts';
import { clearToasts, showToast } from './toasts.ts';
import { ApiError, type Credentials } from './wire.ts';

const rungs = [
  { id: 'kind', label: 'Recognise what was entered' },
  { id: 'key', label: 'Read the private key' },
  { id: 'token', label: 'Sign in to Google with it' },
  { id: 'probe', label: 'Ask Firebase whether it would send' },
  { id: 'store', label: 'Store it as a new version' },
  { id: 'activate', label: 'Put it into force' },
];

const fields = {
  projectId: byId('input-project-name', HTMLInputElement),
  clientEmail: byId('input-client-email', HTMLInputElement),
  privateKey: byId('input-private-key', HTMLTextAreaElement),
};
const fieldList = Object.values(fields);
const emptyProblems: Readonly<Record<keyof ServiceAccount, string>> = {
  projectId: 'Enter the project name.',
  clientEmail: 'Enter the client email.',
  privateKey: 'Enter the private key.',
};

/** The field that holds what Google or the server found wrong, for codes that name no field themselves. */
const fieldOfCode: Readonly<Record<string, keyof ServiceAccount>> = {
  'project-id-invalid': 'projectId',
  'project-not-found': 'projectId',
  'client-email-invalid': 'clientEmail',
  'account-not-found': 'clientEmail',
  'invalid-signature': 'privateKey',
  'private-key-unusable': 'privateKey',
};
const fieldOfRung: Readonly<Record<string, keyof ServiceAccount>> = { kind: 'privateKey', key: 'privateKey' };

export interface CredentialsPanePorts {
  readonly api: Api;
  /** The revision that the page shows. */
  readonly revision: () => string | null;
  readonly onUpdated: (credentials: Credentials) => void;
  /** Fetches and shows what is configured now. */
  readonly reload: () => Promise<void>;
  /** After each attempt, whatever came of it. */
  readonly onAttempted: () => void;
}

/** Brings the pane "Update Firebase Credentials" to life. */
export function bindCredentialsPane(ports: CredentialsPanePorts): void {
  const pane = byId('pane-update');
  const button = byId('button-update-fcm-credentials', HTMLButtonElement);
  const conflict = byId('conflict');
  const progress = byId('update-progress');
  const ladder = createLadder('update', rungs);

  async function update(): Promise<void> {
    setRunning(true);
    clearToasts();
    conflict.hidden = true;
    ladder.start();
    progress.textContent = 'Checking the credentials';
    try {
      const credentials = await ports.api.update({ ...draft(), revision: ports.revision() }, (report) => {
        ladder.mark(report.rung, report.state, report.note);
        if (report.state === 'running') progress.textContent = ladder.place(report.rung);
      });
      fields.privateKey.value = '';
      sayOfFile('');
      ladder.mark('activate', 'passed');
      pane.dataset['state'] = 'succeeded';
      ports.onUpdated(credentials);
      showToast({ kind: 'success', title: 'Firebase Credentials successfully updated!' });
    } catch (error) {
      failed(error);
    } finally {
      setRunning(false);
      progress.textContent = '';
      ports.onAttempted();
    }
  }

  function failed(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    pane.dataset['state'] = 'failed';
    const bound = bindProblems(error);
    ladder.fail(error.rung, error.message);
    showToast({
      kind: 'failure',
      title: 'Firebase Credentials failed to update. Try again.',
      detail: ladder.place(error.rung) + error.message,
      code: error.code,
    });
    if (error.code === 'changed-meanwhile') showConflict(error);
    else if (bound) focusFirstProblem(fieldList);
  }

  function showConflict({ meanwhile }: ApiError): void {
    const who = meanwhile === undefined ? 'Somebody' : meanwhile.by;
    const when = meanwhile === undefined ? 'meanwhile' : `on ${timeText(meanwhile.at)}`;
    byId('conflict-message').textContent =
      `${who} changed the credentials ${when}. Load them to see what is in force now; what you typed stays.`;
    conflict.hidden = false;
  }

  function setRunning(running: boolean): void {
    // Not `disabled`: the keyboard focus is to stay where it is.
    button.setAttribute('aria-disabled', String(running));
    button.textContent = running ? 'Updating…' : 'Update';
    if (running) pane.dataset['state'] = 'running';
  }

  byId('form-update').addEventListener('submit', (event) => {
    event.preventDefault();
    if (pane.dataset['state'] === 'running' || !checkDraft()) return;
    void update();
  });
  byId('button-reload-credentials').addEventListener('click', () => {
    void ports.reload().then(() => {
      conflict.hidden = true;
      button.focus();
    });
  });
  forgetProblemsWhenTyping(fieldList);
  for (const field of fieldList) field.addEventListener('paste', takePaste);
  bindAccountFile(pane, fill);
}

function draft(): ServiceAccount {
  return {
    projectId: fields.projectId.value.trim(),
    clientEmail: fields.clientEmail.value.trim(),
    privateKey: fields.privateKey.value,
  };
}

/** Whether it is worth asking the server, which judges everything but these two. */
function checkDraft(): boolean {
  const values = draft();
  for (const name of Object.keys(fields) as (keyof ServiceAccount)[]) {
    const empty = values[name].trim() === '' ? emptyProblems[name] : '';
    setProblem(fields[name], isTooLong(values[name]) ? tooLongMessage : empty);
  }
  focusFirstProblem(fieldList);
  return fieldList.every((field) => !field.hasAttribute('aria-invalid'));
}

/** @returns whether anything was found wrong with a field */
function bindProblems({ code, rung, message, problems }: ApiError): boolean {
  const named = fieldOfCode[code] ?? fieldOfRung[rung ?? ''];
  const found = problems.length > 0 || named === undefined ? problems : [{ field: named, message }];
  for (const problem of found) {
    if (Object.hasOwn(fields, problem.field))
      setProblem(fields[problem.field as keyof ServiceAccount], problem.message);
  }
  return found.length > 0;
}

function takePaste(event: Event): void {
  if (!(event instanceof ClipboardEvent) || !(event.currentTarget instanceof HTMLElement)) return;
  const field = fieldList.find((candidate) => candidate === event.currentTarget);
  const text = event.clipboardData?.getData('text') ?? '';
  if (isTooLong(text)) {
    event.preventDefault();
    if (field !== undefined) setProblem(field, tooLongMessage);
  } else if (looksLikeServiceAccount(text)) {
    const reading = readServiceAccount(text);
    if (reading.kind !== 'service-account') return;
    event.preventDefault();
    fill(reading.account, 'The pasted JSON');
  }
}

function fill(account: ServiceAccount, source: string): void {
  for (const name of Object.keys(fields) as (keyof ServiceAccount)[]) {
    fields[name].value = account[name];
    setProblem(fields[name], '');
  }
  sayOfFile(`${source} filled in all three fields. Click Update to register them.`);
}
