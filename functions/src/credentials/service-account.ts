import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { keysIn, restorePem } from './pem.ts';

const accountFields = ['projectId', 'clientEmail', 'privateKey'] as const;
export type AccountField = (typeof accountFields)[number];

/** What an administrator typed or pasted; nothing about it is sure. */
export interface TypedAccount {
  readonly projectId: string;
  readonly clientEmail: string;
  readonly privateKey: string;
}

/** A service account that is well-formed; whether Google takes it is another question. */
export interface ServiceAccount {
  readonly projectId: string;
  readonly clientEmail: string;
  /** PEM, as OpenSSL writes it. */
  readonly privateKey: string;
}

/** One mistake in one field, with what to do about it. */
export interface AccountProblem {
  readonly field: AccountField;
  readonly code: string;
  readonly message: string;
}

export interface Cleaned {
  readonly account: TypedAccount;
  /** What was repaired, and what looks odd without being wrong: sentences for the administrator. */
  readonly notes: readonly string[];
}

/** Longer than any service-account file. */
const maxLength = 16_384;
const tooLongAdvice = 'This is longer than any service-account file. Paste the value that belongs here only.';

const wrongPastes: readonly (readonly [RegExp, code: string, message: string])[] = [
  [
    /^AIza[\w-]{30,}$/,
    'pasted-api-key',
    'This is the public API key of an app. The private key is in the file that "Generate new private key" downloads.',
  ],
  [
    /^AAAA[\w-]+:APA91b/,
    'pasted-server-key',
    'This is a server key of the FCM API that was shut down in 2024. Generate a private key under Project settings ▸ Service accounts.',
  ],
  [/BEGIN CERTIFICATE/, 'pasted-certificate', 'This is a certificate. Paste the private key of the service account.'],
  [/BEGIN PUBLIC KEY/, 'pasted-public-key', 'This is a public key. Paste the private key of the service account.'],
  [
    /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type:\s*4,ENCRYPTED/,
    'key-encrypted',
    'This key is protected by a password. Paste the key as Google made it.',
  ],
];

const wrongFiles: readonly (readonly [key: string, code: string, message: string])[] = [
  [
    'project_info',
    'pasted-google-services',
    'This is google-services.json, which belongs into the Android app. The private key is in the file of the service account.',
  ],
  [
    'apiKey',
    'pasted-web-config',
    'This is the configuration of a web app. The private key is in the file of the service account.',
  ],
  [
    'installed',
    'pasted-oauth-client',
    'This is an OAuth client. Generate a private key under Project settings ▸ Service accounts.',
  ],
  [
    'web',
    'pasted-oauth-client',
    'This is an OAuth client. Generate a private key under Project settings ▸ Service accounts.',
  ],
];

/**
 * Takes apart what was pasted: recognises every usual wrong paste, takes a whole service-account file for its parts,
 * and repairs what can be repaired without a doubt (quotes, lost line breaks).
 */
export function clean(typed: TypedAccount): Cleaned | { readonly problems: readonly AccountProblem[] } {
  const tooLong = accountFields.filter((field) => typed[field].length > maxLength);
  // Before anything else: some of what follows takes time by the square of the length.
  if (tooLong.length > 0)
    return { problems: tooLong.map((field) => ({ field, code: 'too-long', message: tooLongAdvice })) };
  const notes: string[] = [];
  const file = parseFile(typed.privateKey);
  const wrongFile = file && wrongFiles.find(([key]) => key in file);
  if (wrongFile) return { problems: [{ field: 'privateKey', code: wrongFile[1], message: wrongFile[2] }] };
  const given = file ? withFile(typed, file, notes) : typed;
  const account: TypedAccount = {
    projectId: unquote(given.projectId),
    clientEmail: unquote(given.clientEmail),
    privateKey: restorePem(unquote(given.privateKey), notes),
  };
  const problems = [...projectProblems(account), ...emailProblems(account), ...keyProblems(account.privateKey)];
  if (problems.length > 0) return { problems };
  const home = /@([^.]+)\.iam\.gserviceaccount\.com$/.exec(account.clientEmail)?.[1];
  if (home && home !== account.projectId)
    notes.push(`The account is of the project ${home}, the pushes go to ${account.projectId}.`);
  return { account, notes };
}

/** The key as OpenSSL understands it, or why not. */
export function readKey(privateKey: string): { readonly key: KeyObject } | { readonly problem: AccountProblem } {
  const problem = (code: string, message: string) => ({ problem: { field: 'privateKey' as const, code, message } });
  let key: KeyObject;
  try {
    key = createPrivateKey(privateKey);
  } catch {
    return /-----END [A-Z ]+-----\s*$/.test(privateKey)
      ? problem(
          'key-unparsable',
          'The private key is damaged: some of its characters are missing or wrong. Copy it anew from the file.',
        )
      : problem(
          'key-truncated',
          'The end of the private key is missing. Copy it up to and including "-----END PRIVATE KEY-----".',
        );
  }
  if (key.asymmetricKeyType === 'rsa') return { key };
  return problem('key-not-rsa', 'This is no RSA key. Google makes RSA keys for service accounts; paste that one.');
}

/** What may be shown of an account to those who may manage it: too little to use, enough to recognise it. */
export function publicFacts({ projectId, clientEmail, privateKey }: ServiceAccount) {
  const letters = privateKey.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    projectId,
    clientEmail: `${clientEmail.slice(0, 4)}…${clientEmail.slice(-4)}`,
    privateKey: `-----BEGIN PRIVATE KEY----- … ${letters.slice(-4)}`,
    fingerprint: `SHA256:${createHash('sha256').update(der).digest('base64').replace(/=+$/, '')}`,
  };
}

export type PublicFacts = ReturnType<typeof publicFacts>;

function parseFile(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.trim().startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function withFile(typed: TypedAccount, file: Readonly<Record<string, unknown>>, notes: string[]): TypedAccount {
  const part = (name: string) => (typeof file[name] === 'string' ? file[name] : '');
  if (part('private_key')) notes.push('The key was taken out of the service-account file that was pasted.');
  return {
    projectId: typed.projectId || part('project_id'),
    clientEmail: typed.clientEmail || part('client_email'),
    privateKey: part('private_key'),
  };
}

/** Quotes of any language, a byte order mark and blanks around a value come from copying, and belong to nothing. */
function unquote(text: string): string {
  return text.replaceAll(/^[\s\uFEFF"'`“”„‟«»‹›‘’‚「」『』,]+|[\s"'`“”„‟«»‹›‘’‚「」『』,]+$/g, '');
}

function projectProblems({ projectId }: TypedAccount): AccountProblem[] {
  const problem = (code: string, message: string): AccountProblem[] => [{ field: 'projectId', code, message }];
  if (projectId === '') return problem('empty', 'Enter the project name.');
  if (/^[a-z][a-z0-9-]{2,28}[a-z0-9]$/.test(projectId)) return [];
  return problem(
    'project-id-invalid',
    'This is no project id. Copy it from Project settings ▸ General; it looks like fcm-client-11959.',
  );
}

function emailProblems({ clientEmail }: TypedAccount): AccountProblem[] {
  const problem = (code: string, message: string): AccountProblem[] => [{ field: 'clientEmail', code, message }];
  if (clientEmail === '') return problem('empty', 'Enter the client email.');
  if (/^[\w.+-]{1,128}@[\w.-]+\.gserviceaccount\.com$/.test(clientEmail)) return [];
  return problem(
    'client-email-invalid',
    'This is no service account. Copy client_email from the file; it ends in gserviceaccount.com.',
  );
}

function keyProblems(privateKey: string): AccountProblem[] {
  const problem = (code: string, message: string): AccountProblem[] => [{ field: 'privateKey', code, message }];
  if (privateKey === '') return problem('empty', 'Paste the private key.');
  if (keysIn(privateKey) > 1)
    return problem('several-keys', 'These are several private keys. Paste the one that Google knows, alone.');
  const wrong = wrongPastes.find(([pattern]) => pattern.test(privateKey));
  if (wrong) return problem(wrong[1], wrong[2]);
  if (/^-----BEGIN (RSA |EC )?PRIVATE KEY-----/.test(privateKey)) return [];
  return problem(
    'not-a-key',
    'A private key begins with "-----BEGIN PRIVATE KEY-----". Copy it whole, with that line.',
  );
}
