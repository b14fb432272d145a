import { project, type Figure, type Row, type Samples } from '../row.ts';
import { interleaved, mediansOf, overProcesses, ratio } from '../rounds.ts';
import { withSenders, type SenderName } from '../senders/sender-process.ts';

const names: readonly SenderName[] = ['bare http2', project, 'admin send', 'admin sendEach'];

/** What a message costs the process that sends it, over TLS as in production; FCM answers at once. */
export const senders: Row = async ({ short, world, progress }) => {
  const [count, rounds, times] = short ? [800, 3, 1] : [2000, 7, 5];
  const figures: Figure[] = [];
  const samples: Samples[] = [];
  const broken: string[] = [];
  for (const concurrency of [16, 80]) {
    const values = await overProcesses(times, (time) =>
      withSenders(names, world, async (processes) => {
        const doing = `${concurrency} at once, processes ${time + 1} of ${times}`;
        progress(`${doing}: warm-up`);
        // So many until V8 has nothing left to optimize.
        for (const sender of processes) await sender.send({ count: 10 * count, concurrency, leadIn: 0 });
        return interleaved(rounds, processes, async (sender, round) => {
          progress(`${doing}, round ${round + 1} of ${rounds}: ${sender.name}`);
          const { accepted, sent, microseconds } = await sender.send({ count, concurrency, leadIn: 5 * concurrency });
          if (accepted !== sent) broken.push(`${sender.name}: FCM took ${accepted} of ${sent} messages`);
          return microseconds / sent;
        });
      }),
    );
    figures.push({
      what: `sender CPU per message ÷ bare http2, ${concurrency} at once`,
      must: 1.3,
      seen: ratio(values, project, 'bare http2'),
      unit: '×',
      rivals: mediansOf(values, 'µs'),
    });
    samples.push({ title: `Sender's CPU per message, ${concurrency} at once`, unit: 'µs', values });
  }
  return { figures, samples, broken };
};
