/** HOST: the result expression of a call, where the task that fetches the outputs had one. */
import { checkExpression, FeelError } from '../feel/expression';
import { OF_RUNS } from '../feel/names';
import type { ConnectorTask } from './connector-tasks';
import { literalOf } from './feel';
import type { Fields } from './trigger-fields';

/**
 * As it stands: `response.body` is the robot's outputs for a run too. Those of the other tasks read another answer; what they
 * made of it is among the results of the module.
 */
export async function resultExpressionOf(tasks: readonly ConnectorTask[]): Promise<Fields> {
  const task = tasks.findLast(({ operation }) => operation === 'outputs');
  const expression = task?.ledger.value('header resultExpression')?.trim();
  if (!task || !expression) return new Map();
  const problem = await problemOf(expression);
  if (problem !== undefined) {
    task.ledger.say(
      'header resultExpression',
      'check',
      `is not in the call, which would refuse it: ${problem}`,
    );
    return new Map();
  }
  task.ledger.say('header resultExpression', 'mapped', 'resultExpression, whose value is result');
  return new Map([['resultExpression', literalOf(expression)]]);
}

async function problemOf(expression: string): Promise<string | undefined> {
  try {
    await checkExpression(expression, OF_RUNS);
    return undefined;
  } catch (error) {
    if (error instanceof FeelError) return error.message;
    throw error;
  }
}
