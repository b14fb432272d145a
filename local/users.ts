import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { host } from './ports.ts';

/** The password of every local user. */
export const password = 'callback-push';

/** One user for each role that one may meet, by the name before `@example.com`. */
export const users = [
  { name: 'administrator', role: 'administrator' },
  { name: 'developer', role: 'developer' },
  { name: 'supervisor', role: 'supervisor' },
  { name: 'nobody', role: undefined },
] as const;

/** Makes the users in the Authentication emulator. */
export async function seedUsers(projectId: string, authPort: number): Promise<void> {
  process.env['FIREBASE_AUTH_EMULATOR_HOST'] = `${host}:${authPort}`;
  const app = initializeApp({ projectId }, `users-${authPort}`);
  try {
    const auth = getAuth(app);
    for (const { name, role } of users) {
      const { uid } = await auth.createUser({ email: `${name}@example.com`, password, emailVerified: true });
      if (role) await auth.setCustomUserClaims(uid, { role });
    }
  } finally {
    await deleteApp(app);
  }
}
