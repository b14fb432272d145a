import { generateKeyPairSync } from 'node:crypto';
import { clean, publicFacts, readKey, type TypedAccount } from '../../functions/src/credentials/service-account.ts';

const pem = (type: 'pkcs8' | 'pkcs1') =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type, format: 'pem' }).toString();
const key = pem('pkcs8');
const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const lines = key.trim().split('\n');

const certificate = '-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n';

const typed = (fields: Partial<TypedAccount> = {}): TypedAccount => ({
  projectId: 'fcm-client-11959',
  clientEmail: 'firebase-adminsdk-rkbys@fcm-client-11959.iam.gserviceaccount.com',
  privateKey: key,
  ...fields,
});

const file = JSON.stringify({
  type: 'service_account',
  project_id: typed().projectId,
  client_email: typed().clientEmail,
  private_key: key,
});

test.each<{ name: string; given: Partial<TypedAccount>; notes: number }>([
  { name: 'the values as Google made them', given: {}, notes: 0 },
  { name: 'line breaks written as \\n, as in the file', given: { privateKey: key.replaceAll('\n', '\\n') }, notes: 1 },
  { name: 'line breaks turned into blanks', given: { privateKey: lines.join(' ') }, notes: 1 },
  { name: 'line breaks lost', given: { privateKey: lines.join('') }, notes: 1 },
  { name: 'Windows line breaks', given: { privateKey: key.replaceAll('\n', '\r\n') }, notes: 0 },
  { name: 'straight quotes around', given: { privateKey: `"${key.replaceAll('\n', '\\n')}",` }, notes: 1 },
  { name: 'German quotes around', given: { projectId: '„fcm-client-11959“' }, notes: 0 },
  { name: 'French quotes around', given: { clientEmail: `« ${typed().clientEmail} »` }, notes: 0 },
  { name: 'Chinese quotes around', given: { projectId: '「fcm-client-11959」' }, notes: 0 },
  { name: 'line breaks escaped twice', given: { privateKey: key.replaceAll('\n', '\\\\n') }, notes: 1 },
  { name: 'a sentence after the key', given: { privateKey: `${key}Keep this secret!` }, notes: 1 },
  {
    name: 'the line of the file, with the next one',
    given: { privateKey: `"private_key": ${JSON.stringify(key)},\n  "client_email": "${typed().clientEmail}",` },
    notes: 2,
  },
  { name: 'its certificate after the key', given: { privateKey: `${key}${certificate}` }, notes: 1 },
  {
    name: 'what openssl writes before a key',
    given: { privateKey: `Bag Attributes\n    friendlyName: x\n${key}` },
    notes: 1,
  },
  {
    name: 'headers of the old PEM form',
    given: { privateKey: key.replace('\n', '\nComment: made by Google\nX-Kept: no\n\n') },
    notes: 1,
  },
  { name: 'a byte order mark before', given: { privateKey: `\uFEFF${key}` }, notes: 0 },
  { name: 'the whole file in the key field', given: { privateKey: file }, notes: 1 },
  { name: 'the whole file and nothing else', given: { projectId: '', clientEmail: '', privateKey: file }, notes: 1 },
  {
    name: 'an account of another project, which is allowed',
    given: { clientEmail: 'pusher@shared-accounts.iam.gserviceaccount.com' },
    notes: 1,
  },
])('$name: taken', ({ given, notes }) => {
  const cleaned = clean(typed(given));
  expect(cleaned).toMatchObject({ account: { projectId: 'fcm-client-11959', privateKey: key } });
  expect('notes' in cleaned && cleaned.notes).toHaveLength(notes);
});

test.each<{ name: string; given: Partial<TypedAccount>; codes: string[] }>([
  {
    name: 'nothing at all',
    given: { projectId: '', clientEmail: '', privateKey: '' },
    codes: ['empty', 'empty', 'empty'],
  },
  { name: 'the display name of a project', given: { projectId: 'My Firebase Project' }, codes: ['project-id-invalid'] },
  { name: 'a person’s email', given: { clientEmail: 'me@example.com' }, codes: ['client-email-invalid'] },
  { name: 'the public API key', given: { privateKey: `AIza${'x'.repeat(35)}` }, codes: ['pasted-api-key'] },
  {
    name: 'the legacy server key',
    given: { privateKey: `AAAAabcdefg:APA91b${'x'.repeat(130)}` },
    codes: ['pasted-server-key'],
  },
  {
    name: 'google-services.json',
    given: { privateKey: '{"project_info":{"project_id":"p"},"client":[]}' },
    codes: ['pasted-google-services'],
  },
  {
    name: 'a web app’s configuration',
    given: { privateKey: '{"apiKey":"AIza","appId":"1:2:web:3"}' },
    codes: ['pasted-web-config'],
  },
  {
    name: 'an OAuth client',
    given: { privateKey: '{"installed":{"client_secret":"x"}}' },
    codes: ['pasted-oauth-client'],
  },
  {
    name: 'a certificate',
    given: { privateKey: '-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----' },
    codes: ['pasted-certificate'],
  },
  {
    name: 'a public key',
    given: { privateKey: '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----' },
    codes: ['pasted-public-key'],
  },
  {
    name: 'an encrypted key',
    given: { privateKey: '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIF\n-----END ENCRYPTED PRIVATE KEY-----' },
    codes: ['key-encrypted'],
  },
  {
    name: 'an encrypted key of the old form',
    given: {
      privateKey: `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B\n\n${lines.slice(1, -1).join('\n')}\n-----END RSA PRIVATE KEY-----`,
    },
    codes: ['key-encrypted'],
  },
  {
    name: 'an encrypted key of the old form that has lost its line breaks',
    given: {
      privateKey: `-----BEGIN RSA PRIVATE KEY-----Proc-Type: 4,ENCRYPTEDDEK-Info: AES-128-CBC,0A1B${lines.slice(1, -1).join('')}-----END RSA PRIVATE KEY-----`,
    },
    codes: ['key-encrypted'],
  },
  { name: 'two keys', given: { privateKey: `${key}${ecKey}` }, codes: ['several-keys'] },
  {
    name: 'two keys of which one is cut off',
    given: { privateKey: `${key}${key.slice(0, 400)}` },
    codes: ['several-keys'],
  },
  { name: 'words', given: { privateKey: 'my secret key' }, codes: ['not-a-key'] },
  { name: 'the file without a key', given: { privateKey: '{"type":"service_account"}' }, codes: ['empty'] },
  {
    name: 'a very long project and email',
    given: { projectId: `x${' '.repeat(60_000)}x`, clientEmail: `x${' '.repeat(60_000)}x` },
    codes: ['too-long', 'too-long'],
  },
  { name: 'two megabytes', given: { privateKey: 'x'.repeat(2_000_000) }, codes: ['too-long'] },
])('$name: refused with a code of its own', ({ given, codes }) => {
  const cleaned = clean(typed(given));
  expect('problems' in cleaned && cleaned.problems.map(({ code }) => code)).toEqual(codes);
});

test.each<{ name: string; given: string; expect: string }>([
  {
    name: 'characters missing in the middle',
    given: [...lines.slice(0, 5), ...lines.slice(8)].join('\n'),
    expect: 'key-unparsable',
  },
  { name: 'the end missing', given: lines.slice(0, -3).join('\n'), expect: 'key-truncated' },
  { name: 'another kind of key', given: ecKey, expect: 'key-not-rsa' },
])('a key with $name does not parse', ({ given, expect: code }) => {
  const read = readKey(given);
  expect('problem' in read && read.problem.code).toBe(code);
});

test.each([key, pem('pkcs1')])('keys of both PEM kinds parse', (good) => {
  expect(readKey(good)).toHaveProperty('key');
});

test('what is shown of an account is a few characters, and the same for the same key', () => {
  const facts = publicFacts(typed());
  expect(facts.projectId).toBe('fcm-client-11959');
  expect(facts.clientEmail).toBe('fire….com');
  expect(facts.privateKey.replaceAll(/-----BEGIN PRIVATE KEY----- … /g, '')).toHaveLength(4);
  expect(facts.fingerprint).toMatch(/^SHA256:[\w+/]{43}$/);
  expect(publicFacts(typed()).fingerprint).toBe(facts.fingerprint);
  expect(publicFacts(typed({ privateKey: pem('pkcs8') })).fingerprint).not.toBe(facts.fingerprint);
});
