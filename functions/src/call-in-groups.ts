import type { Firestore } from '@google-cloud/firestore';
import { remembering, type MemoryOptions } from './memory.ts';
import { callInGroupOf, parseSettings, type CallInGroup } from './settings.ts';

export interface NamedGroup {
  /** Of the settings document that names the group; `default` = every queue. */
  readonly serviceName: string;
  readonly group: CallInGroup;
}

/** Click-To-Call-In groups by name: `callIn` in the settings of a queue. One read each, where it is not remembered. */
export function createCallInGroups(
  db: Firestore,
  memory: MemoryOptions,
): (groupName: string) => Promise<NamedGroup | undefined> {
  const settings = db.collection('callbackSettings');
  return remembering(async (groupName) => {
    // Where two queues name the same group the first one by its name tells its numbers.
    const found = await settings.where('callIn.groupName', '==', groupName).limit(1).get();
    const document = found.docs[0];
    const parsed = document && parseSettings(document.data());
    const group = parsed && 'value' in parsed && parsed.value.callIn ? callInGroupOf(parsed.value.callIn) : undefined;
    return document && group && { serviceName: document.id, group };
  }, memory);
}
