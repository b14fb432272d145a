import { faultAnswers } from './fcm-errors.ts';
import { isObject } from './fcm-schema.ts';
import { breakCodes } from './spoilt-answers.ts';
import { tokenFaultAnswers } from './token-errors.ts';

/** Where requests come in: `messages:send` of FCM, or the token endpoint. */
export type Door = 'send' | 'token';

const namesOf = <T extends object>(answers: T) => Object.keys(answers) as (keyof T)[];
export const faultCodes = [...namesOf(faultAnswers), ...breakCodes] as const;
export const tokenFaultCodes = [...namesOf(tokenFaultAnswers), ...breakCodes] as const;
export type FaultCode = (typeof faultCodes)[number];
export type TokenFaultCode = (typeof tokenFaultCodes)[number];

/** Those after which FCM takes the message if it is sent again in a while. */
export const passingFaultCodes = [
  ...(['QUOTA_EXCEEDED', 'DEVICE_QUOTA_EXCEEDED', 'UNAVAILABLE', 'INTERNAL', 'DEADLINE_EXCEEDED'] as const),
  ...(['HTML_500', 'HTML_502', 'HTML_503', 'HTML_504', 'EMPTY_500', 'EMPTY_503', 'TRUNCATED_503'] as const),
  ...(['HTML_200', 'EMPTY_200', 'TRUNCATED_200', 'UNKNOWN_CODE'] as const),
  ...breakCodes,
] satisfies readonly FaultCode[];

interface Rule<Code> {
  /**
   * The token, installation id, `/topics/…` or condition that it strikes; at the token endpoint the email of the account.
   * Absent = every one.
   */
  readonly target?: string;
  /** How many requests it strikes, then it is gone; absent = all of them. */
  readonly times?: number;
  /** The share of matching requests that it strikes, 0 to 1; absent = 1. */
  readonly rate?: number;
  readonly code: Code;
  /** Becomes the Retry-After header. */
  readonly retryAfterSeconds?: number;
}

export interface SendFault extends Rule<FaultCode> {
  readonly door?: 'send';
  /**
   * FCM keeps the message, then breaks off instead of answering, whatever the code, but for codes that are
   * about the answer (HANG: leaves it open; …_200, …_IN_BODY): the classic crash between send and answer.
   */
  readonly afterAccepting?: boolean;
}

export interface TokenFault extends Rule<TokenFaultCode> {
  readonly door: 'token';
}

/** What is to go wrong from now on. */
export type FaultRule = SendFault | TokenFault;

type FaultAt<D extends Door> = D extends 'token' ? TokenFault : SendFault;

export interface Faults {
  /** The rules in force; `times` is what is left of it. */
  list(): readonly FaultRule[];
  set(rules: readonly FaultRule[]): void;
  clear(): void;
  /** The first rule that strikes this request, which counts as one of its times. */
  strike<D extends Door>(door: D, target: string): FaultAt<D> | undefined;
}

/** Rules that strike this share of all sends, with each of these codes equally often. */
export function mixOf(codes: readonly FaultCode[], rate: number): SendFault[] {
  // A rule sees only what those before it have let pass.
  const each = rate / codes.length;
  return codes.map((code, n) => ({ code, rate: each / (1 - n * each) }));
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
    strike: <D extends Door>(door: D, target: string) => {
      const struck = rules.find(
        (rule) =>
          (rule.door ?? 'send') === door &&
          (rule.target === undefined || rule.target === target) &&
          (rule.rate === undefined || random() < rule.rate),
      );
      if (struck?.times !== undefined) {
        const left = { ...struck, times: struck.times - 1 };
        rules = rules.flatMap((rule) => (rule !== struck ? [rule] : left.times > 0 ? [left] : []));
      }
      return struck as FaultAt<D> | undefined;
    },
  };
}

type Check = readonly [must: string, isRight: (value: unknown) => boolean];

const oneOf = (codes: readonly string[]): Check => [
  `one of ${codes.join(', ')}`,
  (value) => codes.some((code) => code === value),
];

const ruleChecks: Readonly<Record<string, Check>> = {
  door: oneOf(['send', 'token']),
  target: ['a string', (value) => typeof value === 'string'],
  times: ['a whole number ≥ 0', (value) => Number.isInteger(value) && Number(value) >= 0],
  rate: ['a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1],
  retryAfterSeconds: ['a number ≥ 0', (value) => typeof value === 'number' && value >= 0],
};
const sendChecks = {
  ...ruleChecks,
  code: oneOf(faultCodes),
  afterAccepting: ['true or false', (value) => typeof value === 'boolean'],
} satisfies Readonly<Record<string, Check>>;
const tokenChecks = { ...ruleChecks, code: oneOf(tokenFaultCodes) };

/** Parses the body of `PUT /local/faults`: the rules, or every problem with them. */
export function parseFaults(input: unknown): { readonly rules: FaultRule[] } | { readonly problems: string[] } {
  if (!Array.isArray(input)) return { problems: ['(body): must be a list of rules'] };
  const problems = input.flatMap((rule: unknown, index) => problemsOf(rule).map((problem) => `[${index}]${problem}`));
  return problems.length > 0 ? { problems } : { rules: input as FaultRule[] };
}

function problemsOf(rule: unknown): string[] {
  if (!isObject(rule)) return [': must be a rule such as {"code": "UNAVAILABLE"}'];
  const checks: Readonly<Record<string, Check>> = rule['door'] === 'token' ? tokenChecks : sendChecks;
  const unknown = Object.keys(rule).filter((name) => !Object.hasOwn(checks, name));
  const wrong = Object.entries(checks).filter(
    ([name, [, isRight]]) => (name === 'code' || rule[name] !== undefined) && !isRight(rule[name]),
  );
  return [
    ...unknown.map((name) => `.${name}: is not a field of a rule`),
    ...wrong.map(([name, [must]]) => `.${name}: must be ${must}`),
  ];
}
