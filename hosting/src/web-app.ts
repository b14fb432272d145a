/** The web app of the Firebase project to test with, as an administrator types it. */
export interface WebApp {
  readonly appId: string;
  readonly apiKey: string;
  readonly senderId: string;
  /** Empty when the app uses Firebase's own. */
  readonly vapidKey: string;
}

export type WebAppField = keyof WebApp | 'enabled';
export interface WebAppProblem {
  readonly field: WebAppField;
  readonly message: string;
}

/** No value of a web app is longer. */
const longestValue = 512;

/** What is wrong with the values, in the order of the fields, found before Google is asked. */
export function problemsOf(app: WebApp, enabled: boolean): readonly WebAppProblem[] {
  const problems: WebAppProblem[] = [];
  const check = (field: WebAppField, message: string | undefined) => {
    if (message !== undefined) problems.push({ field, message });
  };
  check('appId', tooLong(app.appId) ?? appIdProblem(app.appId));
  check('apiKey', tooLong(app.apiKey) ?? apiKeyProblem(app.apiKey));
  check('senderId', tooLong(app.senderId) ?? senderIdProblem(app));
  check('vapidKey', tooLong(app.vapidKey) ?? vapidKeyProblem(app.vapidKey));
  check('enabled', enabled ? undefined : 'Tick this box to run the test.');
  return problems;
}

/** The values in a pasted Firebase configuration, whether JSON or the console's snippet; undefined if it is none. */
export function readWebApp(text: string): Partial<WebApp> | undefined {
  if (text.length > 64 * 1024) return undefined;
  const found = (name: string) => new RegExp(`["']?${name}["']?\\s*:\\s*["']([^"']+)["']`).exec(text)?.[1];
  const appId = found('appId');
  const apiKey = found('apiKey');
  const senderId = found('messagingSenderId');
  if (appId === undefined && apiKey === undefined && senderId === undefined) return undefined;
  return { ...(appId && { appId }), ...(apiKey && { apiKey }), ...(senderId && { senderId }) };
}

function tooLong(value: string): string | undefined {
  return value.length > longestValue ? 'This is too long. Paste the value alone.' : undefined;
}

function appIdProblem(appId: string): string | undefined {
  if (appId === '') return 'Enter the App ID.';
  const kind = /^1:\d+:(web|android|ios):[0-9a-f]+$/.exec(appId)?.[1];
  if (kind === 'web') return undefined;
  if (kind !== undefined) return 'This is the App ID of a phone app. The test needs one of a web app (1:…:web:…).';
  return 'An App ID looks like 1:765432109876:web:4f2a9c0d1e3b5a7c9d1e3f.';
}

function apiKeyProblem(apiKey: string): string | undefined {
  if (apiKey === '') return 'Enter the public API key.';
  if (/^AAAA[\w-]*:/.test(apiKey))
    return 'This is a server key of the former FCM. Enter the API key, which begins with AIza.';
  if (apiKey.includes('PRIVATE KEY')) return 'This is a private key. Enter the public API key, which begins with AIza.';
  return /^[\w-]+$/.test(apiKey) ? undefined : 'An API key has letters, digits, - and _ only.';
}

function senderIdProblem({ appId, senderId }: WebApp): string | undefined {
  if (senderId === '') return 'Enter the Sender ID.';
  if (!/^\d+$/.test(senderId)) return 'A Sender ID has digits only.';
  const named = /^1:(\d+):/.exec(appId)?.[1];
  if (named === undefined || named === senderId) return undefined;
  return `The App ID belongs to the sender ${named}. Copy both from the same app.`;
}

function vapidKeyProblem(key: string): string | undefined {
  if (key === '' || /^B[\w-]{86}=?$/.test(key)) return undefined;
  return 'A web push certificate key has 87 characters and begins with B. It is the public one of the pair.';
}
