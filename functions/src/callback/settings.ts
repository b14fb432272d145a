import type { BusinessHours } from './business-hours.ts';
import type { CallDirection } from './fields.ts';
import type { NoticeEvent } from './notice-event.ts';
import type { LabelsByLanguage, TextByLanguage } from './notice-text.ts';

/** How many scheduled callbacks a queue takes in one slot. */
export interface Capacity {
  readonly slotMinutes: 30 | 60;
  readonly perSlot: number;
}

/** Where consumers of a Click-To-Call-In group call, and what lets them in. */
export interface CallInGroup {
  readonly groupName: string;
  readonly numbers: readonly string[];
  readonly accessCode: boolean;
  readonly accessCodeLength: number;
  readonly expirySeconds: number;
}

/** Whether the number and the code of a call-in may be read on a locked Android screen. */
export const visibilities = ['PRIVATE', 'PUBLIC'] as const;
export type Visibility = (typeof visibilities)[number];

/** What a virtual queue decides about its callbacks and pushes: the contract of `callbackSettings/{serviceName}`. */
export interface Settings {
  readonly pushNotificationThresholdMinutes: number;
  readonly maxDialAttempts: number;
  /** Who dials where the callback does not say, whoever created it. */
  readonly callDirection: CallDirection;
  readonly immediateCallbackEnabled: boolean;
  readonly scheduledCallbackEnabled: boolean;
  /** Absent = open around the clock. */
  readonly businessHours?: BusinessHours;
  /** Absent = any number of callbacks at any time. */
  readonly capacity?: Capacity;
  /** Callbacks that are not over which one phone number may have; absent = any number. */
  readonly maxCallbacksPerNumber?: number;
  /** Country of phone numbers without a country code; absent = they must have one. */
  readonly country?: string;
  readonly callIn?: CallInGroup;
  /** Texts that stand before the catalogue's. */
  readonly messages: Readonly<Partial<Record<NoticeEvent, TextByLanguage>>>;
  /** Labels of actions that stand before the catalogue's. */
  readonly actionLabels: LabelsByLanguage;
  /** Events that the app itself shows: they are pushed without a notification. */
  readonly appShows: readonly NoticeEvent[];
  readonly visibility: Visibility;
  /** When they were changed last, in epoch milliseconds, as far as anybody knows. */
  readonly changedAt?: number;
}

export const builtInSettings: Settings = {
  pushNotificationThresholdMinutes: 5,
  maxDialAttempts: 3,
  callDirection: 'USERTERMINATED',
  immediateCallbackEnabled: true,
  scheduledCallbackEnabled: true,
  messages: {},
  actionLabels: {},
  appShows: [],
  visibility: 'PRIVATE',
};
