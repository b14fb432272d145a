import { initializeApp, type FirebaseOptions } from '@firebase/app';
import {
  browserPopupRedirectResolver,
  connectAuthEmulator,
  GoogleAuthProvider,
  indexedDBLocalPersistence,
  initializeAuth,
  onAuthStateChanged,
  sendEmailVerification,
  signInWithEmailAndPassword,
  signInWithPopup,
  signOut,
  type Auth,
  type User,
} from '@firebase/auth';
import type { Environment } from './wire.ts';

/** Who is signed in. */
export interface Account {
  readonly email: string;
  /** Claims of the ID token. */
  readonly role: string | null;
  readonly emailVerified: boolean;
}

export interface Session {
  readonly projectId: string;
  /** Calls with whoever is signed in, now and whenever that changes; `failed` when it cannot be found out. */
  onAccount(changed: (account: Account | null) => void, failed: () => void): void;
  /** The next four reject with an Error whose message is meant for people. */
  signIn(email: string, password: string): Promise<void>;
  signInWithGoogle(): Promise<void>;
  /** Asks Firebase anew: the role may have been given, the email verified since. */
  refreshedAccount(): Promise<Account | null>;
  /** Has Firebase send whoever is signed in an email with a link that proves the address theirs. */
  sendVerification(): Promise<void>;
  signOut(): Promise<void>;
  /** @throws when nobody is signed in any more */
  idToken(): Promise<string>;
}

/** Sign-in with Firebase Authentication, or with its emulator on the local stack. */
export function createSession(config: FirebaseOptions, environment: Environment): Session {
  // Not getAuth(): that would load Google's sign-in frame on every visit.
  const auth = initializeAuth(initializeApp(config), { persistence: indexedDBLocalPersistence });
  if (environment.emulator) connectAuthEmulator(auth, environment.authEmulator, { disableWarnings: true });
  return {
    projectId: config.projectId ?? '',
    onAccount(changed, failed) {
      onAuthStateChanged(auth, (user) => {
        accountOf(user).then(changed, failed);
      });
    },
    signIn: (email, password) => explained(signInWithEmailAndPassword(auth, email, password)),
    signInWithGoogle: () => explained(signInWithPopup(auth, new GoogleAuthProvider(), browserPopupRedirectResolver)),
    async refreshedAccount() {
      await explained(auth.currentUser?.getIdToken(true) ?? Promise.resolve(), 'Checking');
      return accountOf(auth.currentUser);
    },
    async sendVerification() {
      if (auth.currentUser) await explained(sendEmailVerification(auth.currentUser), 'Sending the email');
    },
    signOut: () => signOut(auth),
    idToken: () => idTokenOf(auth),
  };
}

async function idTokenOf(auth: Auth): Promise<string> {
  if (auth.currentUser === null) throw new Error('nobody is signed in');
  return auth.currentUser.getIdToken();
}

async function accountOf(user: User | null): Promise<Account | null> {
  if (user === null) return null;
  const { claims } = await user.getIdTokenResult();
  return {
    email: user.email ?? user.uid,
    role: typeof claims['role'] === 'string' ? claims['role'] : null,
    emailVerified: claims['email_verified'] === true,
  };
}

const wrongPassword = 'The email or the password is wrong.';
const sentences: Readonly<Record<string, string>> = {
  'auth/invalid-credential': wrongPassword,
  'auth/wrong-password': wrongPassword,
  'auth/user-not-found': wrongPassword,
  'auth/invalid-email': wrongPassword,
  'auth/missing-password': wrongPassword,
  'auth/user-disabled': 'This account is disabled. Ask an administrator of Callback.',
  'auth/too-many-requests': 'Too many attempts. Wait some minutes, then try again.',
  'auth/network-request-failed': 'Firebase Authentication could not be reached. Check your network connection.',
  'auth/internal-error': 'Firebase’s or Google’s sign-in could not be loaded. Check your network connection.',
  'auth/operation-not-allowed': 'This way to sign in is not enabled in the Firebase project.',
  'auth/unauthorized-domain': 'This address is not among the authorised domains of Firebase Authentication.',
  'auth/popup-blocked': 'The browser blocked Google’s window. Allow pop-ups for this page, then try again.',
  'auth/popup-closed-by-user': 'Google’s window was closed before the sign-in was complete.',
  'auth/cancelled-popup-request': 'Google’s window is open already.',
};

async function explained(pending: Promise<unknown>, what = 'Signing in'): Promise<void> {
  try {
    await pending;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Error(sentences[code] ?? `${what} failed (${code}). Try again.`, { cause: error });
  }
}
