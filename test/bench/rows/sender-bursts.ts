import { swift, type Manner } from '../fcm-server.ts';
import { project, type Row } from '../row.ts';
import { interleaved, mediansOf } from '../rounds.ts';
import { withSenders, type SenderName, type SenderProcess } from '../senders/sender-process.ts';
import { median, quantile } from '../statistics.ts';

const names: readonly SenderName[] = [project, 'bare http2', 'admin send', 'admin sendEach'];
const atOnce = 400;
const delayMs = 30;

/** As a server behaves that is taken out of service, again and again. */
const unsteady: Manner = { delayMs: 5, closeEvery: 250, refuseEvery: 97 };

/** 400 notices at once at an FCM as far away as the real one; and one that closes connections under load. */
export const senderBursts: Row = async ({ short, world, progress }) =>
  withSenders(names, world, async (senders) => {
    await world.google.behave({ ...swift, delayMs });
    const burst = async (sender: SenderProcess, leadIn: number) => {
      const { took } = await sender.send({ count: atOnce, concurrency: atOnce, leadIn });
      return quantile(took, 0.99);
    };
    const first = await interleaved(1, senders, (sender) => burst(sender, 0));
    // As warm as whoever sends so much is: its code compiled for good.
    await world.google.behave(swift);
    for (const sender of senders) await sender.send({ count: short ? 2_000 : 20_000, concurrency: 80, leadIn: 0 });
    await world.google.behave({ ...swift, delayMs });
    const values = await interleaved(short ? 3 : 15, senders, (sender, round) => {
      progress(`burst ${round + 1}: ${sender.name}`);
      return burst(sender, atOnce);
    });

    await world.google.behave(unsteady);
    const missing = await interleaved(short ? 1 : 5, senders, async (sender) => {
      progress(`unsteady: ${sender.name}`);
      await world.google.reset();
      const { sent, accepted } = await sender.send({ count: 4000, concurrency: atOnce, leadIn: 0 });
      const { sends } = await world.google.counters();
      return { lost: sent - accepted, repeated: sends - accepted };
    });
    await world.google.behave(swift);
    const sum = (name: string, what: 'lost' | 'repeated') =>
      (missing[name] ?? []).reduce((total, round) => total + round[what], 0);
    const lost = Object.keys(missing).map((name) => `${name} ${sum(name, 'lost')}`);
    return {
      figures: [
        {
          what: `sender at ${delayMs} ms, ${atOnce} at once: p99`,
          must: 2 * delayMs,
          seen: median(values[project] ?? []),
          unit: ' ms',
          rivals: `${mediansOf(values, 'ms')}; the very first, with its handshakes, ${mediansOf(first, 'ms')}`,
        },
        {
          what: 'messages lost over GOAWAY, REFUSED_STREAM, connection: close',
          must: 0,
          seen: sum(project, 'lost'),
          unit: '',
          rivals: `${lost.join(', ')}; ours repeated ${sum(project, 'repeated')}`,
        },
      ],
      samples: [{ title: `p99 of ${atOnce} messages at once, FCM ${delayMs} ms away`, unit: 'ms', values }],
    };
  });
