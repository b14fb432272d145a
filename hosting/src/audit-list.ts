import type { AuditRecord } from './wire.ts';
import { byId, create, timeElement } from './elements.ts';

const actions: Readonly<Record<string, string>> = {
  'credentials-update': 'Updated credentials',
  'credentials-test': 'Tested credentials',
  'api-key-create': 'Made an API key',
  'api-key-revoke': 'Revoked an API key',
};

/** Shows who did what, or why that is not known. */
export function renderAudit(audit: readonly AuditRecord[] | { readonly reason: string }): void {
  const records = 'reason' in audit ? [] : audit;
  const message = byId('audit-message');
  message.textContent = 'reason' in audit ? audit.reason : 'Nobody has changed or tested anything yet.';
  message.hidden = records.length > 0;
  byId('audit-list').hidden = records.length === 0;
  byId('card-audit').dataset['state'] = 'reason' in audit ? 'unknown' : records.length === 0 ? 'empty' : 'listed';
  byId('audit-rows').replaceChildren(...records.map(row));
}

function row({ id, at, by, action, result, code, projectId }: AuditRecord): HTMLTableRowElement {
  const what = [
    actions[action] ?? action,
    ...(projectId ? [create('span', { class: 'soft', text: ` ${projectId}` })] : []),
  ];
  const succeeded = result === 'succeeded';
  const outcome = create('span', { class: succeeded ? 'good' : 'bad', text: succeeded ? 'Succeeded' : 'Failed' });
  const cells = [
    [timeElement(at)],
    [by],
    what,
    code === null ? [outcome] : [outcome, ' ', create('code', { text: code })],
  ];
  return create(
    'tr',
    { role: 'row', 'data-audit-id': id, 'data-action': action, 'data-result': result },
    ...cells.map((cell) => create('td', { role: 'cell' }, ...cell)),
  );
}
