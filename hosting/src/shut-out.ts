import { byId, create } from './elements.ts';
import type { Account, Session } from './session.ts';
import type { Environment } from './wire.ts';

/** What keeps somebody who is signed in from this page. */
export type Obstacle = 'email-unverified' | 'role-missing';

/** Whoever cannot show that the address is theirs has to do that first: a role is granted to an address. */
export function obstacleOf({ emailVerified, role }: Account): Obstacle | undefined {
  if (!emailVerified) return 'email-unverified';
  return role === 'administrator' || role === 'developer' ? undefined : 'role-missing';
}

/** Says who is signed in and what is missing; `again` = it was looked up anew, and is missing still. */
export function renderObstacle(obstacle: Obstacle, { email, role }: Account, again: boolean): void {
  byId(`${obstacle}-email`).textContent = email;
  if (obstacle === 'role-missing')
    byId('role-missing-role').textContent = role === null ? 'without a role' : `in the role ${role}`;
  byId(`${obstacle}-status`).textContent = again ? stillMissing[obstacle] : '';
}

const stillMissing: Readonly<Record<Obstacle, string>> = {
  'email-unverified': 'Checked: the email is still not verified.',
  'role-missing': 'Checked: the role is still missing.',
};

export interface ShutOutPorts {
  readonly session: Session;
  readonly environment: Environment;
  /** Who it is by now. */
  readonly checked: (account: Account | null) => void;
  readonly leave: () => void;
}

/** Brings the two pages for those who are signed in, but may not enter, to life. */
export function bindShutOut({ session, environment, checked, leave }: ShutOutPorts): void {
  async function check(obstacle: Obstacle): Promise<void> {
    try {
      checked(await session.refreshedAccount());
    } catch (error) {
      say(obstacle, error);
    }
  }
  byId('button-check-role').addEventListener('click', () => void check('role-missing'));
  byId('button-check-email').addEventListener('click', () => void check('email-unverified'));
  // The link in the email opens another tab; whoever comes back from there need not press anything.
  document.addEventListener('visibilitychange', () => {
    const waits = document.body.dataset['state'] === 'email-unverified' && !document.hidden;
    if (waits) void check('email-unverified');
  });
  byId('button-sign-out-role').addEventListener('click', leave);
  byId('button-sign-out-email').addEventListener('click', leave);

  const send = byId('button-send-verification', HTMLButtonElement);
  send.addEventListener('click', () => {
    if (send.getAttribute('aria-disabled') === 'true') return;
    send.setAttribute('aria-disabled', 'true');
    session
      .sendVerification()
      .then(
        () => {
          byId('email-unverified-status').replaceChildren(...sent(environment, session.projectId));
        },
        (error: unknown) => {
          say('email-unverified', error);
        },
      )
      .finally(() => {
        send.removeAttribute('aria-disabled');
      });
  });
}

function say(obstacle: Obstacle, error: unknown): void {
  byId(`${obstacle}-status`).textContent = error instanceof Error ? error.message : 'That failed. Try again.';
}

function sent(environment: Environment, projectId: string): readonly (Node | string)[] {
  if (!environment.emulator)
    return ['Sent. Open the link in the email, then come back here. It may have ended up among the spam.'];
  const href = `${environment.authEmulator}/emulator/v1/projects/${projectId}/oobCodes`;
  const list = create('a', { href, target: '_blank', rel: 'noreferrer', text: 'the links that it would send' });
  return ['The local stack sends no email; it lists ', list, '. Open the last one (oobLink), then come back here.'];
}
