/** Letters that run from right to left, by the blocks in which Unicode keeps them, and marks that turn directions. */
const turning =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

export function turnsDirection(text: string): boolean {
  return turning.test(text);
}

const end = '\u2069';

/** Shown as it is dialled, from left to right, whatever runs around it: `+1 800 555-0199`, and not `0199-555 800 1+`. */
export const leftToRight = (text: string): string => `\u2066${text}${end}`;

/** Shown in its own direction, whatever runs around it. */
export const inOwnDirection = (text: string): string => `\u2068${text}${end}`;
