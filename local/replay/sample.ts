/**
 * Makes the recording that comes with the project, `sample.ndjson`: a hundred callbacks whose lives hold every event
 * and every reason for silence. `node local/replay/sample.ts` writes it anew.
 */
import { writeFileSync } from 'node:fs';
import type { WriteStep } from './recording.ts';
import { booked, setting, story, type Story, type StoryChange } from './story.ts';

const minutes = (count: number) => count * 60;
const callbacks = 100;
/** Seconds over which the callbacks begin; with their own length about 5 writes a second. */
const spread = 185;

type Fields = Readonly<Record<string, unknown>>;
type Life = (id: string, device: string, start: number) => Story;

const upcoming = 'CALLBACK_UPCOMING';
const ready = 'CALLBACK_READY';
const calledIn = 'CALLBACK_CALL_IN';
const purgedEvent = 'CALLBACK_PURGED';
const failed = 'CALLBACK_ATTEMPT_FAILED';
const failedFinally = 'CALLBACK_FINAL_ATTEMPT_FAILED';

const purge: Fields = { callbackState: 'COMPLETED', callbackReason: 'PURGED' };
const connected: Fields = { callbackState: 'COMPLETED', callbackReason: 'AGENT_CONNECTED' };
const dial = (attempt: number, lastDialResult: string): Fields => ({ dialAttempts: attempt, lastDialResult });
const wait = (count: number): Fields => ({ estimatedWaitTime: minutes(count) });
const callIn = (id: string, seconds = 900): Fields => ({
  callIn: {
    id,
    groupName: 'sales',
    toPhoneNumber: '+1 800 555 0199',
    accessCode: '0471',
    expirationTime: { $after: seconds },
  },
});

/** One change every other second, from the start on; the waits that only count down are told first. */
function life(
  serviceName: string,
  first: Fields,
  expected: readonly string[],
  rest: readonly (readonly [string, Fields | undefined])[],
  waits: readonly number[] = [],
): Life {
  return (id, device, start) => {
    const changes: (readonly [string, Fields | undefined])[] = [
      ['asks for a callback', booked(serviceName, device, first)],
      ...waits.map((count) => [`the wait is ${count} minutes`, wait(count)] as const),
      ...rest.map(([note, fields], index) =>
        index > 0 && rest[index - 1]?.[1] === undefined
          ? ([note, booked(serviceName, device, fields ?? {})] as const)
          : ([note, fields] as const),
      ),
    ];
    return story(
      id,
      expected,
      changes.map(([note, fields], index): StoryChange => [round(start + index * 1.9), note, fields]),
    );
  };
}

const down = [20, 15, 12, 9, 7];
const callInFirst: Fields = { ...wait(25), callDirection: 'USERORIGINATED' };

const lives: readonly Life[] = [
  life(
    'support',
    wait(25),
    [upcoming, failed],
    [
      ['up again', wait(8)],
      ['down again: known already', wait(3)],
      ['an agent is reserved', { callbackState: 'ROUTING' }],
      ['busy', dial(1, 'BUSY')],
      ['connects', { ...dial(2, 'CONNECTED'), callbackState: 'PROCESSING' }],
      ['done', connected],
    ],
    [...down, 4],
  ),
  life(
    'support',
    wait(25),
    [upcoming, failed, failed, failedFinally],
    [
      ['no answer', dial(1, 'NO_ANSWER')],
      ['answering machine', dial(2, 'ANSWERING_MACHINE')],
      [
        'no answer, for the last time',
        { ...dial(3, 'NO_ANSWER'), callbackState: 'COMPLETED', callbackReason: 'FAIL_CALL_TO_CUSTOMER' },
      ],
    ],
    [...down, 4, 2],
  ),
  life(
    'sales',
    callInFirst,
    [upcoming, ready, calledIn],
    [
      ['the turn has come', { callbackState: 'ROUTING', estimatedWaitTime: 0 }],
      ['accepts', callIn('call-in-1')],
      ['the same call-in again, with a group', { positionInQueue: 1 }],
      ['a dial result of no concern', dial(1, 'USERORIGINATED_CONNECTED')],
      ['done', connected],
    ],
    [...down, 4],
  ),
  life(
    'sales',
    callInFirst,
    [upcoming, ready, ready, calledIn, calledIn],
    [
      ['the turn has come', { callbackState: 'ROUTING', estimatedWaitTime: 0 }],
      ['nobody answers: back to the queue', { callbackState: 'QUEUED', ...wait(2) }],
      ['the turn has come again', { callbackState: 'ROUTING', estimatedWaitTime: 0 }],
      ['accepts', callIn('call-in-1')],
      ['asks anew', callIn('call-in-2')],
      ['talks to an agent: the number is of no use any more', { callbackState: 'PROCESSING' }],
      ['done', connected],
      ['asks once more, too late', callIn('call-in-3')],
    ],
    [...down, 4],
  ),
  life('support', wait(25), [upcoming, purgedEvent], [['purged', purge]], [...down, 11, 10, 4]),
  life('support', wait(25), [purgedEvent], [['deleted while waiting', undefined]], [...down, 11, 10, 9]),
  life(
    'support',
    wait(25),
    [upcoming],
    [
      ['done', connected],
      ['deleted afterwards', undefined],
    ],
    [...down, 6, 4, 3],
  ),
  life(
    'support',
    wait(25),
    [],
    [['purged, another callback replaces it', { ...purge, rescheduledTo: 'another' }]],
    [...down, 8, 7],
  ),
  life(
    'support',
    { ...wait(25), desiredTime: { $after: 3600 } },
    [],
    [['purged and booked for another time', { ...purge, desiredTime: { $after: 7200 } }]],
    [...down, 8, 7],
  ),
  life(
    'support',
    { ...wait(25), desiredTime: { $after: 3600 } },
    [upcoming, upcoming],
    [
      ['rescheduled in place', { ...wait(30), desiredTime: { $after: 7200 } }],
      ['counts down', wait(12)],
      ['near again', wait(4)],
      ['done', connected],
    ],
    [...down, 4],
  ),
  life('support', { ...wait(25), pushTargets: [] }, [], [['purged', purge]], [...down, 4, 3, 2]),
  life('closed', wait(25), [], [['done', connected]], [...down, 4, 3, 2]),
  life('support', { ...wait(25), expirationTime: { $after: 60 } }, [], [['done', connected]], [...down, 4, 3, 2]),
  life(
    'support',
    { estimatedWaitTime: -1 },
    [],
    [
      ['still unknown', { estimatedWaitTime: -1, positionInQueue: 3 }],
      ['known for a moment', wait(14)],
      ['unknown', { estimatedWaitTime: -1 }],
      ['done', connected],
    ],
    [...down],
  ),
  life('support', wait(3), [], [['done', connected]], [2, 2, 1, 1, 0, 2, 1, 0]),
  life(
    'support',
    wait(25),
    [upcoming, failed],
    [
      ['rings', { dialAttempts: 1 }],
      ['busy', dial(2, 'BUSY')],
      ['cancelled after another try', { dialAttempts: 2, callbackState: 'COMPLETED', callbackReason: 'CANCELLED' }],
    ],
    [...down, 4],
  ),
  life(
    'support',
    wait(25),
    [],
    [['busy, and cancelled at once', { ...dial(1, 'BUSY'), callbackState: 'COMPLETED', callbackReason: 'CANCELLED' }]],
    [...down, 8, 7, 6],
  ),
  life('unheard-of', wait(25), [upcoming], [['done', connected]], [...down, 4, 3, 2]),
  life(
    'support',
    wait(25),
    [upcoming],
    [
      ['a typo in the state', { callbackState: 'QUEUEING' }],
      ['mended', { callbackState: 'QUEUED' }],
      ['near', wait(4)],
      ['done', connected],
    ],
    [...down],
  ),
  life('mistaken', wait(25), [upcoming], [['done', connected]], [...down, 4, 3]),
  life(
    'support',
    wait(25),
    [failed, failed, failedFinally],
    [
      ['rings', { dialAttempts: 1 }],
      ['busy', { lastDialResult: 'BUSY' }],
      ['rings again', { dialAttempts: 2, lastDialResult: null }],
      ['no answer', { lastDialResult: 'NO_ANSWER' }],
      ['given up before the last attempt', { callbackState: 'COMPLETED', callbackReason: 'FAIL_CALL_TO_CUSTOMER' }],
    ],
    down,
  ),
  life(
    'dial-in',
    wait(25),
    [upcoming, ready, purgedEvent],
    [
      ['the turn has come: in this queue the consumer dials', { callbackState: 'ROUTING', estimatedWaitTime: 0 }],
      ['a wrong field', { positionInQueue: 'first' }],
      ['mended', { positionInQueue: 1 }],
      ['a number that has lapsed already', { ...callIn('call-in-1', -60) }],
      ['nobody called', { ...purge }],
    ],
    [...down, 4],
  ),
  life(
    'dial-in',
    { ...wait(25), pushTargets: [] },
    [ready, calledIn],
    [
      ['the turn has come, and nobody can be told', { callbackState: 'ROUTING', estimatedWaitTime: 0 }],
      ['the app is there', { pushTargets: [{ channel: 'FCM', target: 'late-app:APA91bDemo' }] }],
      ['accepts', callIn('call-in-1')],
      ['something else', { positionInQueue: 1 }],
      ['done', connected],
    ],
    down,
  ),
  life('dial-in', wait(25), [ready], [['its turn at once', { callbackState: 'ROUTING', estimatedWaitTime: 0 }], ['done', connected]], down), // prettier-ignore
  life(
    'support',
    {
      ...wait(25),
      language: 'zh_TW_#Hant',
      pushTargets: [
        { channel: 'SMS', target: '+49 30 5550100' },
        { channel: 'FCM', target: ' among-others:APA91bDemo\n' },
      ],
    },
    [upcoming],
    [['done', connected]],
    [...down, 4, 3],
  ),
  life(
    'support',
    wait(25),
    [upcoming, purgedEvent, upcoming],
    [
      ['deleted while waiting', undefined],
      ['booked anew under the same id', wait(20)],
      ['near', wait(4)],
      ['done', connected],
    ],
    [...down, 4],
  ),
  life(
    'support',
    { ...wait(25), desiredTime: { $at: '2030-01-07T10:00:00Z' } },
    [upcoming, upcoming, upcoming],
    [
      ['another time', { ...wait(30), desiredTime: { $at: '2030-01-07T12:00:00Z' } }],
      ['counts down', wait(12)],
      ['near', wait(4)],
      ['the first time after all', { ...wait(30), desiredTime: { $at: '2030-01-07T10:00:00Z' } }],
      ['counts down', wait(25)],
      ['counts down', wait(20)],
      ['counts down', wait(12)],
      ['near once more', wait(4)],
      ['done', connected],
    ],
    [12, 4],
  ),
  life('support', { ...wait(25), ...purge }, [], [['imported, and touched', { positionInQueue: 1 }]]),
];

const settings: readonly WriteStep[] = [
  setting('support', { pushNotificationThresholdMinutes: 5, maxDialAttempts: 3 }),
  setting('sales', { pushNotificationThresholdMinutes: 5 }),
  setting('closed', { pushNotificationThresholdMinutes: 5, businessHours: { timeZone: 'Europe/Berlin', weekly: {} } }),
  setting('mistaken', { pushNotificationThresholdMinutes: 'five' }),
  setting('dial-in', { callDirection: 'USERORIGINATED' }),
  setting('default', { pushNotificationThresholdMinutes: 5 }),
];

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

/** The recording's lines; the same at every call. */
export function sampleLines(): string[] {
  const stories = Array.from({ length: callbacks }, (_, index) => {
    const tell = lives[index % lives.length] ?? lives[0];
    const name = `sample-${String(index + 1).padStart(3, '0')}`;
    return tell?.(name, `${name}-device`, round((index * spread) / callbacks));
  }).filter((one) => one !== undefined);
  const steps = stories.flatMap((one) => one.steps).toSorted((a, b) => a.at - b.at);
  const expectations = stories.flatMap((one) => one.expectations);
  return [
    ...settings.map(({ path, data }) => ({ settings: path.split('/')[1], set: data })),
    ...steps.map(({ at, path, kind, data, note }) => ({
      at,
      id: path.split('/')[1],
      note,
      ...(kind === 'delete' ? { delete: true } : { [kind]: data }),
    })),
    ...expectations.map((expect) => ({ expect })),
  ].map((line) => JSON.stringify(line));
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(new URL('sample.ndjson', import.meta.url), `${sampleLines().join('\n')}\n`);
}
