import { percentile, type Tally, type Verdict } from './verdict.ts';

const columns = ['expected', 'received', 'duplicates', 'missing', 'unexpected'] as const;

/** The table that a demo and a replay end with, and beneath it the line that scripts read. */
export function describe({ events, total, complaints }: Verdict): string {
  const rows = [
    ['event', ...columns, 'p50 ms', 'p99 ms'],
    ...[...events, total].map((tally) => [
      tally.name,
      ...columns.map((column) => String(tally[column])),
      ...speed(tally),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   '),
  );
  const rule = '─'.repeat(lines[0]?.length ?? 0);
  const shown = complaints.slice(0, 20).map((complaint) => `✖ ${complaint}`);
  const more = complaints.length > 20 ? [`✖ and ${complaints.length - 20} more`] : [];
  return ['', lines[0], rule, ...lines.slice(1, -1), rule, lines.at(-1), '', ...shown, ...more, resultLine(total)].join(
    '\n',
  );
}

export function resultLine(total: Tally): string {
  const { expected, received, duplicates, missing } = total;
  const [p50, p99] = speed(total);
  return `result expected=${expected} received=${received} duplicates=${duplicates} missing=${missing} p50=${p50 ?? 0}ms p99=${p99 ?? 0}ms`;
}

function speed({ latencies }: Tally): string[] {
  return [percentile(latencies, 0.5), percentile(latencies, 0.99)].map((ms) => ms.toFixed(0));
}
