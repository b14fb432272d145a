import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly cores: number;
  readonly model: string;
  readonly memoryGb: number;
  readonly node: string;
  readonly system: string;
  /** Of the last minute, when the run began. */
  readonly load: number;
}

export function machine(): Machine {
  return {
    cores: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    system: `${process.platform} ${release()}`,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** How busy the machine is with others is part of every figure: a run on a loaded one proves little. */
export function describeMachine({ cores, model, memoryGb, node, system, load }: Machine): string {
  const busy = load > cores / 2 ? ' (busy with something else: compare within this run only)' : '';
  return `${cores} × ${model}, ${memoryGb} GB, ${system}, Node ${node}, load ${load}${busy}`;
}
