import type { Change } from '../../functions/src/delivery/announce.ts';
import type { StoredDocument } from '../../functions/src/google/documents.ts';
import { aToken, callbackFields, hour, minute, monday, second, timestamp } from '../support/builders.ts';
import { createRoom } from './doubles.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the writes of one callback tell its consumer, and what they have the log name as wrong: one list each. */
async function told(states: readonly Fields[]) {
  const room = createRoom();
  const documents = states.map((fields, index): StoredDocument => ({
    data: callbackFields(fields),
    createTime: `${monday / second}.000000000`,
    updateTime: `${monday / second + index * 10}.000000000`,
  }));
  for (const [index, after] of documents.entries()) {
    room.state.now = monday + index * 10 * second;
    room.former.set('callback-1', documents.slice(0, index));
    room.documents.set('callback-1', after);
    const before = documents[index - 1];
    const change: Change = { callbackId: 'callback-1', eventId: `${index}`, changedAt: room.state.now, before, after };
    await room.onChange(change);
    await room.onChange({ ...change, eventId: `${index} again` });
  }
  const named = room.lines.flatMap(({ event, fields: { problems = [], eventId = '' } }) =>
    event === 'fields-ignored' && !eventId.endsWith('again') ? [problems.map((problem) => problem.split(':')[0])] : [],
  );
  const sent = room.sent.map(({ message, target }) => [message.data['event'], target]);
  return { sent, named };
}

const upcoming = ['CALLBACK_UPCOMING', aToken()];
const ready = ['CALLBACK_READY', aToken()];
const callInTold = ['CALLBACK_CALL_IN', aToken()];
const attemptFailed = ['CALLBACK_ATTEMPT_FAILED', aToken()];
const purged = ['CALLBACK_PURGED', aToken()];

const far = { estimatedWaitTime: 900 };
const near = { estimatedWaitTime: 240 };
const turn = { callDirection: 'USERORIGINATED', callbackState: 'ROUTING' };
const asPurged = { callbackState: 'COMPLETED', callbackReason: 'PURGED' };
const callIn = { id: 'call-in-1', toPhoneNumber: '+18005550100', expirationTime: timestamp(monday + 10 * minute) };
const fcm = (...targets: string[]) => targets.map((target) => ({ channel: 'FCM', target }));

test.each<{ name: string; given: readonly Fields[]; expect: { sent: unknown; named: unknown } }>([
  {
    name: 'a position that is no number, at the consumer’s turn, tells the turn no second time',
    given: [
      { ...turn, positionInQueue: 2 },
      { ...turn, positionInQueue: NaN },
      { ...turn, positionInQueue: 1 },
    ],
    expect: { sent: [ready], named: [['positionInQueue']] },
  },
  {
    name: 'a callback that was created with a wait that is no number is told when it is near',
    given: [{ estimatedWaitTime: NaN }, near],
    expect: { sent: [upcoming], named: [['estimatedWaitTime']] },
  },
  {
    name: 'a wait that is no number for a moment makes a callback near no second time',
    given: [far, near, { estimatedWaitTime: NaN }, near],
    expect: { sent: [upcoming], named: [['estimatedWaitTime']] },
  },
  {
    name: 'one target of another channel costs the others nothing',
    given: [far, { ...near, pushTargets: [...fcm('a'), { channel: 'APNS', target: 'x' }, ...fcm('b')] }],
    expect: {
      sent: [
        ['CALLBACK_UPCOMING', 'a'],
        ['CALLBACK_UPCOMING', 'b'],
      ],
      named: [['pushTargets.1.channel']],
    },
  },
  {
    name: 'a target with line ends around it is the device itself, and is told once',
    given: [far, { ...near, pushTargets: fcm('a\n', ' a', 'a') }],
    expect: { sent: [['CALLBACK_UPCOMING', 'a']], named: [] },
  },
  {
    name: 'the target beyond the hundredth is not told, and the others are',
    given: [far, { ...near, pushTargets: fcm(...Array.from({ length: 101 }, (_, n) => `n${n}`)) }],
    expect: { sent: Array.from({ length: 100 }, (_, n) => ['CALLBACK_UPCOMING', `n${n}`]), named: [['pushTargets']] },
  },
  {
    name: 'where a state is unknown nothing is told, and everything when it is mended',
    given: [far, { ...near, callbackState: 'QUEUEING' }, { ...near, callbackState: 'QUEUED' }],
    expect: { sent: [upcoming], named: [['callbackState']] },
  },
  {
    name: 'a phone number that is none costs nothing',
    given: [
      { ...far, phoneNumber: 49305550100 },
      { ...near, phoneNumber: 49305550100 },
    ],
    expect: { sent: [upcoming], named: [['phoneNumber']] },
  },
  {
    name: 'what stays wrong is named once, with whatever else is written',
    given: [far, { ...far, language: 5 }, { ...near, language: 5 }, { ...asPurged, language: 5 }],
    expect: { sent: [upcoming, purged], named: [['language']] },
  },
  {
    name: 'what is wrong once more, after it was right, is named once more',
    given: [
      { ...far, language: 5 },
      { ...far, language: 'de' },
      { ...far, language: 5 },
    ],
    expect: { sent: [], named: [['language'], ['language']] },
  },
  {
    name: 'an expiry in words keeps nobody from being told',
    given: [far, { ...near, expirationTime: 'in an hour' }],
    expect: { sent: [upcoming], named: [['expirationTime']] },
  },
  {
    name: 'a desired time in words counts as none, and books nothing anew while it stays',
    given: [
      { ...far, desiredTime: 'noon' },
      { ...near, desiredTime: 'noon' },
      { ...near, desiredTime: 'midnight' },
    ],
    expect: { sent: [upcoming], named: [['desiredTime']] },
  },
  {
    name: 'a call-in without an end is none, and the turn is told in its place',
    given: [
      { callDirection: 'USERORIGINATED' },
      { ...turn, callIn: { ...callIn, expirationTime: 600 } },
      { ...turn, callIn },
    ],
    expect: { sent: [ready, callInTold], named: [['callIn.expirationTime']] },
  },
  {
    name: 'a call-in with a code that is a number is told without it',
    given: [far, { ...far, callIn: { ...callIn, accessCode: 42 } }],
    expect: { sent: [callInTold], named: [['callIn.accessCode']] },
  },
  {
    name: 'half an attempt is none, and costs the wait nothing',
    given: [far, { ...near, dialAttempts: 1.5, lastDialResult: 'BUSY' }],
    expect: { sent: [upcoming], named: [['dialAttempts']] },
  },
  {
    name: 'a number of attempts that is wrong for a moment tells no attempt twice',
    given: [
      { ...far, dialAttempts: 1 },
      { ...far, dialAttempts: 1, lastDialResult: 'BUSY' },
      { ...far, dialAttempts: 1.5, lastDialResult: 'BUSY' },
      { ...far, dialAttempts: 1, lastDialResult: 'BUSY' },
    ],
    expect: { sent: [attemptFailed], named: [['dialAttempts']] },
  },
  {
    name: 'a direction that is unknown is the queue’s',
    given: [far, { ...far, callDirection: 'INBOUND', dialAttempts: 1, lastDialResult: 'BUSY' }],
    expect: { sent: [attemptFailed], named: [['callDirection']] },
  },
  {
    name: 'a queue without a name has the default settings',
    given: [
      { ...far, serviceName: 'sales/west' },
      { ...near, serviceName: 'sales/west' },
    ],
    expect: { sent: [upcoming], named: [['serviceName']] },
  },
  {
    name: 'a list of targets that is none tells nobody, until there is one',
    given: [far, { ...near, pushTargets: aToken() }, near],
    expect: { sent: [upcoming], named: [['pushTargets']] },
  },
  {
    name: 'a language of 50 kB is English',
    given: [far, { ...near, language: `en-${'aaaaaaa-'.repeat(6250)}a` }],
    expect: { sent: [upcoming], named: [['language']] },
  },
  {
    name: 'userData of any kind is nobody’s business',
    given: [
      { ...far, userData: 'vip' },
      { ...near, userData: { since: timestamp(monday - hour) } },
    ],
    expect: { sent: [upcoming], named: [] },
  },
])('$name', async ({ given, expect: expected }) => {
  expect(await told(given)).toEqual(expected);
});
