import type { Callback } from '../../functions/src/callback/callback.ts';
import type { CallInFields } from '../../functions/src/callback/fields.ts';
import { staleAt } from '../../functions/src/notice/decision.ts';
import type { Announcement } from '../../functions/src/delivery/announcement.ts';
import type { Notice } from '../../functions/src/notice/decision.ts';
import { type MessageRequest } from '../../functions/src/notice/message.ts';
import { noticeIdOf } from '../../functions/src/delivery/ledger-entry.ts';
import { builtInSettings, type Settings } from '../../functions/src/callback/settings.ts';

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
/** A Monday, 11:00 in Berlin. */
export const monday = Date.parse('2026-03-02T10:00:00Z');

/** What a Firestore client of any version calls a Timestamp. */
export const timestamp = (epochMilliseconds: number) => ({ toDate: () => new Date(epochMilliseconds) });

/** The fields of an object but one: an absent field, not one that is undefined. */
export function without<T extends object, K extends keyof T & string>(whole: T, field: K): Omit<T, K> {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => name !== field)) as Omit<T, K>;
}

/** A registration token as long and as odd as a real one. */
export const aToken = (name = 'phone') => `${name}_dK3:APA91b${'Xy-9_'.repeat(26)}`;

/** How the bookings of one document are named: it was created an hour ago, and this is its desired time. */
export const aBooking = (desiredTime?: number) => `1772442000.000000000/${desiredTime ?? ''}`;

/** A callback that waits in its queue for the centre to dial, its wait unknown, and one device to push to. */
export function aCallback(changes: Partial<Callback> = {}): Callback {
  return {
    serviceName: 'sales',
    callDirection: 'USERTERMINATED',
    callbackState: 'QUEUED',
    booking: aBooking(),
    isBookingKnown: true,
    isScheduled: false,
    pushTargets: [aToken()],
    language: 'en-US',
    dialAttempts: 0,
    updateTime: '1772445600.000000001',
    writtenAt: monday,
    isCreation: false,
    ...changes,
  };
}

export function aCallIn(changes: Partial<CallInFields> = {}): CallInFields {
  return {
    id: 'call-in-1',
    toPhoneNumber: '+18005550100',
    accessCode: '0042',
    expirationTime: new Date(monday + 10 * minute),
    ...changes,
  };
}

/** The fields of a callback document as the callback system writes them: what is required, and one target. */
export function callbackFields(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    serviceName: 'sales',
    phoneNumber: '+15550001111',
    callbackState: 'QUEUED',
    pushTargets: [{ channel: 'FCM', target: aToken() }],
    ...changes,
  };
}

export function someSettings(changes: Partial<Settings> = {}): Settings {
  return { ...builtInSettings, ...changes };
}

export function aNotice(changes: Partial<Notice> = {}): Notice {
  return { event: 'CALLBACK_PURGED', occasion: aBooking(), ...changes };
}

export function anAnnouncement(changes: Partial<Announcement> = {}): Announcement {
  return {
    callbackId: 'callback-1',
    callback: aCallback(),
    notice: aNotice(),
    settings: builtInSettings,
    changedAt: monday,
    deleted: false,
    ...changes,
  };
}

/** A message that is built at the moment of the change, and lives as long as its notice. */
export function aMessageRequest(changes: Partial<MessageRequest> = {}): MessageRequest {
  const { callbackId = 'callback-1', callback = aCallback(), notice = aNotice(), changedAt = monday } = changes;
  return {
    callbackId,
    callback,
    notice,
    noticeId: noticeIdOf(callbackId, notice),
    settings: builtInSettings,
    changedAt,
    now: changedAt,
    staleAt: staleAt(notice, callback, changedAt),
    ...changes,
  };
}
