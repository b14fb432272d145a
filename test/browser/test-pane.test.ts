import { pushChannel, webApp } from '../support/google-in-browser.ts';
import {
  enter,
  runTest,
  screenshot,
  testEnd,
  typeWebApp,
  useBrowser,
  violations,
  type Visit,
  type VisitOptions,
} from '../support/page.ts';
import { eventually } from '../support/stack.ts';

const { stack, visit } = useBrowser();
afterEach(() => stack.setFaults([]));

async function opened(options: VisitOptions = {}): Promise<Visit> {
  const open = await visit(options);
  await enter(open.page, 'developer');
  return open;
}

/** Google's part between the server's message and the browser: what was sent to a token is pushed to its worker. */
async function forward({ page, context, google }: Visit, from = webApp.senderId): Promise<object> {
  const push = await pushChannel(context, page);
  const arrived = await eventually('the server’s message', async () => {
    const token = google.tokens.at(-1);
    if (token === undefined) return undefined;
    const { messages } = await stack.inbox();
    return messages.find(({ target }) => target === token);
  });
  const { notification, data } = arrived.message as { notification: object; data: object };
  await push({ from, fcmMessageId: arrived.name, priority: 'normal', notification, data });
  return data;
}

test('on the local stack the push comes by the local FCM, is shown, and the page says so', async () => {
  const { page, context, google, complaints } = await opened();
  await typeWebApp(page);
  const result = await runTest(page);
  expect(result).toMatchObject({
    state: 'succeeded',
    text: expect.stringMatching(/configured successfully/i) as string,
  });
  expect(result.text).toMatch(/local/i);
  expect([google.tokens, google.strangers, complaints]).toEqual([[], [], []]);
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'test-succeeded');
  await eventually('the test on the card', async () =>
    /arrived/i.test(await page.locator('#configured-facts').innerText()),
  );
  await context.close();
});

test('in production the real SDK registers the browser, and the very push that was sent makes the success', async () => {
  const open = await opened({ pushByGoogle: true });
  await typeWebApp(open.page);
  await open.page.click('#button-test-fcm-credentials');
  expect(await forward(open)).toMatchObject({ event: 'CALLBACK_TEST' });
  const result = await testEnd(open.page);
  expect(result).toMatchObject({
    state: 'succeeded',
    text: expect.stringMatching(/configured successfully/i) as string,
  });
  expect(result.text).not.toMatch(/local/i);
  expect([open.google.strangers, open.complaints]).toEqual([[], []]);

  // A wrong key after a right one: what the SDK remembers must not make it look right.
  const refusal = {
    error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' },
  };
  open.google.answers.installations = { status: 400, body: refusal };
  await typeWebApp(open.page, { apiKey: 'AIzaSyWrongKey00000000000000000000000000' });
  expect(await runTest(open.page)).toMatchObject({ state: 'failed', code: 'api-key-invalid' });
  await screenshot(open.page, 'test-failed');
  expect(await violations(open.page)).toEqual([]);
  expect(await open.page.locator('#recovery-steps > li').count()).toBe(4);
  await open.context.close();
}, 60_000);

test('a push of another sender is no success', async () => {
  const open = await opened({ pushByGoogle: true });
  await typeWebApp(open.page);
  await open.page.click('#button-test-fcm-credentials');
  await forward(open, '999999999999');
  expect(await testEnd(open.page)).toMatchObject({ state: 'failed', code: 'push-from-another-sender' });
  await open.context.close();
});

test.each<{ name: string; arrange: (open: Visit) => unknown; code: string }>([
  {
    name: 'FCM refuses to register the browser',
    arrange: ({ google }) =>
      (google.answers.registrations = {
        status: 403,
        body: { error: { code: 403, message: 'denied', status: 'PERMISSION_DENIED' } },
      }),
    code: 'registration-refused',
  },
  {
    name: 'a proxy answers for Google',
    arrange: ({ google }) => (google.answers.installations = { status: 502, body: '<html>Bad gateway</html>' }),
    code: 'installations-unreadable',
  },
  {
    name: 'the push service is blocked',
    arrange: ({ page }) => page.evaluate("globalThis.testPushService = 'blocked'"),
    code: 'push-service-blocked',
  },
  {
    name: 'the push service hangs',
    arrange: ({ page }) => page.evaluate("globalThis.testPushService = 'hangs'"),
    code: 'registration-timeout',
  },
  {
    name: 'the computer is offline',
    arrange: ({ page }) => page.evaluate("localStorage.setItem('test-offline', 'yes')"),
    code: 'offline',
  },
  {
    name: 'the browser is of another project than the credentials',
    arrange: () => stack.setFaults([{ code: 'SENDER_ID_MISMATCH' }]),
    code: 'sender-mismatch',
  },
  { name: 'FCM is overloaded', arrange: () => stack.setFaults([{ code: 'UNAVAILABLE' }]), code: 'google-unreachable' },
])(
  'where $name, the test says so and what to do first',
  async ({ arrange, code }) => {
    const open = await opened({ pushByGoogle: true });
    await arrange(open);
    await typeWebApp(open.page);
    expect(await runTest(open.page)).toMatchObject({ state: 'failed', code });
    expect(await open.page.locator('#recovery-steps > li').count()).toBe(4);
    expect(await violations(open.page)).toEqual([]);
    await open.context.close();
  },
  60_000,
);

test('a push that never arrives is told from one that was refused', async () => {
  const open = await opened({ pushByGoogle: true });
  await typeWebApp(open.page);
  expect(await runTest(open.page)).toMatchObject({ state: 'failed', code: 'push-not-arrived' });
  await open.context.close();
}, 60_000);

test('a browser that blocks notifications is told so, and that is on record', async () => {
  const { page, context } = await opened({ notifications: false });
  await typeWebApp(page);
  const { state, code } = await runTest(page);
  expect([state, code]).toEqual(['failed', expect.stringMatching(/^notifications-/)]);
  const records = page.locator('#audit-rows');
  await eventually('the record', async () => (await records.innerText()).includes(code ?? 'no code'));
  await screenshot(page, 'test-notifications-blocked');
  await context.close();
});

test('App ID and Sender ID that do not agree are found before anybody is asked', async () => {
  const { page, context, google } = await opened({ pushByGoogle: true });
  await typeWebApp(page, { senderId: '999999999999' });
  await page.click('#button-test-fcm-credentials');
  await eventually(
    'the problem',
    async () => (await page.locator('#error-sender-id, #error-app-id').allInnerTexts()).join('') !== '',
  );
  expect(google.tokens).toEqual([]);
  await context.close();
});

test('the box must be ticked', async () => {
  const { page, context } = await opened();
  await typeWebApp(page);
  await page.uncheck('#input-enable-push');
  await page.click('#button-test-fcm-credentials');
  await eventually('the problem', async () => (await page.locator('#error-enable-push').innerText()) !== '');
  await context.close();
});
