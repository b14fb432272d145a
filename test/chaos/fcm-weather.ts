import { passingFaultCodes, type Door, type Faults, type SendFault } from '../../local/fcm-faults.ts';

/** Every way in which FCM fails that is worth another attempt. */
const retryable: readonly SendFault[] = [
  ...passingFaultCodes.map((code) => ({ code })),
  { code: 'UNAVAILABLE', retryAfterSeconds: 15 },
  { code: 'QUOTA_EXCEEDED', retryAfterSeconds: 20 },
  { code: 'UNAUTHENTICATED' },
  { code: 'PERMISSION_DENIED' },
  { code: 'NOT_FOUND_PROJECT' },
  { code: 'HANG', afterAccepting: true },
  { code: 'RESET', afterAccepting: true },
];

/** A notice of 10 minutes' life has six attempts: what fails more often in a row is rightly given up. */
const mostInARow = 4;

/** Faults of FCM that do not go by rules. */
export function faultsOf(strikeSend: (target: string) => SendFault | undefined): Faults {
  const strike = (door: Door, target: string) => (door === 'send' ? strikeSend(target) : undefined);
  return { list: () => [], set: () => undefined, clear: () => undefined, strike: strike as Faults['strike'] };
}

export const noFaults = faultsOf(() => undefined);

/** Faults that strike a share of the sends at random, never the same device too often in a row. */
export function randomFaults(share: number, random: () => number): Faults {
  const inARow = new Map<string, number>();
  return faultsOf((target) => {
    const failed = inARow.get(target) ?? 0;
    const strikes = failed < mostInARow && random() < share;
    inARow.set(target, strikes ? failed + 1 : 0);
    return strikes ? retryable[Math.floor(random() * retryable.length)] : undefined;
  });
}
