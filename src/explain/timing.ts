/** HOST: how long a run waited for its machine, and how long it ran there. */
import type { RunTiming } from '../common/explanation';
import type { RunRecord } from '../dataverse';

/** The row has columns for it, in a unit that is not documented: the whole must be the time from creation to end. */
const UNITS_MS = [1000, 1, 0.0001];

/** Dataverse's times are whole seconds. */
const OFF_BY_MS = 2_000;
const OFF_BY_SHARE = 0.05;

export function timingOf(run: RunRecord): RunTiming | undefined {
  const { createdOn, startedOn, completedOn } = run;
  if (createdOn === null) return undefined;
  const times = { createdOn, startedOn, completedOn };
  return { ...times, ...(byDurations(run) ?? { ...byTimes(times), basis: 'times' as const }) };
}

function byDurations(run: RunRecord) {
  const { runDuration: whole, runWaitDuration: wait, runExecutionDuration: execution } = run;
  if (whole === null || wait === null || execution === null) return undefined;
  const wholeMs = Date.parse(run.completedOn ?? '') - Date.parse(run.createdOn ?? '');
  const mayBeOff = OFF_BY_MS + wholeMs * OFF_BY_SHARE;
  const unit = UNITS_MS.find((ms) => Math.abs(whole * ms - wholeMs) <= mayBeOff);
  if (unit === undefined) return undefined;
  return {
    queueSeconds: seconds(wait * unit),
    executionSeconds: seconds(execution * unit),
    basis: 'durations' as const,
  };
}

function byTimes({
  createdOn,
  startedOn,
  completedOn,
}: Pick<RunTiming, 'createdOn' | 'startedOn' | 'completedOn'>) {
  const [created, started, ended] = [createdOn, startedOn, completedOn].map((time) => Date.parse(time ?? ''));
  const queue = between(created, Number.isNaN(started) ? ended : started);
  const execution = between(started, ended);
  return {
    ...(queue !== undefined && { queueSeconds: queue }),
    ...(execution !== undefined && { executionSeconds: execution }),
  };
}

function between(from = Number.NaN, to = Number.NaN): number | undefined {
  return Number.isNaN(from) || Number.isNaN(to) ? undefined : seconds(Math.max(0, to - from));
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
