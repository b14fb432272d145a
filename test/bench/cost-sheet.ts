import { readFile } from 'node:fs/promises';

/** What one life of a callback costs a contestant, and the first push of an instance. */
export interface CostOf {
  readonly name: string;
  readonly reads: number;
  readonly writes: number;
  readonly deletes: number;
  readonly sends: number;
  readonly invocations: number;
  readonly cpuSeconds: number;
  /** Of the first push of an instance: what it then remembers. */
  readonly start: { readonly reads: number; readonly tokens: number; readonly secrets: number };
}

export interface Costs {
  readonly ours: CostOf;
  readonly straightforward: CostOf;
  /** What one sweep costs where so many callbacks wait, and so many of them near their turn, as the bench has them. */
  readonly sweep: { readonly reads: number; readonly writes: number; readonly cpuSeconds: number };
}

const priced = [
  'firestoreReadsPer100k',
  'firestoreWritesPer100k',
  'firestoreDeletesPer100k',
  'invocationsPerMillion',
  'cpuSecond',
  'secretAccessesPer10k',
  'callbacksPerMinute',
  'instances',
] as const;
type Prices = Readonly<Record<(typeof priced)[number], number>>;

const million = 1_000_000;
/** How long an instance remembers settings and which credentials are active, and an access token, in minutes. */
const remembered = { settings: 1, token: 55 };

/** The table of the README: what a million callbacks cost. A Markdown table, line by line. */
export function costSheet({ ours, straightforward, sweep }: Costs, prices: Prices): readonly string[] {
  const minutes = million / prices.callbacksPerMinute;
  const started = minutes * prices.instances;
  const rows: [what: string, ours: number, theirs: number, price: number][] = [
    [
      'Firestore reads: events',
      // Without the writes of its ledger, the first push of an instance reads what is asked for anew each minute.
      million * ours.reads + (started * ours.start.reads) / remembered.settings,
      million * straightforward.reads,
      prices.firestoreReadsPer100k / 100_000,
    ],
    // A query that finds nothing, as that for overdue notices, is billed as a read.
    ['Firestore reads: sweep, each minute', minutes * (sweep.reads + 1), 0, prices.firestoreReadsPer100k / 100_000],
    [
      'Firestore writes',
      million * ours.writes + minutes * sweep.writes,
      million * straightforward.writes,
      prices.firestoreWritesPer100k / 100_000,
    ],
    [
      'Firestore deletes (TTL of the ledger)',
      million * ours.deletes,
      million * straightforward.deletes,
      prices.firestoreDeletesPer100k / 100_000,
    ],
    [
      'invocations',
      million * ours.invocations + minutes,
      million * straightforward.invocations,
      prices.invocationsPerMillion / million,
    ],
    [
      'CPU seconds',
      million * ours.cpuSeconds + minutes * sweep.cpuSeconds,
      million * straightforward.cpuSeconds,
      prices.cpuSecond,
    ],
    // The payload of a version is fetched once an instance.
    [
      'Secret Manager accesses',
      prices.instances * ours.start.secrets,
      prices.instances,
      prices.secretAccessesPer10k / 10_000,
    ],
    [
      'token exchanges',
      (started * ours.start.tokens) / remembered.token,
      (started * straightforward.start.tokens) / remembered.token,
      0,
    ],
    ['FCM requests', million * ours.sends, million * straightforward.sends, 0],
  ];
  const total = (own: 1 | 2) => rows.reduce((sum, row) => sum + row[own] * row[3], 0);
  return [
    `| a million callbacks, ${prices.callbacksPerMinute} a minute | this project | | straightforward | |`,
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map(
      ([what, own, theirs, price]) =>
        `| ${what} | ${count(own)} | ${dollars(own * price)} | ${count(theirs)} | ${dollars(theirs * price)} |`,
    ),
    `| **together** | | **${dollars(total(1))}** | | **${dollars(total(2))}** |`,
  ];
}

/** @throws where a price is missing, or is no number */
export async function readPrices(file: string): Promise<Prices> {
  const read = JSON.parse(await readFile(file, 'utf8')) as Partial<Prices>;
  const wrong = priced.filter((name) => typeof read[name] !== 'number');
  if (wrong.length > 0) throw new Error(`${file} has no number for ${wrong.join(', ')}`);
  return read as Prices;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function dollars(value: number): string {
  return value === 0 ? '–' : `$${value.toFixed(2)}`;
}
