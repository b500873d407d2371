/** HOST: the activity `getFlowOutputs`. */
import type { GetFlowOutputsResult } from '../common/activities';
import { OUTPUTS_TOO_LARGE } from '../common/failure-types';
import { parseFlowSessionInput } from '../common/input';
import type { ClientFor } from './support/dataverse-clients';
import { outputsFailure, readOutputs } from './support/read-outputs';
import { sessionActivity } from './support/session-activity';

/** A Temporal payload holds at most 2 MiB; 256 KiB are left for the attempts and for what a payload codec adds. */
const MAX_OUTPUTS_BYTES = 2 * 1024 * 1024 - 256 * 1024;

/** Even minified, a larger file cannot fit into a payload. One range of a download. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

export function createGetFlowOutputs(clientFor: ClientFor) {
  return sessionActivity(
    clientFor,
    parseFlowSessionInput,
    async (client, { flowSessionId }, signal): Promise<GetFlowOutputsResult> => {
      const limits = { signal, maxBytes: MAX_FILE_BYTES };
      const { outputs, outputsSize } = await readOutputs(client, flowSessionId, limits);
      if (outputsSize > MAX_OUTPUTS_BYTES) {
        throw outputsFailure(
          OUTPUTS_TOO_LARGE,
          `The outputs of run ${flowSessionId} are ${outputsSize} bytes, more than the ${MAX_OUTPUTS_BYTES} that fit ` +
            'into a Temporal payload. The robot succeeded: fetch them from Dataverse, or let the flow return less.',
          { flowSessionId, outputsSize },
        );
      }
      return { outputs };
    },
  );
}
