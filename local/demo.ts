import type { Recording } from './replay/recording.ts';
import { booked, setting, story, type Story } from './replay/story.ts';

const minutes = (count: number) => count * 60;

/**
 * A small contact centre at work: `support` calls its consumers back, `sales` has them call in. Both keep business
 * hours in their own time zone, opened four hours ago and closing soon, whatever time it is where the demo runs.
 *
 * @param now epoch milliseconds
 */
export function demo(now: number): Recording {
  const settings = [
    setting('support', {
      pushNotificationThresholdMinutes: 5,
      maxDialAttempts: 2,
      businessHours: openAround(now, 'Europe/Berlin', minutes(-240), minutes(30)),
    }),
    setting('sales', {
      pushNotificationThresholdMinutes: 10,
      businessHours: openAround(now, 'America/New_York', minutes(-240), minutes(240)),
      messages: {
        CALLBACK_READY: { en: { title: 'Sales is ready for you', body: 'Tap to get your number to call.' } },
      },
    }),
  ];
  const stories = [answeredAtTheSecondCall(), neverAnswered(), callIn(), purged(), tooLate(), forgotten()];
  return {
    steps: [...settings, ...stories.flatMap(({ steps }) => steps)].toSorted((a, b) => a.at - b.at),
    expectations: stories.flatMap(({ expectations }) => expectations),
  };
}

function answeredAtTheSecondCall(): Story {
  return story(
    'anna',
    ['CALLBACK_UPCOMING', 'CALLBACK_ATTEMPT_FAILED'],
    [
      [
        0,
        'Anna asks for a callback',
        booked('support', 'anna-phone', { estimatedWaitTime: minutes(12), language: 'de-DE' }),
      ],
      [2, 'the line gets shorter: 8 minutes', { estimatedWaitTime: minutes(8) }],
      [4, '4 minutes', { estimatedWaitTime: minutes(4) }],
      [5, 'up again to 7 minutes', { estimatedWaitTime: minutes(7) }],
      [6, 'down to 3: she knows already', { estimatedWaitTime: minutes(3) }],
      [8, 'an agent calls her: busy', { callbackState: 'ROUTING', dialAttempts: 1, lastDialResult: 'BUSY' }],
      [10, 'the second call connects', { callbackState: 'PROCESSING', dialAttempts: 2, lastDialResult: 'CONNECTED' }],
      [11, 'done', { callbackState: 'COMPLETED', callbackReason: 'AGENT_CONNECTED' }],
    ],
  );
}

function neverAnswered(): Story {
  return story(
    'bruno',
    ['CALLBACK_ATTEMPT_FAILED', 'CALLBACK_FINAL_ATTEMPT_FAILED'],
    [
      [
        0.5,
        'Bruno asks for a callback; his turn is near already',
        booked('support', 'bruno-phone', { estimatedWaitTime: minutes(1), language: 'pt-BR' }),
      ],
      [3, 'nobody answers', { callbackState: 'ROUTING', dialAttempts: 1, lastDialResult: 'NO_ANSWER' }],
      [
        7,
        'nobody answers the last call either',
        {
          callbackState: 'COMPLETED',
          callbackReason: 'FAIL_CALL_TO_CUSTOMER',
          dialAttempts: 2,
          lastDialResult: 'NO_ANSWER',
        },
      ],
    ],
  );
}

function callIn(): Story {
  return story(
    'chiyo',
    ['CALLBACK_UPCOMING', 'CALLBACK_READY', 'CALLBACK_CALL_IN'],
    [
      [
        1,
        'Chiyo wants to call in herself',
        booked('sales', 'chiyo-phone', {
          callDirection: 'USERORIGINATED',
          estimatedWaitTime: minutes(25),
          language: 'ja',
        }),
      ],
      [4.5, 'her turn is near', { estimatedWaitTime: minutes(6) }],
      [7.5, 'an agent is reserved for her', { callbackState: 'ROUTING', estimatedWaitTime: 0 }],
      [
        9,
        'she accepts: number and code',
        {
          callIn: {
            id: 'demo-call-in-1',
            groupName: 'sales',
            toPhoneNumber: '+1 800 555 0199',
            accessCode: '0471',
            expirationTime: { $after: minutes(5) },
          },
        },
      ],
      [12, 'she has called', { callbackState: 'COMPLETED', callbackReason: 'AGENT_CONNECTED' }],
    ],
  );
}

function purged(): Story {
  return story(
    'dalia',
    ['CALLBACK_PURGED'],
    [
      [
        1.5,
        'Dalia asks for a callback',
        booked('sales', 'dalia-phone', { estimatedWaitTime: minutes(90), language: 'ar' }),
      ],
      [9.5, 'it is purged', { callbackState: 'COMPLETED', callbackReason: 'PURGED' }],
    ],
  );
}

function tooLate(): Story {
  return story(
    'emil',
    [],
    [
      [
        2.5,
        'Emil asks for a callback that expires soon',
        booked('support', 'emil-phone', { estimatedWaitTime: minutes(40), expirationTime: { $after: minutes(3) } }),
      ],
      [6.5, '4 minutes, but it expires in 3: nothing to promise', { estimatedWaitTime: minutes(4) }],
      [
        10.5,
        'rescheduled as another callback',
        { callbackState: 'COMPLETED', callbackReason: 'PURGED', rescheduledTo: 'emil-tomorrow' },
      ],
    ],
  );
}

function forgotten(): Story {
  return story(
    'fleur',
    ['CALLBACK_PURGED'],
    [
      [
        3.5,
        'Fleur asks for a callback',
        booked('support', 'fleur-phone', { estimatedWaitTime: minutes(30), language: 'fr-CA' }),
      ],
      [11.5, 'its document is deleted while she waits', undefined],
    ],
  );
}

/** Weekly hours by which the queue opened and closes that many seconds from now, on its own clocks. */
function openAround(now: number, timeZone: string, fromSeconds: number, untilSeconds: number): object {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  const open = clock.format(now + fromSeconds * 1000);
  const close = clock.format(now + untilSeconds * 1000);
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  return { timeZone, weekly: Object.fromEntries(days.map((day) => [day, [{ open, close }]])) };
}
