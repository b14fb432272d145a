import { microsecondsOf } from './callback.ts';
import type { Settings } from './settings.ts';
import { layer } from './settings-layers.ts';
import { parseSettings, type SettingsDocument } from './settings-schema.ts';
import { isForgotten } from '../base/failure.ts';
import { remembering } from '../base/memory.ts';
import type { StoredDocument } from '../google/documents.ts';

/**
 * Settings documents as they lie in Firestore, `undefined` where there is none.
 *
 * @param at epoch milliseconds within the last hour; absent = now
 */
export type ReadSettings = (
  serviceName: string,
  at?: number,
) => Promise<{ queue: StoredDocument | undefined; default: StoredDocument | undefined }>;

/** What the cache tells of the documents that it read. */
export type SettingsFinding =
  | { readonly finding: 'settings-rejected'; readonly document: string; readonly problems: readonly string[] }
  | { readonly finding: 'settings-missing'; readonly serviceName: string };

export interface SettingsCacheOptions {
  readonly read: ReadSettings;
  readonly report: (finding: SettingsFinding) => void;
  readonly now: () => number;
  readonly maxAgeMs: number;
}

export interface SettingsCache {
  readonly of: (serviceName: string) => Promise<Settings>;
  /**
   * What was in force at a moment, in epoch milliseconds; what is in force now where that is longer ago than Firestore
   * remembers.
   */
  readonly asOf: (serviceName: string, at: number) => Promise<Settings>;
}

/**
 * Settings by queue, read once and remembered for `maxAgeMs`: the price of a change that waits at most so long
 * before it applies, for two document reads per queue, instance and that time.
 *
 * A document that does not parse is reported and counts as absent, so that one typo silences no queue.
 */
export function createSettingsCache({ read, report, now, maxAgeMs }: SettingsCacheOptions): SettingsCache {
  async function load(serviceName: string): Promise<Settings> {
    const documents = await read(serviceName);
    if (documents.queue === undefined) report({ finding: 'settings-missing', serviceName });
    const changedAt = Math.max(...[documents.queue, documents.default].map(writtenAt));
    return {
      ...layer([
        ...accept(`callbackSettings/${serviceName}`, documents.queue),
        ...accept('callbackSettings/default', documents.default),
      ]),
      changedAt,
    };
  }

  async function loadAsOf(serviceName: string, at: number): Promise<Settings> {
    const documents = await read(serviceName, at);
    return layer([documents.queue, documents.default].flatMap((document) => silently(document)));
  }

  function silently(document: StoredDocument | undefined): SettingsDocument[] {
    const parsed = document && parseSettings(document.data);
    return parsed && 'value' in parsed ? [parsed.value] : [];
  }

  function accept(document: string, stored: StoredDocument | undefined): SettingsDocument[] {
    if (stored === undefined) return [];
    const parsed = parseSettings(stored.data);
    if ('value' in parsed) return [parsed.value];
    report({ finding: 'settings-rejected', document, problems: parsed.problems });
    return [];
  }

  const current = remembering(load, { now, maxAgeMs });
  const former = remembering(
    (key) => {
      const [at] = key.split(' ', 1);
      return loadAsOf(key.slice(key.indexOf(' ') + 1), Number(at));
    },
    { now, maxAgeMs },
  );
  return {
    of: current,
    async asOf(serviceName, at) {
      try {
        return await former(`${Math.floor(at)} ${serviceName}`);
      } catch (error) {
        if (isForgotten(error)) return current(serviceName);
        throw error;
      }
    },
  };
}

function writtenAt(document: StoredDocument | undefined): number {
  return document ? microsecondsOf(document.updateTime) / 1000 : 0;
}
