/** HOST: the activity `getFlowOutputs`. */
import type { GetFlowOutputsInput, GetFlowOutputsResult } from '../common/activities';
import { OUTPUTS_TOO_LARGE } from '../common/failure-types';
import { type ParsedGetFlowOutputsInput, parseGetFlowOutputsInput } from '../common/input';
import type { ShownAnswer } from '../dataverse';
import type { ClientFor } from './support/dataverse-clients';
import { type OutputsRoom, outputsFailure, readOutputs } from './support/read-outputs';
import { withExpressionResult } from './support/result-expression';
import { sessionActivity } from './support/session-activity';

export function createGetFlowOutputs(clientFor: ClientFor, room: OutputsRoom) {
  return sessionActivity<GetFlowOutputsInput, GetFlowOutputsResult, ParsedGetFlowOutputsInput>(
    clientFor,
    parseGetFlowOutputsInput,
    async (client, { flowSessionId, resultExpression }, signal) => {
      let answer: ShownAnswer | undefined;
      const limits = { signal, maxBytes: room.fileBytes, onAnswer: (shown: ShownAnswer) => (answer = shown) };
      const { outputs, outputsSize } = await readOutputs(client, flowSessionId, limits);
      if (outputsSize > room.outputsBytes) {
        throw outputsFailure(
          OUTPUTS_TOO_LARGE,
          `The outputs of run ${flowSessionId} are ${outputsSize} bytes, more than the ${room.outputsBytes} that fit ` +
            'into a Temporal payload. The robot succeeded: fetch them from Dataverse, or let the flow return less.',
          { flowSessionId, outputsSize },
        );
      }
      return withExpressionResult(resultExpression, { outputs }, room, () => ({
        // However many ranges they came in. None is an error of Dataverse's, and none of ours.
        status: outputs === null ? 204 : 200,
        headers: answer?.headers ?? {},
        body: outputs,
      }));
    },
  );
}
