const bars = '▁▂▃▄▅▆▇█';

/** A bar for each `binSeconds` of a rate a second, with its scale. */
export function plot(title: string, perSecond: readonly number[], binSeconds: number): string {
  const heights: number[] = [];
  perSecond.forEach((count, at) => {
    const bin = Math.floor(at / binSeconds);
    heights[bin] = (heights[bin] ?? 0) + count;
  });
  const highest = Math.max(1, ...heights);
  const line = heights
    .map((count) => (count === 0 ? '·' : bars[Math.ceil((count / highest) * bars.length) - 1]))
    .join('');
  return `${title} (highest ${highest}):\n${line.replaceAll(/(.{100})/g, '$1\n')}`;
}
