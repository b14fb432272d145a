import { ApiError } from '../base/api-error.ts';
import { failureCode, failureMessage } from '../base/failure.ts';

/** Roles that may see the Push Notification page; whoever may see it may use all of it. */
export const roles = ['administrator', 'developer'] as const;
export type Role = (typeof roles)[number];

/** Somebody who signed in, with one of the roles. */
export interface Manager {
  readonly email: string;
  readonly role: Role;
}

/** What Firebase Authentication says of an ID token: claims as they stand in it, so of any type. */
export interface IdTokenClaims {
  readonly uid: string;
  readonly email?: string | undefined;
  readonly email_verified?: unknown;
  readonly role?: unknown;
}

/** Rejects where the token is not good, and where that cannot be found out, as the Admin SDK does. */
export type VerifyIdToken = (token: string) => Promise<IdTokenClaims>;

/**
 * Who sends a request, by its `Authorization: Bearer` header.
 *
 * @throws {ApiError} 401 where nobody is signed in (any more), 403 where the email is not verified or the role is
 *   missing, 503 where Firebase Authentication does not answer
 */
export async function managerOf(authorization: string | undefined, verify: VerifyIdToken): Promise<Manager> {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new ApiError('not-signed-in', 'Sign in first.');
  const claims = await verify(token).catch((error: unknown) => {
    throw refusalOf(error);
  });
  const { email = claims.uid } = claims;
  // Anybody can sign up with an address that is not theirs; until it is verified it says nothing about them.
  if (claims.email_verified !== true)
    throw new ApiError('email-unverified', `Verify your email first: ${email} is not proven to be yours.`);
  const role = roles.find((known) => known === claims.role);
  if (role) return { email, role };
  throw new ApiError('role-missing', `${email} needs the role administrator or developer.`);
}

const endedSessions = ['auth/id-token-expired', 'auth/id-token-revoked', 'auth/user-disabled', 'auth/user-not-found'];
const networkFailures = ['app/network-error', 'app/network-timeout'];

/** Only what is wrong with the token asks for another sign-in; every other failure would outlast it. */
function refusalOf(error: unknown): unknown {
  const code = failureCode(error);
  if (endedSessions.includes(code)) return new ApiError('session-expired', 'Your session has ended. Sign in again.');
  if (code === 'auth/argument-error') {
    // The Admin SDK gives the same code where it could not fetch Google's public keys; its words tell them apart.
    return /ID token|verifyIdToken/.test(failureMessage(error))
      ? new ApiError('not-signed-in', 'Your session is not valid. Sign in again.')
      : authenticationUnreachable();
  }
  return networkFailures.includes(code) ? authenticationUnreachable() : error;
}

function authenticationUnreachable(): ApiError {
  return new ApiError(
    'authentication-unreachable',
    'Firebase Authentication did not answer, so nobody can be recognised at the moment. Try again in a minute.',
  );
}
