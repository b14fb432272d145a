import { median } from './statistics.ts';

/**
 * Measures everybody in each round, so that whatever else the machine does strikes all alike; every other round the
 * other way round.
 *
 * @returns name ▶ one value a round
 */
export async function interleaved<T extends { readonly name: string }, V>(
  rounds: number,
  contestants: readonly T[],
  measure: (contestant: T, round: number) => Promise<V>,
): Promise<Record<string, V[]>> {
  const values: Record<string, V[]> = Object.fromEntries(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
      values[contestant.name]?.push(await measure(contestant, round));
    }
  }
  return values;
}

/** How much one is of another, by their medians. */
export function ratio(values: Readonly<Record<string, readonly number[]>>, one: string, other: string): number {
  return median(values[one] ?? []) / median(values[other] ?? []);
}

/** Medians, as a table shows them: `floor 1.2 ms, straightforward 5.0 ms`. */
export function mediansOf(values: Readonly<Record<string, readonly number[]>>, unit: string, digits = 0): string {
  return Object.entries(values)
    .map(([name, own]) => `${name} ${median(own).toFixed(digits)} ${unit}`)
    .join(', ');
}
