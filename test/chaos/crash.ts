import { raiseStage, type Act, type Sight, type Stage } from './crash-stage.ts';
import { scenarios, type Scenario } from './crash-scenarios.ts';
import type { Point } from './reaper.ts';
import type { Row } from './row.ts';

/** The instance is killed, with SIGKILL, before and after each of its calls to anything, `kills` times each. */
export const crashPoints =
  (kills: number): Row =>
  async ({ progress }) => {
    const stage = await raiseStage();
    const total = { kills: 0, lost: 0, doubled: 0, repeats: 0 };
    const complaints: string[] = [];
    const broken: string[] = [];
    const ways: string[] = [];
    let points = 0;
    try {
      for (const scenario of scenarios) {
        const calls = await rehearse(stage, scenario);
        ways.push(`${scenario.name}: ${calls.join(' ▸ ')}`);
        for (const point of pointsOf(calls)) {
          const place = `${scenario.name}, killed ${point.when} call ${point.index + 1} (${calls[point.index] ?? ''})`;
          progress(`${place}; ${total.kills} kills so far`);
          const seen = await dieAt(stage, scenario, point, kills);
          points += 1;
          for (const count of ['kills', 'lost', 'doubled', 'repeats'] as const) total[count] += seen[count];
          if (seen.lost + seen.doubled > 0) complaints.push(`${place}: ${seen.lost} lost, ${seen.doubled} doubled`);
          if (seen.kills < kills) broken.push(`${place}: it died only ${seen.kills} of ${kills} times`);
        }
      }
    } finally {
      await stage.end();
    }
    return {
      row: 'crash points',
      seen: `${total.kills} kills (SIGKILL) at ${points} points, ${total.repeats} repeats with the same collapse key`,
      lost: total.lost,
      doubled: total.doubled,
      complaints,
      broken,
      picture: `Killed before and after each of these calls:\n${ways.join('\n')}`,
    };
  };

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

function pointsOf(calls: readonly string[]): Point[] {
  return calls.flatMap((_, index) => (['before', 'after'] as const).map((when) => ({ index, when })));
}

async function dieAt(
  stage: Stage,
  scenario: Scenario,
  point: Point,
  kills: number,
): Promise<Sight & { kills: number }> {
  const acts: { act: Act; name: Scenario['victim']; done: boolean }[] = [];
  let died = 0;
  let next = stage.fresh(scenario.victim);
  for (let kill = 0; kill < kills; kill++) {
    const act = await stage.prepare(scenario);
    const victim = await next;
    await stage.follow(victim);
    if (kill + 1 < kills) next = stage.fresh(scenario.victim);
    stage.reaper.watch(point, () => victim.kill());
    const done = await act.call(victim);
    if (stage.reaper.hasKilled()) died += 1;
    await victim.kill();
    acts.push({ act, name: scenario.victim, done });
    // A sweep looks after everything that is left: its way is the same only where there is one thing.
    if (scenario.victim === 'sweepNotices') await stage.restore(acts.slice(-1));
  }
  await stage.restore(acts);
  return { kills: died, ...(await stage.judge(acts.map(({ act }) => act))) };
}
