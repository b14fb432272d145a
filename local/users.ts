import { deleteApp, initializeApp, type App } from 'firebase-admin/app';
import { getAuth, type Auth } from 'firebase-admin/auth';
import { host } from './ports.ts';

/** The password of every local user. */
export const password = 'callback-push';

/** One user for each way in which one may be let in or not, by the name before `@example.com`. */
export const users = [
  { name: 'administrator', role: 'administrator', verified: true },
  { name: 'developer', role: 'developer', verified: true },
  { name: 'supervisor', role: 'supervisor', verified: true },
  { name: 'nobody', role: undefined, verified: true },
  { name: 'newcomer', role: 'administrator', verified: false },
] as const;

/** Makes the users in the Authentication emulator. */
export async function seedUsers(projectId: string, authPort: number): Promise<void> {
  const app = initializeApp({ projectId }, `users-${authPort}`);
  try {
    const auth = emulatedAuth(app, `${host}:${authPort}`);
    for (const { name, role, verified } of users) {
      const { uid } = await auth.createUser({ email: `${name}@example.com`, password, emailVerified: verified });
      if (role) await auth.setCustomUserClaims(uid, { role });
    }
  } finally {
    await deleteApp(app);
  }
}

/** The SDK learns of the emulator from its environment only, and looks once; nobody else in this process may find it there. */
function emulatedAuth(app: App, emulatorHost: string): Auth {
  const before = process.env['FIREBASE_AUTH_EMULATOR_HOST'];
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = emulatorHost;
  try {
    return getAuth(app);
  } finally {
    if (before === undefined) delete process.env['FIREBASE_AUTH_EMULATOR_HOST'];
    else process.env['FIREBASE_AUTH_EMULATOR_HOST'] = before;
  }
}
