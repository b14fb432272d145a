import type { ReceivedMessage } from '../../local/inbox.ts';
import type { Story } from './stories.ts';

/** What a row of the chaos table found. */
export interface Verdict {
  /** Notices that a device should show and does not. */
  readonly lost: number;
  /** Notices that a device shows twice, or that nobody should have been told of. */
  readonly doubled: number;
  /** Messages that replaced themselves on the device: the price of at least once. */
  readonly repeats: number;
  readonly expected: number;
  /** The first things that are wrong, in words. */
  readonly complaints: readonly string[];
}

/**
 * What the devices show in the end. A device shows one notification a collapse key, so a repetition of a notice is
 * seen once; two notices of one event are seen twice.
 */
export function judge(stories: readonly Story[], messages: readonly ReceivedMessage[]): Verdict {
  const shown = new Map<string, Set<string>>();
  let kept = 0;
  for (const { target, callbackId, message } of messages) {
    const { event = '', noticeId = '' } = message['data'] as Readonly<Record<string, string>>;
    const { collapse_key: collapseKey } = message['android'] as Readonly<Record<string, string>>;
    const place = `${callbackId ?? ''} ${target} ${event}`;
    const here = shown.get(place) ?? new Set();
    shown.set(place, here.add(`${noticeId} ${collapseKey ?? ''}`));
  }
  const complaints: string[] = [];
  let [lost, doubled, expected] = [0, 0, 0];
  for (const story of stories) {
    if (!story.expected) continue;
    for (const target of story.targets) {
      const place = `${story.callbackId} ${target} ${story.expected}`;
      const count = shown.get(place)?.size ?? 0;
      shown.delete(place);
      expected += 1;
      kept += count;
      if (count === 0) lost += 1;
      if (count > 1) doubled += count - 1;
      if (count !== 1) complaints.push(`${place}: shown ${count} times`);
    }
  }
  for (const [place, notices] of shown) {
    doubled += notices.size;
    kept += notices.size;
    complaints.push(`${place}: nobody expected it`);
  }
  return { lost, doubled, expected, repeats: messages.length - kept, complaints: complaints.slice(0, 10) };
}
