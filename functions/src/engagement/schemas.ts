import * as v from 'valibot';
import { callbackStates, isDocumentId, maxPushTargets } from '../callback/fields.ts';
import { instantOf } from './instant.ts';
import { canonicalTag } from '../base/language.ts';
import { maxPhoneNumberLength } from './phone-number.ts';
import { waitModes } from './queue-state.ts';
import { isTimeZone } from '../callback/business-hours.ts';
import { acceptedUserData, isStorable } from './user-data.ts';

/**
 * What goes over the wire of `/engagement/v3`: these schemas check requests, and the OpenAPI document is made of them.
 * Field names are those of Genesys Engagement Service v3. `null` counts as absent.
 */

const optional = <S extends v.GenericSchema>(schema: S) => v.nullish(schema);
const text = (maxLength: number, description: string) =>
  v.pipe(
    v.string(),
    v.maxLength(maxLength, `must have at most ${maxLength} characters`),
    v.check((value) => value.isWellFormed(), 'must be Unicode'),
    v.description(description),
  );
const requiredText = (maxLength: number, description: string) =>
  v.pipe(text(maxLength, description), v.nonEmpty('must not be empty'));

const maxQueueNameLength = 256;

const queueName = (description: string) =>
  v.pipe(
    requiredText(maxQueueNameLength, description),
    v.check(isDocumentId, 'must do as a document id: no "/", not ".", ".." or "__…__"'),
  );

const moment = (description: string) =>
  v.pipe(
    v.string(),
    v.regex(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/,
      'must be ISO 8601 with an offset, such as 2026-03-02T10:00:00.000Z',
    ),
    v.check((value) => instantOf(value) !== undefined, 'must be a moment that there is'),
    v.description(description),
  );

const userData = v.pipe(
  v.record(v.string(), v.unknown()),
  v.description(
    'Carried for the callback system, never logged. Keys are JavaScript variable names; others are ignored.',
  ),
  v.transform(acceptedUserData),
  v.check(
    (value) => isStorable(value),
    'must be at most 10 levels deep, without lists in lists, empty keys or keys like "__…__" below the first level',
  ),
);

const callbackId = v.pipe(
  requiredText(256, 'Id of the callback.'),
  v.check(isDocumentId, 'must be the id of a callback'),
);

const fcmTarget = requiredText(4096, 'FCM registration token or installation id of the device.');

export const createCallback = v.object({
  serviceName: queueName('Virtual queue.'),
  phoneNumber: requiredText(
    maxPhoneNumberLength,
    'Number to call back, best with its country code. It is kept as E.164.',
  ),
  desiredTime: optional(moment('When to call back. Absent = as soon as possible.')),
  language: optional(
    v.pipe(
      text(64, 'BCP 47 tag, which picks the text of the pushes. Absent = en-US.'),
      v.check((tag) => canonicalTag(tag) !== '', 'must be a language tag such as pt-BR'),
    ),
  ),
  pushTargets: optional(
    v.pipe(
      v.array(v.object({ channel: v.literal('FCM'), target: fcmTarget })),
      v.maxLength(maxPushTargets, `must hold at most ${maxPushTargets} targets`),
      v.description('Devices to push to. Required where the consumer dials (a USERORIGINATED queue).'),
    ),
  ),
  userData: optional(userData),
  cbOfferType: optional(text(64, 'ASAP, SCHEDULED or COMBINED_SCHEDULED_AND_ASAP; for reports.')),
  inboundVQ: optional(text(256, 'Queue in which the call would have waited; for reports.')),
  offerThreshold: optional(v.pipe(v.number(), v.finite(), v.description('Wait in seconds that led to the offer.'))),
  channel: optional(text(64, 'Where the callback originates. Not the push channel.')),
  offerTiming: optional(text(64, 'ON-HOURS or OFF-HOURS; for reports.')),
  cbOriginationIxnId: optional(text(256, 'Call or chat in which the callback was offered.')),
  surveyRP: optional(text(256, 'Survey to route to afterwards.')),
  priority: optional(v.pipe(v.number(), v.finite(), v.description('Initial priority in the queue.'))),
  routePoint: optional(text(256, 'Routing point of the outbound call.')),
  captchaToken: optional(text(8192, 'Accepted for Genesys’ clients, and ignored.')),
  alwaysCheckCapacity: optional(
    v.pipe(v.boolean(), v.description('Accepted for Genesys’ clients: the capacity of the slot is always checked.')),
  ),
});
export const createdCallback = v.object({ id: v.pipe(v.string(), v.uuid(), v.description('Id of the callback.')) });

export const callbackReference = v.object({ id: callbackId });
export const callbackFacts = v.object({
  id: v.string(),
  phoneNumber: v.string(),
  callbackState: v.picklist(callbackStates),
  desiredTime: v.optional(v.pipe(v.string(), v.isoTimestamp(), v.description('In UTC. Absent = as soon as possible.'))),
  callbackReason: v.optional(v.pipe(v.string(), v.description('Only when COMPLETED.'))),
  positionInQueue: v.optional(v.pipe(v.number(), v.description('Only in QUEUED, ROUTING and PROCESSING.'))),
  estimatedWaitTime: v.optional(
    v.pipe(v.number(), v.description('Seconds, -1 = unknown. Only in QUEUED, ROUTING and PROCESSING.')),
  ),
});

export const rescheduleCallback = v.object({ id: callbackId, desiredTime: moment('The new time.') });

export const createCallIn = v.object({
  groupName: requiredText(128, 'Click-To-Call-In group, as in the settings of its queue.'),
  fromPhoneNumber: optional(requiredText(maxPhoneNumberLength, 'Number that the consumer will call from.')),
  userData: optional(userData),
  callbackServiceId: optional(
    v.pipe(callbackId, v.description('The callback that this accepts: its consumer is pushed what to dial.')),
  ),
});
export const createdCallIn = v.object({
  id: v.pipe(v.string(), v.uuid()),
  toPhoneNumber: v.pipe(v.string(), v.description('Number to call.')),
  groupName: v.string(),
  expirationTime: v.pipe(v.number(), v.integer(), v.description('Epoch time in milliseconds.')),
  accessCode: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d{3,11}$/), v.description('Digits, the first of which is never 0.')),
  ),
  fromPhoneNumber: v.optional(v.pipe(v.string(), v.description('As it was sent.'))),
  callbackServiceId: v.optional(v.string()),
});

const notification = v.pipe(
  v.strictObject({
    title: v.optional(text(200, 'Title.')),
    body: v.optional(text(1000, 'Text.')),
    image: v.optional(v.pipe(text(2000, 'Address of an image.'), v.url('must be a URL'))),
  }),
  v.check(({ title, body }) => Boolean(title) || Boolean(body), 'must have a title or a body'),
);
export type Notification = v.InferOutput<typeof notification>;

export const publishNotification = v.object({
  channel: v.literal('FCM'),
  target: fcmTarget,
  event: v.pipe(
    v.union([
      notification,
      v.pipe(
        text(8192, 'The same, as JSON in a string.'),
        v.rawTransform(({ dataset, addIssue, NEVER }) => {
          const result = v.safeParse(notification, jsonOf(dataset.value));
          if (result.success) return result.output;
          addIssue({ message: 'must be a notification object in JSON, with title, body and image' });
          return NEVER;
        }),
      ),
    ]),
    v.description('Notification object as documented by Firebase Cloud Messaging.'),
  ),
  validate_only: optional(v.pipe(v.boolean(), v.description('Has FCM check everything and deliver nothing.'))),
});
export const publishedNotification = v.object({
  name: v.pipe(v.string(), v.description('Name that FCM gave the message.')),
});

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

const timeZone = v.pipe(
  text(64, 'IANA name such as Europe/Berlin, of times without an offset. Absent = UTC.'),
  v.check(isTimeZone, 'must be an IANA time zone such as Europe/Berlin'),
);
const queryMoment = (description: string) => text(64, description);
const digits = (most: number, description: string) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, 'must be a whole number'),
    v.description(description),
    v.transform(Number),
    v.maxValue(most, `must be ≤ ${most}`),
  );
const flag = (description: string) =>
  v.pipe(
    v.picklist(['true', 'false']),
    v.description(description),
    v.transform((value) => value === 'true'),
  );

export const openForQuery = v.object({
  'service-name': queueName('Virtual queue.'),
  start: optional(queryMoment('ISO 8601. Absent = now.')),
  timezone: optional(timeZone),
});
export const openFor = v.object({
  openFor: v.pipe(
    v.number(),
    v.integer(),
    v.description('Seconds until the queue closes; 0 = it is closed, 604800 = it does not close within a week.'),
  ),
});

/** Of one answer; whoever wants more asks again from there. */
export const maxSlots = 200;
export const maxAvailabilityDays = 31;
/** The end of the year 9999; ISO 8601 and time zones end there. */
export const latestMs = 253_402_300_799_999;

export const availabilityQuery = v.object({
  'service-name': queueName('Virtual queue.'),
  start: optional(queryMoment('ISO 8601. Absent = now.')),
  startMS: optional(digits(latestMs, 'The same in epoch milliseconds.')),
  end: optional(queryMoment('ISO 8601. Absent = end of the day on which it starts.')),
  endMS: optional(digits(latestMs, 'The same in epoch milliseconds.')),
  numberOfDays: optional(v.pipe(digits(maxAvailabilityDays, 'Instead of an end.'), v.minValue(1, 'must be ≥ 1'))),
  timezone: optional(timeZone),
  maxTimeSlots: optional(v.pipe(digits(maxSlots, 'How many slots to answer with.'), v.minValue(1, 'must be ≥ 1'))),
  reportBusy: optional(flag('Whether slots that are full are listed too.')),
});
const slot = v.object({
  utcTime: v.pipe(v.string(), v.isoTimestamp()),
  localTime: v.pipe(v.string(), v.isoTimestamp()),
  capacity: v.optional(
    v.pipe(v.number(), v.integer(), v.description('Callbacks that the slot still takes; absent = any number.')),
  ),
  total: v.optional(
    v.pipe(v.number(), v.integer(), v.description('Callbacks that the slot takes altogether; absent = any number.')),
  ),
});
export const availabilities = v.object({
  slots: v.pipe(v.array(slot), v.maxLength(maxSlots)),
  durationMin: v.pipe(v.number(), v.integer(), v.description('Length of a slot in minutes.')),
  timezone: v.pipe(v.string(), v.description('Time zone of localTime.')),
});

export const queueStatusQuery = v.object({ 'queue-name': queueName('Virtual queue.') });
export const queueStatus = v.object({
  ewt: v.pipe(v.number(), v.description('Seconds, -1 = unknown.')),
  offerImmediateCallback: v.boolean(),
  offerScheduledCallback: v.boolean(),
});

const maxQueues = 50;
export const waitTimeQuery = v.object({
  'virtual-queues': v.pipe(
    requiredText(8192, 'Virtual queues, separated by commas.'),
    v.check(
      (list) => queuesOf(list).length <= maxQueues && queuesOf(list).every(isQueueName),
      `must be the names of at most ${maxQueues} queues, separated by commas`,
    ),
  ),
  mode: optional(v.pipe(v.picklist(waitModes), v.description('mode1 takes no regard of agents. Absent = mode2.'))),
  'include-calls-on-hold': optional(flag('Accepted for Genesys’ clients: the wait is the one that was reported.')),
});
export const waitTimes = v.array(
  v.object({
    virtualQueue: v.string(),
    estimatedWaitTime: v.pipe(v.number(), v.description('Seconds, -1 = unknown.')),
    message: v.string(),
    resultCode: v.pipe(
      v.picklist([0, -1, -2]),
      v.description('0 = known, -1 = no interactions yet, -2 = no agents logged in.'),
    ),
  }),
);

function isQueueName(name: string): boolean {
  return name !== '' && name.length <= maxQueueNameLength && isDocumentId(name);
}

export function queuesOf(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}
