import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { host } from '../../local/ports.ts';
import type { ServiceAccountJson } from '../../local/oauth.ts';
import { password } from '../../local/users.ts';
import { standInForGoogle, webApp, type GoogleInBrowser } from './google-in-browser.ts';
import { launchChrome } from './chrome.ts';
import { sharedStack, type TestStack } from './stack.ts';

/** A window on the hosted page, with a fresh profile. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly google: GoogleInBrowser;
  /** Everything that the API told this window. */
  readonly answers: string[];
  /** What the browser complained of: script errors, and what the Content-Security-Policy stopped. */
  readonly complaints: string[];
}

export interface VisitOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  /** Whether the browser lets the page show notifications. */
  readonly notifications?: boolean;
  /** Takes the production path of the test pane, where the local stack would stand in. */
  readonly pushByGoogle?: boolean;
}

/** The running stack, and one browser, for the tests of a file; both are put away after the last. */
export function useBrowser(): { stack: TestStack; visit: (options?: VisitOptions) => Promise<Visit> } {
  const stack = sharedStack();
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChrome();
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await stack.db.terminate();
  });
  return { stack, visit: (options) => visit(browser, stack, options) };
}

async function visit(browser: Browser, { ports }: TestStack, options: VisitOptions = {}): Promise<Visit> {
  const { colorScheme = 'light', width = 1280, notifications = true, pushByGoogle = false } = options;
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height: 900 },
    baseURL: `http://${host}:${ports.hosting}`,
    permissions: notifications ? ['notifications'] : [],
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(20_000);
  const google = await standInForGoogle(context);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  const answers: string[] = [];
  page.on('response', (response) => {
    // What went with its page before it could be read was never seen by anybody either.
    if (response.url().includes('/admin/'))
      response.text().then(
        (text) => answers.push(text),
        () => undefined,
      );
  });
  await page.goto(pushByGoogle ? '/?push=google' : '/');
  return { page, context, google, answers, complaints };
}

export async function signIn(page: Page, name: string): Promise<void> {
  await page.locator('#view-signed-out').waitFor();
  await page.fill('#input-email', `${name}@example.com`);
  await page.fill('#input-password', password);
  await page.click('#button-sign-in');
}

/** Signs in as somebody who may, and waits until the page shows what is configured. */
export async function enter(page: Page, name = 'administrator'): Promise<void> {
  await signIn(page, name);
  await page
    .locator('#card-configured[data-state="configured"], #card-configured[data-state="not-configured"]')
    .waitFor();
}

export async function typeAccount(page: Page, account: Partial<ServiceAccountJson>): Promise<void> {
  await page.fill('#input-project-name', account.project_id ?? '');
  await page.fill('#input-client-email', account.client_email ?? '');
  await page.fill('#input-private-key', account.private_key ?? '');
}

/** Pastes as the clipboard does. "taken over" = the page did with it what it wanted, and the browser nothing. */
export async function paste(page: Page, field: string, text: string): Promise<'taken over' | 'left to the browser'> {
  const left = await page.evaluate<boolean>(
    `(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', ${JSON.stringify(text)});
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      return document.querySelector('${field}').dispatchEvent(event);
    })()`,
  );
  return left ? 'left to the browser' : 'taken over';
}

export async function dropFile(page: Page, place: string, name: string, text: string): Promise<void> {
  await page.evaluate(
    `(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([${JSON.stringify(text)}], '${name}', { type: 'application/json' }));
      for (const type of ['dragover', 'drop']) {
        const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        if (document.querySelector('${place}').dispatchEvent(event)) throw new Error('the browser would open the file');
      }
    })()`,
  );
}

/** Clicks Update and waits for the toast. */
export async function update(page: Page): Promise<{ kind: string; text: string; code: string | null }> {
  await page.click('#button-update-fcm-credentials');
  await page.locator('#pane-update:not([data-state="running"])').waitFor();
  const toast = page.locator('#toasts [data-testid="toast"]');
  await toast.waitFor();
  const [kind, text, code] = await Promise.all([
    toast.getAttribute('data-kind'),
    toast.innerText(),
    toast.getAttribute('data-code'),
  ]);
  return { kind: kind ?? '', text, code };
}

export async function typeWebApp(page: Page, fields: Partial<typeof webApp> = {}): Promise<void> {
  const { appId, apiKey, senderId } = { ...webApp, ...fields };
  await page.fill('#input-app-id', appId);
  await page.fill('#input-api-key', apiKey);
  await page.fill('#input-sender-id', senderId);
  await page.check('#input-enable-push');
}

/** Clicks Test and waits for its end. */
export async function runTest(page: Page): Promise<{ state: string | null; code: string | null; text: string }> {
  await page.click('#button-test-fcm-credentials');
  return testEnd(page);
}

export async function testEnd(page: Page): Promise<{ state: string | null; code: string | null; text: string }> {
  const pane = page.locator('#pane-test');
  await page
    .locator('#pane-test[data-state="succeeded"], #pane-test[data-state="failed"]')
    .waitFor({ timeout: 30_000 });
  const [state, code, text] = await Promise.all([
    pane.getAttribute('data-state'),
    pane.getAttribute('data-code'),
    page.locator('#test-result').innerText(),
  ]);
  return { state, code, text };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = path.resolve(import.meta.dirname, '../../.local/screenshots');

/** Every rule of axe-core that the page breaks in its present state, light or dark, and where. */
export async function violations(page: Page): Promise<string[]> {
  const former = await page.evaluate<boolean>("matchMedia('(prefers-color-scheme: dark)').matches");
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const broken = await page.evaluate<string[]>(
      `${axe}; axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ' ' + target.join(' '))))`,
    );
    found.push(...broken.map((rule) => `${colorScheme}: ${rule}`));
  }
  await page.emulateMedia({ colorScheme: former ? 'dark' : 'light' });
  return found;
}

/** Takes two pictures into .local/screenshots, for people to look at: of the whole page, and as a window shows it. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.window.png`) });
  await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

const storage = readFileSync(path.join(import.meta.dirname, 'page-storage.js'), 'utf8');

/** Everything that a page can keep: both storages, every database and its address, as one text. */
export async function pageStorage(page: Page): Promise<string> {
  return page.evaluate(storage);
}
