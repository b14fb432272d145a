import type { Figure } from './row.ts';

export function isMet({ must, seen }: Figure): boolean {
  return must === undefined || seen <= must;
}

/** `what`, `must`, `seen`, and what rivals came to. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    `${mark(figure)} ${figure.what}`,
    figure.must === undefined ? '' : `≤ ${amount(figure.must, figure.unit)}`,
    amount(figure.seen, figure.unit),
    figure.rivals,
  ]);
  const all = [['  what', 'must', 'seen', 'beside it'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function mark(figure: Figure): string {
  if (figure.must === undefined) return ' ';
  return isMet(figure) ? '✔' : '✖';
}

function amount(value: number, unit: string): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 2;
  return `${value.toFixed(digits)}${unit}`;
}
