import type { FaultCode, FaultRule, Faults } from '../../local/fcm-faults.ts';

/** Every way in which FCM fails that is worth another attempt. */
export const retryable: readonly (Pick<FaultRule, 'afterAccepting' | 'retryAfterSeconds'> & { code: FaultCode })[] = [
  { code: 'UNAVAILABLE' },
  { code: 'UNAVAILABLE', retryAfterSeconds: 15 },
  { code: 'INTERNAL' },
  { code: 'QUOTA_EXCEEDED' },
  { code: 'QUOTA_EXCEEDED', retryAfterSeconds: 20 },
  { code: 'HTML_502' },
  { code: 'UNAUTHENTICATED' },
  { code: 'PERMISSION_DENIED' },
  { code: 'NOT_FOUND_PROJECT' },
  { code: 'UNKNOWN_CODE' },
  { code: 'HANG' },
  { code: 'HANG', afterAccepting: true },
  { code: 'RESET' },
  { code: 'RESET', afterAccepting: true },
];

/** A notice of 10 minutes' life has six attempts: what fails more often in a row is rightly given up. */
const mostInARow = 4;

/** Faults that strike a share of the sends at random, never the same device too often in a row. */
export function randomFaults(share: number, random: () => number): Faults & { readonly struck: () => number } {
  const inARow = new Map<string, number>();
  let struck = 0;
  return {
    ...noRules,
    struck: () => struck,
    strike(target) {
      const failed = inARow.get(target) ?? 0;
      const kind = retryable[Math.floor(random() * retryable.length)];
      if (failed >= mostInARow || random() >= share || !kind) {
        inARow.set(target, 0);
        return undefined;
      }
      inARow.set(target, failed + 1);
      struck += 1;
      return kind;
    },
  };
}

/** For faults that do not go by rules. */
export const noRules: Omit<Faults, 'strike'> = {
  list: () => [],
  set: () => undefined,
  clear: () => undefined,
};
