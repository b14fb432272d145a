import { byId, create } from './elements.ts';

export interface Rung {
  readonly id: string;
  readonly label: string;
}
export type RungState = 'waiting' | 'running' | 'passed' | 'failed';

const spoken: Readonly<Record<RungState, string>> = {
  waiting: 'not yet',
  running: 'under way',
  passed: 'passed',
  failed: 'failed',
};

export interface Ladder {
  /** Shows all rungs anew, the first one under way. */
  start(): void;
  /** A rung that is under way or passed means that those before it have passed. */
  mark(id: string, state: RungState, note?: string): void;
  /** That rung has failed, or else whatever is under way. */
  fail(id: string | undefined, why: string): void;
  hide(): void;
  /** "Step 3 of 6, …", or nothing for what is no rung. */
  place(id: string | undefined): string;
}

/** Steps one below the other, with the one it is on; `prefix` is that of the ids in index.html. */
export function createLadder(prefix: 'update' | 'test', rungs: readonly Rung[]): Ladder {
  const box = byId(`${prefix}-ladder-box`);
  const list = byId(`${prefix}-ladder`, HTMLOListElement);
  let states: { state: RungState; note: string }[] = [];

  function render(): void {
    list.replaceChildren(
      ...rungs.map(({ id, label }, index) => {
        const { state, note } = states[index] ?? { state: 'waiting' as const, note: '' };
        const text = create(
          'div',
          {},
          create('p', {}, label, create('span', { class: 'unseen', text: `: ${spoken[state]}` })),
        );
        if (note !== '') text.append(create('p', { class: 'hint', text: note }));
        const item = create('li', { 'data-rung': id, 'data-state': state }, create('span', { class: 'mark' }), text);
        if (state === 'running') item.setAttribute('aria-current', 'step');
        return item;
      }),
    );
    box.hidden = states.length === 0;
  }

  function set(index: number, state: RungState, note = ''): void {
    const former = states[index];
    if (former !== undefined) states[index] = { state, note: note || former.note };
  }

  return {
    start() {
      states = rungs.map((_, index) => ({ state: index === 0 ? 'running' : 'waiting', note: '' }));
      render();
    },
    mark(id, state, note) {
      const index = rungs.findIndex((rung) => rung.id === id);
      if (index < 0) return;
      for (let before = 0; before < index; before++) set(before, 'passed');
      set(index, state, note);
      if (state === 'passed' && states[index + 1]?.state === 'waiting') set(index + 1, 'running');
      render();
    },
    fail(id, why) {
      const index = rungs.findIndex((rung) => rung.id === id);
      const failed = index < 0 ? states.findIndex(({ state }) => state === 'running') : index;
      for (let before = 0; before < failed; before++) set(before, 'passed');
      for (let after = failed + 1; after < states.length; after++) set(after, 'waiting');
      set(failed, 'failed', why);
      render();
    },
    hide() {
      states = [];
      render();
    },
    place(id) {
      const index = rungs.findIndex((rung) => rung.id === id);
      return index < 0 ? '' : `Step ${index + 1} of ${rungs.length}, “${rungs[index]?.label ?? ''}”: `;
    },
  };
}
