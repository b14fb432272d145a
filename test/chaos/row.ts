import type { Verdict } from './verdict.ts';

/** How a run is to be: the whole of it, or a short one that is part of every test run. */
export interface RunOptions {
  readonly seed: number;
  readonly short: boolean;
  /** Says what is going on, on one line. */
  readonly progress: (what: string) => void;
}

/** One row of the table. */
export interface RowResult extends Pick<Verdict, 'lost' | 'doubled' | 'complaints'> {
  readonly row: string;
  /** What was seen, in figures. */
  readonly seen: string;
  /** What else must hold and does not, in words: the run fails. */
  readonly broken: readonly string[];
  /** Something to look at, printed below the table. */
  readonly picture?: string;
}

export type Row = (options: RunOptions) => Promise<RowResult>;
