/**
 * SANDBOX: robots in a workflow of somebody else, without a child workflow: each is a run as `RunDesktopFlow` is one, with
 * its robot's key, its retries, its shared looks and its cancellation. What is the workflow's own stays so: its details,
 * its queries and updates, and its history, which no robot may end by continue-as-new.
 */
import { setHandler } from '@temporalio/workflow';
import { isSameSession } from '../../common/flow-session';
import type { AdoptFlowRunInput, RunDesktopFlowInput } from '../../common/input';
import type { RunDesktopFlowResult } from '../../common/result';
import { toEndedRobot } from '../../common/watch';
import { desktopFlowCompletedSignal, desktopFlowEndedSignal } from '../support/messages';
import { newRun, type RunState, recordEnd, recordHint } from './state';
import { untilOver } from './until-over';

/** The runs of one workflow execution. */
interface Runs {
  underWay: Set<RunState>;
  begun: number;
}

/** Kept with the globals, of which each execution has its own: modules are shared by all. */
const RUNS = '__temporalPowerAutomateRuns';

export interface RunDesktopFlowOptions {
  /**
   * Names the run among those of this workflow execution, so that a reset finds its robots again though the workflow has
   * been changed meanwhile. Letters, digits and what else you like; no two runs by one name. @default its number
   */
  name?: string;
}

/**
 * Runs a desktop flow in your own workflow, with the guarantees of the workflow `RunDesktopFlow`: starts one robot, waits,
 * retries, returns its outputs. Where the surrounding scope is cancelled, the robot is stopped first.
 *
 * Await it before your workflow continues as new: the new execution knows nothing of the robot. It handles the signals
 * `desktopFlowCompleted` and `desktopFlowEnded` of your workflow.
 *
 * @throws ApplicationFailure with a type of `failureTypes`, and details as RunDesktopFlowFailureDetails.
 */
export async function runDesktopFlow<Outputs = Record<string, unknown>>(
  input: RunDesktopFlowInput | AdoptFlowRunInput,
  { name }: RunDesktopFlowOptions = {},
): Promise<RunDesktopFlowResult<Outputs>> {
  const runs = runsOfWorkflow();
  runs.begun += 1;
  const run: RunState = { ...newRun(), guest: name ?? String(runs.begun) };
  runs.underWay.add(run);
  try {
    return (await untilOver(input, run, undefined)) as RunDesktopFlowResult<Outputs>;
  } finally {
    runs.underWay.delete(run);
  }
}

function runsOfWorkflow(): Runs {
  const globals = globalThis as { [RUNS]?: Runs };
  const known = globals[RUNS];
  if (known !== undefined) return known;
  const runs: Runs = { underWay: new Set(), begun: 0 };
  globals[RUNS] = runs;
  // Messages come from outside: they may carry anything.
  setHandler(desktopFlowCompletedSignal, (reference) => {
    const { flowSessionId } = reference ?? {};
    if (typeof flowSessionId !== 'string') return;
    for (const run of addressedBy(flowSessionId, runs)) recordHint(run, flowSessionId);
  });
  setHandler(desktopFlowEndedSignal, (message) => {
    const end = toEndedRobot(message);
    if (end === undefined) return;
    for (const run of addressedBy(end.flowSessionId, runs)) recordEnd(run, end);
  });
  return runs;
}

/** The run of the robot; where it is not known yet, those whose robot may be this one. */
function addressedBy(flowSessionId: string, { underWay }: Runs): RunState[] {
  const runs = [...underWay];
  const run = runs.find(({ robot }) => robot && isSameSession(robot.flowSessionId, flowSessionId));
  return run ? [run] : runs.filter(({ phase }) => phase === 'triggering');
}
