import { createHttpClient } from '../../functions/src/google/http-client.ts';
import { createOwnToken } from '../../functions/src/google/own-token.ts';
import { hour, minute, monday, second } from '../support/builders.ts';
import { inTheEnd } from './in-the-end.ts';
import { firstThen, say, startWire, type Script } from './wire.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const tokenNo = (n: number, seconds = 3600) => say(200, JSON.stringify({ access_token: `t${n}`, expires_in: seconds }));

/** The token of an instance whose metadata server answers by the scripts, one after the other. */
async function createRoom(...scripts: Script[]) {
  let asked = 0;
  const server = await startWire((socket, connection) => {
    const script = scripts[Math.min(asked++, scripts.length - 1)];
    script?.(socket, connection);
  });
  const client = createHttpClient(1);
  open.push(
    () => {
      client.destroy();
    },
    () => server.stop(),
  );
  const clock = { now: monday };
  const token = createOwnToken({ host: `127.0.0.1:${server.port}`, client, now: () => clock.now });
  return { token, clock, server };
}

test('it is asked for once, however many want it, until it has little left', async () => {
  const { token, clock, server } = await createRoom(tokenNo(1), tokenNo(2));
  expect(await Promise.all([token.get(), token.get(), token.get()])).toEqual(['t1', 't1', 't1']);
  clock.now += hour - 5 * minute;
  expect([await token.get(), server.requests()]).toEqual(['t1', 1]);
  clock.now += 2 * minute;
  expect(await token.get()).toBe('t1');
  await inTheEnd(async () => (await token.get()) === 't2');
  expect(server.requests()).toBe(2);
});

test('a metadata server that is down stops nobody whose token still works', async () => {
  const { token, clock, server } = await createRoom(tokenNo(1), say(503, ''));
  await token.get();
  clock.now += hour - 3 * minute;
  expect(await token.get()).toBe('t1');
  await inTheEnd(() => server.requests() === 2);
  clock.now += 3 * minute - 1;
  expect(await token.get()).toBe('t1');
  clock.now += 1;
  await expect(token.get()).rejects.toThrow();
});

test('one that was held when the clock was set back goes on being used until there is another', async () => {
  const { token, clock } = await createRoom(tokenNo(1), tokenNo(2));
  await token.get();
  clock.now -= minute;
  expect(await token.get()).toBe('t1');
  await inTheEnd(async () => (await token.get()) === 't2');
});

test('one that was refused is replaced, and only that one', async () => {
  const { token, server } = await createRoom(tokenNo(1), tokenNo(2));
  await token.get();
  token.forget('another');
  expect([await token.get(), server.requests()]).toEqual(['t1', 1]);
  token.forget('t1');
  expect(await token.get()).toBe('t2');
});

test.each<{ name: string; given: Script }>([
  { name: 'the server is in trouble', given: say(503, '') },
  { name: 'the service account has no token', given: say(404, 'not found') },
  { name: 'the connection is lost', given: (socket) => socket.end() },
])('where $name it is asked for again, but not by every call', async ({ given }) => {
  const { token, clock, server } = await createRoom(firstThen(given, given), tokenNo(2));
  for (let call = 0; call < 100; call++) await expect(token.get()).rejects.toThrow();
  expect(server.requests()).toBe(1);
  clock.now += second;
  expect(await token.get()).toBe('t2');
});
