/** HOST, development only: what Linux knows of a process: the CPU time that it used, the memory that it holds. */
import { readFileSync } from 'node:fs';

/** Linux counts CPU time in ticks of this length, on every machine of today. */
const TICKS_PER_SECOND = 100;

/** User and system time in seconds, from /proc/<pid>/stat. The name of the program may hold blanks and parentheses. */
export function cpuSecondsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export interface Memory {
  /** Resident now, in MiB. */
  rss: number;
  /** Most that was ever resident, in MiB. */
  peak: number;
}

/** From /proc/<pid>/status. */
export function memoryOf(status: string): Memory {
  const mib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { rss: mib('VmRSS'), peak: mib('VmHWM') };
}

function cpuSeconds(pid: number): number {
  return cpuSecondsOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

export function memory(pid: number): Memory {
  return memoryOf(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** CPU seconds by name of the process. */
export type CpuSeconds = Record<string, number>;

export function readCpu(pids: Readonly<Record<string, number>>): CpuSeconds {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)]));
}

export function since(before: CpuSeconds, now: CpuSeconds): CpuSeconds {
  return Object.fromEntries(Object.entries(now).map(([name, used]) => [name, used - (before[name] ?? 0)]));
}
