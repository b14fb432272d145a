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

/**
 * Measures several times with new processes and takes all of it together: what V8 makes of the same code differs from
 * process to process by more than rounds in one of them show.
 */
export async function overProcesses<V>(
  times: number,
  measure: (time: number) => Promise<Record<string, V[]>>,
): Promise<Record<string, V[]>> {
  const all: Record<string, V[]> = {};
  for (let time = 0; time < times; time++) {
    for (const [name, values] of Object.entries(await measure(time))) (all[name] ??= []).push(...values);
  }
  return all;
}

/**
 * How much one is of another: the median of what it was in each round. Whatever else the machine does lasts longer than a
 * round: of one pair of senders this was 1.13 to 1.15 in three runs, the ratio of both medians 1.12 to 1.25.
 */
export function ratio(values: Readonly<Record<string, readonly number[]>>, one: string, other: string): number {
  const others = values[other] ?? [];
  return median((values[one] ?? []).map((value, round) => value / (others[round] ?? NaN)));
}

/** Medians, as a table shows them: `floor 1.2 ms, straightforward 5.0 ms`. */
export function mediansOf(values: Readonly<Record<string, readonly number[]>>, unit: string, digits = 0): string {
  return Object.entries(values)
    .map(([name, own]) => `${name} ${median(own).toFixed(digits)} ${unit}`)
    .join(', ');
}
