/** HOST: the activities `checkResultExpression` and `evaluateResultExpression`: the expression of a run, before and after. */
import type { CheckResultExpressionInput, EvaluateResultExpressionInput } from '../common/activities';
import { parseCheckResultExpressionInput, parseEvaluateResultExpressionInput } from '../common/input';
import { OF_RUNS } from '../feel/names';
import { invalidInput } from './support/dataverse-failures';
import type { OutputsRoom } from './support/read-outputs';
import { expressionResult, refuseWrongExpression } from './support/result-expression';

export function createCheckResultExpression() {
  return async (argument: CheckResultExpressionInput): Promise<void> => {
    const parsed = parseCheckResultExpressionInput(argument);
    if (!parsed.ok) throw invalidInput(parsed.problems);
    await refuseWrongExpression(parsed.value.resultExpression, OF_RUNS);
  };
}

export function createEvaluateResultExpression(room: OutputsRoom) {
  return async (argument: EvaluateResultExpressionInput): Promise<{ result: unknown }> => {
    const parsed = parseEvaluateResultExpressionInput(argument);
    if (!parsed.ok) throw invalidInput(parsed.problems);
    const { resultExpression, run } = parsed.value;
    // A run is many requests. What the connector's last one, that for the outputs, answers is what it answers.
    const answer = { status: 200, headers: {}, body: run.outputs };
    return { result: await expressionResult(resultExpression, answer, {}, room, { run }) };
  };
}
