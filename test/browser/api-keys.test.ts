import type { Page } from 'playwright-core';
import { host } from '../../local/ports.ts';
import { documented } from '../support/openapi.ts';
import { enter, pageStorage, screenshot, useBrowser, violations } from '../support/page.ts';
import { fresh } from '../support/stack.ts';

const { stack, visit } = useBrowser();

const keyPattern = /^cbp_[a-z0-9]+_[\w-]{40,}$/;

/** Waits until the pane shows what there is. */
const listed = (page: Page) =>
  page.locator('#pane-api-keys[data-state="listed"], #pane-api-keys[data-state="empty"]').waitFor();
const row = (page: Page, name: string) => page.locator('#api-key-list li', { hasText: name });

async function makeKey(page: Page, name: string, scope: string): Promise<string> {
  await page.fill('#input-key-name', name);
  await page.check(`#form-api-key input[value="${scope}"]`);
  await page.click('#button-make-key');
  await page.locator('#api-key-made').waitFor();
  await row(page, name).waitFor();
  return page.locator('#api-key-text').innerText();
}

async function statusWith(key: string): Promise<number> {
  const answer = await fetch(
    `http://${host}:${stack.ports.hosting}/engagement/v3/callbacks/open-for/${fresh('queue')}`,
    {
      headers: { 'x-api-key': key },
    },
  );
  return answer.status;
}

test('an administrator makes a key, copies it once, sees it masked, and revokes it', async () => {
  const { page, context, answers, complaints } = await visit();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await enter(page);
  await listed(page);
  const name = fresh('Android app');

  const key = await makeKey(page, name, 'callbacks:read');
  expect(key).toMatch(keyPattern);
  expect(await statusWith(key)).toBe(200);
  await page.click('#button-copy-key');
  await page.locator('#toasts [data-kind="success"]').waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(key);

  await page.click('#button-hide-key');
  expect(await page.content()).not.toContain(key);
  expect(await pageStorage(page)).not.toContain(key);
  expect(answers.filter((answer) => answer.includes(key))).toHaveLength(1);
  const shown = await row(page, name).innerText();
  expect(shown).toContain('callbacks:read · all queues');
  expect(shown).toContain('by administrator@example.com');

  const revoke = row(page, name).getByRole('button');
  await revoke.click();
  expect(await revoke.innerText()).toBe('Revoke for good');
  await revoke.click();
  await page.locator(`#api-key-list li[data-revoked="true"]`, { hasText: name }).waitFor();
  expect(await row(page, name).getByRole('button').count()).toBe(0);
  for (const action of ['api-key-create', 'api-key-revoke']) {
    await page.locator(`#audit-rows tr[data-action="${action}"]`).first().waitFor();
  }
  expect(complaints).toEqual([]);
  await context.close();
}, 90_000);

test('what is missing is said beside its field, and nothing is sent', async () => {
  const { page, context } = await visit();
  await enter(page);
  await listed(page);
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/api-keys')) asked.push(request.url());
  });
  await page.click('#button-make-key');
  expect(await page.locator('#error-key-name').innerText()).toContain('Give the key a name');
  expect(await page.locator('#error-key-scopes').innerText()).toBe('Choose at least one.');
  await page.fill('#input-key-name', 'x');
  await page.check('#form-api-key input[value="publish"]');
  await page.fill('#input-key-queues', 'no/queue');
  await page.click('#button-make-key');
  await page.locator('#toasts [data-kind="failure"]').waitFor();
  expect(await page.locator('#toasts').innerText()).toContain('must be the name of a queue');
  expect(asked).toHaveLength(1);
  await context.close();
}, 60_000);

test('developers see the keys, and neither make nor revoke them', async () => {
  const administrator = await visit();
  await enter(administrator.page);
  await listed(administrator.page);
  const name = fresh('seen by developers');
  await makeKey(administrator.page, name, 'call-in');
  await administrator.context.close();

  const { page, context } = await visit();
  await enter(page, 'developer');
  await row(page, name).waitFor();
  expect(await page.locator('#form-api-key').isVisible()).toBe(false);
  expect(await row(page, name).getByRole('button').count()).toBe(0);
  await context.close();
}, 60_000);

describe.each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
] as const)('$colorScheme at $width px', ({ colorScheme, width }) => {
  const look = async (page: Page, state: string) => {
    await screenshot(page, `${state}-${colorScheme}-${width}`);
    expect([state, await violations(page)]).toEqual([state, []]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  };

  test('the pane is accessible, and nothing runs off the side', async () => {
    const { page, context } = await visit({ colorScheme, width });
    await enter(page);
    await listed(page);
    await makeKey(page, fresh('a callback system'), 'callbacks:write');
    await page.locator('#pane-api-keys').scrollIntoViewIfNeeded();
    await look(page, 'api-key-made');
    await context.close();
  }, 60_000);

  test('the reference has every operation, and is accessible', async () => {
    const { page, context, complaints } = await visit({ colorScheme, width });
    await page.goto('/api.html');
    await page.locator('body[data-state="ready"]').waitFor();
    const titles = await page.locator('#operations h2').allInnerTexts();
    expect(titles).toHaveLength(documented.length);
    for (const { method, path } of documented) {
      expect(titles.filter((title) => title.startsWith(method) && title.endsWith(path))).toHaveLength(1);
    }
    await page.locator('#operations details').first().locator('summary').click();
    await look(page, 'reference');
    expect(complaints).toEqual([]);
    await context.close();
  }, 60_000);
});
