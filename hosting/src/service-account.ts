/** Far above any service account file (about 2.4 kB), and what the server takes at most. */
export const longestText = 64 * 1024;

export interface ServiceAccount {
  readonly projectId: string;
  readonly clientEmail: string;
  readonly privateKey: string;
}

/** What a pasted or dropped text turned out to be. */
export type Reading =
  | { readonly kind: 'service-account'; readonly account: ServiceAccount }
  | { readonly kind: 'too-long'; readonly message: string }
  /** Not a service account; `message` says what it is and where the right file is. */
  | { readonly kind: 'other'; readonly message: string };

const whereToGet = 'The right file comes from Project settings › Service accounts › Generate new private key.';

/** Takes the downloaded JSON apart. It stays in this browser: nothing is sent. */
export function readServiceAccount(text: string): Reading {
  if (isTooLong(text)) return { kind: 'too-long', message: tooLongMessage };
  const json = parse(text.trim());
  const { project_id: projectId, client_email: clientEmail, private_key: privateKey } = json ?? {};
  if (isText(projectId) && isText(clientEmail) && isText(privateKey)) {
    return { kind: 'service-account', account: { projectId, clientEmail, privateKey } };
  }
  return { kind: 'other', message: `${whatItIs(json)} ${whereToGet}` };
}

/** Whether the text is worth taking apart; anything else is pasted as it is, and the server says what it was. */
export function looksLikeServiceAccount(text: string): boolean {
  return text.length < longestText && /^\s*\{/.test(text) && text.includes('private_key');
}

/** Whether the text is longer than anything that belongs here. */
export function isTooLong(text: string): boolean {
  return text.length > longestText;
}

export const tooLongMessage = 'This is far longer than a service account file or key, so it was not taken.';

function whatItIs(json: Readonly<Record<string, unknown>> | undefined): string {
  if (json === undefined) return 'This is not a JSON file.';
  if ('project_info' in json) return 'This is google-services.json, the configuration of an Android app.';
  if ('apiKey' in json || 'appId' in json) return 'This is the configuration of a web app, without a private key.';
  if ('installed' in json || 'web' in json) return 'This is an OAuth client, not a service account.';
  const missing = ['project_id', 'client_email', 'private_key'].filter((name) => !isText(json[name]));
  return `This JSON has no ${missing.join(', no ')}.`;
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
