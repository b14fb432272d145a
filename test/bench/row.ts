import type { World } from './world.ts';

export interface RunOptions {
  /** Few rounds, small loads: to see that it works. What must hold is judged all the same. */
  readonly short: boolean;
  readonly world: World;
  /** A file with prices. */
  readonly prices: string;
  /** Says what is going on, on one line. */
  readonly progress: (what: string) => void;
}

/** What was measured, of whom. */
export interface Samples {
  readonly title: string;
  readonly unit: string;
  /** Contestant ▶ one value a round, in the order of the rounds; `project` is this project. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** One line of the table. */
export interface Figure {
  readonly what: string;
  /** The most that it may be; absent where it is only shown. */
  readonly must?: number;
  readonly seen: number;
  /** How the figures are written, such as `×` or ` ms`. */
  readonly unit: string;
  /** What rivals came to, and what the seen is made of, in words. */
  readonly rivals: string;
}

export interface RowResult {
  readonly figures: readonly Figure[];
  readonly samples: readonly Samples[];
  /** What else must hold and does not, in words: the run fails. */
  readonly broken?: readonly string[];
  /** Something to read below the row. */
  readonly notes?: readonly string[];
}

export type Row = (options: RunOptions) => Promise<RowResult>;

/** This project, among the contestants. */
export const project = 'project';
