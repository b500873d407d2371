/** HOST: the common part of the activities on one flow session. */
import { cancellationSignal, cancelled } from '@temporalio/activity';
import type { FlowSessionInput } from '../../common/activities';
import type { ParsedFlowSessionInput } from '../../common/input';
import type { Parsed } from '../../common/schema/parse';
import type { DataverseClient } from '../../dataverse';
import type { ClientFor } from './dataverse-clients';
import { asPassing, invalidInput, toApplicationFailure } from './dataverse-failures';
import { whileHeartbeating } from './heartbeat';
import { refuseWrongExpression } from './result-expression';

/** Creates an activity on one flow session from its work. It is safe to repeat, and stops when it is cancelled. */
export function sessionActivity<
  I extends FlowSessionInput,
  T,
  P extends ParsedFlowSessionInput & { resultExpression?: string | undefined } = ParsedFlowSessionInput,
  E = undefined,
>(
  clientFor: ClientFor,
  parse: (argument: unknown) => Parsed<P>,
  work: (client: DataverseClient, input: P, signal: AbortSignal, extras?: E) => Promise<T>,
): (input: I, extras?: E) => Promise<T> {
  return async (argument, extras) => {
    const parsed = parse(argument);
    if (!parsed.ok) throw invalidInput(parsed.problems);
    await refuseWrongExpression(parsed.value.resultExpression);
    const signal = cancellationSignal();
    try {
      return await whileHeartbeating(async () =>
        work(await clientFor(parsed.value), parsed.value, signal, extras),
      );
    } catch (error) {
      if (signal.aborted) await cancelled();
      throw toApplicationFailure(asPassing(error), parsed.value.flowSessionId);
    }
  };
}
