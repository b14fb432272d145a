import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
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
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = `${host}:${authPort}`;
  const app = initializeApp({ projectId }, `users-${authPort}`);
  try {
    const auth = getAuth(app);
    for (const { name, role, verified } of users) {
      const { uid } = await auth.createUser({ email: `${name}@example.com`, password, emailVerified: verified });
      if (role) await auth.setCustomUserClaims(uid, { role });
    }
  } finally {
    await deleteApp(app);
  }
}
