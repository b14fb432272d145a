import { setTimeout as pause } from 'node:timers/promises';
import { swift, type Manner } from '../fcm-server.ts';
import type { Google } from '../google.ts';
import { bareHttp2 } from '../rivals/bare-http2.ts';
import { project, type Row } from '../row.ts';
import { interleaved, mediansOf } from '../rounds.ts';
import { withSenders, type SenderName, type SenderProcess } from '../senders/sender-process.ts';
import { ours } from '../senders/ours.ts';
import type { MakeSender, Sender } from '../senders/sender.ts';
import { median, quantile } from '../statistics.ts';

const names: readonly SenderName[] = [project, 'bare http2', 'admin send', 'admin sendEach'];
const atOnce = 400;
const delayMs = 30;

/** As a server behaves that is taken out of service, again and again. */
const unsteady: Manner = { delayMs: 5, closeEvery: 250, refuseEvery: 97 };

/** A stream as steady and thin as a contact centre's; a dense one soon finds its connection full and takes another. */
const [streamed, streamEveryMs] = [48, 250];
/** By then whatever is not answered has been given up. */
const patienceMs = 11_000;
/** Those of a silence of one second, of the second in which a PING may be answered, and of what a busy machine adds. */
const mostLostToSilence = 3_000 / streamEveryMs;

/** How many messages of a stream are not answered, where the connection has fallen silent before the first of them. */
async function lostToSilence(makers: readonly MakeSender[], google: Google): Promise<number[]> {
  const senders = makers.map((make) => make(google));
  const sendOne = async ({ send }: Sender) => (await send(['cIB0dGVzdF9maWRfMDAwMQ']))[0] === true;
  await Promise.all(senders.map(sendOne));
  await google.behave({ ...swift, fallsSilent: true });
  const lost = await Promise.all(
    senders.map(async (sender) => {
      let answered = 0;
      const count = async () => {
        if (await sendOne(sender)) answered += 1;
      };
      const all: Promise<void>[] = [];
      for (let n = 0; n < streamed; n++) {
        all.push(count());
        await pause(streamEveryMs);
      }
      await Promise.race([Promise.all(all), pause(patienceMs, undefined, { ref: false })]);
      return streamed - answered;
    }),
  );
  await google.behave(swift);
  return lost;
}

/** 400 notices at once at an FCM as far away as the real one; one that closes connections under load; and one that falls silent. */
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
    progress('silence');
    const [silenced = NaN, bareSilenced = NaN] = await lostToSilence([ours, bareHttp2], world.google);
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
        {
          what: `messages lost to a silent connection, of ${streamed} at one every ${streamEveryMs} ms`,
          must: mostLostToSilence,
          seen: silenced,
          unit: '',
          rivals: `${project} ${silenced}, bare http2 ${bareSilenced}`,
        },
      ],
      samples: [{ title: `p99 of ${atOnce} messages at once, FCM ${delayMs} ms away`, unit: 'ms', values }],
    };
  });
