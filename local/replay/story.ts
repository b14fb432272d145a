import type { Expectation, WriteStep } from './recording.ts';

/** One callback's life, and the notices that its consumer is to get. */
export interface Story {
  readonly steps: readonly WriteStep[];
  readonly expectations: readonly Expectation[];
}

type Fields = Readonly<Record<string, unknown>>;

/** A change at so many seconds from the start; `undefined` instead of fields deletes the document. */
export type StoryChange = readonly [at: number, note: string, fields: Fields | undefined];

/**
 * Tells a callback's life: its creation first, then updates. What follows a deletion creates it anew.
 *
 * @param expected events, each as often as it is to be announced
 */
export function story(id: string, expected: readonly string[], changes: readonly StoryChange[]): Story {
  return {
    steps: changes.map(([at, note, fields], index) => ({
      line: 0,
      at,
      path: `callbacks/${id}`,
      kind: fields ? (changes[index - 1]?.[2] ? 'update' : 'set') : 'delete',
      data: fields ?? {},
      note,
    })),
    expectations: [...new Set(expected)].map((event) => ({
      id,
      event,
      count: expected.filter((other) => other === event).length,
    })),
  };
}

/** The fields of a new callback of a queue, with one device. */
export function booked(serviceName: string, device: string, fields: Fields): Fields {
  const pushTargets = [{ channel: 'FCM', target: `${device}:APA91bDemo` }];
  return { serviceName, phoneNumber: '+49 30 5550100', callbackState: 'QUEUED', pushTargets, ...fields };
}

/** Settings that are written before anything else. */
export function setting(serviceName: string, data: Fields): WriteStep {
  return { line: 0, at: -1, path: `callbackSettings/${serviceName}`, kind: 'set', data };
}
