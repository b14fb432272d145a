import type { Page } from 'playwright-core';
import {
  dropFile,
  enter,
  paste,
  screenshot,
  typeAccount,
  update,
  useBrowser,
  violations,
  type Visit,
} from '../support/page.ts';
import { eventually } from '../support/stack.ts';

const { stack, visit } = useBrowser();
let open: Visit;
beforeEach(async () => {
  open = await visit();
  await enter(open.page);
});
afterEach(async () => {
  expect([open.google.strangers, open.complaints]).toEqual([[], []]);
  await open.context.close();
});

const problemOf = (page: Page, field: string) => page.locator(`#error-${field}`).innerText();
const noteOf = (page: Page, rung: string) => page.locator(`#update-ladder [data-rung="${rung}"] .hint`).innerText();
const megabytes = 'x'.repeat(2_000_000);

describe('what can be repaired without a doubt is, and the page says so', () => {
  test.each<{ name: string; change: (key: string) => string; note: RegExp }>([
    {
      name: 'a key that lost its line breaks',
      change: (key) => key.replaceAll('\n', ''),
      note: /line breaks.*restored/,
    },
    {
      name: 'line breaks turned into blanks',
      change: (key) => key.replaceAll('\n', ' '),
      note: /line breaks.*restored/,
    },
    { name: 'a sentence after the key', change: (key) => `${key}Sent from my phone`, note: /around the private key/ },
  ])('$name', async ({ change, note }) => {
    const { page } = open;
    const account = await stack.newAccount();
    await typeAccount(page, { ...account, private_key: change(account.private_key) });
    expect(await update(page)).toMatchObject({ kind: 'success' });
    expect(await noteOf(page, 'kind')).toMatch(note);
  });

  test('quotes of other languages around every value', async () => {
    const { page } = open;
    const { project_id, client_email, private_key } = await stack.newAccount();
    await typeAccount(page, {
      project_id: `„${project_id}“`,
      client_email: `« ${client_email} »`,
      private_key: `「${private_key}」`,
    });
    expect(await update(page)).toMatchObject({ kind: 'success' });
    expect(await page.locator('#configured-facts').innerText()).toContain(project_id);
  });
});

test('the whole file pasted into any field fills all three', async () => {
  const { page } = open;
  const account = await stack.newAccount();
  expect(await paste(page, '#input-project-name', JSON.stringify(account))).toBe('taken over');
  expect(await page.inputValue('#input-project-name')).toBe(account.project_id);
  expect(await page.inputValue('#input-client-email')).toBe(account.client_email);
  expect(await update(page)).toMatchObject({ kind: 'success' });
});

test('a file that is dropped on the pane is taken; one that misses it loses nothing', async () => {
  const { page } = open;
  const account = await stack.newAccount();
  await page.fill('#input-project-name', 'typed-before');
  await dropFile(page, '#card-audit', 'key.json', JSON.stringify(account));
  expect(await page.inputValue('#input-project-name')).toBe('typed-before');
  await dropFile(page, '#drop-zone', 'key.json', JSON.stringify(account));
  await eventually('the fields to be filled', async () => {
    return (await page.inputValue('#input-project-name')) === account.project_id;
  });
});

test.each([
  { name: 'google-services.json', text: '{"project_info":{"project_id":"p"}}', says: /google-services\.json/ },
  { name: 'firebase-config.json', text: '{"apiKey":"AIza","appId":"1:2:web:3"}', says: /web app/ },
  { name: 'client_secret.json', text: '{"installed":{"client_id":"x"}}', says: /OAuth client/ },
  { name: 'holiday.jpg', text: '\u0000\u0001', says: /not a JSON file/ },
  { name: 'film.mp4', text: megabytes, says: /far longer/ },
])('$name is not taken, and the page says what it is', async ({ name, text, says }) => {
  const { page } = open;
  await page.fill('#input-project-name', 'typed-before');
  await page.setInputFiles('#input-file', { name, mimeType: 'application/json', buffer: Buffer.from(text) });
  const status = page.locator('#file-status');
  await eventually('what the page says', async () => (await status.innerText()) !== '');
  expect(await status.innerText()).toMatch(says);
  expect(await page.inputValue('#input-project-name')).toBe('typed-before');
  expect(await violations(page)).toEqual([]);
});

test.each(['project-name', 'client-email', 'private-key', 'app-id', 'api-key', 'sender-id', 'vapid-key'])(
  'two megabytes pasted into %s are not taken, and the page stays quick',
  async (field) => {
    const { page } = open;
    await page.fill(`#input-${field}`, 'before');
    expect(await paste(page, `#input-${field}`, megabytes)).toBe('taken over');
    expect(await page.inputValue(`#input-${field}`)).toBe('before');
    expect(await problemOf(page, field)).toMatch(/far (longer|too long)/);
  },
);

test('every field that is too long is marked, and says so', async () => {
  const { page } = open;
  const account = await stack.newAccount();
  const long = 'x'.repeat(17_000);
  await typeAccount(page, { ...account, project_id: long, client_email: long });
  expect(await update(page)).toMatchObject({ kind: 'failure', code: 'too-long' });
  for (const field of ['project-name', 'client-email']) expect(await problemOf(page, field)).toMatch(/longer/);
  expect(await page.inputValue('#input-private-key')).toBe(account.private_key);
});

test('of the test pane every field that is empty or wrong is marked, and nobody is asked', async () => {
  const { page } = open;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.click('#button-test-fcm-credentials');
  for (const field of ['app-id', 'api-key', 'sender-id', 'enable-push'])
    expect(await problemOf(page, field)).not.toBe('');
  expect(await violations(page)).toEqual([]);
  await page.fill('#input-vapid-key', 'the private one');
  await page.fill('#input-app-id', '1:123:android:ab');
  await page.click('#button-test-fcm-credentials');
  for (const field of ['app-id', 'vapid-key']) expect(await problemOf(page, field)).not.toBe('');
  expect(asked).toEqual([]);
  await screenshot(page, 'test-field-errors');
});

test('whoever does not sign in again has lost nothing either', async () => {
  const { page, context } = open;
  const account = await stack.newAccount();
  await typeAccount(page, account);
  await context.route('**/admin/v1/credentials', (route) =>
    route.request().method() === 'PUT'
      ? route.fulfill({ status: 401, json: { error: { code: 'session-expired', message: 'Your session has ended.' } } })
      : route.continue(),
  );
  await page.click('#button-update-fcm-credentials');
  await page.locator('#dialog-sign-in-again[open]').waitFor();
  await page.click('#button-sign-in-cancel');
  await page.locator('#toasts [data-kind="failure"][data-code="session-expired"]').waitFor();
  expect(await page.inputValue('#input-project-name')).toBe(account.project_id);
  expect(await page.inputValue('#input-client-email')).toBe(account.client_email);
  expect(await page.inputValue('#input-private-key')).toBe(account.private_key);
});
