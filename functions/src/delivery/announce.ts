import { readCallback, type Callback, type ReadCallback } from '../callback/callback.ts';
import { builtInSettings, type Settings } from '../callback/settings.ts';
import type { Log } from '../base/log.ts';
import type { StoredDocument } from '../google/documents.ts';
import { decide, dependsOnSettings, type OwedNotice } from '../notice/decision.ts';
import { silences } from '../notice/silences.ts';
import type { Announcement } from './announcement.ts';
import type { Truth } from './truth.ts';

/** One event of the Firestore trigger: it may come late, twice and in any order. */
export interface Change {
  readonly callbackId: string;
  readonly eventId: string;
  /** Epoch milliseconds of the write. */
  readonly changedAt: number;
  /** Absent when the document was created. */
  readonly before: StoredDocument | undefined;
  /** Absent when it was deleted. */
  readonly after: StoredDocument | undefined;
}

export interface AnnouncerParts {
  readonly settingsOf: (serviceName: string) => Promise<Settings>;
  /** The callback as it is now. One read. */
  readonly currentCallback: (callbackId: string) => Promise<Callback | undefined>;
  readonly truth: Truth;
  readonly deliver: (announcement: Announcement) => Promise<void>;
  /** Remembers that another booking began at that time, in epoch milliseconds, under the same id. One write. */
  readonly noteRebooking: (callbackId: string, at: number) => Promise<void>;
  readonly log: Log;
  readonly now: () => number;
  /** An event older than this may have been overtaken: the callback is read afresh before sending. */
  readonly freshForMs: number;
}

/** No notice lives longer, so a platform that redelivers an event for a day redelivers nothing worth telling. */
const longestLifeMs = 60 * 60_000;

/**
 * Announces what a change is worth: read ▶ decide ▶ deliver. A change that announces nothing costs no I/O, once the
 * settings of its queue are in the cache, but for a read and a write where the desired time changed; a late event that announces
 * something costs one read.
 *
 * The returned function rejects only where redelivering the event helps.
 */
export function createAnnouncer(parts: AnnouncerParts): (change: Change) => Promise<void> {
  const { log, now } = parts;

  return async (change) => {
    const { callbackId, eventId } = change;
    const ageMs = now() - change.changedAt;
    if (ageMs > longestLifeMs) {
      log('WARNING', 'change-outdated', { callbackId, eventId, ageMs });
      return;
    }
    const [before, after] = [read(change.before), read(change.after)];
    const subject = after?.callback ?? before?.callback;
    if (!subject) return;
    reportProblems(change, before, after);
    if (isRebooked(change, before?.callback, after?.callback)) await parts.noteRebooking(callbackId, change.changedAt);
    const settings = dependsOnSettings(before?.callback, after?.callback)
      ? await parts.settingsOf(subject.serviceName)
      : builtInSettings;
    // A late event said something when it was written, too: whether that is still true is asked of the callback itself.
    const decideAt = (at: number) => decide(before?.callback, after?.callback, settings, at);
    let decision = decideAt(now());
    if ('silence' in decision && ageMs > parts.freshForMs) decision = decideAt(change.changedAt);
    if ('notices' in decision) {
      await announceAll(decision.notices, change, subject);
      return;
    }
    // Most writes are waits that stay above the threshold: a line for each would cost more than all else that they cost.
    const { silence, isNews } = decision;
    if (isNews) log('DEBUG', 'change-ignored', { callbackId, silence, reason: silences[silence] });
  };

  /** Each problem once: what was wrong before was reported then. What is deleted was reported when it was written. */
  function reportProblems({ callbackId, eventId }: Change, before?: ReadCallback, after?: ReadCallback): void {
    if (!after || after.problems.length === 0) return;
    const problems = after.problems.filter((problem) => !before?.problems.includes(problem));
    if (problems.length > 0) log('WARNING', 'fields-ignored', { callbackId, eventId, problems });
  }

  async function announceAll(owed: readonly OwedNotice[], change: Change, subject: Callback): Promise<void> {
    const isLate = now() - change.changedAt > parts.freshForMs;
    const current = isLate ? await parts.currentCallback(change.callbackId) : change.after && subject;
    const settings = await parts.settingsOf((current ?? subject).serviceName);
    const failures: unknown[] = [];
    // One after the other: on the device each takes the place of the one before.
    for (const notice of owed) {
      try {
        await announce(notice, change, { settings, isLate, current, subject });
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  interface Facts {
    readonly settings: Settings;
    readonly isLate: boolean;
    /** What is known to be true now; absent when the document is gone. */
    readonly current: Callback | undefined;
    readonly subject: Callback;
  }

  async function announce(owed: OwedNotice, change: Change, facts: Facts): Promise<void> {
    const { callbackId, changedAt } = change;
    const { settings, isLate, current, subject } = facts;
    const notice = await parts.truth.resolve(owed, callbackId, subject);
    if (!notice || (isLate && !(await parts.truth.holds(notice, callbackId, current, settings)))) {
      log('INFO', 'notice-superseded', { callbackId, event: owed.event, ageMs: now() - changedAt });
      return;
    }
    // Of a document that is gone no phone rings, so there is nothing to wait for.
    const told = current ? notice : { event: notice.event, occasion: notice.occasion };
    const asRead = isLate && current && { trueAt: now() };
    const callback = current ?? subject;
    await parts.deliver({ callbackId, callback, deleted: !current, settings, changedAt, notice: told, ...asRead });
  }
}

function read(document: StoredDocument | undefined): ReadCallback | undefined {
  return document && readCallback(document);
}

/** Whether the same document was given another desired time. */
function isRebooked(change: Change, before: Callback | undefined, after: Callback | undefined): boolean {
  if (!before || !after || before.booking === after.booking || after.pushTargets.length === 0) return false;
  if (!before.isBookingKnown || !after.isBookingKnown) return false;
  return change.before?.createTime === change.after?.createTime;
}
