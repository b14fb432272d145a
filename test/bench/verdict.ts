import type { World } from './world.ts';

/**
 * @param waiting how many may wait in the ledger for another attempt, which nobody makes here
 * @throws where not every push has reached FCM, once: then something else was measured than was meant
 */
export async function demandAll({ google, firestore }: World, count: number, name: string, waiting = 0): Promise<void> {
  const { targets, sends } = await google.counters();
  if (targets === sends && sends <= count && sends >= count - waiting) return;
  const entries = await firestore.db.collection('pushNotifications').where('state', '!=', 'SENT').limit(1000).get();
  const states = new Map<string, number>();
  for (const entry of entries.docs) {
    const state = `${String(entry.get('state'))} (${String(entry.get('lastError.code') ?? 'no error')})`;
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  const left = [...states].map(([state, entries]) => `${entries} ${state}`).join(', ') || 'none';
  throw new Error(
    `${name}: ${count} pushes were due, FCM got ${sends} for ${targets} targets; left in the ledger: ${left}`,
  );
}
