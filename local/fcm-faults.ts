import { faultAnswers } from './fcm-errors.ts';
import { isObject } from './fcm-schema.ts';

/** HANG = FCM never answers; RESET = it drops the connection. */
export const faultCodes = [...(Object.keys(faultAnswers) as (keyof typeof faultAnswers)[]), 'HANG', 'RESET'] as const;
export type FaultCode = (typeof faultCodes)[number];

/** What is to go wrong from now on. */
export interface FaultRule {
  /** The token, installation id, `/topics/…` or condition that it strikes; absent = every one. */
  readonly target?: string;
  /** How many sends it strikes, then it is gone; absent = all of them. */
  readonly times?: number;
  /** The share of matching sends that it strikes, 0 to 1; absent = 1. */
  readonly rate?: number;
  readonly code: FaultCode;
  /** Becomes the Retry-After header. */
  readonly retryAfterSeconds?: number;
  /**
   * FCM keeps the message, then drops the connection instead of answering (with HANG: leaves it open), whatever
   * the code: the classic crash between send and answer.
   */
  readonly afterAccepting?: boolean;
}

export interface Faults {
  /** The rules in force; `times` is what is left of it. */
  list(): readonly FaultRule[];
  set(rules: readonly FaultRule[]): void;
  clear(): void;
  /** The first rule that strikes this send, which counts as one of its times. */
  strike(target: string): FaultRule | undefined;
}

/** @param random a number from 0 up to 1, for `rate` */
export function createFaults(random: () => number = Math.random): Faults {
  let rules: readonly FaultRule[] = [];
  return {
    list: () => rules,
    set: (given) => {
      rules = given.filter(({ times = 1 }) => times > 0);
    },
    clear: () => {
      rules = [];
    },
    strike: (target) => {
      const struck = rules.find(
        (rule) =>
          (rule.target === undefined || rule.target === target) && (rule.rate === undefined || random() < rule.rate),
      );
      if (struck?.times !== undefined) {
        const left = { ...struck, times: struck.times - 1 };
        rules = rules.flatMap((rule) => (rule !== struck ? [rule] : left.times > 0 ? [left] : []));
      }
      return struck;
    },
  };
}

const fieldChecks: Readonly<Record<string, readonly [must: string, (value: unknown) => boolean]>> = {
  target: ['a string', (value) => typeof value === 'string'],
  times: ['a whole number ≥ 0', (value) => Number.isInteger(value) && Number(value) >= 0],
  rate: ['a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1],
  code: [`one of ${faultCodes.join(', ')}`, (value) => faultCodes.some((code) => code === value)],
  retryAfterSeconds: ['a number ≥ 0', (value) => typeof value === 'number' && value >= 0],
  afterAccepting: ['true or false', (value) => typeof value === 'boolean'],
};

/** Parses the body of `PUT /local/faults`: the rules, or every problem with them. */
export function parseFaults(input: unknown): { readonly rules: FaultRule[] } | { readonly problems: string[] } {
  if (!Array.isArray(input)) return { problems: ['(body): must be a list of rules'] };
  const problems = input.flatMap((rule: unknown, index) => problemsOf(rule).map((problem) => `[${index}]${problem}`));
  return problems.length > 0 ? { problems } : { rules: input as FaultRule[] };
}

function problemsOf(rule: unknown): string[] {
  if (!isObject(rule)) return [': must be a rule such as {"code": "UNAVAILABLE"}'];
  const unknown = Object.keys(rule).filter((name) => !Object.hasOwn(fieldChecks, name));
  const wrong = Object.entries(fieldChecks).filter(
    ([name, [, isRight]]) => (name === 'code' || rule[name] !== undefined) && !isRight(rule[name]),
  );
  return [
    ...unknown.map((name) => `.${name}: is not a field of a rule`),
    ...wrong.map(([name, [must]]) => `.${name}: must be ${must}`),
  ];
}
