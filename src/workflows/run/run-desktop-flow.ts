/** SANDBOX: the workflow `RunDesktopFlow`: one run, with its messages, in as many executions as its history takes. */
import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { AdoptFlowRunInput, RunDesktopFlowInput } from '../../common/input';
import type { RunDesktopFlowResult } from '../../common/result';
import { continueInNewHistory } from '../support/next-execution';
import { showDetails } from './current-details';
import { handleMessages } from './message-handlers';
import { newRun, type RunState } from './state';
import { untilOver } from './until-over';

/** @param carried the state of the previous execution in the chain; only for continue-as-new. */
export async function runDesktopFlow(
  argument: RunDesktopFlowInput | AdoptFlowRunInput,
  carried?: RunState,
): Promise<RunDesktopFlowResult> {
  const isContinued = workflowInfo().continuedFromExecutionRunId !== undefined;
  const run = (isContinued && carried) || newRun();
  const close = handleMessages(run);
  let problem: unknown;
  try {
    // Nobody needs the ends of other robots, and outputs may come with them.
    const inNewHistory = () =>
      continueInNewHistory<typeof runDesktopFlow>(argument, { ...run, reportedEnds: undefined });
    return await untilOver(argument, run, inNewHistory);
  } catch (error) {
    problem = error;
    throw error;
  } finally {
    close(problem);
    // Seldom one is open, and to wait makes a dozen promises: the SDK draws up a stack trace of each.
    if (!allHandlersFinished()) await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    showDetails(run);
  }
}
