import type * as v from 'valibot';
import type { ApiErrorKind } from '../base/api-error.ts';
import type { Scope } from '../keys/api-key.ts';
import * as schemas from './schemas.ts';

/** One endpoint of `/engagement/v3`: what routes, checks and documents it. */
export interface Operation {
  readonly method: 'GET' | 'POST';
  /** Below `/engagement/v3`; `{name}` is a field of the input. */
  readonly path: string;
  readonly summary: string;
  /** Any one of these does. */
  readonly scopes: readonly Scope[];
  /** The body of a POST, path and query of a GET. */
  readonly input: v.GenericSchema<object>;
  readonly data: v.GenericSchema;
  /** Beside those that every operation has. */
  readonly errors: readonly ApiErrorKind[];
  /** Whether it takes the header Idempotency-Key. */
  readonly repeatable?: true;
}

const post = { method: 'POST' } as const;
const get = { method: 'GET' } as const;
const notWaiting = ['callback-processing', 'callback-completed'] as const;
const badTime = [
  'not-offered',
  'queue-closed',
  'desired-time-past',
  'desired-time-too-far',
  'capacity-exhausted',
] as const;
const numberAndTime = ['phone-number-implausible', ...badTime] as const;

/** Every endpoint by its operation id, which is Genesys’ where it has one. */
export const operations = {
  bookCallbackExternal: {
    ...post,
    path: '/callbacks/create',
    summary: 'Books a callback, as soon as possible or for a desired time.',
    scopes: ['callbacks:write'],
    input: schemas.createCallback,
    data: schemas.createdCallback,
    errors: ['queue-not-allowed', ...numberAndTime, 'push-targets-missing', 'number-limit-reached'],
    repeatable: true,
  },
  queryCallbackById: {
    ...post,
    path: '/callbacks/retrieve',
    summary: 'How a callback stands.',
    scopes: ['callbacks:read'],
    input: schemas.callbackReference,
    data: schemas.callbackFacts,
    errors: ['callback-not-found'],
  },
  cancelCallback: {
    ...post,
    path: '/callbacks/cancel',
    summary: 'Cancels a callback, unless an agent is handling it.',
    scopes: ['callbacks:write', 'call-in'],
    input: schemas.callbackReference,
    data: schemas.callbackReference,
    errors: ['callback-not-found', ...notWaiting],
  },
  rescheduleCallback: {
    ...post,
    path: '/callbacks/reschedule',
    summary: 'Books a callback anew for another time; its notices may go out anew.',
    scopes: ['callbacks:write'],
    input: schemas.rescheduleCallback,
    data: schemas.callbackFacts,
    errors: ['callback-not-found', ...notWaiting, ...badTime],
  },
  callInRequests: {
    ...post,
    path: '/call-in/requests/create',
    summary:
      'What to dial to call in. With callbackServiceId it accepts that callback, and its devices are pushed the same.',
    scopes: ['call-in'],
    input: schemas.createCallIn,
    data: schemas.createdCallIn,
    errors: [
      'callback-not-found',
      ...notWaiting,
      'callback-expired',
      'callback-not-ready',
      'centre-dials',
      'already-accepted',
      'group-unknown',
      'phone-number-implausible',
    ],
    repeatable: true,
  },
  notificationPublish: {
    ...post,
    path: '/notification/publish',
    summary: 'Pushes a notification of one’s own to a device; validate_only has FCM check it and deliver nothing.',
    scopes: ['publish'],
    input: schemas.publishNotification,
    data: schemas.publishedNotification,
    errors: ['push-refused', 'push-unavailable'],
  },
  openFor: {
    ...get,
    path: '/callbacks/open-for/{service-name}',
    summary: 'How long a queue stays open.',
    scopes: ['callbacks:read'],
    input: schemas.openForQuery,
    data: schemas.openFor,
    errors: ['queue-not-allowed'],
  },
  queryAvailabilityV2: {
    ...get,
    path: '/callbacks/availability/{service-name}',
    summary: 'Slots for which a callback can be booked.',
    scopes: ['callbacks:read'],
    input: schemas.availabilityQuery,
    data: schemas.availabilities,
    errors: ['queue-not-allowed'],
  },
  queryQueueStatus: {
    ...get,
    path: '/callbacks/queue-status/{queue-name}',
    summary: 'The estimated wait of a queue, and which callbacks it offers now.',
    scopes: ['callbacks:read'],
    input: schemas.queueStatusQuery,
    data: schemas.queueStatus,
    errors: ['queue-not-allowed'],
  },
  estimatedWaitTimeAPI1: {
    ...get,
    path: '/estimated-wait-time',
    summary: 'The estimated wait of one or more queues.',
    scopes: ['callbacks:read'],
    input: schemas.waitTimeQuery,
    data: schemas.waitTimes,
    errors: ['queue-not-allowed'],
  },
} as const satisfies Readonly<Record<string, Operation>>;

export type Operations = typeof operations;
export type OperationId = keyof Operations;
export type Input<Id extends OperationId> = v.InferOutput<Operations[Id]['input']>;
export type Data<Id extends OperationId> = v.InferOutput<Operations[Id]['data']>;

/** What any operation may be answered with. */
export const commonErrors: readonly ApiErrorKind[] = [
  'invalid-parameters',
  'api-key-missing',
  'api-key-invalid',
  'scope-missing',
  'rate-limited',
  'internal',
  'busy',
];
/** And one with a body. */
export const bodyErrors: readonly ApiErrorKind[] = ['malformed-json', 'too-large'];

export const basePath = '/engagement/v3';

export function errorsOf(operation: Operation): ApiErrorKind[] {
  return [
    ...commonErrors,
    ...(operation.method === 'POST' ? bodyErrors : []),
    ...(operation.repeatable ? (['idempotency-key-reused'] as const) : []),
    ...operation.errors,
  ];
}
