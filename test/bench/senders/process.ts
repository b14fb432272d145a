/** A sender in a process of its own, which sends as it is told; see sender-process.ts. */
import { randomUUID } from 'node:crypto';
import { adminSend, adminSendEach } from '../rivals/admin-senders.ts';
import { bareHttp2 } from '../rivals/bare-http2.ts';
import { inLanes } from '../load.ts';
import { ours } from './ours.ts';
import type { Order, Outcome, SenderName } from './sender-process.ts';
import type { Destination, MakeSender } from './sender.ts';

const makers: Readonly<Record<SenderName, MakeSender>> = {
  project: ours,
  'bare http2': bareHttp2,
  'admin send': adminSend,
  'admin sendEach': adminSendEach,
};

const [name = '', destination = ''] = process.argv.slice(2);
const sender = makers[name as SenderName](JSON.parse(destination) as Destination);

async function carryOut({ leadIn, ...order }: Order): Promise<Outcome> {
  if (leadIn > 0) await send({ ...order, count: leadIn });
  return send(order);
}

async function send({ count, concurrency }: Omit<Order, 'leadIn'>): Promise<Outcome> {
  const each = sender.takes === 'all' ? concurrency : 1;
  let accepted = 0;
  const before = process.cpuUsage();
  const took = await inLanes(
    Math.ceil(count / each),
    concurrency / each,
    () => Array.from({ length: each }, () => `${randomUUID()}:APA91b${'Xy-9_'.repeat(22)}`),
    async (targets) => {
      const taken = await sender.send(targets);
      accepted += taken.filter(Boolean).length;
    },
  );
  const { user, system } = process.cpuUsage(before);
  return { accepted, sent: took.length * each, took, microseconds: user + system };
}

process.on('message', (order: Order) => {
  void carryOut(order).then((outcome) => process.send?.(outcome));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
