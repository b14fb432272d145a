import { ApiError } from '../base/api-error.ts';
import { demandWaiting, type Fields } from './booking.ts';
import type { KnownCallback } from '../callback/fields.ts';
import type { CallInGroup } from '../callback/settings.ts';
import type { UserData } from './user-data.ts';

/** What a consumer needs to call in. */
export interface CallInRequest {
  readonly id: string;
  readonly groupName: string;
  readonly toPhoneNumber: string;
  /** Absent where the group asks for none. */
  readonly accessCode?: string;
  /** Epoch milliseconds. */
  readonly expirationTime: number;
  /** E.164. */
  readonly fromPhoneNumber?: string;
  readonly callbackServiceId?: string;
  readonly userData?: UserData;
}

/** A whole number from `min` to `max`, from a cryptographic source. */
export type RandomInteger = (min: number, max: number) => number;

/** @param until when the callback is purged: nobody is let in for it after that */
export function newCallIn(
  id: string,
  group: CallInGroup,
  random: RandomInteger,
  now: number,
  until: Date | null | undefined,
): CallInRequest {
  const expirationTime = Math.min(now + group.expirySeconds * 1000, until?.getTime() ?? Infinity);
  const toPhoneNumber = group.numbers[random(0, group.numbers.length - 1)] ?? '';
  return { id, groupName: group.groupName, toPhoneNumber, expirationTime };
}

/** The first digit is never 0: Genesys' clients read the code as a number, and would lose it. */
export function newAccessCode({ accessCodeLength }: CallInGroup, random: RandomInteger): string {
  const digits = [random(1, 9), ...Array.from({ length: accessCodeLength - 1 }, () => random(0, 9))];
  return digits.join('');
}

/**
 * Whether the consumer may accept this callback now: once for each time that it is their turn.
 *
 * @throws {ApiError} that says why not
 */
export function demandAcceptable(callback: KnownCallback, now: number): void {
  const { callDirection, callbackState, expirationTime, callIn } = callback;
  demandWaiting(callback);
  if (expirationTime && expirationTime.getTime() <= now)
    throw new ApiError('callback-expired', 'This callback has expired.');
  if (callDirection !== 'USERORIGINATED')
    throw new ApiError('centre-dials', 'The contact centre calls this consumer back: there is nothing to accept.');
  if (callbackState !== 'ROUTING')
    throw new ApiError('callback-not-ready', 'It is not the turn of this callback yet. CALLBACK_READY tells when.');
  if (callIn && callIn.expirationTime.getTime() > now)
    throw new ApiError('already-accepted', 'This callback was accepted already; the push has what to dial.');
}

/** The field `callIn` of the callback: writing it is what sends the second push. */
export function callInField({
  id,
  groupName,
  toPhoneNumber,
  accessCode,
  fromPhoneNumber,
  ...times
}: CallInRequest): Fields {
  return {
    id,
    groupName,
    toPhoneNumber,
    ...(accessCode !== undefined && { accessCode }),
    ...(fromPhoneNumber !== undefined && { fromPhoneNumber }),
    expirationTime: new Date(times.expirationTime),
  };
}

/** How long a request is kept after it has expired, for whoever looks into what happened. */
const keepMs = 24 * 3600_000;

/**
 * `callInRequests/{key}`: what the inbound call is recognised by. The key is the group and access code, so that two
 * live requests of a group cannot have the same code; where the group has no codes it is the request's id.
 */
export function callInRecord(request: CallInRequest): Fields {
  const expirationTime = new Date(request.expirationTime);
  return { ...request, expirationTime, expireAt: new Date(request.expirationTime + keepMs) };
}

export function callInKey({
  id,
  groupName,
  accessCode,
}: Pick<CallInRequest, 'id' | 'groupName' | 'accessCode'>): string {
  return accessCode === undefined ? id : `${encodeURIComponent(groupName)}~${accessCode}`;
}

/** The same from what stands on the callback; undefined where that does not tell. */
export function keyOnCallback({ id, groupName, accessCode }: NonNullable<KnownCallback['callIn']>): string | undefined {
  const hasCode = accessCode != null && accessCode !== '';
  if (!hasCode) return id;
  return groupName == null ? undefined : callInKey({ id, groupName, accessCode });
}
