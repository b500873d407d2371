/**
 * SANDBOX: the result expression of a run. Activities check and evaluate it: what reads FEEL would double the bundle of
 * every worker, and a history keeps what an activity has made of it, so a replay does not depend on it.
 */
import type { ParsedRunDesktopFlowInput } from '../../common/input';
import type { RunDesktopFlowResult } from '../../common/result';
import { checkResultExpression, evaluateResultExpression } from '../support/activities';
import type { Robot, RunState } from './state';

/** Before the first robot: a run whose expression cannot be evaluated starts none. */
export async function refuseWrongExpression(
  { resultExpression, scheduleToCloseTimeout }: ParsedRunDesktopFlowInput,
  run: RunState,
): Promise<void> {
  if (resultExpression === undefined || run.robot !== undefined) return;
  const options = { summary: 'Check the result expression', scheduleToCloseTimeout };
  await checkResultExpression.executeWithOptions(options, [{ resultExpression }]);
}

/** The outputs stay with the robot meanwhile, so that a failure has them. */
export async function withExpressionResult(
  resultExpression: string,
  { scheduleToCloseTimeout }: ParsedRunDesktopFlowInput,
  robot: Robot,
  result: RunDesktopFlowResult,
): Promise<RunDesktopFlowResult> {
  robot.outputs = result.outputs;
  const options = { summary: 'Evaluate the result expression', scheduleToCloseTimeout };
  const asked = { resultExpression, run: result };
  return { ...result, ...(await evaluateResultExpression.executeWithOptions(options, [asked])) };
}
