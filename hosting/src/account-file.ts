import { byId } from './elements.ts';
import { longestText, readServiceAccount, tooLongMessage, type ServiceAccount } from './service-account.ts';

/** Says beside the drop zone what became of a file or a pasted JSON. */
export function sayOfFile(text: string, isProblem = false): void {
  const status = byId('file-status');
  status.textContent = text;
  status.dataset['kind'] = isProblem ? 'problem' : 'note';
}

/** Takes the downloaded file when it is dropped on the pane or chosen, and nothing else that is. */
export function bindAccountFile(pane: HTMLElement, fill: (account: ServiceAccount, source: string) => void): void {
  const input = byId('input-file', HTMLInputElement);
  const zone = byId('drop-zone');

  async function take(file: File): Promise<void> {
    // Not read at all when it cannot be the right one: it may be a film.
    const text = file.size > longestText ? undefined : await file.text().catch(() => '');
    const reading = text === undefined ? undefined : readServiceAccount(text);
    if (reading?.kind === 'service-account') fill(reading.account, file.name);
    else sayOfFile(`${file.name}: ${reading?.message ?? tooLongMessage}`, true);
  }

  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file !== undefined) void take(file);
    // So that choosing the same file again is a change again.
    input.value = '';
  });
  // Anywhere on the page: a file that misses the pane would otherwise replace the page and everything typed.
  window.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.toggle('over', event.target instanceof Node && pane.contains(event.target));
  });
  window.addEventListener('dragleave', () => {
    zone.classList.remove('over');
  });
  window.addEventListener('drop', (event) => {
    const onText = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    const file = event.dataTransfer?.files[0];
    if (file === undefined && onText) return;
    event.preventDefault();
    zone.classList.remove('over');
    if (file !== undefined && event.target instanceof Node && pane.contains(event.target)) void take(file);
  });
}
