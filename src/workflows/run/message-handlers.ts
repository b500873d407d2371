/** SANDBOX: the signals, the query and the update of a run. The handlers are set before the first await. */
import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import {
  awaitFlowSessionUpdate,
  desktopFlowCompletedSignal,
  desktopFlowEndedSignal,
  desktopFlowRunQuery,
} from '../support/messages';
import { type RunState, recordEnd, recordHint, runView } from './state';

/** Returns a function to call when the run closes, with its failure if any: every update that waits gets an answer then. */
export function handleMessages(run: RunState): (problem: unknown) => void {
  let problem: unknown;
  let closed = false;

  setHandler(desktopFlowCompletedSignal, (reference) => {
    // The signal comes from outside: it may carry anything.
    if (typeof reference?.flowSessionId === 'string') recordHint(run, reference.flowSessionId);
  });

  setHandler(desktopFlowEndedSignal, (end) => recordEnd(run, end));

  setHandler(desktopFlowRunQuery, () => runView(run));

  setHandler(awaitFlowSessionUpdate, async () => {
    await condition(() => closed || (run.robot !== undefined && !run.robot.ended));
    if (run.robot !== undefined) return { flowSessionId: run.robot.flowSessionId };
    if (problem instanceof ApplicationFailure) throw problem;
    throw ApplicationFailure.nonRetryable('The run ended before a robot was started');
  });

  return (failure) => {
    problem = failure;
    closed = true;
    run.phase = 'finished';
  };
}
