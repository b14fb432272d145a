import type { Api } from './api.ts';
import { runBrowserTest, type Receiver, type TestOutcome } from './browser-test.ts';
import { TestFailure } from './diagnosis.ts';
import { byId, create } from './elements.ts';
import { focusFirstProblem, forgetProblemsWhenTyping, setProblem } from './field-problems.ts';
import { createLadder } from './ladder.ts';
import { registerWithSandbox } from './local-push.ts';
import { recoverySteps } from './recovery.ts';
import { clearToasts } from './toasts.ts';
import { problemsOf, readWebApp, type WebApp } from './web-app.ts';
import type { Environment } from './wire.ts';

const arrivalLimitMs = 20_000;
/** The manual asks to refresh the browser between tests: what is typed here (nothing secret) is to survive that. */
const rememberedAs = 'callback-push-test-app';
const sample = {
  appId: '1:765432109876:web:4f2a9c0d1e3b5a7c9d1e3f',
  apiKey: 'AIzaSyLocalStackTakesAnyKeyThatLooksLike1',
  senderId: '765432109876',
};

const fields = {
  appId: byId('input-app-id', HTMLInputElement),
  apiKey: byId('input-api-key', HTMLInputElement),
  senderId: byId('input-sender-id', HTMLInputElement),
  vapidKey: byId('input-vapid-key', HTMLInputElement),
  enabled: byId('input-enable-push', HTMLInputElement),
};
const fieldList = Object.values(fields);
const textFields = ['appId', 'apiKey', 'senderId', 'vapidKey'] as const;

export interface TestPanePorts {
  readonly api: Api;
  readonly environment: Environment;
  /** After each test, whatever came of it. */
  readonly onTested: () => void;
}

/** Brings the pane "Test Firebase Credentials" to life. */
export function bindTestPane(ports: TestPanePorts): void {
  const sandbox = sandboxOf(ports.environment);
  const pane = byId('pane-test');
  const button = byId('button-test-fcm-credentials', HTMLButtonElement);
  const result = byId('test-result');
  const ladder = createLadder('test', [
    { id: 'configured', label: 'Credentials are registered' },
    { id: 'permission', label: 'The browser allows notifications' },
    { id: 'register', label: sandbox ? 'The local stack registers this browser' : 'Google registers this browser' },
    { id: 'send', label: 'Callback sends a push with the credentials' },
    { id: 'arrive', label: 'The push arrives in this browser' },
  ]);

  async function register(app: WebApp, projectId: string): Promise<Receiver> {
    if (sandbox !== undefined) return registerWithSandbox(sandbox);
    const { registerWithGoogle } = await import('./google-push.ts').catch(() => {
      throw new TestFailure('page-part-missing');
    });
    return registerWithGoogle(projectId, app);
  }

  async function run(app: WebApp): Promise<void> {
    setRunning(true);
    clearToasts();
    const outcome = await runBrowserTest(
      app,
      {
        permission: askPermission,
        register,
        api: ports.api,
        newNonce: () => crypto.randomUUID(),
        now: () => performance.now(),
        arrivalLimitMs,
      },
      (step) => {
        ladder.mark(step, 'running');
        result.textContent = ladder.place(step) + 'under way';
      },
    );
    setRunning(false);
    show(outcome);
    ports.onTested();
  }

  function show(outcome: TestOutcome): void {
    const arrived = outcome.result === 'arrived';
    pane.dataset['state'] = arrived ? 'succeeded' : 'failed';
    result.className = `notice ${arrived ? 'success' : 'failure'}`;
    if (outcome.result === 'arrived') {
      ladder.mark('arrive', 'passed');
      result.replaceChildren(...success(outcome.tookMs, sandbox !== undefined));
    } else {
      const { code, message, step } = outcome.diagnosis;
      ladder.fail(undefined, '');
      pane.dataset['code'] = code;
      result.replaceChildren(
        create('p', {
          class: 'notice-title',
          text: 'The test failed. Your Firebase credentials are not proven to work.',
        }),
        create('p', { text: message }),
        create('p', {}, create('code', { text: code })),
      );
      byId('recovery-steps').replaceChildren(...recoverySteps(step));
      byId('test-recovery').hidden = false;
    }
    result.scrollIntoView({ block: 'nearest' });
  }

  function setRunning(running: boolean): void {
    button.setAttribute('aria-disabled', String(running));
    button.textContent = running ? 'Testing…' : 'Test';
    if (!running) return;
    pane.dataset['state'] = 'running';
    delete pane.dataset['code'];
    result.className = 'unseen';
    byId('test-recovery').hidden = true;
    ladder.start();
  }

  byId('form-test').addEventListener('submit', (event) => {
    event.preventDefault();
    const app = typed();
    if (pane.dataset['state'] === 'running' || !check(app)) return;
    remember(app);
    void run(app);
  });
  for (const name of textFields) fields[name].addEventListener('paste', takePaste);
  forgetProblemsWhenTyping(fieldList);
  fill(remembered());
  byId('local-test-note').hidden = sandbox === undefined;
  const sampleButton = byId('button-sample-app');
  sampleButton.hidden = sandbox === undefined;
  sampleButton.addEventListener('click', () => {
    fill(sample);
  });
}

/** With `?push=google` the local stack's page asks Google all the same. */
function sandboxOf(environment: Environment): string | undefined {
  const asksGoogle = new URLSearchParams(location.search).get('push') === 'google';
  return environment.emulator && !asksGoogle ? environment.sandbox : undefined;
}

async function askPermission(): Promise<NotificationPermission | 'unsupported'> {
  return 'Notification' in window ? Notification.requestPermission() : 'unsupported';
}

function success(tookMs: number, isLocal: boolean): readonly HTMLElement[] {
  const took = tookMs < 1000 ? `${Math.ceil(tookMs)} ms` : `${(tookMs / 1000).toFixed(1)} s`;
  const detail = isLocal
    ? `Local test: the push came through the local Firebase Cloud Messaging after ${took}, Google was not asked.`
    : `The push arrived in this browser ${took} after it was sent.`;
  const title = create('p', { class: 'notice-title', text: 'Your Firebase credentials are configured successfully.' });
  return [title, create('p', { text: detail })];
}

function typed(): WebApp {
  const value = (name: (typeof textFields)[number]) => fields[name].value.trim();
  return { appId: value('appId'), apiKey: value('apiKey'), senderId: value('senderId'), vapidKey: value('vapidKey') };
}

function check(app: WebApp): boolean {
  const problems = problemsOf(app, fields.enabled.checked);
  for (const [name, field] of Object.entries(fields)) {
    setProblem(field, problems.find((problem) => problem.field === name)?.message ?? '');
  }
  focusFirstProblem(fieldList);
  return problems.length === 0;
}

function takePaste(event: Event): void {
  if (!(event instanceof ClipboardEvent)) return;
  const text = event.clipboardData?.getData('text') ?? '';
  const app = readWebApp(text);
  if (app === undefined && text.length <= 64 * 1024) return;
  event.preventDefault();
  if (app !== undefined) fill(app);
  else if (event.currentTarget instanceof HTMLInputElement) {
    setProblem(event.currentTarget, 'This is far too long, so it was not taken. Paste the value alone.');
  }
}

function fill(app: Partial<WebApp>): void {
  for (const name of textFields) {
    const value = app[name];
    if (value === undefined) continue;
    fields[name].value = value;
    setProblem(fields[name], '');
  }
}

function remember(app: WebApp): void {
  try {
    sessionStorage.setItem(rememberedAs, JSON.stringify(app));
  } catch {
    // Without storage it is typed again.
  }
}

function remembered(): Partial<WebApp> {
  try {
    return JSON.parse(sessionStorage.getItem(rememberedAs) ?? '{}') as Partial<WebApp>;
  } catch {
    return {};
  }
}
