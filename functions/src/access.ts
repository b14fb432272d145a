import { ApiError } from './api-error.ts';
import { failureCode } from './failure.ts';

/** Roles that may see the Push Notification page; whoever may see it may use all of it. */
export const roles = ['administrator', 'developer'] as const;
export type Role = (typeof roles)[number];

/** Somebody who signed in, with one of the roles. */
export interface Manager {
  readonly email: string;
  readonly role: Role;
}

/** What Firebase Authentication says of an ID token. Rejects where the token is not good, with an `auth/…` code. */
export type VerifyIdToken = (
  token: string,
) => Promise<{ readonly email?: string; readonly uid: string; readonly role?: unknown }>;

/**
 * Who sends a request, by its `Authorization: Bearer` header.
 *
 * @throws {ApiError} 401 where nobody is signed in (any more), 403 where the role is missing
 */
export async function managerOf(authorization: string | undefined, verify: VerifyIdToken): Promise<Manager> {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new ApiError('not-signed-in', 'Sign in first.');
  const claims = await verify(token).catch((error: unknown) => {
    const expired = ['auth/id-token-expired', 'auth/id-token-revoked'].includes(failureCode(error));
    throw expired
      ? new ApiError('session-expired', 'Your session has ended. Sign in again.')
      : new ApiError('not-signed-in', 'Your session is not valid. Sign in again.');
  });
  const email = claims.email ?? claims.uid;
  const role = roles.find((known) => known === claims.role);
  if (role) return { email, role };
  throw new ApiError('role-missing', `${email} needs the role administrator or developer.`);
}
