/** HOST: result expressions as the activities know them: what they see, and what their failure is. */
import { ApplicationFailure, log } from '@temporalio/activity';
import { bytesOf } from '../../common/batch-result';
import { RESULT_EXPRESSION_FAILED } from '../../common/failure-types';
import type { ExpressionResult, RunDesktopFlowFailureDetails } from '../../common/result';
import type { ShownAnswer } from '../../dataverse';
import { checkExpression, evaluateExpression, FeelError } from '../../feel/expression';
import { OF_ANSWERS } from '../../feel/names';
import { invalidInput } from './dataverse-failures';
import type { OutputsRoom } from './read-outputs';

/** @throws ApplicationFailure `InvalidInput` if the expression certainly has no value. */
export async function refuseWrongExpression(
  resultExpression: string | undefined,
  variables = OF_ANSWERS,
): Promise<void> {
  if (resultExpression === undefined) return;
  try {
    await checkExpression(resultExpression, variables);
  } catch (error) {
    if (!(error instanceof FeelError)) throw error;
    throw invalidInput([{ field: 'resultExpression', problem: `${error.message}. See docs/feel.md` }]);
  }
}

/** Adds what the expression makes of the answer; nothing without an expression. */
export async function withExpressionResult<T extends Partial<RunDesktopFlowFailureDetails>>(
  resultExpression: string | undefined,
  known: T,
  room: OutputsRoom,
  answer: () => ShownAnswer,
): Promise<T & ExpressionResult> {
  if (resultExpression === undefined) return known;
  return { ...known, result: await expressionResult(resultExpression, answer(), known, room) };
}

/**
 * @param known what there is without the expression: it goes to the caller with the failure.
 * @throws ApplicationFailure `ResultExpressionFailed`
 */
export async function expressionResult(
  resultExpression: string,
  answer: ShownAnswer,
  known: Partial<RunDesktopFlowFailureDetails>,
  { outputsBytes }: OutputsRoom,
  more: Record<string, unknown> = {},
): Promise<unknown> {
  try {
    const variables = { response: answer, ...answer, ...more };
    const { value, warnings } = await evaluateExpression(resultExpression, variables);
    if (warnings.length > 0) log.info('FEEL made null of a part of the result expression', { warnings });
    const size = bytesOf(value) + bytesOf(answer.body);
    if (size <= outputsBytes) return value;
    throw new FeelError(`gives ${size} bytes together with the answer, and ${outputsBytes} fit`);
  } catch (error) {
    if (!(error instanceof FeelError)) throw error;
    const message = `The resultExpression ${error.message}; all else went well. See docs/feel.md`;
    throw ApplicationFailure.create({
      type: RESULT_EXPRESSION_FAILED,
      message,
      nonRetryable: true,
      details: [known],
    });
  }
}
