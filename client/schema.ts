/** Made of the OpenAPI document by `npm run openapi`: change the schemas of the functions instead. */
export interface paths {
  '/callbacks/create': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Books a callback, as soon as possible or for a desired time.
     * @description Scope: `callbacks:write`.
     */
    post: operations['bookCallbackExternal'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/callbacks/retrieve': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * How a callback stands.
     * @description Scope: `callbacks:read`.
     */
    post: operations['queryCallbackById'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/callbacks/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Cancels a callback, unless an agent is handling it.
     * @description Scope: `callbacks:write` or `call-in`.
     */
    post: operations['cancelCallback'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/callbacks/reschedule': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Books a callback anew for another time; its notices may go out anew.
     * @description Scope: `callbacks:write`.
     */
    post: operations['rescheduleCallback'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/call-in/requests/create': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * What to dial to call in. With callbackServiceId it accepts that callback, and its devices are pushed the same.
     * @description Scope: `call-in`.
     */
    post: operations['callInRequests'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/notification/publish': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Pushes a notification of one’s own to a device; validate_only has FCM check it and deliver nothing.
     * @description Scope: `publish`.
     */
    post: operations['notificationPublish'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/callbacks/open-for/{service-name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * How long a queue stays open.
     * @description Scope: `callbacks:read`.
     */
    get: operations['openFor'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/callbacks/availability/{service-name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Slots for which a callback can be booked.
     * @description Scope: `callbacks:read`.
     */
    get: operations['queryAvailabilityV2'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/callbacks/queue-status/{queue-name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The estimated wait of a queue, and which callbacks it offers now.
     * @description Scope: `callbacks:read`.
     */
    get: operations['queryQueueStatus'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/estimated-wait-time': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The estimated wait of one or more queues.
     * @description Scope: `callbacks:read`.
     */
    get: operations['estimatedWaitTimeAPI1'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Success: {
      /** @constant */
      code: 0;
      /** @constant */
      message: 'Successful';
      /**
       * Format: uuid
       * @description Names the request in the log.
       */
      corrId: string;
    };
    Failure: {
      /** @description The HTTP status. */
      code: number;
      /** @description For people; says what to do. */
      message: string;
      /**
       * Format: uuid
       * @description Names the request in the log.
       */
      corrId: string;
      /** @description For programs; stable. */
      errorCode: string;
      /** @description What is wrong with the request, field by field. */
      problems?: {
        field: string;
        code: string;
        message: string;
      }[];
    };
    ProposedSlots: {
      /** @description The next slots that have room: when they begin (ISO 8601), and how many callbacks they still take. */
      slots: {
        [key: string]: string;
      };
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  bookCallbackExternal: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that is repeated with the same key within 24 hours is done once and answered the same. */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description Virtual queue. */
          serviceName: string;
          /** @description Number to call back, best with its country code. It is kept as E.164. */
          phoneNumber: string;
          desiredTime?: string | null;
          language?: string | null;
          pushTargets?:
            | {
                /** @constant */
                channel: 'FCM';
                /** @description FCM registration token or installation id of the device. */
                target: string;
              }[]
            | null;
          userData?: {
            [key: string]: unknown;
          } | null;
          cbOfferType?: string | null;
          inboundVQ?: string | null;
          offerThreshold?: number | null;
          channel?: string | null;
          offerTiming?: string | null;
          cbOriginationIxnId?: string | null;
          surveyRP?: string | null;
          priority?: number | null;
          routePoint?: string | null;
          captchaToken?: string | null;
          alwaysCheckCapacity?: boolean | null;
        };
      };
    };
    responses: {
      /** @description Successful */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Success'];
            data: {
              /**
               * Format: uuid
               * @description Id of the callback.
               */
              id: string;
            };
          };
        };
      };
      /** @description errorCode is invalid-parameters, malformed-json, phone-number-implausible, not-offered, queue-closed, desired-time-past, desired-time-too-far, push-targets-missing, number-limit-reached */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is api-key-missing, api-key-invalid */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is scope-missing, queue-not-allowed */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is too-large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is idempotency-key-reused */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is rate-limited, capacity-exhausted */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
            data?: components['schemas']['ProposedSlots'];
          };
        };
      };
      /** @description errorCode is internal */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is busy */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
    };
  };
  queryCallbackById: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description Id of the callback. */
          id: string;
        };
      };
    };
    responses: {
      /** @description Successful */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Success'];
            data: {
              id: string;
              phoneNumber: string;
              /** @enum {string} */
              callbackState: 'SCHEDULED' | 'QUEUED' | 'ROUTING' | 'PROCESSING' | 'COMPLETED';
              /**
               * Format: date-time
               * @description In UTC. Absent = as soon as possible.
               */
              desiredTime?: string;
              /** @description Only when COMPLETED. */
              callbackReason?: string;
              /** @description Only in QUEUED, ROUTING and PROCESSING. */
              positionInQueue?: number;
              /** @description Seconds, -1 = unknown. Only in QUEUED, ROUTING and PROCESSING. */
              estimatedWaitTime?: number;
            };
          };
        };
      };
      /** @description errorCode is invalid-parameters, malformed-json */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is api-key-missing, api-key-invalid */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is scope-missing */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is callback-not-found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is too-large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is rate-limited */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is internal */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is busy */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
    };
  };
  cancelCallback: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description Id of the callback. */
          id: string;
        };
      };
    };
    responses: {
      /** @description Successful */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Success'];
            data: {
              /** @description Id of the callback. */
              id: string;
            };
          };
        };
      };
      /** @description errorCode is invalid-parameters, malformed-json, callback-processing, callback-completed */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is api-key-missing, api-key-invalid */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is scope-missing */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is callback-not-found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is too-large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is rate-limited */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is internal */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is busy */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
    };
  };
  rescheduleCallback: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description Id of the callback. */
          id: string;
          /** @description The new time. */
          desiredTime: string;
        };
      };
    };
    responses: {
      /** @description Successful */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Success'];
            data: {
              id: string;
              phoneNumber: string;
              /** @enum {string} */
              callbackState: 'SCHEDULED' | 'QUEUED' | 'ROUTING' | 'PROCESSING' | 'COMPLETED';
              /**
               * Format: date-time
               * @description In UTC. Absent = as soon as possible.
               */
              desiredTime?: string;
              /** @description Only when COMPLETED. */
              callbackReason?: string;
              /** @description Only in QUEUED, ROUTING and PROCESSING. */
              positionInQueue?: number;
              /** @description Seconds, -1 = unknown. Only in QUEUED, ROUTING and PROCESSING. */
              estimatedWaitTime?: number;
            };
          };
        };
      };
      /** @description errorCode is invalid-parameters, malformed-json, callback-processing, callback-completed, not-offered, queue-closed, desired-time-past, desired-time-too-far */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is api-key-missing, api-key-invalid */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is scope-missing */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is callback-not-found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is too-large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is rate-limited, capacity-exhausted */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
            data?: components['schemas']['ProposedSlots'];
          };
        };
      };
      /** @description errorCode is internal */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is busy */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
    };
  };
  callInRequests: {
    parameters: {
      query?: never;
      header?: {
        /** @description A request that is repeated with the same key within 24 hours is done once and answered the same. */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description Click-To-Call-In group, as in the settings of its queue. */
          groupName: string;
          fromPhoneNumber?: string | null;
          userData?: {
            [key: string]: unknown;
          } | null;
          callbackServiceId?: string | null;
        };
      };
    };
    responses: {
      /** @description Successful */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Success'];
            data: {
              /** Format: uuid */
              id: string;
              /** @description Number to call. */
              toPhoneNumber: string;
              groupName: string;
              /** @description Epoch time in milliseconds. */
              expirationTime: number;
              /** @description Digits, the first of which is never 0. */
              accessCode?: string;
              /** @description As it was sent. */
              fromPhoneNumber?: string;
              callbackServiceId?: string;
            };
          };
        };
      };
      /** @description errorCode is invalid-parameters, malformed-json, callback-processing, callback-completed, callback-expired, callback-not-ready, centre-dials, already-accepted, group-unknown, phone-number-implausible */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is api-key-missing, api-key-invalid */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is scope-missing, queue-not-allowed */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is callback-not-found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is too-large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is idempotency-key-reused */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is rate-limited */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is internal */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is busy */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
    };
  };
  notificationPublish: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @constant */
          channel: 'FCM';
          /** @description FCM registration token or installation id of the device. */
          target: string;
          /** @description Notification object as documented by Firebase Cloud Messaging. */
          event:
            | {
                /** @description Title. */
                title?: string;
                /** @description Text. */
                body?: string;
                /**
                 * Format: uri
                 * @description Address of an image.
                 */
                image?: string;
              }
            | string;
          validate_only?: boolean | null;
        };
      };
    };
    responses: {
      /** @description Successful */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Success'];
            data: {
              /** @description Name that FCM gave the message. */
              name: string;
            };
          };
        };
      };
      /** @description errorCode is invalid-parameters, malformed-json, push-refused */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is api-key-missing, api-key-invalid */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is scope-missing */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is too-large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is rate-limited */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is internal */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is busy, push-unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
    };
  };
  openFor: {
    parameters: {
      query?: {
        /** @description ISO 8601. Absent = now. */
        start?: string;
        /** @description IANA name such as Europe/Berlin, of times without an offset. Absent = UTC. */
        timezone?: string;
      };
      header?: never;
      path: {
        /** @description Virtual queue. */
        'service-name': string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Success'];
            data: {
              /** @description Seconds until the queue closes; 0 = it is closed, 604800 = it does not close within a week. */
              openFor: number;
            };
          };
        };
      };
      /** @description errorCode is invalid-parameters */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is api-key-missing, api-key-invalid */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is scope-missing, queue-not-allowed */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is rate-limited */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is internal */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is busy */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
    };
  };
  queryAvailabilityV2: {
    parameters: {
      query?: {
        /** @description ISO 8601. Absent = now. */
        start?: string;
        /** @description The same in epoch milliseconds. */
        startMS?: string;
        /** @description ISO 8601. Absent = end of the day on which it starts. */
        end?: string;
        /** @description The same in epoch milliseconds. */
        endMS?: string;
        /** @description Instead of an end. */
        numberOfDays?: string;
        /** @description IANA name such as Europe/Berlin, of times without an offset. Absent = UTC. */
        timezone?: string;
        /** @description How many slots to answer with. */
        maxTimeSlots?: string;
        /** @description Whether slots that are full are listed too. */
        reportBusy?: 'true' | 'false';
      };
      header?: never;
      path: {
        /** @description Virtual queue. */
        'service-name': string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Success'];
            data: {
              slots: {
                /** Format: date-time */
                utcTime: string;
                /** Format: date-time */
                localTime: string;
                /** @description Callbacks that the slot still takes; absent = any number. */
                capacity?: number;
                /** @description Callbacks that the slot takes altogether; absent = any number. */
                total?: number;
              }[];
              /** @description Length of a slot in minutes. */
              durationMin: number;
              /** @description Time zone of localTime. */
              timezone: string;
            };
          };
        };
      };
      /** @description errorCode is invalid-parameters */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is api-key-missing, api-key-invalid */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is scope-missing, queue-not-allowed */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is rate-limited */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is internal */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is busy */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
    };
  };
  queryQueueStatus: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description Virtual queue. */
        'queue-name': string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Success'];
            data: {
              /** @description Seconds, -1 = unknown. */
              ewt: number;
              offerImmediateCallback: boolean;
              offerScheduledCallback: boolean;
            };
          };
        };
      };
      /** @description errorCode is invalid-parameters */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is api-key-missing, api-key-invalid */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is scope-missing, queue-not-allowed */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is rate-limited */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is internal */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is busy */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
    };
  };
  estimatedWaitTimeAPI1: {
    parameters: {
      query: {
        /** @description Virtual queues, separated by commas. */
        'virtual-queues': string;
        /** @description mode1 takes no regard of agents. Absent = mode2. */
        mode?: 'mode1' | 'mode2' | 'mode3';
        /** @description Accepted for Genesys’ clients: the wait is the one that was reported. */
        'include-calls-on-hold'?: 'true' | 'false';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Successful */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Success'];
            data: {
              virtualQueue: string;
              /** @description Seconds, -1 = unknown. */
              estimatedWaitTime: number;
              message: string;
              /**
               * @description 0 = known, -1 = no interactions yet, -2 = no agents logged in.
               * @enum {number}
               */
              resultCode: 0 | -1 | -2;
            }[];
          };
        };
      };
      /** @description errorCode is invalid-parameters */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is api-key-missing, api-key-invalid */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is scope-missing, queue-not-allowed */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is rate-limited */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is internal */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
      /** @description errorCode is busy */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            status: components['schemas']['Failure'];
          };
        };
      };
    };
  };
}
