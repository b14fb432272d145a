import type { Change } from '../../functions/src/delivery/announce.ts';
import type { NoticeEvent } from '../../functions/src/callback/notice-event.ts';
import { builtInSettings } from '../../functions/src/callback/settings.ts';
import type { StoredDocument } from '../../functions/src/google/documents.ts';
import { callbackFields, hour, minute, monday, second, timestamp } from '../support/builders.ts';
import { runTasks } from '../support/playback.ts';
import { accepted, createRoom, tryLater } from './doubles.ts';
import { timeText } from './history.ts';

type Fields = Readonly<Record<string, unknown>>;
type Written = readonly [afterMs: number, fields: Fields];

/** One document and all that was written to it; what is told of it is up to what then happens. */
function callbackWith(states: readonly Written[]) {
  const room = createRoom({ reconciled: 100 });
  const documents = states.map(([afterMs, fields]): StoredDocument => ({
    data: callbackFields(fields),
    createTime: timeText(monday),
    updateTime: timeText(monday + afterMs),
  }));
  const writtenAfter = (n: number) => states[n]?.[0] ?? 0;
  const change = (n: number): Change => ({
    callbackId: 'callback-1',
    eventId: `event-${n}`,
    changedAt: monday + writtenAfter(n),
    before: documents[n - 1],
    after: documents[n],
  });
  /** The write, whose event is lost so far. */
  const write = (n: number): void => {
    room.former.set('callback-1', documents.slice(0, n));
    const document = documents[n];
    if (document) room.documents.set('callback-1', document);
  };
  const event = async (n: number, afterMs = writtenAfter(n)): Promise<void> => {
    room.state.now = monday + afterMs;
    await room.onChange(change(n));
  };
  return {
    ...room,
    write,
    event,
    /** The write and its event. */
    async happens(...numbers: readonly number[]): Promise<void> {
      for (const n of numbers) {
        write(n);
        await event(n);
      }
    },
    async sweeps(...afterMs: readonly number[]): Promise<void> {
      for (const after of afterMs) {
        room.state.now = monday + after;
        await runTasks(room);
        await room.delivery.sweep();
      }
    },
    told: () =>
      room.sent
        .filter(({ result }) => result.outcome === 'accepted')
        .map(({ message }) => message.data['event'] as NoticeEvent),
  };
}

const upcoming = 'CALLBACK_UPCOMING';
const ready = 'CALLBACK_READY';
const failed = 'CALLBACK_ATTEMPT_FAILED';
const far = { estimatedWaitTime: 900 };
const near = { estimatedWaitTime: 200 };
const ten = { desiredTime: timestamp(monday + hour) };
const eleven = { desiredTime: timestamp(monday + 2 * hour) };
const busy = (dialAttempts: number) => ({ dialAttempts, lastDialResult: 'BUSY' });
const consumerDials = { callDirection: 'USERORIGINATED' };
const turn = { ...consumerDials, callbackState: 'ROUTING' };
const purged = { callbackState: 'COMPLETED', callbackReason: 'PURGED' };
const callIn = (id = 'call-in-1', expirationTime = timestamp(monday + hour)) => ({
  callIn: { id, toPhoneNumber: '+18005550100', expirationTime },
});
const minutes = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, n) => (first + n) * minute);

describe('a failed attempt is told once', () => {
  test.each<{ name: string; given: readonly Written[]; expect: readonly NoticeEvent[] }>([
    {
      name: 'though the callback is booked anew before the sweep',
      given: [[0, { ...near, ...ten }], [20 * second, { ...near, ...ten, ...busy(1) }], [40 * second, { ...near, ...eleven, ...busy(1) }]], // prettier-ignore
      expect: [failed],
    },
    {
      name: 'though attempts are counted down before the sweep',
      given: [
        [0, {}],
        [10 * second, { ...near, ...busy(2) }],
        [20 * second, { ...near, ...busy(1) }],
      ],
      expect: [failed],
    },
    {
      name: 'though it was the last, and the callback is booked anew',
      given: [[0, ten], [10 * second, { ...near, ...ten, ...busy(3) }], [20 * second, { ...near, ...eleven, ...busy(3) }]], // prettier-ignore
      expect: ['CALLBACK_FINAL_ATTEMPT_FAILED'],
    },
  ])('$name', async ({ given, expect: expected }) => {
    const callback = callbackWith(given);
    await callback.happens(0, 1, 2);
    await callback.sweeps(minute);
    expect(callback.told().filter((event) => event.endsWith('ATTEMPT_FAILED'))).toEqual(expected);
  });

  test('also where a call-in that has expired kept it from being looked at', async () => {
    const expired = callIn('old', timestamp(monday - hour));
    const callback = callbackWith([[0, { ...far, ...expired }], [30 * second, { ...far, ...expired, ...busy(1) }], [100 * second, { ...near, ...expired, ...busy(1) }]]); // prettier-ignore
    await callback.happens(0);
    callback.write(1);
    await callback.sweeps(minute);
    await callback.happens(2);
    await callback.sweeps(2 * minute, 3 * minute);
    expect(callback.told().toSorted()).toEqual([failed, upcoming]);
  });
});

describe('a raised threshold is told of', () => {
  const raised = { ...builtInSettings, pushNotificationThresholdMinutes: 10 };

  test('though the settings are saved twice within a minute', async () => {
    const callback = callbackWith([[0, far], [minute, { estimatedWaitTime: 500 }]]); // prettier-ignore
    await callback.happens(0, 1);
    await callback.sweeps(2 * minute);
    const [first, second_] = [monday + 2 * minute + 5 * second, monday + 2 * minute + 40 * second];
    callback.state.formerSettings = [{ until: first, settings: builtInSettings }, { until: second_, settings: raised }]; // prettier-ignore
    callback.state.settings = { ...raised, changedAt: second_ };
    await callback.sweeps(...minutes(3, 8));
    expect(callback.told()).toEqual([upcoming]);
  });

  test('though a sweep still remembered the settings before', async () => {
    const callback = callbackWith([[0, far], [minute + 10 * second, { estimatedWaitTime: 500 }]]); // prettier-ignore
    await callback.happens(0);
    await callback.sweeps(30 * second);
    await callback.happens(1);
    await callback.sweeps(minute + 30 * second);
    callback.state.formerSettings = [{ until: monday + minute, settings: builtInSettings }];
    callback.state.settings = { ...raised, changedAt: monday + minute };
    await callback.sweeps(...minutes(3, 8));
    expect(callback.told()).toEqual([upcoming]);
  });
});

describe('a booking that comes back', () => {
  const back: readonly Written[] = [[0, { ...far, ...ten }], [1000, { ...near, ...ten }], [2000, { ...far, ...eleven }], [3000, { ...far, ...ten }], [4000, { ...near, ...ten }]]; // prettier-ignore

  test('is told once more', async () => {
    const callback = callbackWith(back);
    await callback.happens(0, 1, 2, 3, 4);
    expect(callback.told()).toEqual([upcoming, upcoming]);
  });

  test('is told once more though older events come again', async () => {
    const callback = callbackWith(back);
    await callback.happens(0, 1, 2, 3, 4);
    await callback.event(2, 4300);
    await callback.event(4, 4400);
    expect(callback.told()).toEqual([upcoming, upcoming]);
  });
});

describe('a field that is wrong for a moment', () => {
  test.each<{ name: string; given: readonly Written[]; expect: readonly NoticeEvent[] }>([
    {
      name: 'books nothing: the desired time',
      given: [[0, { ...far, ...ten }], [1000, { ...near, ...ten }], [2000, { ...near, desiredTime: 'noon' }], [3000, { ...near, ...ten }]], // prettier-ignore
      expect: [upcoming],
    },
    {
      name: 'is no other booking: the desired time with the purge',
      given: [
        [0, { ...far, ...ten }],
        [1000, { ...purged, desiredTime: 'noon' }],
      ],
      expect: ['CALLBACK_PURGED'],
    },
    {
      name: 'nor is one that goes with the purge',
      given: [
        [0, { ...far, ...ten }],
        [1000, purged],
      ],
      expect: ['CALLBACK_PURGED'],
    },
    {
      name: 'begins no other turn: the state',
      given: [
        [0, consumerDials],
        [1000, turn],
        [2000, { ...turn, callbackState: 'ROUTNG' }],
        [3000, turn],
      ],
      expect: [ready],
    },
  ])('$name', async ({ given, expect: expected }) => {
    const callback = callbackWith(given);
    await callback.happens(...given.keys());
    expect(callback.told()).toEqual(expected);
  });
});

describe('the turn of a consumer', () => {
  test('is told to whoever has an app later', async () => {
    const callback = callbackWith([[0, consumerDials], [second, { ...turn, pushTargets: [] }], [11 * minute, turn]]); // prettier-ignore
    await callback.happens(0, 1, 2);
    await callback.sweeps(12 * minute, 13 * minute);
    expect(callback.told()).toEqual([ready]);
  });

  const moving: readonly Written[] = [
    [0, consumerDials],
    ...Array.from({ length: 40 }, (_, n): Written => [(2 * n + 1) * second, { ...turn, positionInQueue: n }]),
  ];

  test('is told when FCM is back, however often the document was written meanwhile', async () => {
    const callback = callbackWith(moving);
    callback.state.answer = () => tryLater;
    await callback.happens(...moving.keys());
    callback.state.answer = () => accepted;
    await callback.sweeps(...minutes(3, 5));
    expect(callback.told()).toEqual([ready]);
  });

  test('is followed back to its beginning once', async () => {
    const callback = callbackWith(moving);
    await callback.happens(...moving.keys());
    const reads: number[] = [];
    for (const at of minutes(3, 5)) {
      const before = callback.readCallbacks.length;
      await callback.sweeps(at);
      reads.push(callback.readCallbacks.length - before);
    }
    expect(reads.slice(1)).toEqual([1, 1]);
  });
});

describe('who has a number to call keeps it', () => {
  test('though a notice of before had to wait', async () => {
    const callback = callbackWith([[0, far], [second, near], [10 * second, { ...near, ...callIn() }]]); // prettier-ignore
    await callback.happens(0);
    callback.state.answer = () => tryLater;
    await callback.happens(1);
    callback.state.answer = () => accepted;
    await callback.happens(2);
    await callback.sweeps(minute, 2 * minute);
    expect(callback.told()).toEqual(['CALLBACK_CALL_IN']);
  });

  test('though the event of a notice of before was lost', async () => {
    const callback = callbackWith([[0, far], [second, near], [2 * second, { ...near, ...callIn() }]]); // prettier-ignore
    await callback.happens(0);
    callback.write(1);
    await callback.happens(2);
    await callback.sweeps(minute);
    expect(callback.told()).toEqual(['CALLBACK_CALL_IN']);
  });

  test('whatever its id looks like', async () => {
    const callback = callbackWith([[0, far], [second, { ...far, ...callIn('a~1') }], [2 * second, { ...far, ...callIn('a') }]]); // prettier-ignore
    await callback.happens(0);
    callback.state.answer = () => tryLater;
    await callback.happens(1);
    callback.state.answer = () => accepted;
    await callback.happens(2);
    await callback.sweeps(minute, 2 * minute);
    expect(callback.told()).toEqual(['CALLBACK_CALL_IN']);
  });
});

test('a near turn that had to wait ends by the wait that was written since', async () => {
  const callback = callbackWith([[0, far], [second, { estimatedWaitTime: 30 }], [20 * second, { estimatedWaitTime: 280 }], [100 * second, { estimatedWaitTime: 260 }]]); // prettier-ignore
  callback.state.answer = () => tryLater;
  await callback.happens(0, 1, 2);
  await callback.sweeps(50 * second, 62 * second);
  callback.state.answer = () => accepted;
  await callback.happens(3);
  await callback.sweeps(...minutes(2, 4));
  expect(callback.told()).toEqual([upcoming]);
});

test('a late event is asked what it said when it was written, and the callback whether that is still true', async () => {
  const expires = { expirationTime: timestamp(monday + 251 * second) };
  const callback = callbackWith([[0, { ...far, ...expires }], [second, { estimatedWaitTime: 240, ...expires }], [60 * second, { estimatedWaitTime: 180, ...expires }]]); // prettier-ignore
  await callback.happens(0);
  callback.write(1);
  callback.write(2);
  await callback.event(1, 61 * second);
  await callback.event(2, 61 * second);
  expect(callback.told()).toEqual([upcoming]);
});

test('a sweep with a clock that was ahead does not keep the next ones from looking', async () => {
  const callback = callbackWith([[0, far], [30 * second, near]]); // prettier-ignore
  await callback.happens(0);
  await callback.sweeps(2 * hour);
  callback.write(1);
  await callback.sweeps(minute, 2 * minute);
  expect(callback.told()).toEqual([upcoming]);
});

test.each<{ name: string; given: readonly Written[] }>([
  {
    name: 'whose reason comes with the next write',
    given: [
      [0, { callbackState: 'COMPLETED' }],
      [1000, purged],
    ],
  },
  {
    name: 'that gets a device with the next write',
    given: [
      [0, { ...purged, pushTargets: [] }],
      [1000, purged],
    ],
  },
])('of a callback that is imported as over nobody is told: one $name', async ({ given }) => {
  const callback = callbackWith(given);
  await callback.happens(0, 1);
  expect(callback.told()).toEqual([]);
});

test('nothing is kept of the bookings of a callback that nobody can be told of', async () => {
  const nobody = { ...far, pushTargets: [] };
  const callback = callbackWith([[0, { ...nobody, ...ten }], [1000, { ...nobody, ...eleven }]]); // prettier-ignore
  await callback.happens(0, 1);
  expect(callback.rebookings.size).toBe(0);
});

test('what is no longer true is not told, though the sweep found it so', async () => {
  const room = createRoom({ reconciled: 1000 });
  const stored = (id: string, afterMs: number, fields: Fields): StoredDocument => ({
    data: callbackFields({ ...fields, pushTargets: [{ channel: 'FCM', target: id }] }),
    createTime: timeText(monday),
    updateTime: timeText(monday + afterMs),
  });
  const ids = Array.from({ length: 25 }, (_, n) => `callback-${n}`);
  for (const id of ids) {
    room.former.set(id, [stored(id, 0, far)]);
    room.documents.set(id, stored(id, 10 * second, near));
  }
  const last = ids.at(-1) ?? '';
  room.state.now = monday + minute;
  room.state.answer = () => {
    room.state.now = monday + 2 * minute;
    room.documents.set(last, stored(last, 70 * second, { callbackState: 'COMPLETED', callbackReason: 'CANCELLED' }));
    return accepted;
  };
  await room.delivery.sweep();
  const targets = room.sent.map(({ target }) => target);
  expect([targets.includes(ids.at(-2) ?? ''), targets.includes(last)]).toEqual([true, false]);
});
