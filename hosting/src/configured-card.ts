import type { Credentials } from './wire.ts';
import { byId, create, timeElement } from './elements.ts';

/** What the card shows: nothing known yet, what is configured, or why that is not known. */
export type Configured =
  | { readonly state: 'loading' }
  | { readonly state: 'known'; readonly credentials: Credentials }
  | { readonly state: 'unknown'; readonly reason: string };

/** Shows the card "What is configured". */
export function renderConfigured(configured: Configured): void {
  const facts = byId('configured-facts');
  const state = stateOf(configured);
  byId('card-configured').dataset['state'] = state;
  byId('configured-state').textContent = labels[state];
  const message = byId('configured-message');
  message.textContent = messageOf(configured);
  message.hidden = state === 'configured';
  facts.hidden = state !== 'configured';
  facts.replaceChildren(...rowsOf(configured).map(([term, ...value]) => fact(term, value)));
}

type CardState = 'loading' | 'configured' | 'not-configured' | 'unknown';

const labels: Readonly<Record<CardState, string>> = {
  loading: '',
  configured: 'Configured',
  'not-configured': 'Not configured yet',
  unknown: 'Not known',
};

function stateOf(configured: Configured): CardState {
  if (configured.state !== 'known') return configured.state;
  return configured.credentials.configured ? 'configured' : 'not-configured';
}

function messageOf(configured: Configured): string {
  if (configured.state === 'loading') return 'Loading…';
  if (configured.state === 'unknown') return configured.reason;
  return 'No Firebase credentials are registered, so no push notifications are sent. Register them below.';
}

type Row = readonly [term: string, ...value: (Node | string)[]];

function rowsOf(configured: Configured): readonly Row[] {
  if (configured.state !== 'known' || !configured.credentials.configured) return [];
  const { projectId, clientEmail, privateKey, fingerprint, revision, updatedAt, updatedBy, lastTest } =
    configured.credentials;
  return [
    ['Project name', projectId],
    ['Version', revision],
    ['Client email', create('span', { class: 'mono', text: clientEmail })],
    ['Updated', timeElement(updatedAt), ` by ${updatedBy}`],
    ['Private key', create('span', { class: 'mono', text: privateKey })],
    ['Last test', ...lastTestOf(lastTest)],
    ['Fingerprint', create('span', { class: 'mono', text: fingerprint })],
  ];
}

type LastTest = Extract<Credentials, { configured: true }>['lastTest'];

function lastTestOf(test: LastTest): readonly (Node | string)[] {
  if (test === null) return ['Not tested yet'];
  const arrived = test.result === 'arrived';
  const result = create('span', { class: arrived ? 'good' : 'bad', text: arrived ? 'Arrived' : 'Failed' });
  const code = test.code === null ? [] : [' (', create('code', { text: test.code }), ')'];
  return [result, ...code, ', ', timeElement(test.at), ` by ${test.by}`];
}

function fact(term: string, value: readonly (Node | string)[]): HTMLElement {
  const id = `configured-${term.toLowerCase().replaceAll(' ', '-')}`;
  return create('div', {}, create('dt', { text: term }), create('dd', { id }, ...value));
}
