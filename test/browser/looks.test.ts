import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
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

describe.each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 360 },
  { colorScheme: 'dark', width: 360 },
] as const)('$colorScheme at $width px', ({ colorScheme, width }) => {
  test('configured, a failed and a good update, a good and a failed test: accessible, and nothing runs off the side', async () => {
    const { page, context, complaints } = await visit({ colorScheme, width });
    const look = async (state: string) => {
      await screenshot(page, `${state}-${colorScheme}-${width}`);
      expect([state, await violations(page)]).toEqual([state, []]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    };
    await enter(page);
    await look('configured');
    const account = await stack.newAccount();
    await typeAccount(page, { ...account, private_key: 'not a key' });
    await update(page);
    await look('update-failed');
    await typeAccount(page, account);
    await update(page);
    await look('update-succeeded');
    await typeWebApp(page);
    expect(await runTest(page)).toMatchObject({ state: 'succeeded' });
    await look('test-succeeded');
    await stack.setFaults([{ code: 'THIRD_PARTY_AUTH_ERROR' }]);
    expect(await runTest(page)).toMatchObject({ state: 'failed' });
    await look('test-failed');
    await stack.setFaults([]);
    expect(complaints).toEqual([]);
    await context.close();
  }, 90_000);

  test('nothing configured yet', async () => {
    const active = stack.db.doc('pushCredentials/active');
    const former = (await active.get()).data() ?? {};
    await active.delete();
    const { page, context } = await visit({ colorScheme, width });
    await enter(page);
    expect(await page.locator('#card-configured').getAttribute('data-state')).toBe('not-configured');
    await screenshot(page, `not-configured-${colorScheme}-${width}`);
    expect(await violations(page)).toEqual([]);
    await context.close();
    await active.set(former);
  });
});

test('everything can be reached and done with the keyboard alone', async () => {
  const { page, context } = await visit();
  await enter(page);
  const reached = new Set<string>();
  await page.locator('body').press('Home');
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate('document.activeElement?.id ?? ""'));
  }
  for (const id of [
    'input-project-name',
    'input-private-key',
    'button-update-fcm-credentials',
    'input-enable-push',
    'button-test-fcm-credentials',
  ]) {
    expect(reached).toContain(id);
  }
  await context.close();
});

test('the page and its service worker stay light', () => {
  const dist = path.resolve(import.meta.dirname, '../../hosting/dist');
  const gzipped = (file: string) => gzipSync(readFileSync(path.join(dist, file)), { level: 9 }).length;
  const html = readFileSync(path.join(dist, 'index.html'), 'utf8');
  const firstLoad = readdirSync(path.join(dist, 'assets')).filter(
    (file) => file.endsWith('.js') && html.includes(file),
  );
  expect(firstLoad.length).toBeGreaterThan(0);
  expect(firstLoad.map((file) => gzipped(`assets/${file}`)).reduce((a, b) => a + b)).toBeLessThanOrEqual(60_000);
  expect(gzipped('firebase-messaging-sw.js')).toBeLessThanOrEqual(20_000);
});
