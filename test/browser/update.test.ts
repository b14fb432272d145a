import { generateKeyPairSync } from 'node:crypto';
import type { ServiceAccountJson } from '../../local/oauth.ts';
import { password } from '../../local/users.ts';
import {
  enter,
  pageStorage,
  runTest,
  screenshot,
  typeAccount,
  typeWebApp,
  update,
  useBrowser,
  violations,
  type Visit,
} from '../support/page.ts';
import { eventually, fresh, waitingCallback } from '../support/stack.ts';

const { stack, visit } = useBrowser();
let open: Visit;
beforeEach(async () => {
  open = await visit();
});
afterEach(async () => {
  await stack.setFaults([]);
  expect([open.google.strangers, open.complaints]).toEqual([[], []]);
  await open.context.close();
});

const facts = () => open.page.locator('#configured-facts').innerText();
const otherKey = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

test('credentials that are typed are put in force; after a refresh only a few characters are shown', async () => {
  const { page } = open;
  await enter(page);
  const account = await stack.newAccount();
  await typeAccount(page, account);
  expect(await update(page)).toMatchObject({
    kind: 'success',
    text: expect.stringContaining('Firebase Credentials successfully updated!') as string,
  });
  expect(await page.inputValue('#input-private-key')).toBe('');
  const shownAtOnce = await facts();
  await screenshot(page, 'updated');
  expect(await violations(page)).toEqual([]);
  await page.reload();
  await page.locator('#card-configured[data-state="configured"]').waitFor();
  const shown = await facts();
  expect(shown).toBe(shownAtOnce);
  expect(shown).toContain(account.project_id);
  expect(shown).toContain('administrator@example.com');
  const everything = [await page.content(), await pageStorage(page)].join('\n');
  expect(everything).not.toContain(account.client_email);
  expect(everything).not.toContain(account.private_key.split('\n')[3]);
});

test('the file that Google hands out fills the fields, and is put in force', async () => {
  const { page } = open;
  await enter(page, 'developer');
  const account = await stack.newAccount();
  const buffer = Buffer.from(JSON.stringify(account, null, 2));
  await page.setInputFiles('#input-file', { name: 'service-account.json', mimeType: 'application/json', buffer });
  await eventually(
    'the fields to be filled',
    async () => (await page.inputValue('#input-client-email')) === account.client_email,
  );
  expect(await page.inputValue('#input-project-name')).toBe(account.project_id);
  expect((await page.inputValue('#input-private-key')).trim()).toBe(account.private_key.trim());
  expect(await update(page)).toMatchObject({ kind: 'success' });
});

describe('what does not work is refused with its own diagnosis, and leaves the former credentials in force', () => {
  test.each<{
    name: string;
    change: (account: ServiceAccountJson) => Partial<ServiceAccountJson> | Promise<Partial<ServiceAccountJson>>;
    code: string;
  }>([
    { name: 'a public API key', change: () => ({ private_key: `AIza${'x'.repeat(35)}` }), code: 'pasted-api-key' },
    { name: 'words', change: () => ({ private_key: 'my secret key' }), code: 'not-a-key' },
    {
      name: 'a truncated key',
      change: ({ private_key }) => ({ private_key: private_key.slice(0, 800) }),
      code: 'key-truncated',
    },
    { name: 'a key of another account', change: () => ({ private_key: otherKey() }), code: 'invalid-signature' },
    {
      name: 'an unknown account',
      change: ({ project_id }) => ({ client_email: `gone@${project_id}.iam.gserviceaccount.com` }),
      code: 'account-not-found',
    },
    { name: 'another project', change: () => ({ project_id: 'demo-somewhere-else' }), code: 'project-not-found' },
    {
      name: 'a missing permission',
      change: async ({ client_email }) => {
        await stack.setAccountState(client_email, 'permission-denied');
        return {};
      },
      code: 'permission-missing',
    },
    {
      name: 'a disabled API',
      change: async ({ client_email }) => {
        await stack.setAccountState(client_email, 'api-disabled');
        return {};
      },
      code: 'api-disabled',
    },
    {
      name: 'Secret Manager that is not open to the functions',
      change: async () => {
        await stack.refuseSecrets('AddSecretVersion', 'PERMISSION_DENIED', 1);
        return {};
      },
      code: 'secret-manager-forbidden',
    },
    {
      name: 'Secret Manager that does not answer',
      change: async () => {
        await stack.refuseSecrets('AddSecretVersion', 'INTERNAL', 1);
        return {};
      },
      code: 'secret-manager-unavailable',
    },
    {
      name: 'Google being unreachable',
      change: async () => {
        await stack.setFaults([{ target: 'probe', code: 'UNAVAILABLE' }]);
        return {};
      },
      code: 'google-unreachable',
    },
  ])('$name', async ({ change, code }) => {
    const { page } = open;
    await enter(page);
    const before = await facts();
    const account = await stack.newAccount();
    const typed = { ...account, ...(await change(account)) };
    await typeAccount(page, typed);
    const toast = await update(page);
    expect(toast).toMatchObject({ kind: 'failure', code });
    expect(toast.text).toContain('Firebase Credentials failed to update. Try again.');
    expect(await page.inputValue('#input-client-email')).toBe(typed.client_email);
    expect(await facts()).toBe(before);
    expect(await violations(page)).toEqual([]);
    await screenshot(page, `update-${code}`);
  });
});

test('empty fields are marked, and nothing is asked', async () => {
  const { page } = open;
  await enter(page);
  await page.click('#button-update-fcm-credentials');
  for (const field of ['project-name', 'client-email', 'private-key']) {
    expect(await page.getAttribute(`#input-${field}`, 'aria-invalid')).toBe('true');
    expect(await page.locator(`#error-${field}`).innerText()).not.toBe('');
  }
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'field-errors');
});

test('a paste of two megabytes is refused kindly', async () => {
  const { page } = open;
  await enter(page);
  const account = await stack.newAccount();
  await typeAccount(page, { ...account, private_key: 'x'.repeat(2_000_000) });
  await page.click('#button-update-fcm-credentials');
  await eventually(
    'the problem to be shown',
    async () => (await page.locator('#error-private-key').innerText()) !== '',
  );
});

test('a session that ends in the middle of an update loses nothing that was typed', async () => {
  const { page, context } = open;
  await enter(page);
  const account = await stack.newAccount();
  await typeAccount(page, account);
  let ended = false;
  await context.route('**/admin/v1/credentials', async (route) => {
    if (route.request().method() !== 'PUT' || ended) return route.continue();
    ended = true;
    return route.fulfill({
      status: 401,
      json: { error: { code: 'session-expired', message: 'Your session has ended. Sign in again.' } },
    });
  });
  await page.click('#button-update-fcm-credentials');
  await page.locator('#dialog-sign-in-again[open]').waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'sign-in-again');
  await page.fill('#again-email', 'administrator@example.com');
  await page.fill('#again-password', password);
  await page.click('#button-sign-in-again');
  const toast = page.locator('#toasts [data-kind="success"]');
  await toast.waitFor();
  expect(await facts()).toContain(account.project_id);
});

test('who comes second is told who was first, and can look before they replace it', async () => {
  const { page } = open;
  await enter(page);
  const other = await visit();
  await enter(other.page, 'developer');
  await typeAccount(other.page, await stack.newAccount());
  expect(await update(other.page)).toMatchObject({ kind: 'success' });
  await other.context.close();

  await typeAccount(page, await stack.newAccount());
  expect(await update(page)).toMatchObject({ kind: 'failure', code: 'changed-meanwhile' });
  expect(await page.locator('#conflict').innerText()).toContain('developer@example.com');
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'changed-meanwhile');
  await page.click('#button-reload-credentials');
  await eventually('the other’s credentials', async () => (await facts()).includes('developer@example.com'));
  expect(await update(page)).toMatchObject({ kind: 'success' });
});

test('pushes go out, each once, while the credentials are rotated on the page', async () => {
  const { page } = open;
  await enter(page);
  const callbacks = Array.from({ length: 20 }, () => stack.db.collection('callbacks').doc(fresh('rotated')));
  await Promise.all(callbacks.map((callback) => callback.set(waitingCallback())));
  const rotate = async () => {
    for (let rotation = 0; rotation < 2; rotation++) {
      await typeAccount(page, await stack.newAccount());
      expect(await update(page)).toMatchObject({ kind: 'success' });
    }
  };
  const push = async () => {
    for (const callback of callbacks) {
      await callback.delete();
      await stack.idle();
    }
  };
  await Promise.all([rotate(), push()]);
  const arrived = await Promise.all(callbacks.map(async ({ id }) => (await stack.messages(id)).length));
  expect(arrived).toEqual(callbacks.map(() => 1));
});

test('no answer, log line, document or storage of a page holds a private key or a whole client email', async () => {
  const { page } = open;
  await enter(page);
  const account = await stack.newAccount();
  const secrets = [account.client_email, ...account.private_key.split('\n').filter((line) => line.length === 64)];
  await typeAccount(page, { ...account, private_key: account.private_key.replaceAll('\n', '') });
  expect(await update(page)).toMatchObject({ kind: 'success' });
  await typeAccount(page, { ...account, client_email: `x${account.client_email}` });
  expect(await update(page)).toMatchObject({ kind: 'failure' });
  await typeWebApp(page);
  expect(await runTest(page)).toMatchObject({ state: 'succeeded' });
  await page.click('#button-refresh');
  await page.locator('#card-configured[data-state="configured"]').waitFor();

  const collections = await stack.db.listCollections();
  const documents = await Promise.all(collections.map(async (collection) => (await collection.get()).docs));
  const everything = [
    ...open.answers,
    await pageStorage(page),
    await page.locator('#card-configured, #card-audit, #toasts').allInnerTexts(),
    JSON.stringify(documents.flat().map((document) => document.data())),
    await stack.logs(),
  ].join('\n');
  expect(everything).toContain('credentials-update');
  for (const secret of secrets) expect(everything).not.toContain(secret);
  expect(everything).not.toMatch(/firebase-adminsdk-\w+@|MII[\w+/]{20}/);
});

test('what was done is on record on the page', async () => {
  const { page } = open;
  await enter(page);
  await page.locator('#card-audit[data-state="listed"]').waitFor();
  expect(await page.locator('#audit-rows').innerText()).toMatch(/administrator@example\.com/);
});
