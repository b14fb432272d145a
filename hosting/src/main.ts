import type { FirebaseOptions } from '@firebase/app';
import { askEnvironment, createApi } from './api.ts';
import { bindApiKeysPane } from './api-keys-pane.ts';
import { renderAudit } from './audit-list.ts';
import { renderConfigured } from './configured-card.ts';
import { bindCredentialsPane } from './credentials-pane.ts';
import { byId } from './elements.ts';
import { createSession, type Account, type Session } from './session.ts';
import { bindShutOut, obstacleOf, renderObstacle, type Obstacle } from './shut-out.ts';
import { bindSignIn, type SignIn } from './sign-in.ts';
import { bindTestPane } from './test-pane.ts';
import { ApiError, type Credentials, type Environment } from './wire.ts';

const views = ['loading', 'unavailable', 'signed-out', 'email-unverified', 'role-missing', 'ready'] as const;
type View = (typeof views)[number];

const startLimitMs = 20_000;

async function start(): Promise<void> {
  show('loading');
  try {
    const environment = await askEnvironment((...request) => fetch(...request));
    const session = createSession(await firebaseConfig(environment), environment);
    byId('badge-local').hidden = !environment.emulator;
    compose(session, environment);
  } catch (error) {
    unavailable(messageOf(error));
  }
}

/** Wires everything once it is known where this page runs. */
function compose(session: Session, environment: Environment): void {
  const signIn = bindSignIn(session, environment.emulator);
  let account: Account | null = null;
  let load: (() => Promise<unknown>) | undefined;

  function changed(next: Account | null): void {
    const left = next === null && document.body.dataset['state'] === 'ready';
    if (left) {
      // Signed out elsewhere, or the session was ended: what is typed here is not to be lost by that.
      signIn.again(account?.email ?? '').catch(() => undefined);
      return;
    }
    account = next;
    renderAccount(next);
    const obstacle = next === null ? undefined : obstacleOf(next);
    if (next === null) show('signed-out');
    else if (obstacle !== undefined) shutOut(obstacle, next);
    else {
      load ??= bindWorkspace(session, environment, signIn, () => account);
      show('ready');
      void load();
    }
  }

  const leave = () => {
    // A fresh page: nothing that was typed stays in this one.
    void session.signOut().finally(() => {
      location.reload();
    });
  };
  byId('button-sign-out').addEventListener('click', leave);
  bindShutOut({ session, environment, checked: changed, leave });
  session.onAccount(changed, () => {
    unavailable('Firebase Authentication could not be reached. Check your network connection.');
  });
}

/** @returns how to fetch and show everything that the server knows */
function bindWorkspace(
  session: Session,
  environment: Environment,
  signIn: SignIn,
  account: () => Account | null,
): () => Promise<unknown> {
  let credentials: Credentials | undefined;
  const api = createApi({
    fetch: (...request) => fetch(...request),
    idToken: () => session.idToken(),
    signInAgain: () => signIn.again(account()?.email ?? ''),
  });

  function know(next: Credentials): void {
    credentials = next;
    renderConfigured({ state: 'known', credentials: next });
  }
  async function loadCredentials(): Promise<void> {
    try {
      know(await api.credentials());
    } catch (error) {
      // What was known before may be out of date by now; that is not shown as if it were known.
      renderConfigured({ state: 'unknown', reason: messageOf(error) });
    }
  }
  async function loadAudit(): Promise<void> {
    renderAudit(await api.audit().catch((error: unknown) => ({ reason: messageOf(error) })));
  }
  const loadApiKeys = bindApiKeysPane({
    api,
    isAdministrator: () => account()?.role === 'administrator',
    onChanged: () => void loadAudit(),
  });
  const load = () => Promise.all([loadCredentials(), loadApiKeys(), loadAudit()]);

  bindCredentialsPane({
    api,
    revision: () => credentials?.revision ?? null,
    onUpdated: know,
    reload: loadCredentials,
    onAttempted: () => void loadAudit(),
  });
  bindTestPane({
    api,
    environment,
    onTested: () => void load(),
  });
  byId('button-refresh').addEventListener('click', () => void load());
  renderConfigured({ state: 'loading' });
  return load;
}

/** Hosting tells the page its own Firebase project. The emulator's may miss the API key, of which any will do there. */
async function firebaseConfig({ emulator }: Environment): Promise<FirebaseOptions> {
  const local = emulator ? { apiKey: 'local-stack', projectId: 'local-stack' } : {};
  const response = await fetch('/__/firebase/init.json', { signal: AbortSignal.timeout(startLimitMs) });
  if (response.ok) return { ...local, ...((await response.json()) as FirebaseOptions) };
  if (emulator) return local;
  throw new Error(`Firebase Hosting does not tell this page its project (HTTP ${response.status}).`);
}

function show(view: View): void {
  const former = document.body.dataset['state'];
  document.body.dataset['state'] = view;
  for (const name of views) byId(`view-${name}`).hidden = name !== view;
  if (view === 'signed-out') byId('input-email').focus();
  else if (former !== 'loading' && former !== view) byId('main').focus({ preventScroll: true });
}

function renderAccount(account: Account | null): void {
  byId('account').hidden = account === null;
  byId('account-email').textContent = account?.email ?? '';
  byId('account-role').textContent = account?.role ?? 'no role';
}

function shutOut(obstacle: Obstacle, account: Account): void {
  renderObstacle(obstacle, account, document.body.dataset['state'] === obstacle);
  show(obstacle);
}

function unavailable(reason: string): void {
  byId('unavailable-reason').textContent = reason;
  show('unavailable');
}

function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return error instanceof Error ? error.message : 'Something unknown failed. Reload the page.';
}

byId('button-retry').addEventListener('click', () => {
  location.reload();
});
void start();
