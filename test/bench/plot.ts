import type { Samples } from './row.ts';
import { project } from './row.ts';
import { median } from './statistics.ts';

const width = 900;
const left = 190;
const right = 90;
const lane = 22;
const heading = 34;

/** A picture of all samples: a dot for each round of each contestant, a line for the median. SVG. */
export function plot(samples: readonly Samples[], caption: string): string {
  let top = 40;
  const parts = samples.map((one) => {
    const part = `<g transform="translate(0 ${top})">${strip(one)}</g>`;
    top += heading + Object.keys(one.values).length * lane + 14;
    return part;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="12" y="22" fill="#555">${escaped(caption)}</text>
${parts.join('\n')}
</svg>
`;
}

function strip({ title, unit, values }: Samples): string {
  const highest = Math.max(...Object.values(values).flat()) || 1;
  const x = (value: number) => (left + (value / highest) * (width - left - right)).toFixed(1);
  const lanes = Object.entries(values).map(([name, own], index) => {
    const y = heading + index * lane;
    const colour = name === project ? '#0b57d0' : '#888';
    const middle = median(own);
    const dots = own.map((value) => `<circle cx="${x(value)}" cy="${y}" r="3.5" fill="${colour}" opacity="0.45"/>`);
    return [
      `<text x="${left - 10}" y="${y + 4}" text-anchor="end" fill="${colour}">${escaped(name)}</text>`,
      `<line x1="${left}" x2="${width - right}" y1="${y}" y2="${y}" stroke="#eee"/>`,
      ...dots,
      `<line x1="${x(middle)}" x2="${x(middle)}" y1="${y - 8}" y2="${y + 8}" stroke="${colour}" stroke-width="2"/>`,
      `<text x="${width - right + 12}" y="${y + 4}" fill="${colour}">${rounded(middle)} ${escaped(unit)}</text>`,
    ].join('');
  });
  return `<text x="12" y="14" font-weight="bold">${escaped(title)}</text>${lanes.join('\n')}`;
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
