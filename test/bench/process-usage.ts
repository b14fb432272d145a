import { readdirSync, readFileSync } from 'node:fs';

/**
 * What a process has used of the processor so far, in milliseconds: utime and stime, but to the nanosecond (/proc has
 * them in steps of 10 ms, and rounds of a load may take no longer). Threads that have ended are left out; Node's live
 * as long as the process.
 */
export function processorMs(pid: number): number {
  const threads = `/proc/${pid}/task`;
  const nanoseconds = readdirSync(threads).map((thread) => {
    const [onCpu = '0'] = readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ');
    return Number(onCpu);
  });
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

export function residentMb(pid: number): number {
  const [, kilobytes = 'NaN'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
