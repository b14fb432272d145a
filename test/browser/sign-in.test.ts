import { host } from '../../local/ports.ts';
import { projectId } from '../../local/stack.ts';
import { password } from '../../local/users.ts';
import { enter, screenshot, signIn, useBrowser, violations } from '../support/page.ts';
import { eventually, fresh } from '../support/stack.ts';

const { stack, visit } = useBrowser();

test.each(['administrator', 'developer'])('a user with the role %s gets in, and sees where they are', async (role) => {
  const { page, context, google, complaints } = await visit();
  await enter(page, role);
  expect(await page.locator('nav[aria-label="Breadcrumb"]').innerText()).toMatch(
    /Developer[\s\S]*Credential Management[\s\S]*Push Notification/,
  );
  expect(await page.locator('#account').innerText()).toContain(`${role}@example.com`);
  await page.reload();
  await page.locator('#view-ready').waitFor();
  await page.click('#button-sign-out');
  await page.locator('#view-signed-out').waitFor();
  expect([google.strangers, complaints]).toEqual([[], []]);
  await context.close();
});

test.each([
  { name: 'supervisor', role: 'supervisor' },
  { name: 'nobody', role: 'without a role' },
])('$name is told who they are and which role is missing', async ({ name, role }) => {
  const { page, context } = await visit();
  await signIn(page, name);
  await page.locator('#view-role-missing').waitFor();
  const text = await page.locator('#view-role-missing').innerText();
  expect(text).toContain(`${name}@example.com`);
  expect(text).toMatch(new RegExp(`${role}[\\s\\S]*administrator[\\s\\S]*developer`));
  expect(await page.locator('#view-ready').isVisible()).toBe(false);
  expect(await violations(page)).toEqual([]);
  await screenshot(page, `role-missing-${name}`);
  await context.close();
});

test('a wrong password is said, and keeps the email', async () => {
  const { page, context } = await visit();
  await page.fill('#input-email', 'administrator@example.com');
  await page.fill('#input-password', 'wrong');
  await page.click('#button-sign-in');
  await page.locator('#form-sign-in [data-part="problem"]:not(:empty)').waitFor();
  expect(await page.inputValue('#input-email')).toBe('administrator@example.com');
  expect(await violations(page)).toEqual([]);
  await context.close();
});

test.each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
] as const)('sign-in is accessible, $colorScheme at $width px', async ({ colorScheme, width }) => {
  const { page, context } = await visit({ colorScheme, width });
  await page.locator('#view-signed-out').waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, `sign-in-${colorScheme}-${width}`);
  await context.close();
});

test('the page is served under the policy of production, but for the local addresses', async () => {
  const { page, context } = await visit();
  const answer = await page.request.get('/');
  const policy = answer.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'");
  expect(policy).not.toMatch(/unsafe|\*(?!\.firebaseapp)/);
  expect(answer.headers()).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  await context.close();
});

/** Links of verification emails that the Authentication emulator would have sent, oldest first. */
async function verificationLinks(): Promise<string[]> {
  const answer = await fetch(`http://${host}:${stack.ports.auth}/emulator/v1/projects/${projectId}/oobCodes`);
  const { oobCodes } = (await answer.json()) as { oobCodes: { email: string; oobLink: string }[] };
  return oobCodes.filter(({ email }) => email === 'newcomer@example.com').map(({ oobLink }) => oobLink);
}

test('whoever has not verified their email is helped to, and then let in', async () => {
  const { page, context, complaints } = await visit({ width: 360 });
  await signIn(page, 'newcomer');
  await page.locator('#view-email-unverified').waitFor();
  expect(await page.locator('#view-email-unverified').innerText()).toContain('newcomer@example.com');
  expect(await page.locator('#view-ready').isVisible()).toBe(false);
  await page.click('#button-check-email');
  const status = page.locator('#email-unverified-status');
  await eventually('the answer', async () => (await status.innerText()).includes('still not verified'));
  await page.click('#button-send-verification');
  await status.locator('a').waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'email-unverified');

  // As from the email, in another tab; coming back here is enough.
  const [link = ''] = (await verificationLinks()).slice(-1);
  expect((await context.request.get(link)).status()).toBe(200);
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  await page.locator('#view-ready').waitFor();
  await page.locator('#card-configured[data-state="configured"]').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('an email that cannot be sent is said', async () => {
  const { page, context } = await visit();
  const name = fresh('signed-up');
  await fetch(`http://${host}:${stack.ports.auth}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=any`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: `${name}@example.com`, password }),
  });
  await signIn(page, name);
  await page.locator('#view-email-unverified').waitFor();
  await context.route('**/accounts:sendOobCode**', (route) => route.abort());
  await page.click('#button-send-verification');
  const status = page.locator('#email-unverified-status');
  await eventually('the problem', async () => (await status.innerText()).includes('network'));
  await context.close();
});
