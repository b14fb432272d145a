import { randomUUID } from 'node:crypto';
import { ApiError } from '../base/api-error.ts';
import type { ApiKey } from '../keys/api-key.ts';
import { availability, momentOf, proposedSlots, spanOf } from './availability.ts';
import { book, cancellation, factsOf, phoneNumberOf, rebook } from './booking.ts';
import type { BookingStore, Written } from './booking-store.ts';
import { closingAfter } from '../callback/business-hours.ts';
import {
  callInField,
  demandAcceptable,
  newAccessCode,
  newCallIn,
  type CallInRequest,
  type RandomInteger,
} from './call-in.ts';
import type { NamedGroup } from './call-in-groups.ts';
import type { KnownCallback } from '../callback/fields.ts';
import type { Call, Handlers } from './api.ts';
import { maxSlots, queuesOf, type Notification } from './schemas.ts';
import { once, type AnswerRecord } from './idempotency.ts';
import { instantOf, localText } from './instant.ts';
import { estimatedWait, offer, queueStateOf } from './queue-state.ts';
import type { CallInGroup, Settings } from '../callback/settings.ts';
import { slotAt, slotMinutesOf } from './slots.ts';

export interface HandlerParts {
  readonly store: BookingStore;
  readonly settingsOf: (serviceName: string) => Promise<Settings>;
  /** The groups of a name, each with the queue in whose settings it is. */
  readonly groupsNamed: (groupName: string) => Promise<readonly NamedGroup[]>;
  /** @throws {ApiError} */
  readonly publish: (target: string, notification: Notification, validateOnly: boolean) => Promise<string>;
  readonly now: () => number;
  readonly random: RandomInteger;
}

/** What each operation of `/engagement/v3` does: it asks the decisions, and has the store do what they say. */
export function createHandlers(parts: HandlerParts): Handlers {
  const { store, settingsOf, now } = parts;

  /** @throws {ApiError} where a limit was in the way; a full slot comes with others that have room */
  async function demandWritten(written: Written, serviceName: string, when: number, settings: Settings): Promise<void> {
    if (written === 'number-limit-reached')
      throw new ApiError('number-limit-reached', 'This number has as many callbacks in this queue as it may have.');
    if (written === 'written') return;
    const slots = await proposedSlots(settings, slotAt(settings, when), (slot) => store.countIn(serviceName, slot));
    throw new ApiError('capacity-exhausted', 'No more callbacks can be booked for this time.', { slots });
  }

  /** Once for each Idempotency-Key, where there is one. */
  function repeatably<T extends object>(
    operation: string,
    request: object,
    { key, idempotencyKey }: Call,
    act: (recordFor: ((answer: T) => AnswerRecord) | undefined) => Promise<T>,
  ): Promise<T> {
    if (idempotencyKey === undefined) return act(undefined);
    const repeatable = { keyId: key.id, operation, idempotencyKey, request };
    return once(repeatable, now(), act, (id) => store.formerAnswer(id));
  }

  async function groupFor(
    groupName: string,
    callback: KnownCallback | undefined,
    { queues }: ApiKey,
  ): Promise<{ group: CallInGroup; country: Settings['country'] }> {
    if (callback) {
      const { callIn, country } = await settingsOf(callback.serviceName);
      if (callIn?.groupName === groupName) return { group: callIn, country };
    }
    const isSeen = ({ serviceName }: NamedGroup) =>
      queues === null || serviceName === 'default' || queues.includes(serviceName);
    const found = (await parts.groupsNamed(groupName)).find(isSeen);
    if (!found) throw new ApiError('group-unknown', 'There is no Click-To-Call-In group of this name.');
    return { group: found.group, country: (await settingsOf(found.serviceName)).country };
  }

  return {
    async bookCallbackExternal(request, call) {
      const { serviceName, desiredTime } = request;
      demandQueue(serviceName, call.key);
      return repeatably('bookCallbackExternal', request, call, async (recordFor) => {
        const settings = await settingsOf(serviceName);
        const booking = book(request, settings, now());
        const data = { id: randomUUID() };
        const written = await store.book(data.id, booking, recordFor?.(data));
        await demandWritten(written, serviceName, instantOf(desiredTime ?? '') ?? now(), settings);
        return data;
      });
    },

    async queryCallbackById({ id }, { key }) {
      return factsOf(id, visible(await store.callback(id), key));
    },

    async cancelCallback({ id }, { key }) {
      await store.change(id, (callback) => {
        const fields = cancellation(visible(callback, key));
        return { ...(fields && { fields }), result: undefined };
      });
      return { id };
    },

    async rescheduleCallback({ id, desiredTime }, { key }) {
      const { serviceName } = visible(await store.callback(id), key);
      const settings = await settingsOf(serviceName);
      const { written, result } = await store.change(id, (callback) => {
        const current = visible(callback, key);
        const { fields, limits } = rebook(current, desiredTime, settings, now());
        const { phoneNumber } = current;
        const desired = new Date(instantOf(desiredTime) ?? NaN).toISOString();
        return {
          fields,
          limits,
          result: { id, phoneNumber, callbackState: 'SCHEDULED' as const, desiredTime: desired },
        };
      });
      await demandWritten(written, serviceName, Date.parse(result.desiredTime), settings);
      return result;
    },

    async callInRequests(request, call) {
      const { groupName, callbackServiceId, fromPhoneNumber, userData } = request;
      return repeatably('callInRequests', request, call, async (recordFor) => {
        const callbackId = callbackServiceId ?? undefined;
        const callback = callbackId === undefined ? undefined : visible(await store.callback(callbackId), call.key);
        const { group, country } = await groupFor(groupName, callback, call.key);
        const from = fromPhoneNumber == null ? undefined : phoneNumberOf('fromPhoneNumber', fromPhoneNumber, country);
        const id = randomUUID();
        const propose = (current: KnownCallback | undefined): CallInRequest => {
          if (callbackId !== undefined) demandAcceptable(visible(current, call.key), now());
          return {
            ...newCallIn(id, group, parts.random, now(), current?.expirationTime),
            ...(group.accessCode && { accessCode: newAccessCode(group, parts.random) }),
            ...(from !== undefined && { fromPhoneNumber: from }),
            ...(callbackId !== undefined && { callbackServiceId: callbackId }),
            ...(userData && { userData }),
          };
        };
        const answerOf = ({ id: requestId, toPhoneNumber, expirationTime, accessCode }: CallInRequest) => ({
          id: requestId,
          toPhoneNumber,
          groupName,
          expirationTime,
          ...(accessCode !== undefined && { accessCode }),
          ...(fromPhoneNumber != null && { fromPhoneNumber }),
          ...(callbackId !== undefined && { callbackServiceId: callbackId }),
        });
        const made = await store.callIn(
          callbackId,
          propose,
          callInField,
          recordFor && ((callIn) => recordFor(answerOf(callIn))),
        );
        if (!made) throw new ApiError('busy', 'All access codes of this group are in use.', { retryAfterSeconds: 10 });
        return answerOf(made);
      });
    },

    async notificationPublish({ target, event, validate_only: validateOnly }) {
      return { name: await parts.publish(target, event, validateOnly ?? false) };
    },

    async openFor({ 'service-name': serviceName, start, timezone }, { key }) {
      demandQueue(serviceName, key);
      const { businessHours } = await settingsOf(serviceName);
      const at = momentOf('start', start, timezone ?? 'UTC') ?? now();
      const closing = closingAfter(businessHours, at) ?? at;
      return { openFor: Math.floor((closing - at) / 1000) };
    },

    async queryAvailabilityV2(query, { key }) {
      const { 'service-name': serviceName, maxTimeSlots, reportBusy } = query;
      demandQueue(serviceName, key);
      const settings = await settingsOf(serviceName);
      const { timeZone, ...span } = spanOf(query, now());
      const wanted = { most: maxTimeSlots ?? maxSlots, reportBusy: reportBusy ?? false };
      const rooms = await availability(settings, span, wanted, (slot) => store.countIn(serviceName, slot));
      const total = settings.capacity?.perSlot;
      return {
        slots: rooms.map(({ slot, left }) => ({
          utcTime: new Date(slot.from).toISOString(),
          localTime: localText(slot.from, timeZone),
          ...(left !== undefined && total !== undefined && { capacity: left, total }),
        })),
        durationMin: slotMinutesOf(settings),
        timezone: timeZone,
      };
    },

    async queryQueueStatus({ 'queue-name': queueName }, { key }) {
      demandQueue(queueName, key);
      const [state, settings] = await Promise.all([store.queue(queueName), settingsOf(queueName)]);
      return offer(queueStateOf(state), settings, now());
    },

    async estimatedWaitTimeAPI1({ 'virtual-queues': names, mode }, { key }) {
      const queues = queuesOf(names);
      for (const name of queues) demandQueue(name, key);
      return Promise.all(
        queues.map(async (virtualQueue) => {
          const state = queueStateOf(await store.queue(virtualQueue));
          return { virtualQueue, ...estimatedWait(state, mode ?? 'mode2') };
        }),
      );
    },
  };
}

/** @throws {ApiError} whether or not there is such a queue, so that nothing is learnt of other queues */
function demandQueue(serviceName: string, { queues }: ApiKey): void {
  if (queues === null || queues.includes(serviceName)) return;
  throw new ApiError('queue-not-allowed', 'This API key is not for this queue.');
}

/** @throws {ApiError} the same for a callback that does not exist and for one of a queue that the key does not see */
function visible(callback: KnownCallback | undefined, { queues }: ApiKey): KnownCallback {
  if (callback && (queues === null || queues.includes(callback.serviceName))) return callback;
  throw new ApiError('callback-not-found', 'There is no callback of this id.');
}
