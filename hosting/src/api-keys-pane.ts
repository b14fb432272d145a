import { byId, create, timeElement } from './elements.ts';
import { setProblem } from './field-problems.ts';
import { showToast } from './toasts.ts';
import { ApiError, type ApiKey, type NewApiKey } from './wire.ts';

export interface ApiKeysPaneOptions {
  readonly api: {
    apiKeys(): Promise<readonly ApiKey[]>;
    createApiKey(key: NewApiKey): Promise<{ readonly key: string }>;
    revokeApiKey(id: string): Promise<void>;
  };
  /** Others see the keys, and neither make nor revoke them. */
  readonly isAdministrator: () => boolean;
  /** A key was made or revoked: it is on record now. */
  readonly onChanged: () => void;
}

/** Binds the pane "API keys". @returns how to fetch and show them */
export function bindApiKeysPane({ api, isAdministrator, onChanged }: ApiKeysPaneOptions): () => Promise<void> {
  const form = byId('form-api-key', HTMLFormElement);
  const name = byId('input-key-name', HTMLInputElement);
  const queues = byId('input-key-queues', HTMLInputElement);
  const made = byId('api-key-made');

  async function load(): Promise<void> {
    form.hidden = !isAdministrator();
    try {
      const keys = await api.apiKeys();
      render(keys, isAdministrator() ? revoke : undefined);
    } catch (error) {
      fail('unknown', messageOf(error));
    }
  }

  async function revoke(id: string): Promise<void> {
    try {
      await api.revokeApiKey(id);
      showToast({ kind: 'success', title: 'API key revoked', detail: 'It stops working within a minute.' });
    } catch (error) {
      showFailure('API key was not revoked', error);
    }
    await load();
    onChanged();
  }

  async function make(): Promise<void> {
    const wanted = { name: name.value.trim(), scopes: chosenScopes(form), queues: queuesOf(queues.value) };
    setProblem(name, wanted.name === '' ? 'Give the key a name, so that you know later whose it is.' : '');
    byId('error-key-scopes').textContent = wanted.scopes.length === 0 ? 'Choose at least one.' : '';
    if (wanted.name === '' || wanted.scopes.length === 0) return;
    try {
      const { key } = await api.createApiKey(wanted);
      form.reset();
      byId('api-key-text').textContent = key;
      made.hidden = false;
      await load();
      onChanged();
    } catch (error) {
      showFailure('API key was not made', error);
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void make();
  });
  byId('button-copy-key').addEventListener('click', () => {
    void copy(byId('api-key-text').textContent);
  });
  byId('button-hide-key').addEventListener('click', () => {
    byId('api-key-text').textContent = '';
    made.hidden = true;
  });
  return load;
}

function render(keys: readonly ApiKey[], revoke: ((id: string) => Promise<void>) | undefined): void {
  const pane = byId('pane-api-keys');
  pane.dataset['state'] = keys.length === 0 ? 'empty' : 'listed';
  const message = byId('api-keys-message');
  message.textContent = 'There are no API keys yet: callback systems and apps cannot use the Engagement API.';
  message.hidden = keys.length > 0;
  byId('api-key-list').replaceChildren(...keys.map((key) => item(key, revoke)));
}

function fail(state: string, reason: string): void {
  byId('pane-api-keys').dataset['state'] = state;
  byId('api-key-list').replaceChildren();
  const message = byId('api-keys-message');
  message.textContent = reason;
  message.hidden = false;
}

function item(key: ApiKey, revoke: ((id: string) => Promise<void>) | undefined): HTMLLIElement {
  const { id, name, scopes, queues, createdAt, createdBy, revokedAt, revokedBy, lastUsedAt } = key;
  const use = lastUsedAt === null ? ['Never used'] : ['Last used ', timeElement(lastUsedAt)];
  const state = revokedAt === null ? use : ['Revoked ', timeElement(revokedAt), ` by ${revokedBy ?? 'somebody'}`];
  const facts = create(
    'div',
    { class: 'key-facts' },
    create('p', { class: 'key-name', text: name }),
    create('p', { class: 'mono', text: key.key }),
    create('p', { text: `${scopes.join(', ')} · ${queues?.join(', ') ?? 'all queues'}` }),
    create('p', { class: 'soft' }, 'Made ', timeElement(createdAt), ` by ${createdBy}. `, ...state),
  );
  const row = create('li', { 'data-key-id': id, 'data-revoked': String(revokedAt !== null) }, facts);
  if (revoke && revokedAt === null) row.append(revokeButton(name, () => revoke(id)));
  return row;
}

/** Asks once more before it does it. */
function revokeButton(name: string, revoke: () => Promise<void>): HTMLButtonElement {
  const button = create('button', { type: 'button', class: 'quiet', text: 'Revoke', 'aria-label': `Revoke ${name}` });
  let asked = false;
  const ask = (next: boolean) => {
    asked = next;
    button.textContent = next ? 'Revoke for good' : 'Revoke';
    button.setAttribute('aria-label', `${button.textContent}: ${name}`);
  };
  button.addEventListener('click', () => {
    if (asked) void revoke();
    else ask(true);
  });
  button.addEventListener('blur', () => {
    ask(false);
  });
  return button;
}

function chosenScopes(form: HTMLFormElement): string[] {
  return new FormData(form).getAll('scope').map(String);
}

function queuesOf(text: string): string[] | null {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === 0 ? null : names;
}

async function copy(text: string | null): Promise<void> {
  try {
    await navigator.clipboard.writeText(text ?? '');
    showToast({ kind: 'success', title: 'API key copied' });
  } catch {
    showToast({ kind: 'failure', title: 'The browser did not copy it', detail: 'Mark the key and copy it by hand.' });
  }
}

function showFailure(title: string, error: unknown): void {
  const code = error instanceof ApiError ? { code: error.code } : {};
  showToast({ kind: 'failure', title, detail: messageOf(error), ...code });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something unknown failed. Reload the page.';
}
