/** What must hold of a run that is over, whatever happened to it. */
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { RunDesktopFlowFailureDetails, RunDesktopFlowResult } from '../../src/common/result';
import { isTerminal } from '../../src/common/status';
import type { Emulator } from '../../src/testing/emulator';
import type { RunPlan } from './plan';

type Session = Emulator['seen']['sessions'][number];

export type Outcome =
  | { kind: 'succeeded'; result: RunDesktopFlowResult }
  | { kind: 'failed'; type: string; message: string; details: RunDesktopFlowFailureDetails }
  | { kind: 'cancelled' }
  | { kind: 'hangs' };

export function outcomeOf(settled: PromiseSettledResult<RunDesktopFlowResult>): Outcome {
  if (settled.status === 'fulfilled') return { kind: 'succeeded', result: settled.value };
  const error: unknown = settled.reason;
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  if (cause instanceof CancelledFailure) return { kind: 'cancelled' };
  if (!(cause instanceof ApplicationFailure)) return { kind: 'hangs' };
  const [details] = (cause.details ?? []) as [RunDesktopFlowFailureDetails];
  return { kind: 'failed', type: String(cause.type), message: cause.message, details };
}

/** What is known of a run that is over. */
export interface Ended {
  flowId: string;
  outcome: Outcome;
  /** Epoch milliseconds. */
  at: number;
}

/** Between the end of a workflow and our hearing of it nothing is measured: a robot may end a little later. */
const TOLERANCE_MS = 50;

/** Every rule that the run broke, in words. */
export function broken(
  plan: RunPlan,
  keyed: boolean,
  { flowId: id, outcome, at }: Ended,
  robots: Session[],
): string[] {
  const problems: string[] = [];
  const rule = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  const isUnknown = outcome.kind === 'failed' && outcome.type === 'TriggerOutcomeUnknown';
  rule(outcome.kind !== 'hangs', 'the run hangs');
  rule(!isUnknown || !keyed, 'it cannot be told whether a robot was started, although a key travels');
  rule(
    outcome.kind !== 'cancelled' || plan.cancelAfterMs !== undefined,
    'cancelled, though nobody asked for it',
  );
  const isOver = ({ statusCode, completedOn = Number.POSITIVE_INFINITY }: Session) =>
    isTerminal(statusCode) && completedOn <= at + TOLERANCE_MS;
  // A robot in doubt that nobody can tell from others is named in the failure, and may run.
  rule(isUnknown || robots.every(isOver), 'a robot runs on after its run');
  rule(robots.length <= plan.maximumAttempts + duplicatesIn(plan), 'more robots than attempts');

  if (outcome.kind === 'succeeded') {
    const { attempts, outputs } = outcome.result;
    rule(outputs?.Id === id, `the outputs are of another run: ${JSON.stringify(outputs)}`);
    rule(outcome.result.status === 'Succeeded', 'a result of a robot that did not succeed');
    rule(sameRobots(attempts, robots), 'the attempts are not the robots that were started');
  }
  if (outcome.kind === 'failed' && !isUnknown) {
    const { attempts, status } = outcome.details;
    rule(
      outcome.type === `DesktopFlow${status}`,
      `the type ${outcome.type} for a robot that ended as ${status}`,
    );
    rule(status !== 'Succeeded', 'a failure of a robot that succeeded');
    rule(sameRobots(attempts, robots), 'the attempts are not the robots that were started');
  }
  if (isUnknown)
    rule(robots.length <= outcome.details.attempts.length + 1, 'a robot in doubt was started twice');
  return problems;
}

function sameRobots(attempts: RunDesktopFlowResult['attempts'], robots: Session[]): boolean {
  const told = attempts.flatMap(({ flowSessionId, duplicates = [] }) => [flowSessionId, ...duplicates]);
  return (
    told.toSorted().join() ===
    robots
      .map((robot) => robot.id)
      .toSorted()
      .join()
  );
}

function duplicatesIn({ faults }: RunPlan): number {
  return faults.filter(({ kind }) => kind === 'duplicate').length;
}
