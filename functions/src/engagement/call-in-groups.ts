import type { Firestore } from '@google-cloud/firestore';
import { remembering, type MemoryOptions } from '../base/memory.ts';
import type { CallInGroup } from '../callback/settings.ts';
import { callInGroupOf } from '../callback/settings-layers.ts';
import { parseSettings } from '../callback/settings-schema.ts';

export interface NamedGroup {
  /** Of the settings document that names the group; `default` = every queue. */
  readonly serviceName: string;
  readonly group: CallInGroup;
}

/** Queues that may name the same group; further ones are not looked at. */
const mostQueues = 50;

/**
 * Click-To-Call-In groups by name: `callIn` in the settings of a queue, those of the first queue by its name first. One
 * read for each queue that names it, where it is not remembered.
 */
export function createCallInGroups(
  db: Firestore,
  memory: MemoryOptions,
): (groupName: string) => Promise<readonly NamedGroup[]> {
  const settings = db.collection('callbackSettings');
  return remembering(async (groupName) => {
    const found = await settings.where('callIn.groupName', '==', groupName).limit(mostQueues).get();
    return found.docs.flatMap((document) => {
      const parsed = parseSettings(document.data());
      const group = 'value' in parsed && parsed.value.callIn ? callInGroupOf(parsed.value.callIn) : undefined;
      return group ? [{ serviceName: document.id, group }] : [];
    });
  }, memory);
}
