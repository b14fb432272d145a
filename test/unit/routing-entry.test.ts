import type { Callback } from '../../functions/src/callback/callback.ts';
import { microsecondsOf } from '../../functions/src/callback/callback.ts';
import { routingEntry } from '../../functions/src/callback/routing-entry.ts';
import { aCallback, minute, monday, second } from '../support/builders.ts';

/** States of one callback, a second apart, the last of them written at eleven o'clock. */
function historyOf(states: readonly Callback['callbackState'][]): Callback[] {
  return states.map((callbackState, index) => {
    const writtenAt = monday - (states.length - 1 - index) * second;
    return aCallback({
      writtenAt,
      updateTime: `${writtenAt / second}.000000000`,
      isCreation: index === 0,
      ...(callbackState && { callbackState }),
    });
  });
}

/** Looks from the last state backwards; `remembered` is the number of states that Firestore still knows. */
async function entryOf(history: readonly Callback[], remembered = history.length, notBefore = monday - 10 * minute) {
  const reads: number[] = [];
  const reader = {
    async readAsOf(_: string, at: number): Promise<Callback | undefined> {
      await Promise.resolve();
      reads.push(at);
      return history.slice(-remembered).findLast(({ updateTime }) => microsecondsOf(updateTime) <= at);
    },
  };
  const entry = await routingEntry(reader, 'callback-1', history.at(-1) ?? aCallback(), notBefore);
  return { entry, reads: reads.length };
}

/** The name of the entry so many seconds before eleven o'clock. */
const ago = (seconds: number) => `${monday / second - seconds}.000000000`;

test.each<{
  name: string;
  given: {
    readonly states: readonly Callback['callbackState'][];
    readonly remembered?: number;
    readonly notBefore?: number;
  };
  expect: { readonly entry: string | undefined; readonly reads: number };
}>([
  { name: 'it has just entered', given: { states: ['QUEUED', 'ROUTING'] }, expect: { entry: ago(0), reads: 1 } },
  {
    name: 'it entered, and was written twice since',
    given: { states: ['QUEUED', 'ROUTING', 'ROUTING', 'ROUTING'] },
    expect: { entry: ago(2), reads: 3 },
  },
  {
    name: 'it entered twice: the later one counts',
    given: { states: ['ROUTING', 'QUEUED', 'ROUTING', 'ROUTING'] },
    expect: { entry: ago(1), reads: 2 },
  },
  { name: 'it was created at its turn', given: { states: ['ROUTING'] }, expect: { entry: ago(0), reads: 0 } },
  {
    name: 'it was created at its turn, and written since',
    given: { states: ['ROUTING', 'ROUTING'] },
    expect: { entry: ago(1), reads: 1 },
  },
  { name: 'it is not in ROUTING', given: { states: ['ROUTING', 'QUEUED'] }, expect: { entry: undefined, reads: 0 } },
  {
    name: 'a state that is unknown is no turn',
    given: { states: ['ROUTING', undefined, 'ROUTING'] },
    expect: { entry: ago(0), reads: 1 },
  },
  {
    name: 'its entry is not remembered any more',
    given: { states: ['QUEUED', 'ROUTING', 'ROUTING', 'ROUTING'], remembered: 2 },
    expect: { entry: undefined, reads: 2 },
  },
  {
    name: 'its entry is as old as can be',
    given: { states: ['QUEUED', 'ROUTING', 'ROUTING'], notBefore: monday - second },
    expect: { entry: ago(1), reads: 2 },
  },
  {
    name: 'its entry is of no interest any more',
    given: { states: ['QUEUED', 'ROUTING', 'ROUTING', 'ROUTING'], notBefore: monday - second },
    expect: { entry: undefined, reads: 2 },
  },
  {
    name: 'its creation at its turn is of no interest any more',
    given: { states: ['ROUTING', 'ROUTING', 'ROUTING'], notBefore: monday - second },
    expect: { entry: undefined, reads: 2 },
  },
  {
    name: 'it is written without end: then nobody looks for it for ever',
    given: { states: ['QUEUED', ...Array.from({ length: 400 }, () => 'ROUTING' as const)] },
    expect: { entry: undefined, reads: 300 },
  },
])('$name', async ({ given: { states, remembered, notBefore }, expect: expected }) => {
  expect(await entryOf(historyOf(states), remembered, notBefore)).toEqual(expected);
});
