/** SANDBOX: what a run counts of itself and of its robots, for the metrics of its worker. */
import { ApplicationFailure, isCancellation, TemporalFailure } from '@temporalio/workflow';
import { errorCodeLabel, failureLabel, METRICS, OTHER } from '../../common/metrics';
import type { FlowRunAttempt } from '../../common/result';
import { count, recordSeconds } from '../support/metrics';
import { showEnd } from './search-attributes';
import { newRobot, type Robot, type RunState, recordAttempt } from './state';

/** A robot that the run has just come to know, and that it has started itself. */
export function startedRobot(flowSessionId: string, known: Pick<Robot, 'duplicates' | 'watcher'>): Robot {
  count(METRICS.robotsStarted);
  if (known.duplicates?.length) count(METRICS.duplicates, {}, known.duplicates.length);
  return newRobot(flowSessionId, known);
}

/** Records the robot that has ended, counts it, and shows it. */
export function concludeRobot(run: RunState): void {
  const attempt = recordAttempt(run);
  if (attempt === undefined) return;
  const { status, errorSubCode, errorCode } = attempt;
  count(METRICS.robotsEnded, { status, error_code: errorCodeLabel(errorSubCode ?? errorCode) });
  recordTimes(attempt, run.robot);
  showEnd(run, attempt);
}

/** Dataverse's times are whole seconds of its own clock. A robot that was not started by this run may have waited before. */
function recordTimes({ status, startedOn, completedOn }: FlowRunAttempt, robot: Robot | undefined): void {
  const startedAt = timeOf(startedOn);
  const completedAt = timeOf(completedOn);
  if (startedAt === undefined) return;
  if (robot) recordSeconds(METRICS.queueSeconds, (startedAt - robot.knownSince) / 1000);
  if (completedAt !== undefined)
    recordSeconds(METRICS.executionSeconds, (completedAt - startedAt) / 1000, { status });
}

function timeOf(text: string | null): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : at;
}

export function countRetry(): void {
  count(METRICS.robotRetries);
}

export function countSuccess(): void {
  count(METRICS.runsEnded, { outcome: 'succeeded' });
}

/** Any other error, and continue-as-new, does not end a run. */
export function countFailure(problem: unknown): void {
  if (problem instanceof TemporalFailure) count(METRICS.runsEnded, { outcome: outcomeOf(problem) });
}

function outcomeOf(problem: TemporalFailure): string {
  if (isCancellation(problem)) return 'cancelled';
  return problem instanceof ApplicationFailure ? failureLabel(problem.type) : OTHER;
}
