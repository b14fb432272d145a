import { standing, type Standing } from '../../functions/src/delivery/delivery-state.ts';
import type { TargetRow, TargetState } from '../../functions/src/delivery/target-row.ts';
import { hour, monday, second } from '../support/builders.ts';

interface StandingRow {
  readonly name: string;
  readonly given: { readonly rows: readonly TargetRow[]; readonly staleIn?: number };
  readonly expect: Standing;
}

const row = (state: TargetState, dueIn?: number): TargetRow => ({
  hash: 'h',
  state,
  attempts: 1,
  ...(dueIn !== undefined && { dueAt: monday + dueIn }),
});

test.each<StandingRow>([
  { name: 'one device has it', given: { rows: [row('ACCEPTED')] }, expect: { state: 'SENT' } },
  {
    name: 'one device of several has it, and no other is to come',
    given: { rows: [row('GONE'), row('ACCEPTED'), row('REFUSED')] },
    expect: { state: 'SENT' },
  },
  { name: 'no device can have it', given: { rows: [row('GONE'), row('REFUSED')] }, expect: { state: 'FAILED' } },
  {
    name: 'a device is to be tried again, whoever has it already',
    given: { rows: [row('ACCEPTED'), row('LATER', 10 * second)] },
    expect: { state: 'WAITING', at: monday + 10 * second },
  },
  {
    name: 'the device that may be tried first counts',
    given: { rows: [row('LATER', 90 * second), row('LATER', 10 * second)] },
    expect: { state: 'WAITING', at: monday + 10 * second },
  },
  {
    name: 'it would be stale by the next attempt, and nobody has it',
    given: { rows: [row('LATER', 10 * second)], staleIn: 10 * second },
    expect: { state: 'EXPIRED' },
  },
  {
    name: 'it would be stale by the next attempt, but one device has it',
    given: { rows: [row('ACCEPTED'), row('LATER', 10 * second)], staleIn: 10 * second },
    expect: { state: 'SENT' },
  },
  {
    name: 'the next attempt comes just in time',
    given: { rows: [row('LATER', 10 * second)], staleIn: 10 * second + 1 },
    expect: { state: 'WAITING', at: monday + 10 * second },
  },
  {
    name: 'the provider asks for longer than the notice lives',
    given: { rows: [row('LATER', 2 * hour)] },
    expect: { state: 'EXPIRED' },
  },
])('$name', ({ given: { rows, staleIn = hour }, expect: expected }) => {
  expect(standing(rows, monday + staleIn)).toEqual(expected);
});
