import type { CallbackDocument } from '../callback/callback-store.ts';
import { parseCallback, type Callback } from '../callback/callback.ts';
import { decide, dependsOnSettings, silences, stillHolds, type Notice } from '../notice/decision.ts';
import type { Announcement } from './deliver.ts';
import type { Log } from '../base/log.ts';
import { builtInSettings, type Settings } from '../callback/settings.ts';

/** One event of the Firestore trigger: it may come late, twice and in any order. */
export interface Change {
  readonly callbackId: string;
  readonly eventId: string;
  /** No event came of it by now, or nobody knows whether one did: it may have been announced long ago. */
  readonly reconciled?: boolean;
  /** Epoch milliseconds of the write. */
  readonly changedAt: number;
  /** Absent when the document was created. */
  readonly before: CallbackDocument | undefined;
  /** Absent when it was deleted. */
  readonly after: CallbackDocument | undefined;
}

export interface AnnouncerParts {
  readonly settingsOf: (serviceName: string) => Promise<Settings>;
  /** One read. */
  readonly readCallback: (callbackId: string) => Promise<CallbackDocument | undefined>;
  readonly deliver: (announcement: Announcement) => Promise<void>;
  readonly log: Log;
  readonly now: () => number;
  /** An event older than this may have been overtaken: the callback is read afresh before sending. */
  readonly freshForMs: number;
}

/** No notice lives longer, so a platform that redelivers an event for a day redelivers nothing worth telling. */
const longestLifeMs = 60 * 60_000;

/**
 * Announces what a change is worth: parse ▶ decide ▶ deliver. A change that announces nothing costs no I/O, once the
 * settings of its queue are in the cache; a late event that announces something costs one read.
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
    const subject = parsed(change.after ?? change.before);
    if (!subject) return;
    if ('problems' in subject) {
      // What is deleted was reported when it was written.
      if (change.after) log('ERROR', 'callback-rejected', { callbackId, eventId, problems: subject.problems });
      return;
    }
    const after = change.after && subject.value;
    // A former state that does not parse was reported when it was written; nothing can be said of it now.
    const before = change.after ? valueOf(parsed(change.before)) : subject.value;
    const needed = dependsOnSettings(before, after);
    const decision = decide(
      before,
      after,
      needed ? await parts.settingsOf(subject.value.serviceName) : builtInSettings,
      now(),
    );
    if ('silence' in decision) {
      const { silence, isNews } = decision;
      // Most writes are waits that stay above the threshold. A line for each would be a tenth of what such an event
      // costs in CPU, and (20 lines of 300 bytes a callback) $3 of Cloud Logging for a million callbacks.
      if (isNews) log('DEBUG', 'change-ignored', { callbackId, silence, reason: silences[silence] });
      return;
    }
    await announceAll(decision.notices, change, subject.value);
  };

  async function announceAll(notices: readonly Notice[], change: Change, subject: Callback): Promise<void> {
    const { callbackId, changedAt, reconciled = false } = change;
    const settings = await parts.settingsOf(subject.serviceName);
    const late = now() - changedAt > parts.freshForMs;
    const current = late ? valueOf(parsed(await parts.readCallback(callbackId))) : change.after && subject;
    const holds = (notice: Notice) => !late || stillHolds(notice, current, settings, now());
    const announcement = {
      callbackId,
      callback: current ?? subject,
      deleted: !current,
      settings,
      changedAt,
      reconciled,
    };
    const outcomes = await Promise.allSettled(
      notices.map(async (notice) => {
        if (holds(notice)) await parts.deliver({ ...announcement, notice });
        else log('INFO', 'notice-superseded', { callbackId, event: notice.event, ageMs: now() - changedAt });
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

function parsed(document: CallbackDocument | undefined): ReturnType<typeof parseCallback> | undefined {
  return document && parseCallback(document.data, document.updateTime);
}

function valueOf(result: ReturnType<typeof parseCallback> | undefined): Callback | undefined {
  return result && 'value' in result ? result.value : undefined;
}
