/**
 * SANDBOX: the workflow `RunDesktopFlow`: start the robot, wait until it has ended, fetch its outputs; start a new
 * one when it ended in a way that is retried. Read from the top: each step is a file of its own.
 */
import { CancellationScope, continueAsNew, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import { backoffMs } from '../common/backoff';
import {
  type ParsedRunDesktopFlowInput,
  parseRunDesktopFlowInput,
  type RunDesktopFlowInput,
  targetOf,
} from '../common/input';
import type { RunDesktopFlowResult } from '../common/result';
import { answerMessages } from './answer-messages';
import { attemptOf, tell } from './describe';
import { badEndOf, endedBadly, fromActivity, invalidInput } from './failures';
import { look, planLook, untilLook, WHILE_HIDDEN } from './look';
import { getFlowOutputs } from './operations';
import { forgetHints, newRun, type Robot, type RunState, recordAttempt } from './run-state';
import { startRobot } from './start-robot';
import { stopRobot } from './stop-robot';

/** The server suggests a new history at 4,096 events; a shorter one is replayed faster by the next worker. */
const LONG_HISTORY_EVENTS = 1_000;

/** @param carried what the execution before this one in the chain knew: for continue-as-new alone. */
export async function runDesktopFlow(
  argument: RunDesktopFlowInput,
  carried?: RunState,
): Promise<RunDesktopFlowResult> {
  const isContinued = workflowInfo().continuedFromExecutionRunId !== undefined;
  const run = (isContinued && carried) || newRun();
  const close = answerMessages(run);
  const parsed = parseRunDesktopFlowInput(argument);
  let problem: unknown;
  try {
    if (!parsed.ok) throw invalidInput(run, parsed.problems);
    return await toTheEnd(parsed.value, run, () => continueAsNew<typeof runDesktopFlow>(argument, run));
  } catch (error) {
    problem = fromActivity(run, error);
    if (isCancellation(problem) && parsed.ok) {
      const stopping = CancellationScope.nonCancellable(() => stopRobot(parsed.value, run));
      await stopping.catch((failed) => {
        problem = fromActivity(run, failed);
      });
    }
    throw problem;
  } finally {
    await CancellationScope.nonCancellable(() => close(problem));
    if (parsed.ok) tell(parsed.value, run);
  }
}

async function toTheEnd(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  inNewHistory: () => Promise<never>,
): Promise<RunDesktopFlowResult> {
  const { retry } = input;
  for (;;) {
    if (run.robot === undefined) await startRobot(input, run);
    const robot = await untilEnded(input, run, inNewHistory);
    const end = badEndOf(run);
    if (end === undefined) return await withOutputs(input, run, robot);
    if (!retry.statuses.includes(end) || run.attempts.length >= retry.maximumAttempts) {
      throw endedBadly(run, end, retry.maximumAttempts);
    }
    await backOff(input, run);
    run.robot = undefined;
  }
}

async function untilEnded(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  inNewHistory: () => Promise<never>,
): Promise<Robot> {
  const robot = run.robot as Robot;
  run.phase = 'waiting';
  while (!robot.ended) {
    // Between two looks nothing is under way, and as a robot is known, no update waits. Hints are carried on.
    // A cancellation that came with the last look must not be lost on the way: the wait below meets it.
    if (hasLongHistory() && !CancellationScope.current().consideredCancelled) await inNewHistory();
    planLook(run, robot, robot.missingSince === undefined ? input.poll : WHILE_HIDDEN);
    tell(input, run);
    await untilLook(run, robot);
    await look(run, robot, targetOf(input));
  }
  recordAttempt(run);
  return robot;
}

function hasLongHistory(): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength >= LONG_HISTORY_EVENTS;
}

async function backOff(input: ParsedRunDesktopFlowInput, run: RunState): Promise<void> {
  const waitMs = backoffMs(input.retry, run.attempts.length - 1);
  run.phase = 'backingOff';
  run.nextPollAt = Date.now() + waitMs;
  tell(input, run);
  await sleep(waitMs, { summary: `Before a new robot; ${attemptOf(input, run)} ended badly` });
  forgetHints(run);
}

async function withOutputs(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  robot: Robot,
): Promise<RunDesktopFlowResult> {
  run.phase = 'fetchingOutputs';
  tell(input, run);
  const { outputs } = await getFlowOutputs.executeWithOptions({ summary: 'Fetch the outputs' }, [
    { ...targetOf(input), flowSessionId: robot.flowSessionId },
  ]);
  const [last] = run.attempts.slice(-1);
  if (last === undefined) throw new Error('a run that succeeded has an attempt');
  const { licenseCheck, attempts } = run;
  return { ...last, outputs, attempts, ...(licenseCheck && { licenseCheck }) };
}
