import type * as v from 'valibot';
import { ApiError } from '../base/api-error.ts';
import { closingAfter } from '../callback/business-hours.ts';
import { callbackStates, type KnownCallback, type CallbackState } from '../callback/fields.ts';
import type { callbackFacts, createCallback } from './schemas.ts';
import { instantOf } from './instant.ts';
import { dialable } from './phone-number.ts';
import type { Settings } from '../callback/settings.ts';
import { slotAt, type Slot } from './slots.ts';

export type BookingRequest = v.InferOutput<typeof createCallback>;

/** What may be in the way of a booking and is known to the database only: counted when it is written. */
export interface Limits {
  /** Callbacks of one number in one queue that are not over. */
  readonly number?: { readonly phoneNumber: string; readonly most: number };
  /** Scheduled callbacks of one slot that are not over. */
  readonly slot?: Slot & { readonly most: number };
}

/** Fields to be written; a Date becomes a Timestamp, `null` removes a field. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Booking {
  readonly serviceName: string;
  readonly fields: Fields;
  readonly limits: Limits;
}

/** Clocks differ, and a request takes its time: what was desired a moment ago is desired now. */
const pastToleranceMs = 60_000;
/** Nothing is booked further ahead. */
export const furthestAheadMs = 366 * 24 * 3600_000;

/** States of a callback that is not over. */
export const openStates: readonly CallbackState[] = callbackStates.filter((state) => state !== 'COMPLETED');

/**
 * The callback document that a request asks for.
 *
 * @throws {ApiError} where the settings of its queue do not allow it
 */
export function book(request: BookingRequest, settings: Settings, now: number): Booking {
  const { serviceName, desiredTime, language, pushTargets, userData } = request;
  const phoneNumber = phoneNumberOf('phoneNumber', request.phoneNumber, settings.country);
  const { callDirection, maxCallbacksPerNumber: most } = settings;
  const targets = pushTargets ?? [];
  if (callDirection === 'USERORIGINATED' && targets.length === 0)
    throw new ApiError(
      'push-targets-missing',
      `Consumers of ${serviceName} call in themselves when they are told to, so pushTargets must name a device.`,
    );
  const when = desiredTime == null ? undefined : scheduledFor(desiredTime, settings, now);
  if (when === undefined) demandOpenNow(settings, now);
  return {
    serviceName,
    fields: {
      ...reported(request),
      serviceName,
      phoneNumber,
      callDirection,
      callbackState: when === undefined ? 'QUEUED' : 'SCHEDULED',
      ...(when !== undefined && { desiredTime: new Date(when) }),
      language: language ?? 'en-US',
      ...(targets.length > 0 && { pushTargets: targets }),
      ...(userData && { userData }),
      createdAt: new Date(now),
    },
    limits: {
      ...(most !== undefined && { number: { phoneNumber, most } }),
      ...(when !== undefined && slotLimit(settings, when)),
    },
  };
}

/** Booked anew in place: a new generation, whose notices may go out anew. @throws {ApiError} */
export function rebook(
  callback: KnownCallback,
  desiredTime: string,
  settings: Settings,
  now: number,
): Pick<Booking, 'fields' | 'limits'> {
  demandWaiting(callback);
  const when = scheduledFor(desiredTime, settings, now);
  return {
    fields: {
      callbackState: 'SCHEDULED',
      desiredTime: new Date(when),
      // What was true of the former booking is not true of this one.
      estimatedWaitTime: null,
      positionInQueue: null,
      dialAttempts: null,
      lastDialResult: null,
      callIn: null,
      ...(callback.expirationTime && callback.expirationTime.getTime() <= when && { expirationTime: null }),
    },
    limits: slotLimit(settings, when),
  };
}

/** @returns undefined where it was cancelled before: whoever repeats a request is told the same. @throws {ApiError} */
export function cancellation(callback: KnownCallback): Fields | undefined {
  if (callback.callbackState === 'COMPLETED' && callback.callbackReason === 'CANCELLED') return undefined;
  demandWaiting(callback);
  return { callbackState: 'COMPLETED', callbackReason: 'CANCELLED' };
}

/** @throws {ApiError} once an agent has it, or it is over */
export function demandWaiting({ callbackState }: KnownCallback): void {
  if (callbackState === 'PROCESSING')
    throw new ApiError('callback-processing', 'An agent is handling this callback already.');
  if (callbackState === 'COMPLETED') throw new ApiError('callback-completed', 'This callback is over.');
}

/** What a query answers with. */
export function factsOf(id: string, callback: KnownCallback): v.InferOutput<typeof callbackFacts> {
  const { phoneNumber, callbackState, callbackReason, desiredTime, positionInQueue, estimatedWaitTime } = callback;
  const isInQueue = callbackState !== 'SCHEDULED' && callbackState !== 'COMPLETED';
  return {
    id,
    phoneNumber,
    callbackState,
    ...(desiredTime && { desiredTime: desiredTime.toISOString() }),
    ...(callbackState === 'COMPLETED' && callbackReason != null && { callbackReason }),
    ...(isInQueue && positionInQueue != null && { positionInQueue }),
    ...(isInQueue && estimatedWaitTime != null && { estimatedWaitTime }),
  };
}

/** E.164. @throws {ApiError} */
export function phoneNumberOf(field: string, number: string, country: Settings['country']): string {
  const known = dialable(number, country);
  if (known !== undefined) return known;
  const how = country ? `as they dial in ${country}, or with its country code` : 'with its country code (+49…)';
  throw new ApiError('phone-number-implausible', `${field} is not a number that can be dialled. Write it ${how}.`);
}

function scheduledFor(desiredTime: string, settings: Settings, now: number): number {
  const when = instantOf(desiredTime) ?? NaN;
  if (!settings.scheduledCallbackEnabled)
    throw new ApiError('not-offered', 'This queue takes no scheduled callbacks. Leave out desiredTime.');
  if (!(when >= now - pastToleranceMs))
    throw new ApiError('desired-time-past', 'desiredTime is past. Choose a time ahead, or leave it out.');
  if (when > now + furthestAheadMs)
    throw new ApiError('desired-time-too-far', 'desiredTime is more than a year ahead. Choose an earlier one.');
  if (closingAfter(settings.businessHours, when) === undefined)
    throw new ApiError('queue-closed', 'The queue is closed at desiredTime. callbacks/availability lists open slots.');
  return when;
}

function demandOpenNow({ immediateCallbackEnabled, businessHours }: Settings, now: number): void {
  if (!immediateCallbackEnabled)
    throw new ApiError('not-offered', 'This queue takes scheduled callbacks only. Say desiredTime.');
  if (closingAfter(businessHours, now) === undefined)
    throw new ApiError('queue-closed', 'The queue is closed now. Say a desiredTime at which it is open.');
}

function slotLimit(settings: Settings, when: number): Limits {
  const { capacity } = settings;
  return capacity ? { slot: { ...slotAt(settings, when), most: capacity.perSlot } } : {};
}

/** What Genesys' clients tell for reports and routing: the callback system finds it on the document. */
const reportedFields = [
  'cbOfferType',
  'inboundVQ',
  'offerThreshold',
  'channel',
  'offerTiming',
  'cbOriginationIxnId',
  'surveyRP',
  'priority',
  'routePoint',
] as const;

function reported(request: BookingRequest): Fields {
  const told = reportedFields.map((field) => [field, request[field]] as const);
  return Object.fromEntries(told.filter(([, value]) => value != null));
}
