import { project, type Figure, type Row, type Samples } from '../row.ts';
import { interleaved, mediansOf, ratio } from '../rounds.ts';
import { withSenders, type SenderName } from '../senders/sender-process.ts';

const names: readonly SenderName[] = ['bare http2', project, 'admin send', 'admin sendEach'];

/** What a message costs the process that sends it, over TLS as in production; FCM answers at once. */
export const senders: Row = async ({ short, world, progress }) => {
  const [count, rounds] = short ? [800, 3] : [4000, 9];
  return withSenders(names, world, async (processes) => {
    const figures: Figure[] = [];
    const samples: Samples[] = [];
    const broken: string[] = [];
    for (const sender of processes) await sender.send({ count, concurrency: 80, leadIn: 0 });
    for (const concurrency of [16, 80]) {
      const values = await interleaved(rounds, processes, async (sender, round) => {
        progress(`${concurrency} at once, round ${round + 1} of ${rounds}: ${sender.name}`);
        const { accepted, sent, microseconds } = await sender.send({ count, concurrency, leadIn: concurrency });
        if (accepted !== sent) broken.push(`${sender.name}: FCM took ${accepted} of ${sent} messages`);
        return microseconds / sent;
      });
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
  });
};
