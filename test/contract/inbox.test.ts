import { createSign } from 'node:crypto';
import { startGoogle, type Google } from '../../local/google.ts';
import { createInbox, type ReceivedMessage } from '../../local/inbox.ts';

const start = Date.parse('2026-03-02T10:00:00Z');

let google: Google;
let authorization: string;
let now = start;

beforeAll(async () => {
  google = await startGoogle({ port: 0, now: () => now });
  authorization = `Bearer ${await accessToken()}`;
});

afterAll(() => google.stop());

beforeEach(() => {
  now = start + 0.25;
  google.inbox.clear();
});

async function accessToken(): Promise<string> {
  const { client_email: iss, private_key } = google.accounts.create('demo-callbacks');
  const part = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url');
  const scope = 'https://www.googleapis.com/auth/firebase.messaging';
  const claims = {
    iss,
    scope,
    aud: 'https://oauth2.googleapis.com/token',
    iat: start / 1000,
    exp: start / 1000 + 3600,
  };
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  const assertion = `${signed}.${createSign('RSA-SHA256').update(signed).sign(private_key, 'base64url')}`;
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  const response = await fetch(`${google.url}/token`, { method: 'POST', body });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Sends a message by FCM's door; @returns its name. */
async function send(message: object): Promise<string> {
  const response = await fetch(`${google.url}/v1/projects/demo-callbacks/messages:send`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify({ message: { token: 'device:one', ...message } }),
  });
  return ((await response.json()) as { name: string }).name;
}

const about = (callbackServiceId: string, event: string) => ({ data: { callbackServiceId, event } });

interface Listing {
  readonly messages: readonly ReceivedMessage[];
  readonly total: number;
}

async function read(query = ''): Promise<Listing> {
  return (await (await fetch(`${google.url}/inbox.json${query}`)).json()) as Listing;
}

test('a message lies in the inbox with when, where, for which callback and as it was sent', async () => {
  const message = { token: 'device:one', ...about('cb-1', 'CALLBACK_READY') };
  const name = await send(message);
  const { messages, total } = await read();
  const sequence = messages[0]?.sequence ?? 0;
  expect({ messages, total }).toEqual({
    messages: [
      {
        sequence,
        receivedAt: '2026-03-02T10:00:00.000Z',
        receivedAtMs: start + 0.25,
        project: 'demo-callbacks',
        target: 'device:one',
        callbackId: 'cb-1',
        event: 'CALLBACK_READY',
        name,
        replaces: null,
        message,
      },
    ],
    total: 1,
  });
  expect(google.inbox.messages()).toEqual(messages);
});

test('a message about no callback lies there too', async () => {
  await send({ token: undefined, topic: 'outage', notification: { title: 'x' } });
  expect((await read()).messages[0]).toMatchObject({ target: '/topics/outage', callbackId: null, event: null });
});

test.each<[string, object, object, boolean]>([
  ['the same tag on Android', { android: { notification: { tag: 'k' } } }, {}, true],
  ['the same collapse key on Android', { android: { collapse_key: 'k' } }, {}, true],
  ['the same collapse id on iOS', { apns: { headers: { 'apns-collapse-id': 'k' } } }, {}, true],
  ['the same topic on the web', { webpush: { headers: { Topic: 'k' } } }, {}, true],
  ['the same tag on the web', { webpush: { notification: { tag: 'k' } } }, {}, true],
  ['the same key on another device', { android: { collapse_key: 'k' } }, { token: 'device:two' }, false],
  ['another key on the same device', { android: { collapse_key: 'k' } }, { android: { collapse_key: 'l' } }, false],
  ['no key', {}, {}, false],
])('a message with %s', async (_, message, difference, replaces) => {
  await send(message);
  await send({ ...message, ...difference });
  const [later, earlier] = google.inbox.messages();
  expect(later?.replaces).toBe(replaces ? earlier?.sequence : null);
});

test('of three with one collapse key, each replaces the one before it', async () => {
  for (const body of ['1', '2', '3']) await send({ notification: { body }, android: { collapse_key: 'k' } });
  const [third, second, first] = google.inbox.messages();
  expect([third?.replaces, second?.replaces, first?.replaces]).toEqual([second?.sequence, first?.sequence, null]);
});

describe('reading', () => {
  let sequences: readonly number[] = [];

  beforeEach(async () => {
    await send(about('cb-1', 'CALLBACK_UPCOMING'));
    await send(about('cb-1', 'CALLBACK_READY'));
    await send(about('cb-2', 'CALLBACK_READY'));
    sequences = google.inbox.messages().map(({ sequence }) => sequence);
  });

  test.each<[string, () => string, number[], number]>([
    ['everything, newest first', () => '', [0, 1, 2], 3],
    ['one callback', () => '?callbackId=cb-1', [1, 2], 2],
    ['one event', () => '?event=CALLBACK_READY', [0, 1], 2],
    ['one event of one callback', () => '?callbackId=cb-1&event=CALLBACK_READY', [1], 1],
    ['the newest one, and how many there are', () => '?limit=1', [0], 3],
    ['what came after a sequence', () => `?since=${sequences[1]}`, [0], 1],
    ['nothing where nothing matches', () => '?callbackId=cb-3', [], 0],
    ['everything where the limit is no number', () => '?limit=many', [0, 1, 2], 3],
  ])('%s', async (_, query, expected, total) => {
    const found = await read(query());
    const places = found.messages.map(({ sequence }) => sequences.indexOf(sequence));
    expect([places, found.total]).toEqual([expected, total]);
  });

  test('an emptied inbox is empty, and counts on', async () => {
    await fetch(`${google.url}/inbox.json`, { method: 'DELETE' });
    expect(await read()).toEqual({ messages: [], total: 0 });
    await send({});
    expect((await read()).messages[0]?.sequence).toBe((sequences[0] ?? 0) + 1);
  });
});

test.each<[string, string, [string, number | null][]]>([
  [
    'lets the oldest go, with what it showed',
    'a b b a',
    [
      ['4', null],
      ['3', 2],
    ],
  ],
  [
    'keeps what took the place of the oldest',
    'a a b a',
    [
      ['4', 2],
      ['3', null],
    ],
  ],
])('a full inbox %s', (_, targets, expected) => {
  const inbox = createInbox({ capacity: 2, now: () => start });
  targets.split(' ').forEach((target, index) => {
    inbox.keep({ projectId: 'p', target, name: String(index + 1), message: { android: { collapse_key: 'k' } } });
  });
  expect(inbox.messages().map(({ name, replaces }) => [name, replaces])).toEqual(expected);
});

describe('following', () => {
  /** Reads events until there are `count`; each is what stands on its lines. */
  async function follow(count: number, lastEventId?: string, onOpen?: () => Promise<unknown>): Promise<string[][]> {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const cut = new AbortController();
    const signal = AbortSignal.any([cut.signal, AbortSignal.timeout(5000)]);
    const response = await fetch(`${google.url}/inbox/events`, { headers, signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await onOpen?.();
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const events = text
        .split('\n\n')
        .slice(0, -1)
        .filter((event) => !event.startsWith(':'));
      if (events.length >= count) return events.map((event) => event.split('\n'));
    }
    throw new Error('the stream ended');
  }

  const eventOf = (message: ReceivedMessage | undefined) => [
    `id: ${message?.sequence}`,
    `data: ${JSON.stringify(message)}`,
  ];

  test('what arrives is told at once, and an emptied inbox too', async () => {
    await send({ notification: { title: 'before' } });
    const arrived: ReceivedMessage[] = [];
    const events = await follow(2, undefined, async () => {
      await send({ notification: { title: 'line\nbreak' } });
      arrived.push(...google.inbox.messages().slice(0, 1));
      google.inbox.clear();
    });
    expect(events).toEqual([eventOf(arrived[0]), ['event: emptied', 'data: {}']]);
  });

  test('who returns is told what was missed, oldest first', async () => {
    await send({ notification: { title: 'seen' } });
    const seen = google.inbox.messages()[0]?.sequence;
    await send({ notification: { title: 'missed' } });
    await send({ notification: { title: 'missed too' } });
    const [latest, former] = google.inbox.messages();
    expect(await follow(2, String(seen))).toEqual([eventOf(former), eventOf(latest)]);
  });
});

describe('the page', () => {
  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/inbox.js', 'text/javascript; charset=utf-8'],
    ['/inbox.css', 'text/css; charset=utf-8'],
  ])('%s is served and may load nothing from elsewhere', async (path, contentType) => {
    const response = await fetch(`${google.url}${path}`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect([response.status, response.headers.get('content-type')]).toEqual([200, contentType]);
    expect(policy.split('; ').slice(0, 5)).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
    ]);
  });

  test('it names no address outside itself and writes no markup', async () => {
    const files = await Promise.all(
      ['/', '/inbox.js', '/inbox.css'].map(async (path) => (await fetch(`${google.url}${path}`)).text()),
    );
    expect(files.join('\n')).not.toMatch(/https?:|innerHTML|insertAdjacentHTML|document\.write|\sstyle=|\son\w+=/);
  });
});
