import { project, type Row } from '../row.ts';
import { interleaved, mediansOf, overProcesses, ratio } from '../rounds.ts';
import { withSenders, type SenderName, type SenderProcess } from '../senders/sender-process.ts';

const names: readonly SenderName[] = ['bare http2', project, 'admin send', 'admin sendEach'];

const concurrencies = [16, 80];

/** What a message costs the process that sends it, over TLS as in production; FCM answers at once. */
export const senders: Row = async ({ short, world, progress }) => {
  const [count, rounds, times] = short ? [800, 3, 1] : [2000, 20, 5];
  const broken: string[] = [];
  /** Microseconds a message, at each concurrency. */
  const measure = async (sender: SenderProcess): Promise<readonly number[]> => {
    const each: number[] = [];
    for (const concurrency of concurrencies) {
      const { accepted, sent, microseconds } = await sender.send({ count, concurrency, leadIn: count / 2 });
      if (accepted !== sent) broken.push(`${sender.name}: FCM took ${accepted} of ${sent} messages`);
      each.push(microseconds / sent);
    }
    return each;
  };
  const seen = await overProcesses(times, (time) =>
    withSenders(names, world, async (processes) => {
      const doing = `processes ${time + 1} of ${times}`;
      progress(`${doing}, warm-up`);
      // So many until V8 has nothing left to optimize.
      for (const sender of processes) await sender.send({ count: 10 * count, concurrency: 80, leadIn: 0 });
      const inRounds = (some: readonly SenderProcess[], many: number) =>
        interleaved(many, some, (sender, round) => {
          progress(`${doing}, round ${round + 1} of ${many}: ${sender.name}`);
          return measure(sender);
        });
      // Of what is judged one round says little: a single measurement is a quarter off as often as not.
      const isJudged = ({ name }: SenderProcess) => name === project || name === 'bare http2';
      const judged = processes.filter(isJudged);
      const others = processes.filter((sender) => !isJudged(sender));
      return { ...(await inRounds(judged, rounds)), ...(await inRounds(others, 3)) };
    }),
  );
  const samples = concurrencies.map((concurrency, at) => ({
    title: `Sender's CPU per message, ${concurrency} at once`,
    unit: 'µs',
    values: Object.fromEntries(Object.entries(seen).map(([name, all]) => [name, all.map((each) => each[at] ?? NaN)])),
  }));
  const figures = samples.map(({ values }, at) => ({
    what: `sender CPU per message ÷ bare http2, ${concurrencies[at]} at once`,
    must: 1.3,
    seen: ratio(values, project, 'bare http2'),
    unit: '×',
    rivals: mediansOf(values, 'µs'),
  }));
  return { figures, samples, broken };
};
