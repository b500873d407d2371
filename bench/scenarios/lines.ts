/** HOST, development only: a measured cell as a line of the table, and the goals that all cells share. */
import type { Cell, Measurement } from '../harness/measure';
import { type Goal, goal, type Line } from '../scenario';

export function cellLine({ mode, seconds, divisor = 1 }: Cell, measured: Measurement): Line {
  const { requestsByKind: kinds, delayMs, events, cpuSeconds } = measured;
  return {
    mode: mode.name,
    robots: measured.robots,
    length: lengthOf(seconds),
    'time ÷': divisor,
    'actions/run': measured.actions,
    'of histories': measured.actionsOfHistories,
    'own events': events.own,
    'all events': events.total,
    'http/run': measured.requests,
    'looks/run': looksOf(kinds),
    'http 429': measured.throttled,
    'delay p50 ms': delayMs.p50,
    'p99 ms': delayMs.p99,
    right: `${measured.right}/${measured.robots}`,
    ...(measured.startingSeconds !== undefined && { 'starts s': measured.startingSeconds }),
    'all s': measured.seconds,
    'cpu ms/run': Object.entries(cpuSeconds)
      .map(([name, used]) => `${name} ${Math.round((used * 1000) / measured.robots)}`)
      .join(', '),
  };
}

/** Requests that ask for the status of a run, alone or of many. */
export function looksOf(kinds: Readonly<Record<string, number>>): number {
  return (kinds.status ?? 0) + (kinds.query ?? 0);
}

/** @param label tells this cell from the others of its scenario. */
export function soundness(label: string, { right, robots, throttled, wrong }: Measurement): Goal[] {
  return [
    goal(
      `${label}: every result is right`,
      `${right} of ${robots}${wrong ? `; ${wrong}` : ''}`,
      right === robots,
    ),
    goal(`${label}: no request is refused with 429`, throttled, throttled === 0),
  ];
}

export function lengthOf(seconds: number): string {
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

export const ROOMY_NOTE =
  "The emulator's limits of starts a minute, requests and execution time are raised: this is not about them. At most 52 requests at once stays.";
