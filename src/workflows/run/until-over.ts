/**
 * SANDBOX: one run from its start to its end: starts the robot, waits until it has ended, fetches its outputs, and starts
 * a new robot after an end that is retried. Read it from the top: each step has a file of its own. The workflow
 * `RunDesktopFlow` is one such run, and a workflow of somebody else may have many (`own-workflow.ts`).
 */
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  sleep,
} from '@temporalio/workflow';
import { backoffMs } from '../../common/backoff';
import {
  type AdoptFlowRunInput,
  type ParsedRunDesktopFlowInput,
  type ParsedStartInput,
  parseRunDesktopFlowInput,
  type RunDesktopFlowInput,
  targetOf,
} from '../../common/input';
import type { RunDesktopFlowResult } from '../../common/result';
import { getFlowOutputs } from '../support/activities';
import { hasLongHistory } from '../support/long-history';
import { concludeRobot, countFailure, countRetry, countSuccess } from './counts';
import { attemptLabel, enter, showDetails } from './current-details';
import { giveUp, withinDeadline } from './deadline';
import { withExplanation } from './explanation';
import { lookAtRobot, planLook, untilLook, WHILE_HIDDEN } from './look';
import { patiently } from './patience';
import { refuseWrongExpression, withExpressionResult } from './result-expression';
import { badEndOf, isRetried } from './retry';
import { nameRun } from './robot-identity';
import { endedBadly, fromActivity, invalidRunInput, limitPassed } from './run-failures';
import { leaveToItself, ownPoll } from './shared-polling';
import { startRobot } from './start-robot';
import { forgetHints, type Robot, type RunState, reportedEnd } from './state';
import { stopRobot } from './stop-robot';
import { type Limit, limitOf } from './time-limits';

/** The server suggests a new history at 4,096 events; the next worker replays a shorter one faster. */
const LONG_HISTORY_EVENTS = 1_000;

/** Hands the run to a new execution; undefined where the history is not the run's own. */
export type InNewHistory = (() => Promise<never>) | undefined;

/** @throws what the run ends with, once its robot is stopped or left to itself. */
export async function untilOver(
  argument: RunDesktopFlowInput | AdoptFlowRunInput,
  run: RunState,
  inNewHistory: InNewHistory,
): Promise<RunDesktopFlowResult> {
  const parsed = parseRunDesktopFlowInput(argument);
  try {
    if (!parsed.ok) throw invalidRunInput(run, parsed.problems);
    const input = parsed.value;
    run.maximumAttempts = maximumAttempts(input);
    if (!('flowSessionId' in input)) nameRun(run, input.onReset);
    const result = await withinDeadline(input, run, () => toTheEnd(input, run, inNewHistory));
    countSuccess();
    return result;
  } catch (error) {
    let problem = fromActivity(run, error);
    if (isCancellation(problem) && parsed.ok) problem = await giveUp(parsed.value, run, problem);
    // A run that continues as new keeps its robot watched.
    if (problem instanceof ApplicationFailure) {
      await leaveToItself(run);
      if (parsed.ok) problem = await withExplanation(parsed.value, run, problem);
    }
    countFailure(problem);
    throw problem;
  }
}

/** Returns how many robots there may be. A robot that somebody else started is never followed by a new one. */
function maximumAttempts(input: ParsedRunDesktopFlowInput): number {
  return 'flowSessionId' in input ? 1 : input.retry.maximumAttempts;
}

async function toTheEnd(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  inNewHistory: InNewHistory,
): Promise<RunDesktopFlowResult> {
  // Awaited where there is no expression too: otherwise the robot's start would come earlier in its activation than in recorded
  // histories, and perhaps before the acceptance of an update.
  await refuseWrongExpression(input, run);
  for (;;) {
    if (run.robot === undefined) await startRobot(input, run);
    const robot = await untilEnded(input, run, inNewHistory);
    const end = badEndOf(run);
    if (end === undefined) return await withOutputs(input, run, robot);
    const mayGoOn = !('flowSessionId' in input) && run.attempts.length < run.maximumAttempts;
    if (!mayGoOn || !isRetried(input.retry, end, run.attempts.at(-1))) throw endedBadly(run, end);
    countRetry();
    await backOff(input, run);
    run.robot = undefined;
  }
}

async function untilEnded(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  inNewHistory: InNewHistory,
): Promise<Robot> {
  const robot = run.robot as Robot;
  run.phase = 'waiting';
  while (!robot.ended) {
    // Between two looks nothing is under way, and no update waits, because the robot is known. Hints are carried on.
    // The wait below handles a cancellation, or an end, that came with the last look: neither may travel.
    const hasNews = CancellationScope.current().consideredCancelled || reportedEnd(run, robot) !== undefined;
    if (inNewHistory && hasLongHistory(LONG_HISTORY_EVENTS) && !hasNews) await inNewHistory();
    const latest = limitOf(input, robot)?.at;
    planLook(run, robot, robot.missingSince === undefined ? ownPoll(input, robot) : WHILE_HIDDEN, latest);
    showDetails(run);
    await untilLook(run, robot);
    await lookAtRobot(input, run, robot);
    const limit = limitOf(input, robot);
    if (!robot.ended && limit !== undefined && Date.now() >= limit.at) await enforce(limit, input, run);
  }
  concludeRobot(run);
  return robot;
}

/** Stops a robot that is past a limit. Returns once it has ended, stopped or by itself. */
async function enforce(limit: Limit, input: ParsedRunDesktopFlowInput, run: RunState): Promise<void> {
  if (limit.fate === 'leave') {
    throw limitPassed(run, limit.name, `and was left to itself: run ${run.robot?.flowSessionId}`);
  }
  await CancellationScope.nonCancellable(() => stopRobot(input, run, limit.name));
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The run was cancelled');
}

async function backOff(input: ParsedStartInput, run: RunState): Promise<void> {
  const waitMs = backoffMs(input.retry, run.attempts.length - 1);
  enter(run, 'backingOff', Date.now() + waitMs);
  await sleep(waitMs, { summary: `Before a new robot; ${attemptLabel(run)} ended badly` });
  forgetHints(run);
}

async function withOutputs(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  robot: Robot,
): Promise<RunDesktopFlowResult> {
  const outputs = robot.outputs === undefined ? await fetchOutputs(input, run, robot) : robot.outputs;
  const [last] = run.attempts.slice(-1);
  if (last === undefined) throw new Error('a run that succeeded has an attempt');
  const { licenseCheck, attempts } = run;
  const result = { ...last, outputs, attempts, ...(licenseCheck && { licenseCheck }) };
  const { resultExpression } = input;
  if (resultExpression === undefined) return result;
  return withExpressionResult(resultExpression, input, robot, result);
}

async function fetchOutputs(input: ParsedRunDesktopFlowInput, run: RunState, { flowSessionId }: Robot) {
  enter(run, 'fetchingOutputs');
  const asked = { ...targetOf(input), flowSessionId };
  const summary = 'Fetch the outputs';
  const { outputs } = await patiently(
    input,
    run,
    (scheduleToCloseTimeout) =>
      getFlowOutputs.executeWithOptions({ summary, scheduleToCloseTimeout }, [asked]),
    { wasSeen: true },
  );
  return outputs;
}
