import { raiseStage, type Act, type Sight, type Stage } from './crash-stage.ts';
import { scenarios, type Scenario } from './crash-scenarios.ts';
import type { Point } from './reaper.ts';
import type { Row } from './row.ts';

/** Stages on which victims die at the same time: starting a process is what it costs. */
const lanes = 3;

/** The instance is killed, with SIGKILL, before and after each of its calls to anything, `kills` times each. */
export const crashPoints =
  (kills: number): Row =>
  async ({ progress }) => {
    const total = { kills: 0, lost: 0, doubled: 0, repeats: 0 };
    const complaints: string[] = [];
    const broken: string[] = [];
    const { ways, places } = await onStage(rehearseAll);
    const open = [...places];
    const work = async (stage: Stage) => {
      for (let place = open.shift(); place; place = open.shift()) {
        progress(`${total.kills} kills, ${open.length} of ${places.length} points to come`);
        const seen = await dieAt(stage, place, kills);
        for (const count of ['kills', 'lost', 'doubled', 'repeats'] as const) total[count] += seen[count];
        const where = `${place.scenario.name}, killed ${place.when} call ${place.index + 1} (${place.call})`;
        if (seen.lost + seen.doubled > 0) complaints.push(`${where}: ${seen.lost} lost, ${seen.doubled} doubled`);
        if (seen.kills < kills) broken.push(`${where}: it died only ${seen.kills} of ${kills} times`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, () => onStage(work)));
    return {
      row: 'crash points',
      seen: `${total.kills} kills (SIGKILL) at ${places.length} points, ${total.repeats} repeats with the same collapse key`,
      lost: total.lost,
      doubled: total.doubled,
      complaints,
      broken,
      picture: `Killed before and after each of these calls:\n${ways.join('\n')}`,
    };
  };

async function onStage<T>(act: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await raiseStage();
  try {
    return await act(stage);
  } finally {
    await stage.end();
  }
}

interface Place extends Point {
  readonly scenario: Scenario;
  readonly call: string;
}

async function rehearseAll(stage: Stage): Promise<{ ways: string[]; places: Place[] }> {
  const ways: string[] = [];
  const places: Place[] = [];
  for (const scenario of scenarios) {
    const calls = await rehearse(stage, scenario);
    ways.push(`  ${scenario.name}: ${calls.join(' ▸ ')}`);
    for (const [index, call] of calls.entries()) {
      places.push({ scenario, index, call, when: 'before' }, { scenario, index, call, when: 'after' });
    }
  }
  return { ways, places };
}

/** What the victim calls where nothing goes wrong. */
async function rehearse(stage: Stage, scenario: Scenario): Promise<readonly string[]> {
  const act = await stage.prepare(scenario);
  const victim = await stage.fresh(scenario.victim);
  stage.reaper.watch();
  const done = await act.call(victim);
  const calls = [...stage.reaper.calls()];
  await victim.kill();
  await stage.restore([{ act, name: scenario.victim, done }]);
  await stage.judge([act]);
  return calls;
}

async function dieAt(stage: Stage, place: Place, kills: number): Promise<Sight & { kills: number }> {
  const { scenario } = place;
  const seen = { kills: 0, lost: 0, doubled: 0, repeats: 0 };
  let open: { act: Act; name: Scenario['victim']; done: boolean }[] = [];
  const settle = async () => {
    await stage.restore(open);
    const sight = await stage.judge(open.map(({ act }) => act));
    for (const count of ['lost', 'doubled', 'repeats'] as const) seen[count] += sight[count];
    open = [];
  };
  let next = stage.fresh(scenario.victim);
  for (let kill = 0; kill < kills; kill++) {
    const act = await stage.prepare(scenario);
    const victim = await next;
    await stage.follow(victim);
    if (kill + 1 < kills) next = stage.fresh(scenario.victim);
    stage.reaper.watch(place, () => victim.kill());
    const done = await act.call(victim);
    if (stage.reaper.hasKilled()) seen.kills += 1;
    await victim.kill();
    open.push({ act, name: scenario.victim, done });
    // A sweep looks after everything that is left and at every callback: its way is the same only where there is one.
    if (scenario.victim === 'sweepNotices') await settle();
  }
  await settle();
  return seen;
}
