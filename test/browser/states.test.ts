import {
  enter,
  runTest,
  screenshot,
  typeAccount,
  typeWebApp,
  update,
  useBrowser,
  violations,
} from '../support/page.ts';

const { stack, visit } = useBrowser();
afterEach(() => stack.setFaults([]));

test('while an update runs the page shows the rung it is on, and takes no second click', async () => {
  const { page, context } = await visit({ colorScheme: 'dark', width: 360 });
  await enter(page);
  await stack.setFaults([{ target: 'probe', code: 'HANG' }]);
  await typeAccount(page, await stack.newAccount());
  await page.click('#button-update-fcm-credentials');
  const rung = page.locator('#update-ladder [aria-current="step"]');
  await page.locator('#update-ladder [data-rung="probe"][aria-current="step"]').waitFor();
  expect(await page.locator('#update-ladder [data-state="passed"]').count()).toBe(3);
  expect(await page.locator('#update-progress').innerText()).toMatch(/Step 4 of 6/);
  await page.click('#button-update-fcm-credentials', { force: true });
  expect(await rung.getAttribute('data-rung')).toBe('probe');
  await screenshot(page, 'update-running');
  expect(await violations(page)).toEqual([]);
  await page.locator('#toasts [data-code="google-unreachable"]').waitFor({ timeout: 30_000 });
  expect(await page.locator('#toasts [data-testid="toast"]').count()).toBe(1);
  await context.close();
});

test('what was said of one attempt is gone when the next one begins', async () => {
  const { page, context } = await visit();
  await enter(page);
  const account = await stack.newAccount();
  await typeAccount(page, { ...account, private_key: 'not a key' });
  expect(await update(page)).toMatchObject({ kind: 'failure' });
  await typeAccount(page, account);
  expect(await update(page)).toMatchObject({ kind: 'success' });
  const toasts = page.locator('#toasts [data-testid="toast"]');
  expect(await toasts.count()).toBe(1);
  await typeWebApp(page);
  expect(await runTest(page)).toMatchObject({ state: 'succeeded' });
  expect(await toasts.count()).toBe(0);
  await context.close();
});

test('where the server cannot be reached the page says so, and starts once it can', async () => {
  const { page, context } = await visit();
  await context.route('**/admin/v1/environment', (route) => route.abort());
  await page.reload();
  await page.locator('#view-unavailable').waitFor();
  expect(await page.locator('#unavailable-reason').innerText()).toMatch(/could not be reached/);
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'unavailable');
  await context.unroute('**/admin/v1/environment');
  await page.click('#button-retry');
  await page.locator('#view-signed-out').waitFor();
  await context.close();
});

test('what is not known after a refresh is not shown as if it were', async () => {
  const { page, context } = await visit();
  await enter(page);
  const error = { code: 'internal', message: 'Something went wrong on the server.' };
  await context.route('**/admin/v1/{credentials,audit*}', (route) => route.fulfill({ status: 500, json: { error } }));
  await page.click('#button-refresh');
  await page.locator('#card-configured[data-state="unknown"]').waitFor();
  expect(await page.locator('#configured-facts').isVisible()).toBe(false);
  expect(await page.locator('#card-configured').innerText()).toContain(error.message);
  await page.locator('#card-audit[data-state="unknown"]').waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'not-known');
  await context.close();
});
