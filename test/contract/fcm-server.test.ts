import { createSign } from 'node:crypto';
import { connect } from 'node:http2';
import { Agent, request } from 'undici';
import { mixOf, passingFaultCodes, type FaultRule } from '../../local/fcm-faults.ts';
import { startGoogle, type Google } from '../../local/google.ts';
import type { AccountState, ServiceAccountJson } from '../../local/oauth.ts';

const target = 'dQw4w9WgXcQ:APA91bH-callback-push';
const fcmErrorType = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
const badRequestType = 'type.googleapis.com/google.rpc.BadRequest';

let google: Google;
let account: ServiceAccountJson;
let token: string;
const agent = new Agent();

beforeAll(async () => {
  google = await startGoogle({ port: 0 });
  google.accounts.create('demo-other');
  account = google.accounts.create('demo-callbacks');
});

afterAll(async () => {
  await agent.destroy();
  await google.stop();
});

beforeEach(async () => {
  google.faults.clear();
  google.inbox.clear();
  google.accounts.setState(account.client_email, 'active');
  token = await signIn(account);
});

async function signIn({ client_email: iss, private_key }: ServiceAccountJson): Promise<string> {
  const part = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url');
  const iat = Math.floor(Date.now() / 1000);
  const scope = 'https://www.googleapis.com/auth/firebase.messaging';
  const claims = { iss, scope, aud: 'https://oauth2.googleapis.com/token', iat, exp: iat + 3600 };
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  const assertion = `${signed}.${createSign('RSA-SHA256').update(signed).sign(private_key, 'base64url')}`;
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  const response = await fetch(`${google.url}/token`, { method: 'POST', body });
  return ((await response.json()) as { access_token: string }).access_token;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly error: Readonly<Record<string, unknown>>;
}

interface Call {
  readonly body?: string;
  readonly project?: string;
  readonly authorization?: string | null;
  readonly timeoutMs?: number;
}

async function post({
  body = '',
  project = 'demo-callbacks',
  authorization,
  timeoutMs = 10_000,
}: Call): Promise<Reply> {
  const given = authorization === undefined ? `Bearer ${token}` : authorization;
  const { statusCode, headers, ...rest } = await request(`${google.url}/v1/projects/${project}/messages:send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(given !== null && { authorization: given }) },
    body,
    dispatcher: agent,
    headersTimeout: timeoutMs,
  });
  const text = await rest.body.text();
  const isJson = String(headers['content-type']).startsWith('application/json');
  const { error = {} } = isJson ? (JSON.parse(text) as { error?: Record<string, unknown> }) : {};
  return { status: statusCode, headers, text, error };
}

const send = (message: object, rest: object = {}, call: Call = {}) =>
  post({ ...call, body: JSON.stringify({ message: { token: target, ...message }, ...rest }) });

/** What a product may decide by: the HTTP status, the canonical code, and the code of FCM if there is one. */
function codesOf({ status, error }: Reply): unknown[] {
  const details = (error['details'] ?? []) as { '@type': string; errorCode?: string }[];
  return [status, error['status'], details.find((detail) => detail['@type'] === fcmErrorType)?.errorCode];
}

describe('a message that FCM takes', () => {
  const whole = {
    data: { event: 'CALLBACK_READY', callbackServiceId: 'cb-1' },
    notification: { title: 'It is your turn', body: 'An agent is ready for you.' },
    android: {
      priority: 'high',
      ttl: '3.5s',
      collapse_key: 'k',
      restricted_package_name: 'com.example.app',
      direct_boot_ok: true,
      notification: { tag: 'k', channel_id: 'calls', click_action: 'OPEN', notification_priority: 'PRIORITY_HIGH' },
      fcm_options: { analytics_label: 'ready' },
    },
    apns: {
      headers: { 'apns-priority': '10', 'apns-collapse-id': 'k'.repeat(64), 'apns-expiration': '0' },
      payload: { aps: { category: 'CALLBACK_CONFIRM_CANCEL', sound: 'default' } },
    },
    webpush: {
      headers: { TTL: '600', Urgency: 'high', Topic: 'k'.repeat(32) },
      notification: { tag: 'k', actions: [{ action: 'confirm', title: 'Confirm' }] },
      fcm_options: { link: 'https://example.com/callbacks' },
    },
  };

  test('gets a name of its own and lies in the inbox as it was sent', async () => {
    const first = await send(whole);
    const second = await send(whole);
    const [latest, former] = google.inbox.messages();
    expect(first.text).toBe(JSON.stringify({ name: former?.name }));
    expect(second.text).toBe(JSON.stringify({ name: latest?.name }));
    expect(first.text).not.toBe(second.text);
    expect(latest).toMatchObject({ project: 'demo-callbacks', target, message: { token: target, ...whole } });
  });

  test('is not kept when it is only validated', async () => {
    const { status, text } = await send(whole, { validate_only: true });
    expect([status, text]).toEqual([200, '{"name":"projects/demo-callbacks/messages/fake_message_id"}']);
    expect(google.inbox.messages()).toEqual([]);
  });

  test.each<[string, object]>([
    ['an installation id', { token: undefined, fid: 'cXyZ_0123456789-abcdeF' }],
    ['a topic', { token: undefined, topic: 'outage' }],
    ['a condition', { token: undefined, condition: "'a' in topics && 'b' in topics" }],
    ['camel case', { android: { collapseKey: 'k', fcmOptions: { analyticsLabel: 'x' } } }],
    ['a ttl of nothing', { android: { ttl: '0s' } }],
    ['a ttl of four weeks', { android: { ttl: '2419200s' } }],
    ['data of exactly 4096 bytes', { data: { key: 'v'.repeat(4093) } }],
    ['a field that is null', { notification: null }],
  ])('may have %s', async (_, message) => {
    expect((await send(message)).status).toBe(200);
  });
});

describe('a message that FCM does not take', () => {
  test('an unknown field is named, without a code of FCM', async () => {
    const { status, error } = await send({ notificaton: { title: 'x' } });
    const description = `Invalid JSON payload received. Unknown name "notificaton" at 'message': Cannot find field.`;
    expect({ status, error }).toEqual({
      status: 400,
      error: {
        code: 400,
        message: description,
        status: 'INVALID_ARGUMENT',
        details: [{ '@type': badRequestType, fieldViolations: [{ field: 'message', description }] }],
      },
    });
  });

  test('a registration token that none can be has the one text that tells it from a bad payload', async () => {
    const { status, error } = await send({ token: 'with a space' });
    expect({ status, error }).toEqual({
      status: 400,
      error: {
        code: 400,
        message: 'The registration token is not a valid FCM registration token',
        status: 'INVALID_ARGUMENT',
        details: [{ '@type': fcmErrorType, errorCode: 'INVALID_ARGUMENT' }],
      },
    });
  });

  const schema = [400, 'INVALID_ARGUMENT', undefined];
  const meaning = [400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'];

  test.each<[string, object, unknown[], string]>([
    ['a data value that is no string', { data: { n: 1 } }, schema, 'message.data[0].value'],
    ['two targets', { topic: 'x' }, schema, 'message'],
    ['a ttl without unit', { android: { ttl: '60' } }, schema, 'message.android.ttl'],
    ['an unknown priority', { android: { priority: 'urgent' } }, schema, 'message.android.priority'],
    ['an unknown android field', { android: { channel_id: 'x' } }, schema, 'message.android'],
    ['a boolean in quotes', { android: { direct_boot_ok: 'true' } }, schema, 'message.android.direct_boot_ok'],
    ['a number as a header', { apns: { headers: { 'apns-priority': 10 } } }, schema, 'message.apns.headers[0].value'],
    ['a payload that is a text', { apns: { payload: 'x' } }, schema, 'message.apns.payload'],
    ['a list as a notification', { notification: [] }, schema, 'message.notification'],
    ['no target', { token: undefined }, meaning, 'message'],
    ['a topic with a space', { token: undefined, topic: 'a b' }, meaning, 'message.topic'],
    ['the reserved key from', { data: { from: 'x' } }, meaning, 'message.data'],
    ['a reserved key of google', { data: { 'google.x': 'x' } }, meaning, 'message.data'],
    ['a negative ttl', { android: { ttl: '-1s' } }, meaning, 'message.android.ttl'],
    ['a ttl over four weeks', { android: { ttl: '2419200.1s' } }, meaning, 'message.android.ttl'],
    [
      'a long collapse id',
      { apns: { headers: { 'apns-collapse-id': 'é'.repeat(33) } } },
      meaning,
      'message.apns.headers',
    ],
    ['an unknown APNs priority', { apns: { headers: { 'apns-priority': '7' } } }, meaning, 'message.apns.headers'],
    ['a Web Push TTL in minutes', { webpush: { headers: { TTL: '5m' } } }, meaning, 'message.webpush.headers'],
    ['an unknown urgency', { webpush: { headers: { urgency: 'urgent' } } }, meaning, 'message.webpush.headers'],
    ['a long Web Push topic', { webpush: { headers: { Topic: 'k'.repeat(33) } } }, meaning, 'message.webpush.headers'],
    ['a plain link', { webpush: { fcm_options: { link: 'http://x.y' } } }, meaning, 'message.webpush.fcm_options.link'],
    [
      'a colour by name',
      { android: { notification: { color: 'red' } } },
      meaning,
      'message.android.notification.color',
    ],
    [
      'an analytics label with a space',
      { android: { fcm_options: { analytics_label: 'a b' } } },
      meaning,
      'message.android.fcm_options.analytics_label',
    ],
    ['data of 4097 bytes', { data: { key: 'v'.repeat(4094) } }, meaning, 'message'],
    ['2049 bytes to a topic', { token: undefined, topic: 'x', data: { key: 'v'.repeat(2046) } }, meaning, 'message'],
  ])('%s', async (_, message, codes, field) => {
    const reply = await send(message);
    const details = reply.error['details'] as { fieldViolations?: { field: string }[] }[];
    const fields = details.flatMap(({ fieldViolations = [] }) => fieldViolations.map((violation) => violation.field));
    expect([codesOf(reply), fields]).toEqual([codes, [field]]);
    expect(google.inbox.messages()).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['half a JSON', '{"message":'],
    ['a list', '[]'],
    ['an unknown field beside the message', JSON.stringify({ message: { token: target }, dry_run: true })],
  ])('a body that is %s', async (_, body) => {
    expect(codesOf(await post({ body }))).toEqual(schema);
  });
});

describe('who may send', () => {
  test('a request without a token', async () => {
    const reply = await send({}, {}, { authorization: null });
    expect(codesOf(reply)).toEqual([401, 'UNAUTHENTICATED', undefined]);
  });

  test('an unknown token, with the challenge of HTTP', async () => {
    const reply = await send({}, {}, { authorization: 'Bearer ya29.unknown' });
    expect(codesOf(reply)).toEqual([401, 'UNAUTHENTICATED', undefined]);
    expect(reply.headers['www-authenticate']).toContain('invalid_token');
  });

  test.each([
    ['another project', 'demo-other', [403, 'PERMISSION_DENIED', undefined]],
    ['a project that does not exist', 'demo-nowhere', [404, 'NOT_FOUND', undefined]],
  ])('a token for %s', async (_, project, codes) => {
    expect(codesOf(await send({}, {}, { project }))).toEqual(codes);
  });

  test.each<[AccountState, unknown[], string | undefined]>([
    ['permission-denied', [403, 'PERMISSION_DENIED', undefined], 'IAM_PERMISSION_DENIED'],
    ['api-disabled', [403, 'PERMISSION_DENIED', undefined], 'SERVICE_DISABLED'],
    ['removed', [401, 'UNAUTHENTICATED', undefined], 'ACCESS_TOKEN_EXPIRED'],
    ['key-revoked', [200, undefined, undefined], undefined],
  ])('the token of an account that is now %s', async (state, codes, reason) => {
    google.accounts.setState(account.client_email, state);
    const reply = await send({});
    const details = (reply.error['details'] ?? []) as { reason?: string }[];
    expect([codesOf(reply), details[0]?.reason]).toEqual([codes, reason]);
  });
});

describe('faults', () => {
  const setFaults = (rules: unknown) =>
    fetch(`${google.url}/local/faults`, { method: 'PUT', body: JSON.stringify(rules) });

  /** Whatever comes, whole or not. */
  const raw = async () => {
    const { statusCode, body } = await request(`${google.url}/v1/projects/demo-callbacks/messages:send`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ message: { token: target } }),
      dispatcher: agent,
      bodyTimeout: 50,
    });
    return { status: statusCode, text: await body.text() };
  };
  const isJson = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  /** mulberry32 */
  const seeded = (seed: number) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    const mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    const again = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
    return ((again ^ (again >>> 14)) >>> 0) / 2 ** 32;
  };

  test.each<[FaultRule['code'], unknown[]]>([
    ['UNREGISTERED', [404, 'NOT_FOUND', 'UNREGISTERED']],
    ['INVALID_ARGUMENT_TOKEN', [400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT']],
    ['INVALID_ARGUMENT', [400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT']],
    ['SENDER_ID_MISMATCH', [403, 'PERMISSION_DENIED', 'SENDER_ID_MISMATCH']],
    ['PERMISSION_DENIED', [403, 'PERMISSION_DENIED', undefined]],
    ['QUOTA_EXCEEDED', [429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED']],
    ['UNAVAILABLE', [503, 'UNAVAILABLE', 'UNAVAILABLE']],
    ['INTERNAL', [500, 'INTERNAL', 'INTERNAL']],
    ['THIRD_PARTY_AUTH_ERROR', [401, 'UNAUTHENTICATED', 'THIRD_PARTY_AUTH_ERROR']],
    ['UNAUTHENTICATED', [401, 'UNAUTHENTICATED', undefined]],
    ['NOT_FOUND_PROJECT', [404, 'NOT_FOUND', undefined]],
    ['DEVICE_QUOTA_EXCEEDED', [429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED']],
    ['DEADLINE_EXCEEDED', [504, 'DEADLINE_EXCEEDED', undefined]],
    ['HTML_500', [500, undefined, undefined]],
    ['HTML_502', [502, undefined, undefined]],
    ['HTML_503', [503, undefined, undefined]],
    ['HTML_504', [504, undefined, undefined]],
    ['UNKNOWN_CODE', [409, 'ABORTED', 'NEVER_SEEN_BEFORE']],
  ])('%s strikes once, then the message goes through', async (code, codes) => {
    await setFaults([{ target, times: 1, code, retryAfterSeconds: 7 }]);
    const struck = await send({});
    const after = await send({});
    expect([codesOf(struck), struck.headers['retry-after'], after.status]).toEqual([codes, '7', 200]);
    expect(google.inbox.messages()).toHaveLength(1);
  });

  test('a fault of one target leaves the others alone', async () => {
    await setFaults([{ target: 'another:token', code: 'UNREGISTERED' }]);
    expect((await send({})).status).toBe(200);
    expect((await send({ token: 'another:token' })).status).toBe(404);
  });

  test('a fault with a rate strikes that share of the sends', async () => {
    await setFaults([{ code: 'INTERNAL', rate: 0 }]);
    expect((await send({})).status).toBe(200);
    await setFaults([{ code: 'INTERNAL', rate: 1 }]);
    expect((await send({})).status).toBe(500);
  });

  test('RESET drops the connection and keeps nothing', async () => {
    await setFaults([{ code: 'RESET', times: 1 }]);
    await expect(send({})).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(google.inbox.messages()).toEqual([]);
  });

  test('after accepting, the message is kept although the sender never hears of it', async () => {
    await setFaults([{ code: 'RESET', times: 1, afterAccepting: true }]);
    await expect(send({})).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(google.inbox.messages()).toHaveLength(1);
  });

  test.each<[FaultRule['code'], number, string]>([
    ['EMPTY_200', 200, ''],
    ['EMPTY_500', 500, ''],
    ['EMPTY_503', 503, ''],
    ['HTML_200', 200, '<!DOCTYPE html>'],
    ['TRUNCATED_200', 200, '{"name":"projects/'],
    ['TRUNCATED_503', 503, '{"error":{"code":503'],
  ])('%s is no answer of FCM', async (code, status, beginning) => {
    await setFaults([{ code, times: 1 }]);
    const reply = await raw();
    expect([reply.status, reply.text.startsWith(beginning), isJson(reply.text)]).toEqual([status, true, false]);
    expect(google.inbox.messages()).toEqual([]);
  });

  test.each<[FaultRule['code'], string]>([
    ['RESET_IN_BODY', 'ECONNRESET'],
    ['HANG_IN_BODY', 'UND_ERR_BODY_TIMEOUT'],
  ])('%s breaks off within the answer', async (code, cause) => {
    await setFaults([{ code, times: 1 }]);
    await expect(raw()).rejects.toMatchObject({ code: cause });
    expect(google.inbox.messages()).toEqual([]);
  });

  test.each<FaultRule['code']>(['EMPTY_200', 'HTML_200', 'TRUNCATED_200'])(
    'after accepting, %s spoils the answer of a message that was kept',
    async (code) => {
      await setFaults([{ code, times: 1, afterAccepting: true }]);
      const { status, text } = await raw();
      expect([status, isJson(text), google.inbox.messages().length]).toEqual([200, false, 1]);
    },
  );

  test('after accepting, the answer of a message that was kept breaks off', async () => {
    await setFaults([{ code: 'RESET_IN_BODY', times: 1, afterAccepting: true }]);
    await expect(raw()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(google.inbox.messages()).toHaveLength(1);
  });

  test('a mix strikes its share with every code equally often, and again so with the same chance', async () => {
    const struckBy = async () => {
      const chance = seeded(7);
      const other = await startGoogle({ port: 0, random: chance });
      other.faults.set(mixOf(passingFaultCodes, 0.3));
      const codes = Array.from({ length: 10_000 }, () => other.faults.strike('send', target)?.code ?? 'none');
      await other.stop();
      return codes;
    };
    const codes = await struckBy();
    const timesOf = (code: string) => codes.filter((struck) => struck === code).length;
    expect(timesOf('none') / codes.length).toBeCloseTo(0.7, 1);
    for (const code of passingFaultCodes)
      expect(timesOf(code) / codes.length).toBeCloseTo(0.3 / passingFaultCodes.length, 2);
    expect(await struckBy()).toEqual(codes);
  });

  test('HANG never answers', async () => {
    await setFaults([{ code: 'HANG', times: 1 }]);
    await expect(send({}, {}, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
    expect(google.inbox.messages()).toEqual([]);
  });

  describe('over HTTP/2', () => {
    /** What becomes of so many messages that are sent together over one connection, whatever their answer. */
    async function sendTogether(count: number): Promise<string[]> {
      const session = connect(google.url);
      session.on('error', () => undefined);
      const sending = Array.from({ length: count }, async () => {
        const stream = session.request({
          ':method': 'POST',
          ':path': '/v1/projects/demo-callbacks/messages:send',
          authorization: `Bearer ${token}`,
        });
        let text = '';
        stream.setEncoding('utf8').on('data', (part: string) => (text += part));
        stream.on('error', () => undefined).end(JSON.stringify({ message: { token: target } }));
        await new Promise((resolve) => stream.on('close', resolve));
        return isJson(text) ? 'answered' : 'broken off';
      });
      const outcomes = await Promise.all(sending);
      session.destroy();
      return outcomes;
    }

    test('messages are taken together on one connection', async () => {
      expect(await sendTogether(20)).toEqual(Array.from({ length: 20 }, () => 'answered'));
      expect(google.inbox.messages()).toHaveLength(20);
    });

    test.each<FaultRule['code']>(['RESET', 'RESET_IN_BODY'])('%s breaks off its own message alone', async (code) => {
      await setFaults([{ code, times: 1 }]);
      expect((await sendTogether(3)).toSorted()).toEqual(['answered', 'answered', 'broken off']);
      expect(google.inbox.messages()).toHaveLength(2);
    });

    test('DISCONNECT takes along what is under way on the connection', async () => {
      await setFaults([
        { code: 'HANG', times: 2 },
        { code: 'DISCONNECT', times: 1 },
      ]);
      expect(await sendTogether(3)).toEqual(['broken off', 'broken off', 'broken off']);
    });
  });

  test('what is left of the rules can be read and cleared', async () => {
    const rules = [
      { target, times: 2, code: 'UNAVAILABLE' },
      { code: 'INTERNAL', rate: 0.5 },
    ];
    await setFaults(rules);
    await send({});
    const left = await (await fetch(`${google.url}/local/faults`)).json();
    expect(left).toEqual([{ target, times: 1, code: 'UNAVAILABLE' }, rules[1]]);
    await fetch(`${google.url}/local/faults`, { method: 'DELETE' });
    expect(await (await fetch(`${google.url}/local/faults`)).json()).toEqual([]);
  });

  test('a wrong rule is refused with every problem, and the rules in force stay', async () => {
    google.faults.set([{ code: 'INTERNAL' }]);
    const response = await setFaults([
      { code: 'SOMETIMES', rate: 2 },
      { times: 1.5, code: 'HANG', tmies: 1 },
      'INTERNAL',
      { door: 'back', code: 'HANG' },
      { door: 'token', code: 'UNREGISTERED', afterAccepting: true },
    ]);
    const { error } = (await response.json()) as { error: { code: string; problems: string[] } };
    const places = error.problems.map((problem) => problem.split(':')[0]);
    expect([response.status, error.code, places]).toEqual([
      400,
      'invalid-request',
      ['[0].rate', '[0].code', '[1].tmies', '[1].times', '[2]', '[3].door', '[4].afterAccepting', '[4].code'],
    ]);
    expect(google.faults.list()).toEqual([{ code: 'INTERNAL' }]);
  });
});

describe('doors for other processes', () => {
  const door = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${google.url}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test('requests are counted until the counters are reset', async () => {
    await door('DELETE', '/local/counters');
    await signIn(account);
    await send({});
    await send({ token: '' });
    expect((await door('GET', '/local/counters')).body).toEqual({ token: 1, send: 2 });
    expect((await door('DELETE', '/local/counters')).body).toEqual({ token: 0, send: 0 });
  });

  test('an account is made, used, changed and given a new key', async () => {
    const made = (await door('POST', '/local/accounts', { projectId: 'demo-callbacks' }))
      .body as unknown as ServiceAccountJson;
    token = await signIn(made);
    expect((await send({})).status).toBe(200);
    const path = `/local/accounts/${encodeURIComponent(made.client_email)}`;
    await door('PATCH', path, { state: 'permission-denied' });
    expect((await send({})).status).toBe(403);
    await door('PATCH', path, { state: 'active' });
    await door('DELETE', `${path}/tokens`);
    expect((await send({})).status).toBe(401);
    token = await signIn((await door('POST', `${path}/keys`)).body as unknown as ServiceAccountJson);
    expect((await send({})).status).toBe(200);
  });

  test('an account made elsewhere is registered', async () => {
    const other = await startGoogle({ port: 0 });
    const made = other.accounts.create('demo-callbacks');
    await other.stop();
    expect(await door('PUT', '/local/accounts', made)).toEqual({
      status: 200,
      body: { clientEmail: made.client_email, projectId: 'demo-callbacks' },
    });
    token = await signIn(made);
    expect((await send({})).status).toBe(200);
  });

  test.each([
    ['an account of no project', 'POST', '/local/accounts', {}, 400],
    ['a file that is no service account', 'PUT', '/local/accounts', { project_info: {} }, 400],
    ['a state that does not exist', 'PATCH', '/local/accounts/a@b.c', { state: 'gone' }, 400],
    ['an account that does not exist', 'PATCH', '/local/accounts/a@b.c', { state: 'removed' }, 404],
    ['an address that does not exist', 'GET', '/nowhere', undefined, 404],
    ['an address that is no text', 'PATCH', '/local/accounts/%E0', { state: 'removed' }, 400],
    ['a body of more than 1 MiB', 'PUT', '/local/faults', 'x'.repeat(1_048_577), 413],
  ])('%s is refused', async (_, method, path, body, status) => {
    expect((await door(method, path, body)).status).toBe(status);
  });

  test('a page whose name was made to resolve to this machine is refused', async () => {
    const headers = { host: 'evil.example' };
    const { statusCode } = await request(`${google.url}/inbox.json`, { headers, dispatcher: agent });
    expect(statusCode).toBe(403);
  });
});

test('stopping closes connections that are open', async () => {
  const short = await startGoogle({ port: 0 });
  const open = await fetch(`${short.url}/inbox/events`);
  await short.stop();
  await expect(open.text()).rejects.toThrow();
});
