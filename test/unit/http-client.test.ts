import { createHttpClient } from '../../functions/src/google/http-client.ts';
import { hour, second } from '../support/builders.ts';
import { bytes, startWire, type Script } from './wire.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const close of open.splice(0)) await close();
});

/** A client with one connection, or as many as are told, and a server that answers by the script. */
async function room(script: Script, connections = 1) {
  const server = await startWire(script);
  const client = createHttpClient(connections);
  open.push(
    () => {
      client.destroy();
    },
    () => server.stop(),
  );
  const get = (timeoutMs = 5 * second) =>
    client.exchange({ method: 'GET', url: `http://127.0.0.1:${server.port}/`, headers: {}, timeoutMs });
  return { server, get };
}

const answered: Script = (socket) => socket.write(bytes(200, '{}'));

test('a connection is kept for the next request', async () => {
  const { server, get } = await room(answered);
  expect([(await get()).status, (await get()).body]).toEqual([200, '{}']);
  expect([server.requests(), server.connections()]).toEqual([2, 1]);
});

test.each([
  { name: 'of an hour', given: hour },
  { name: 'in which the clock was set back', given: -hour },
])('a connection is not used after a silence $name in which no timer ran', async ({ given }) => {
  const { server, get } = await room(answered);
  await get();
  const thawed = Date.now() + given;
  jest.spyOn(Date, 'now').mockImplementation(() => thawed);
  expect((await get()).status).toBe(200);
  expect(server.connections()).toBe(2);
});

test('what waits for a connection is given up in its time, too', async () => {
  let answer: () => unknown = () => undefined;
  const { server, get } = await room((socket) => {
    answer = () => socket.write(bytes(200, '{}'));
  });
  const first = get();
  await expect(get(100)).rejects.toMatchObject({ name: 'TimeoutError' });
  answer();
  expect((await first).status).toBe(200);
  expect(server.requests()).toBe(1);
});

test('once a connection was silent, no other that is kept is used: they may all lead nowhere', async () => {
  let isSilent = false;
  const { server, get } = await room((...given) => {
    if (!isSilent || given[1] > 3) answered(...given);
  }, 3);
  await Promise.all([get(), get(), get()]);
  isSilent = true;
  await expect(get(100)).rejects.toMatchObject({ name: 'TimeoutError' });
  expect((await get(1 * second)).status).toBe(200);
  expect(server.connections()).toBe(4);
});
